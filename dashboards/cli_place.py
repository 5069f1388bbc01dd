"""The commands about this installation: serve, demo, doctor."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from dashboards.cli_console import answer, check_target, note, say, words
from dashboards.cli_hall import JsonTarget


class PageLanguage(StrEnum):
    """The languages of the pages."""

    zh = "zh"
    en = "en"


Host = Annotated[str, typer.Option("--host", metavar="HOST", help=words("cli_host"))]
Port = Annotated[int, typer.Option("--port", metavar="PORT", min=0, max=65535, help=words("cli_port"))]
Language = Annotated[PageLanguage, typer.Option("--language", metavar="zh|en", help=words("cli_language"))]
PORT = 8501


def serve(host: Host = "127.0.0.1", port: Port = PORT, language: Language = PageLanguage.zh) -> None:
    """Serve the pages until Ctrl-C."""
    show_pages(host, port, language.value)


def demo(host: Host = "127.0.0.1", port: Port = PORT, language: Language = PageLanguage.zh) -> None:
    """Make the demonstration month in the data folder, and serve the pages; another port is taken where this one is busy."""
    from dashboards.cli_console import bar
    from dashboards.demo import build
    from supervision.db.store import open_store
    from supervision.home import data_folder

    with open_store() as store, bar(words("cli_demo_simulating")) as advance:
        for step in build(store, data_folder() / "demonstration", advance):
            note(words(step.key, **step.facts), style=None)
    note(words("cli_demo_note"))
    show_pages(host, port if is_free(host, port) else 0, language.value)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there."""
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def show_pages(host: str, port: int, language: str) -> None:
    """Serve until interrupted; one address on stdout when the pages answer. Leaves with 2 if the port cannot be had."""
    from dashboards.app import leave
    from dashboards.app import serve as serve_pages

    def ready(address: str) -> None:
        shown = address if language == "zh" else f"{address}?lang={language}"
        say(words("cli_serving", address=shown))
        sys.stdout.flush()

    try:
        serve_pages(host, port, ready)
    except OSError as refused:
        print(words("cli_port_taken", host=host, port=port, reason=refused.strerror or refused), file=sys.stderr)
        raise typer.Exit(2) from None
    note(words("cli_stopped"))
    leave()


def doctor(json_target: JsonTarget = None) -> None:
    """Examine this installation; exit code 1 if something needs attention."""
    check_target(json_target)
    from dashboards.doctor import examine

    silent = json_target == "-"
    findings = []
    for finding in examine(words):
        findings.append(finding)
        if not silent:
            say(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.found}", style=None if finding.ok else "red")
            if finding.cure:
                say(f"    {finding.cure}")
    ill = sum(not finding.ok for finding in findings)
    if not answer({"ok": not ill, "findings": [finding.to_dict() for finding in findings]}, json_target):
        say(words("doctor_ill", count=ill) if ill else words("doctor_well"), style="red" if ill else "green")
    if ill:
        raise typer.Exit(1)
