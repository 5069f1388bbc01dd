"""`make bench` prints one figure a line, and without the yardstick leaves out only its lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.benchmarks import bench


def test_without_the_yardstick_the_other_figures_are_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "BENCH", tmp_path / "absent")
    monkeypatch.setattr(bench, "PAIRS", 1)
    monkeypatch.setattr(bench, "DAYS", 2)
    monkeypatch.setattr(bench, "YEARS", 2)
    monkeypatch.setattr(bench.study, "figures", list)  # begins a cluster
    monkeypatch.setattr(bench, "from_nothing", list)  # compiles everything anew

    bench.main()

    first, *figures = capsys.readouterr().out.splitlines()
    assert first.startswith("# the yardstick is absent")
    assert all(re.fullmatch(r"[a-z0-9_]+ [0-9.e+-]+ [a-zA-Z/]+", line) for line in figures)
    assert [line.split()[0] for line in figures] == [
        "day_x100_seconds",
        "day_x100_draw_seconds",
        "day_x100_serve_seconds",
        "day_x100_measure_seconds",
        "day_tickets",
        "day_kernel_rate",
        "day_simpy_rate",
        "ticket_draw_ns",
        "ticket_serve_ns",
        "ticket_measure_ns",
        "ticket_other_ns",
        "ticket_whole_ns",
        "potou_year_x1000_seconds",
        "potou_year_x1000_processor_seconds",
        "potou_year_x1000_tickets",
        "potou_year_x1000_peak_memory",
    ]
