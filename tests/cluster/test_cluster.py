"""Work on a Dask cluster: the same bits, resumed, and nothing lost with a worker."""

from __future__ import annotations

import json
import pickle
import signal
import time
from pathlib import Path

import pytest

from simulation.experiment import Cancelled, compare, experiment
from simulation.experiment import cluster as clusters
from simulation.experiment.blocks import Work
from simulation.experiment.cluster import join, part
from simulation.faults import BadInput
from simulation.scenario import Scenario, load_scenario
from simulation.study import finished, items_of, read_study, run_study
from tests.cluster.watched import broken, compiled_for

HALL = """schema = 1
name = "hall-{number}"
title = {{ en = "hall", zh = "厅" }}

[[opening]]
from = 09:00:00
to = 11:00:00
at_end = "serve_all"

[[services]]
id = "s"
name = {{ en = "s", zh = "事" }}
service_min = {{ family = "gamma", mean = 6.0, cv = 0.6 }}
arrivals_per_hour = [20.0, {rate}, 24.0, 18.0]
target = {{ wait_min = 10.0, share = 0.9 }}

[[windows]]
id = "w"
name = {{ en = "w", zh = "窗" }}
count = 3
serves = ["*"]
"""
STUDY = """schema = 1
name = "county"
halls = ["halls/*.toml"]
replications = 120
seed = 7

[[plans]]
name = "one more"
changes = ["windows.w=+1@09:30-10:30"]

[[plans]]
name = "busier"
changes = ["demand=120%"]
"""


def nowhere(name: str) -> Path:
    raise AssertionError(name)


def write_study(folder: Path, halls: int) -> Path:
    (folder / "halls").mkdir(parents=True)
    for number in range(halls):
        text = HALL.format(number=number, rate=20.0 + number / 10)
        (folder / "halls" / f"hall-{number:03d}.toml").write_text(text, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder / "study.toml"


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    folder = tmp_path_factory.mktemp("one")
    write_study(folder, 1)
    return load_scenario(folder / "halls" / "hall-000.toml")


def contents(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.glob("*.json.gz")}


def as_text(found) -> str:
    return json.dumps(found.to_dict(), sort_keys=True)


def test_an_experiment_on_a_cluster_gives_the_same_bits(hall, site):
    other = load_scenario("scenarios/potou-2022.toml")
    with join(site.address) as cluster:
        for scenario, how in ((hall, {"replications": 1000}), (hall, {"precision": 0.05}), (other, {"replications": 45, "days": 2})):
            there = experiment(scenario, **how, workers=cluster)
            here = experiment(scenario, **how)
            assert as_text(there) == as_text(here)
            assert (there._bands == here._bands).all()
        assert as_text(compare(hall, hall, replications=40, workers=cluster)) == as_text(compare(hall, hall, replications=40))
        assert as_text(experiment(hall, replications=20, engine="simpy", workers=cluster)) == as_text(
            experiment(hall, replications=20, engine="simpy")
        )


def test_a_stopped_experiment_takes_its_parts_back(hall, site):
    def stop(done: int, total: int | None, relative: float | None) -> None:
        raise Cancelled

    with join(site.address) as cluster:
        with pytest.raises(Cancelled):
            experiment(hall, replications=20_000, workers=cluster, progress=stop)
        assert as_text(experiment(hall, replications=16, workers=cluster)) == as_text(experiment(hall, replications=16))


def test_a_worker_that_comes_later_compiles_nothing_again(hall, site):
    """Whatever one process of a machine has compiled, the next finds on disk."""
    packed = pickle.dumps(Work((hall,), "kernel", 1, 1, None))
    site.hire("third")
    with join(site.address) as cluster:
        cluster.client.wait_for_workers(3, timeout=60)
        asked = [cluster.client.submit(compiled_for, packed, workers=[name], pure=False) for name in ("first", "third")]
        assert [each.result(timeout=60) for each in asked] == [[], []]


def test_a_study_loses_nothing_with_a_killed_worker(tmp_path, site):
    """The files are those of a study on this machine, byte for byte."""
    study = read_study(write_study(tmp_path, 12), nowhere)
    doomed = site.workers["second"]
    in_hand: list[int] = []
    with join(site.address) as cluster:
        address = next(at for at, each in cluster.client.scheduler_info(n_workers=-1)["workers"].items() if each["id"] == "second")

        def kill(done: int, total: int) -> None:
            if done >= 4 and doomed.poll() is None and (work := cluster.client.processing().get(address)):
                in_hand.append(len(work))
                doomed.send_signal(signal.SIGKILL)
                doomed.wait()

        run_study(study, tmp_path / "there", cluster, kill)
        assert read_study(tmp_path / "study.toml", nowhere, workers=cluster) == study, "the workers read what this process reads"
        assert in_hand, "it was killed with work in hand"
        end = time.monotonic() + 30
        while address in cluster.client.nthreads() and time.monotonic() < end:
            time.sleep(0.1)
        assert address not in cluster.client.nthreads()
    run_study(study, tmp_path / "here", 2)

    assert len(contents(tmp_path / "here")) == 24
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_a_study_goes_on_where_it_was_stopped(tmp_path, site):
    study = read_study(write_study(tmp_path, 8), nowhere)

    def stop(done: int, total: int) -> None:
        if done == 5:
            raise Cancelled

    with join(site.address) as cluster:
        with pytest.raises(Cancelled):
            run_study(study, tmp_path / "out", cluster, stop)
        first = contents(tmp_path / "out")
        times = {each.name: each.stat().st_mtime_ns for each in (tmp_path / "out").glob("*.gz")}
        told: list[int] = []
        run_study(study, tmp_path / "out", cluster, lambda done, total: told.append(done))

    assert len(first) == 5
    assert told == list(range(5, 17))
    assert all((tmp_path / "out" / name).stat().st_mtime_ns == then for name, then in times.items()), "what was finished was not touched"
    run_study(study, tmp_path / "here")
    assert contents(tmp_path / "out") == contents(tmp_path / "here")


def test_a_comparison_too_large_for_one_piece_is_cut_into_blocks(tmp_path, site, monkeypatch):
    study = read_study(write_study(tmp_path, 2), nowhere)
    run_study(study, tmp_path / "here")
    monkeypatch.setattr("simulation.study.work.LARGE", 1)
    with join(site.address) as cluster:
        run_study(study, tmp_path / "there", cluster)

    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert list((tmp_path / "there" / "unfinished").glob("*.npz")), "its sums are kept on the way"


def test_what_breaks_on_a_worker_is_raised_here(site):
    with join(site.address) as cluster, pytest.raises(ZeroDivisionError):
        cluster.take(cluster.submit(broken))


# -------------------------------------------------------------------------------------------------------------- what goes wrong


def codes(refused: pytest.ExceptionInfo[BadInput]) -> list[str]:
    return [each.code for each in refused.value.faults]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "bla://127.0.0.1:8786", "", "tcp://127.0.0.1:99999999"])
