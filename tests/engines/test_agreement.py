"""The two engines are one model: every random hall gives the same ticket log, to the bit."""

from __future__ import annotations

import pytest

from tests.engines.agreement import agree


def test_both_engines_give_the_same_log_for_every_random_hall(capsys: pytest.CaptureFixture[str]) -> None:
    tickets = agree(250)

    with capsys.disabled():
        print(f"\nengines: equal to the bit on 250 random halls, {tickets:,} tickets")
    assert tickets > 10_000, "the random halls have become too small to show a difference"
