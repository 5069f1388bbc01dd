"""What has to be compiled first is said and counted, on stderr and once."""

from __future__ import annotations

import numba
import pytest

from dashboards.cli_console import bar, words
from simulation.compiled import watching


def test_every_function_is_named_as_its_compilation_begins_and_not_when_it_is_there_already() -> None:
    @numba.njit
    def doubled(x: float) -> float:
        return 2 * x

    begun: list[str] = []
    with watching(begun.append):
        doubled(1.0)
        doubled(2.0)
    doubled(1)  # another type, and nobody watches

    assert begun == ["doubled"]


def test_the_bar_says_so_once_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    @numba.njit
    def tripled(x: float) -> float:
        return 3 * x

    with bar("simulating") as progress:
        tripled(1.0)
        tripled(1)
        progress(1, 1, None)

    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [words("cli_compiling")]


def test_nothing_is_said_where_nothing_is_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("simulating") as progress:
        progress(1, 1, None)

    assert capsys.readouterr() == ("", "")
