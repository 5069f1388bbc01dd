"""Runs the steps of a README in one process and one folder, as a reader would, and tells what each printed.

Run: python -m tests.readme.session README FOLDER, with the language in OPENHALL_LANGUAGE. Prints JSON, one entry a step: {"code", "out",
"err"}. With --write as a third word, outputs that no longer match are written into the README instead; look at the change before you keep
it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from pathlib import Path

from tests.readme.blocks import Block, matches, read_blocks


def run(block: Block) -> dict[str, object]:
    """One step; commands go through the same door as the installed one."""
    from dashboards.cli import main

    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        if block.kind == "file":
            Path(block.name).write_text(block.text, encoding="utf-8")
        elif block.kind == "python":
            exec(compile(block.text, "README", "exec"), {"__name__": "README"})
        else:
            sys.argv = ["openhall", *block.arguments]
            try:
                main()
            except SystemExit as left:
                code = int(left.code or 0)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def rewritten(readme: str, steps: list[Block], told: list[dict[str, object]], folder: str) -> str:
    """The README with the outputs of today; what changes from run to run becomes three dots, and a shortened output stays as short."""
    for step, ended in zip(steps, told, strict=True):
        if step.kind != "command" or matches(step.text, str(ended["out"])):
            continue
        lines = [line.rstrip() for line in str(ended["out"]).strip().splitlines()]
        shown = step.text.strip().splitlines()
        if shown[-1:] == ["..."]:
            lines = [*lines[: len(shown) - 1], "..."]
        changing = rf"{re.escape(folder)}\S*|(?<![0-9a-f])(?:[0-9a-f]{{64}}(?![0-9a-f])|[0-9a-f]{{12}}$)"
        text = re.sub(changing, "...", "\n".join(lines), flags=re.MULTILINE)
        before, after = (f"$ {step.name}\n{part}" for part in (step.text, text + "\n"))
        readme = readme.replace(before, after, 1)
    return readme


if __name__ == "__main__":
    path, folder = Path(sys.argv[1]).resolve(), str(Path(sys.argv[2]).resolve())
    write = sys.argv[3:] == ["--write"]  # asked for now: each command gets arguments of its own
    steps = read_blocks(path)
    os.chdir(folder)
    told = [run(step) for step in steps]
    if write:
        path.write_text(rewritten(path.read_text(encoding="utf-8"), steps, told, folder), encoding="utf-8")
    else:
        print(json.dumps(told))
