"""What a README shows: files to write, commands with their output, and Python, in the order in which a reader meets them.

A fence ``toml hall.toml`` or ``csv cases.csv`` is a file. A fence ``console`` holds commands after ``$ `` and what they print; three dots
stand for anything, over several lines if they are a line of their own. A fence ``python`` is run.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```([a-z]+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One step of a README."""

    kind: str
    """file, command or python"""
    name: str
    """the file's name, or the command as shown"""
    text: str
    """the file's content, the output shown, or the program"""

    @property
    def arguments(self) -> list[str]:
        """A command's words after ``openhall``."""
        return shlex.split(self.name)[1:]


def read_blocks(path: Path) -> list[Block]:
    """All steps of a README."""
    blocks = []
    for language, name, text in FENCE.findall(path.read_text(encoding="utf-8")):
        if name:
            blocks.append(Block("file", name, text))
        elif language == "python":
            blocks.append(Block("python", "", text))
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = part.partition("\n")
                blocks.append(Block("command", command.strip(), shown))
    return blocks


def matches(shown: str, printed: str) -> bool:
    """Whether a command printed what the README shows; blanks at the ends of lines do not count."""
    pattern = ""
    for line in shown.strip().splitlines():
        if line.strip() == "...":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += r"[^\n]*?".join(re.escape(part) for part in line.rstrip().split("...")) + "\n"
    lines = "".join(line.rstrip() + "\n" for line in printed.strip().splitlines())
    return re.fullmatch(pattern, lines) is not None
