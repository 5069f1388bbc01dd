"""What every command shares: the person's language, the two streams, answers as JSON, refusals, and the bar of long work.

Assumes one process speaks one language. Answers go to stdout, everything else to stderr, so that ``--json -`` can be piped.
Not for the wording itself: that is in texts/cli.toml.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from dashboards.texts import LANGUAGES, Words
from simulation.faults import BadInput, Fault, add_catalogue, fault

Taken = TypeVar("Taken")
Progress = Callable[[int, int | None, float | None], None]
WIDTH = 132
"""columns of a table that nobody watches on a terminal"""

add_catalogue(Path(__file__).with_name("faults.toml"))


def language(environ: Mapping[str, str] = os.environ) -> str:
    """OPENHALL_LANGUAGE if it is zh or en, else Chinese in a Chinese locale, else English."""
    asked = environ.get("OPENHALL_LANGUAGE", "")
    if asked in LANGUAGES:
        return asked
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


words = Words(language())


def console(stderr: bool = False) -> Console:
    """A console that prints text as it is: nothing a file brings is read as markup."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS") else WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False, soft_wrap=False)


def say(sentence: str, style: str | None = None) -> None:
    """A line on stdout."""
    console().print(sentence, style=style, soft_wrap=True)


def note(sentence: str, style: str | None = "dim") -> None:
    """A line on stderr: what is being done, never part of the answer."""
    console(stderr=True).print(sentence, style=style, soft_wrap=True)


def table(*columns: str, title: str | None = None, right: tuple[int, ...] = ()) -> Table:
    """A plain table; `right` are the columns of numbers, which are never broken. Words without spaces are folded, not cut off."""
    made = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="dim", expand=False)
    for number, column in enumerate(columns):
        made.add_column(column, justify="right" if number in right else "left", no_wrap=number in right, overflow="fold")
    return made


def show(made: Table) -> None:
    """A table on stdout, with an empty line after it."""
    screen = console()
    screen.print(made)
    screen.print()


def check_target(path: str | None) -> None:
    """Refuses an output that cannot be written, before the long work and not after it. Raises BadInput."""
    if path is None or path == "-":
        return
    target = Path(path)
    try:
        if target.is_dir():
            raise IsADirectoryError(21, os.strerror(21))
        with tempfile.TemporaryFile(dir=target.parent):
            pass
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as refused:
        raise BadInput([fault("output_unwritable", path, path, reason=refused.strerror or type(refused).__name__)]) from refused


def check_apart(outputs: Sequence[str | None], inputs: Sequence[str | None]) -> None:
    """Refuses an output that is a file to be read, or another output: writing it would destroy what it holds. Raises BadInput."""
    taken = {os.path.realpath(each): each for each in inputs if each}
    for output in outputs:
        if not output or output == "-" or (Path(output).exists() and not Path(output).is_file()):
            continue
        if os.path.realpath(output) in taken:
            raise BadInput([fault("output_taken", output)])
        taken[os.path.realpath(output)] = output


class Refusals:
    """What several steps refuse, told at once: each step that can be done is, and `tell` raises with the faults of all others."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def of(self, step: Callable[[], Taken]) -> Taken | None:
        """What a step gives; None if it was refused."""
        try:
            return step()
        except BadInput as bad:
            self.faults += [each for each in bad.faults if each not in self.faults]
            return None

    def tell(self) -> None:
        """Raises BadInput with everything that was refused; nothing if nothing was."""
        if self.faults:
            raise BadInput(self.faults)


def answer(payload: Mapping[str, Any], target: str | None) -> bool:
    """Writes the answer as JSON where it is asked for: "-" is stdout, anything else a file.

    Returns True if stdout belongs to the JSON, so that no table may follow.
    """
    if target is None:
        return False
    text = json.dumps(payload, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return True
    Path(target).write_text(text, encoding="utf-8")
    return False


@contextmanager
def bar(label: str) -> Iterator[Progress]:
    """The bar of long work on stderr: replications done, time left, and how wide the interval of the mean wait still is.

    Where functions must be compiled first, it says so and counts them; where stderr is no terminal, that line is all. Ctrl-C raises
    KeyboardInterrupt at once, and again at the next step: compiled code may have swallowed the first.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    from simulation.compiled import watching

    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[width]}"))
    with Bars(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=screen, transient=True, disable=not screen.is_terminal) as bars:
        task = bars.add_task(label, total=None, width="")
        interrupted = False
        compiled = 0

        def count_compiled(name: str) -> None:
            nonlocal compiled
            compiled += 1
            if compiled == 1 and not screen.is_terminal:
                screen.print(words("cli_compiling"))
            bars.update(task, description=words("cli_compiling"), width=words("cli_compiled", count=compiled))

        def interrupt(signum: int, frame: object) -> None:
            nonlocal interrupted
            interrupted = True
            raise KeyboardInterrupt

        def advance(done: int, total: int | None, half_width: float | None) -> None:
            if interrupted:
                raise KeyboardInterrupt
            width = "" if half_width is None else words("cli_half_width", percent=f"{100 * half_width:.1f}")
            bars.update(task, description=label, completed=done, total=total, width=width)

        before = signal.getsignal(signal.SIGINT)
        if before is not signal.SIG_IGN:  # a script that runs us in the background does not want us stopped
            signal.signal(signal.SIGINT, interrupt)
        try:
            with watching(count_compiled):
                yield advance
        finally:
            signal.signal(signal.SIGINT, before)


def number(value: float | None, digits: int = 2) -> str:
    """A figure for a table; a dash where there is none."""
    return "–" if value is None else f"{value:,.{digits}f}"
