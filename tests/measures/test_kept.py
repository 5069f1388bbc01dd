"""What an experiment has added up is kept: what goes on from there ends with the same bits as what never stopped."""

from __future__ import annotations

import json
from datetime import time
from pathlib import Path

import numpy as np
import pytest

from simulation.experiment import BLOCK, Cancelled, Comparison, Result, compare, experiment
from simulation.experiment import kept as keeping
from simulation.scenario import Scenario, parse


def hall(windows: int) -> Scenario:
    service = {
        "id": "s",
        "name": {"en": "s"},
        "service_min": {"family": "gamma", "mean": 6.0, "cv": 0.6},
        "arrivals_per_hour": [18.0, 24.0],
        "target": {"wait_min": 10.0, "share": 0.9},
    }
    document = {
        "schema": 1,
        "name": f"hall-{windows}",
        "title": {"en": "hall"},
        "opening": [{"from": time(9), "to": time(10), "at_end": "serve_all"}],
        "services": [service],
        "windows": [{"id": "w", "name": {"en": "w"}, "count": windows, "serves": ["*"]}],
    }
    return parse(document, "test")


@pytest.fixture(scope="module")
def base() -> Scenario:
    return hall(2)


@pytest.fixture(scope="module")
def plan() -> Scenario:
    return hall(3)


def same(one: Result | Comparison, other: Result | Comparison) -> bool:
    """Whether two answers are equal to the bit, the counts of days among them."""
    sides = [(getattr(one, side, one), getattr(other, side, other)) for side in ("base", "plan")]
    first, second = (json.dumps(each.to_dict(), sort_keys=True) for each in (one, other))
    return first == second and all(np.array_equal(a._bands, b._bands) for a, b in sides)


def counting(done: list[int], stop_at: int | None = None):
    def progress(replications: int, total: int | None, relative: float | None) -> None:
        done.append(replications)
        if stop_at is not None and replications >= stop_at:
            raise Cancelled

    return progress


@pytest.mark.parametrize("first", [BLOCK, 3 * BLOCK + 4, 5 * BLOCK])
def test_a_finished_result_is_extended_without_doing_it_again(base: Scenario, tmp_path: Path, first: int) -> None:
    experiment(base, replications=first, kept=tmp_path)
    done: list[int] = []
    extended = experiment(base, replications=6 * BLOCK + 3, kept=tmp_path, progress=counting(done))

    assert done[0] == first // BLOCK * BLOCK + BLOCK, "only what was missing was simulated"
    assert same(extended, experiment(base, replications=6 * BLOCK + 3))


def test_a_stopped_comparison_goes_on_to_the_same_bits(base: Scenario, plan: Scenario, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        compare(base, plan, replications=80, kept=tmp_path, progress=counting([], 24))
    done: list[int] = []
    found = compare(base, plan, replications=80, kept=tmp_path, progress=counting(done))

    assert done[0] == 32
    assert same(found, compare(base, plan, replications=80))


def test_a_run_to_a_precision_stops_where_it_would_have_stopped(base: Scenario, tmp_path: Path) -> None:
    experiment(base, replications=400, kept=tmp_path)
    with pytest.raises(Cancelled):
        experiment(base, precision=0.1, kept=tmp_path, progress=counting([], 40))
    done: list[int] = []
    found = experiment(base, precision=0.1, kept=tmp_path, progress=counting(done))
    again = experiment(base, precision=0.1, kept=tmp_path, progress=counting(done))

    assert found.replications > 40
    assert done[0] == 48
    assert same(found, experiment(base, precision=0.1))
    assert same(found, again)
    assert done[-1] == found.replications, "what had reached its precision was not simulated again"


def test_a_finer_precision_goes_on_from_a_coarser_one_and_from_replications(base: Scenario, tmp_path: Path) -> None:
    experiment(base, replications=16, kept=tmp_path)
    done: list[int] = []
    coarse = experiment(base, precision=0.2, kept=tmp_path, progress=counting(done))
    assert done[0] == 24
    done.clear()
    fine = experiment(base, precision=0.08, kept=tmp_path, progress=counting(done))

    assert coarse.replications < fine.replications
    assert done[0] == coarse.replications + BLOCK
    assert same(fine, experiment(base, precision=0.08))
    assert same(experiment(base, precision=0.2, kept=tmp_path), coarse), "what lies beyond its end is not gone on from"
    assert same(experiment(base, replications=coarse.replications, kept=tmp_path), experiment(base, replications=coarse.replications))


def test_a_folder_that_takes_nothing_changes_no_result(base: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping.np, "savez_compressed", full)
    assert same(experiment(base, replications=24, kept=tmp_path), experiment(base, replications=24))
    assert list(tmp_path.iterdir()) == []


def test_fewer_replications_than_are_kept_are_simulated_anew(base: Scenario, tmp_path: Path) -> None:
    experiment(base, replications=64, kept=tmp_path)

    assert same(experiment(base, replications=40, kept=tmp_path), experiment(base, replications=40))


def test_only_the_same_work_goes_on(base: Scenario, plan: Scenario, tmp_path: Path) -> None:
    experiment(base, replications=64, kept=tmp_path)

    for how in ({"seed": 2}, {"days": 2}, {"engine": "simpy"}):
        wanted = {"replications": 16} | how
        assert same(experiment(base, **wanted, kept=tmp_path), experiment(base, **wanted))
    assert same(experiment(plan, replications=72, kept=tmp_path), experiment(plan, replications=72))


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 nothing", b"x" * 1000])
def test_a_damaged_file_is_as_good_as_none(base: Scenario, tmp_path: Path, damage: bytes) -> None:
    experiment(base, replications=16, kept=tmp_path)
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(damage)

    assert same(experiment(base, replications=24, kept=tmp_path), experiment(base, replications=24))


def test_a_folder_keeps_so_many_and_the_least_used_goes_first(base: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_FILES", 3)
    for seed in range(6):
        experiment(base, replications=8, seed=seed, kept=tmp_path)

    assert len(list(tmp_path.glob("*.npz"))) == 3
    assert not list(tmp_path.glob(".*"))