def test_an_address_where_nobody_answers_is_refused(address):
    with pytest.raises(BadInput) as refused, join(address):
        pass

    assert codes(refused) == ["cluster_unreached"]


def test_a_scheduler_without_workers_is_refused_and_one_that_goes_is_told_of(empty_site, monkeypatch, capfd):
    monkeypatch.setattr(clusters, "CONNECT", 3)
    with pytest.raises(BadInput) as refused, join(empty_site.address):
        pass
    assert codes(refused) == ["cluster_alone"]

    empty_site.hire("only")
    monkeypatch.setattr(clusters, "CONNECT", 60)
    monkeypatch.setattr(clusters, "ALONE", 1)
    with join(empty_site.address) as cluster:
        handed = cluster.submit(time.sleep, 600)
        time.sleep(0.5)
        empty_site.workers["only"].kill()
        with pytest.raises(BadInput) as refused:
            cluster.take(handed)
        assert codes(refused) == ["cluster_alone"]
        empty_site.scheduler.kill()
        with pytest.raises(BadInput) as refused:
            cluster.take(handed)
        assert codes(refused) == ["cluster_lost"]
    assert capfd.readouterr().err == "", "a sentence is enough"


def test_a_worker_with_other_sources_refuses():
    with pytest.raises(BadInput) as refused:
        part("other sources", len, "x")

    assert codes(refused) == ["cluster_sources"]


def test_what_is_kept_of_a_study_but_damaged_is_told(tmp_path):
    study = read_study(write_study(tmp_path, 1), nowhere)
    run_study(study, tmp_path / "out")
    (item, _) = items_of(study)
    assert finished(tmp_path / "out", item)["difference"]["measures"]["mean_wait"]["verdict"] == "lower"
    (tmp_path / "out" / f"{item.digest}.json.gz").write_bytes(b"x")
    with pytest.raises(BadInput) as refused:
        finished(tmp_path / "out", item)

    assert codes(refused) == ["study_damaged"]
