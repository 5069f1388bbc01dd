"""Runs the steps of a README in one process and one folder, as a reader would, and tells what each printed.

Run: python -m tests.readme.session README FOLDER, with the language in OPENHALL_LANGUAGE. Prints JSON, one entry a step: {"code", "out",
"err"}.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from pathlib import Path

from tests.readme.blocks import Block, read_blocks


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


if __name__ == "__main__":
    steps = read_blocks(Path(sys.argv[1]).resolve())
    os.chdir(sys.argv[2])
    told = [run(step) for step in steps]
    print(json.dumps(told))
