"""Typer's own words (usage, options, what it refuses) in the person's language; Typer speaks English only.

Assumes that Typer ends with what its commands raise: a refusal is raised again as one that shows itself in the other language, with the
same exit code. Not for our own sentences, which are in both languages from the start.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import IO, Any

import typer
from typer.core import TyperCommand, TyperGroup

from dashboards.cli_console import words
from dashboards.texts import in_chinese


def in_language(text: str) -> str:
    """Typer's text in the language of the command line."""
    return in_chinese(text) if words.language == "zh" else text


class Refusal(typer.BadParameter):
    """A refusal of Typer's that shows itself in the person's language."""

    def __init__(self, original: Any) -> None:
        super().__init__(str(original.message), ctx=original.ctx)
        self.original, self.exit_code = original, original.exit_code

    def show(self, file: IO[Any] | None = None) -> None:
        """Print usage, hint and refusal."""
        shown = io.StringIO()
        self.original.show(file=shown)
        print(in_language(shown.getvalue()), end="", file=file or sys.stderr)


def _translated(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step of a command whose refusals speak the person's language; those that are help already do."""

    def taken(self: Any, *given: Any, **more: Any) -> Any:
        try:
            return step(self, *given, **more)
        except Refusal:
            raise
        except Exception as refused:
            if words.language == "en" or not hasattr(refused, "format_message") or type(refused).__name__ == "NoArgsIsHelpError":
                raise
            raise Refusal(refused) from None

    return taken


class Command(TyperCommand):
    """A command whose help speaks the person's language."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return in_language(super().get_help(ctx))


class Group(TyperGroup):
    """Commands of one name, the program itself among them."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return in_language(super().get_help(ctx))

    make_context = _translated(TyperGroup.make_context)
    invoke = _translated(TyperGroup.invoke)


class Program(typer.Typer):
    """The program: its commands, and the groups of commands added to it, are all of these kinds."""

    def __init__(self, **given: Any) -> None:
        super().__init__(cls=Group, **given)

    def command(self, name: str | None = None, **given: Any) -> Any:
        """Register a command."""
        return super().command(name, **{"cls": Command, **given})

    def add_typer(self, added: typer.Typer, **given: Any) -> None:
        """Register a group of commands that has all of them already."""
        for each in added.registered_commands:
            each.cls = Command
        super().add_typer(added, **{"cls": Group, **given})
