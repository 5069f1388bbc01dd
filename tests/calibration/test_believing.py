"""Held days served again: who is ahead of whom, what windows do between citizens, snapshots, event logs, and the verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from dashboards.cli import app
from simulation import draw_demand, load_scenario, serve
from simulation.calibration import Log, load_mapping, mapping_of, read_log
from simulation.calibration.believing import BARS, bars_of, believe, check_all, keep_days, split
from simulation.calibration.gaps import EDGES, ready_seconds
from simulation.calibration.given import GivenDay, fit_model, given_days, replay, stood_in, without
from simulation.calibration.pace import STEADY, fit_pace
from simulation.calibration.pools import days_of, pools_of, serve_pool
from simulation.calibration.queues import split_half
from simulation.calibration.replays import Outcome
from simulation.calibration.snapshots import read_snapshots
from simulation.calibration.turns import fit_turns
from simulation.events import date_of, events_of
from simulation.events.files import write_events
from simulation.faults import BadInput
from simulation.tickets import to_frame

POTOU = Path(__file__).parents[2] / "scenarios" / "potou-2022.toml"
BANK = "anonymous_bank_1999_02/data_anonymous_bank_february_1_14.txt"


def log_of(frame: pd.DataFrame) -> Log:
    rejects = pd.DataFrame({"file": [], "row": [], "reason": [], "text": []})
    filled = frame.assign(first=True, part=False, row=np.arange(len(frame)), weekday=-1)
    return Log(filled, rejects, replace(load_mapping("openhall"), leaving="exact"), 0.0, 0, "0" * 12)


# ---- who is called before whom ---------------------------------------------------------------------------------------------------------


def one_window(seed: int, head_start: float, n: int = 600) -> pd.DataFrame:
    """A day at one busy window that calls as if class b had come earlier."""
    rng = np.random.default_rng(seed)
    arrived, work, kind = np.sort(rng.uniform(480, 1000, n)), rng.exponential(0.86, n), rng.choice(["a", "b"], n)
    waiting, now, rows, k = [], 0.0, [], 0
    while k < n or waiting:
        if not waiting:
            now = max(now, arrived[k])
        while k < n and arrived[k] <= now:
            waiting.append(k)
            k += 1
        i = min(waiting, key=lambda each: arrived[each] - head_start * (kind[each] == "b"))
        waiting.remove(i)
        rows.append((f"d{seed}", "tax", "W1", arrived[i], now, now + work[i], "served", kind[i]))
        now += work[i]
    return pd.DataFrame(rows, columns=["day", "service", "window", "arrived", "called", "ended", "outcome", "klass"])


@pytest.mark.parametrize("head_start", [0.0, 1.5, 4.0])
def test_by_how_much_a_class_is_ahead_comes_out_of_who_overtook_whom(head_start: float) -> None:
    found = fit_turns(log_of(one_window(1, head_start)), {"W1": {"tax"}})

    if head_start == 0.0:
        assert found.ahead == {}
    else:
        assert found.ahead["a"].value == 0.0
        assert found.ahead["b"].value == pytest.approx(head_start, abs=0.25)
        assert found.explained > 0.99 > found.in_order_of_coming


# ---- the gaps --------------------------------------------------------------------------------------------------------------------------


def test_seconds_until_ready_have_the_fitted_chances() -> None:
    ready = np.full(len(EDGES) - 1, 0.1)
    seconds = ready_seconds(ready, np.random.default_rng(1).uniform(size=20_000))

    assert seconds.mean() == pytest.approx(-1 / np.log(0.9), rel=0.03), "a constant chance a second is a geometric law"


# ---- snapshots -------------------------------------------------------------------------------------------------------------------------

SNAPSHOTS = {
    "id": "s", "kind": "snapshots", "week_years": True,
    "columns": {"office": "o", "day": "d", "time": "t", "queue": "q", "open": "n", "waiting": "w", "ticket": "x"},
}  # fmt: skip


def snapshots_of(tmp_path: Path, *rows: str, days: tuple[str, ...] = ("2020-01-08",)) -> object:
    path = tmp_path / "snapshots.csv"
    lines = [f"hall,{day},{row}" for day in days for row in rows]
    path.write_text("o,d,t,q,n,w,x\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return read_snapshots(path, mapping_of(SNAPSHOTS))


QUEUE = ("08:00,1,1,0,A001", "08:05,1,1,2,A002", "08:10,1,1,2,A003", "08:20,1,1,0,A005", "08:25,1,1,0,A006")


def test_a_ticket_is_issued_and_called_when_the_numbers_reach_it(tmp_path: Path) -> None:
    found = snapshots_of(tmp_path, *QUEUE).tickets.set_index("number")

    assert list(found.index) == [2, 3, 4, 5, 6]
    assert found.loc[4, ["issued", "called"]].tolist() == [485.0, 495.0], "4 = 2 served + 2 waiting at 08:05; called halfway to 08:20"
    assert found.loc[5, ["issued", "called"]].tolist() == [490.0, 500.0]
    assert found.loc[6, "issued"] == found.loc[6, "called"] == 505.0, "nobody waited at either end"


def test_dirt_of_snapshots_is_counted_by_its_kind(tmp_path: Path) -> None:
    usual = [f"hall,2020-01-0{day},{row}" for day in (7, 8, 9) for row in QUEUE]
    dirt = [
        "hall,2020-12-30,08:00,1,1,0,A001", "hall,2012-02-09,08:00,1,1,0,A001", "hall,x,08:00,1,1,0,A001",
        "hall,2020-01-08,25:99,1,1,0,A001", "hall,2020-01-08,09:00,1,-1,0,A007", "hall,2020-01-08,08:00,1,1,0,A001",
        "hall,2020-01-10,08:00,1,1,0,A009", "hall,2020-01-10,08:05,1,1,0,A001", "hall,2020-01-10,08:10,1,1,0,A014",
    ]  # fmt: skip
    path = tmp_path / "dirty.csv"
    path.write_text("o,d,t,q,n,w,x\n" + "\n".join([*usual, *dirt]) + "\n", encoding="utf-8")
    reasons = read_snapshots(path, mapping_of(SNAPSHOTS)).reasons

    assert reasons == {
        "week_year": 1, "far_date": 1, "unreadable_day": 1, "unreadable_time": 1, "no_count": 1, "twice": 1, "number_back": 1,
    }  # fmt: skip


def test_queues_whose_windows_open_and_close_together_are_one_pool(tmp_path: Path) -> None:
    clocks = [f"{8 + k // 12:02d}:{5 * (k % 12):02d}" for k in range(80)]
    counts = [1 + (k // 4) % 3 for k in range(80)]
    opened = [(at, queue, n if queue != "3" else 4 - n) for at, n in zip(clocks, counts, strict=True) for queue in "123"]
    rows = [f"{at},{queue},{n},1,A{k // 3 + 1:03d}" for k, (at, queue, n) in enumerate(opened)]
    found = snapshots_of(tmp_path, *rows)

    assert sorted(pools_of(found)) == [("hall/1", "hall/2"), ("hall/3",)]


def test_a_pool_of_one_window_waits_by_lindleys_recursion() -> None:
    rng = np.random.default_rng(3)
    issued, work = np.sort(rng.uniform(0, 400, 300)), rng.exponential(1.2, 300)
    wait, lindley = np.empty(300), np.zeros(300)
    serve_pool(issued, work, np.zeros(300), np.array([0.0]), np.array([1]), np.ones(1), wait)
    for k in range(1, 300):
        lindley[k] = max(0.0, lindley[k - 1] + work[k - 1] - (issued[k] - issued[k - 1]))

    assert wait == pytest.approx(lindley, abs=1e-9)


def test_a_pool_waits_until_a_window_opens_and_turns() -> None:
    wait = np.empty(2)
    serve_pool(np.array([1.0, 20.0]), np.array([2.0, 2.0]), np.array([3.0, 3.0]), np.array([0.0, 10.0]), np.array([0, 2]), np.ones(2), wait)

    assert wait.tolist() == [9.0, 1.5], "the first until the windows open, the second while one of two idle ones turns"


def test_odd_and_even_days_that_are_alike_differ_by_no_factor(tmp_path: Path) -> None:
    rows = [f"{8 + k // 12:02d}:{5 * (k % 12):02d},1,1,3,A{k + 1:03d}" for k in range(40)]
    found = snapshots_of(tmp_path, *rows, days=("2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09"))

    assert split_half(found) == pytest.approx(1.0)


# ---- event logs ------------------------------------------------------------------------------------------------------------------------


def test_our_own_event_log_gives_the_tickets_again(tmp_path: Path) -> None:
    scenario = load_scenario(POTOU)
    tickets, _ = serve(scenario, draw_demand(scenario))
    write_events(tmp_path / "day.csv", events_of(scenario, tickets, date_of(0)))
    frame = read_log(tmp_path / "day.csv", load_mapping("openhall-events")).frame
    truth = to_frame(scenario, tickets)

    assert len(frame) == len(truth)
    assert frame["outcome"].value_counts().to_dict() == truth["outcome"].value_counts().to_dict()
    waits = np.sort(frame["called"] - frame["arrived"])
    assert waits == pytest.approx(np.sort(truth["called"] - truth["arrival"]), abs=1e-4, nan_ok=True)


def test_transactions_of_a_visit_follow_one_another(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text(
        "who,what,when,kind,desk\nP1,comes,2024-03-04 09:00:00,,\nP1,called,2024-03-04 09:05:00,tax,W1\n"
        "P1,passed on,2024-03-04 09:08:00,tax,W1\nP1,called,2024-03-04 09:10:00,card,W2\nP1,done,2024-03-04 09:14:00,card,W2\n"
        "P2,missing,2024-03-04 09:30:00,tax,\nP3,hums,2024-03-04 09:31:00,tax,\n",
        encoding="utf-8",
    )
    how = mapping_of({
        "id": "e", "kind": "events", "columns": {"case": "who", "event": "what", "time": "when", "service": "kind", "window": "desk"},
        "events": {"comes": "arrived", "passed on": "transferred", "done": "ended", "missing": "did not come"},
    })  # fmt: skip
    log = read_log(path, how)

    assert log.strange == 1
    assert log.frame[["service", "window", "arrived", "called", "ended", "outcome", "first"]].fillna(-1).to_numpy().tolist() == [
        ["tax", "W1", 540.0, 545.0, 548.0, "served", True],
        ["card", "W2", 548.0, 550.0, 554.0, "served", False],
        ["tax", "", 570.0, -1.0, 570.0, "no_show", True],
    ]


# ---- the verdict -----------------------------------------------------------------------------------------------------------------------


def outcome_of(factor: float, runs: int = 30) -> Outcome:
    rng = np.random.default_rng(8)
    day, hour = np.repeat(np.arange(6), 200), np.tile(np.arange(200) // 25, 6)
    scale = (1 + day) * (1 + hour / 4)
    draws = rng.exponential(scale, (runs + 1, len(day)))
    left = rng.uniform(size=(runs + 1, len(day))) < 0.1
    return Outcome(day, 540.0 + 60 * hour, np.full(len(day), "tax", object), draws[0], left[0], factor * draws[1:], left[1:])


def test_a_true_model_keeps_every_bar_and_one_that_is_half_again_too_long_does_not() -> None:
    right = {each.name: each for each in check_all(outcome_of(1.0), BARS)}
    wrong = {each.name: each for each in check_all(outcome_of(1.5), BARS)}

    assert all(each.kept for each in right.values())
    assert {name for name, each in wrong.items() if not each.kept} == {"mean", "p90", "hours", "coverage"}
    assert wrong["mean"].value == pytest.approx(0.5, abs=0.1)
    assert right["mean"].value <= 2 * right["mean"].ideal[2]


def test_bars_are_inputs_and_unknown_ones_are_refused() -> None:
    assert bars_of({"mean": 0.3})["mean"].value == 0.3
    assert bars_of({"mean": 0.3})["mean"].basis == "input"
    with pytest.raises(BadInput) as caught:
        bars_of({"mood": 1, "mean": -1})
    assert {each.code for each in caught.value.faults} == {"believe_bar", "believe_bar_value"}


def test_days_are_held_back_from_a_day_on_or_the_last_third() -> None:
    log = log_of(pd.concat([one_window(seed, 0.0, 30) for seed in range(6)]))

    assert [split(log)[1].days, split(log, "d1")[0].days] == [("d4", "d5"), ("d0",)]
    with pytest.raises(BadInput, match="d9 leaves no day"):
        split(log, "d9")
    with pytest.raises(BadInput, match="single day"):
        split(keep_days(log, ["d0"]))


def test_days_that_are_numbers_of_files_are_held_back_in_order_of_number() -> None:
    log = log_of(pd.concat([one_window(seed, 0.0, 30).assign(day=str(seed)) for seed in range(12)]))

    assert log.days == tuple(str(each) for each in range(12))
    assert [split(log)[1].days, split(log, "10")[0].days] == [("8", "9", "10", "11"), log.days[:10]]


def test_the_bank_is_served_again_by_what_its_first_days_tell(shared: Path) -> None:
    log = read_log(shared / "data" / BANK, load_mapping("anonymous-bank"))
    training, held = keep_days(log, log.days[:4]), keep_days(log, log.days[6:8])
    found = believe(training, held, replications=6)
    model = found.model

    assert model is not None
    assert model.gaps is not None
    assert {klass: each.value for klass, each in model.turns.ahead.items()} == {"0": 0.0, "1": 1.5, "2": 3.0}, "90 seconds a class"
    assert 0.05 < model.gaps.figures["after"].value < 0.2
    assert 5 < float(np.median(model.gaps.seen)) < 60
    mean = next(each for each in found.checks if each.name == "mean")
    assert 0.6 < mean.simulated / mean.observed < 1.5
    day = given_days(held, model)[1]
    assert replay(without(model, "gaps"), day, 2).wait.mean() < 0.7 * replay(model, day, 2).wait.mean(), "gaps are what waits come from"


def test_both_engines_serve_a_given_day_alike(shared: Path) -> None:
    log = read_log(shared / "data" / BANK, load_mapping("anonymous-bank"))
    model = fit_model(keep_days(log, log.days[4:6]))
    day = given_days(keep_days(log, log.days[5:6]), model)[0]
    kernel, simpy = (replay(model, day, 1, engine=engine) for engine in ("kernel", "simpy"))

    assert np.array_equal(kernel.wait, simpy.wait)
    assert np.array_equal(kernel.left, simpy.left)


def test_the_command_says_no_with_one_and_bad_input_with_two(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = pd.concat([one_window(seed, 0.0, 300) for seed in range(4)])
    rows.assign(arrival=rows["arrived"], task=0, parent_ticket=-1).drop(columns=["arrived", "klass"]).to_csv(path, index=False)
    run = CliRunner().invoke(app, ["believe", str(path), "--replications", "4", "--bar", "mean=9", "--json", "-"])
    told = json.loads(run.stdout)

    assert run.exit_code in (0, 1)
    assert run.exit_code == (0 if told["believed"] else 1)
    assert (told["training_days"], told["held_days"]) == (["d0", "d1", "d2"], ["d3"])
    assert {each["name"]: each["kept"] for each in told["checks"]}["mean"] is True, "a bar of 9 is kept by anything"
    strict = CliRunner().invoke(app, ["believe", str(path), "--replications", "4", "--bar", "hours=0"])
    assert strict.exit_code == 1
    assert "error by hour" in strict.stdout
    bad = CliRunner().invoke(app, ["believe", str(path), "--bar", "mood=1"])
    assert isinstance(bad.exception, BadInput)


def test_a_verdict_does_not_depend_on_who_shares_the_work_and_knows_when_the_doors_open(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    rows = pd.concat([one_window(seed, 0.0, 120) for seed in range(4)])
    rows.assign(arrival=rows["arrived"], task=0, parent_ticket=-1).drop(columns=["arrived", "klass"]).to_csv(path, index=False)
    told = []
    for more in ((), ("--workers", "3"), ("--opens", "02:00")):
        run = CliRunner().invoke(app, ["believe", str(path), "--replications", "12", "--bar", "mean=9", "--json", "-", *more])
        told.append(json.loads(run.stdout))

    assert told[0] == told[1]
    slots = [[each["slot"] for each in one["by_half_hour"]] for one in told]
    assert slots[2] == [f"{int(slot[:2]) + 2:02d}{slot[2:]}" for slot in slots[0]]
    for wrong in (["--opens", "25:00"], ["--mapping", "petrol-station", "--opens", "08:30"], ["--office", "Hall"]):
        with pytest.raises(BadInput):
            CliRunner().invoke(app, ["believe", str(path), *wrong], catch_exceptions=False)


# ---- what a later log may bring ----------------------------------------------------------------------------------------------------------


def test_a_service_that_a_window_would_hardly_have_met_is_not_denied_to_it() -> None:
    day = one_window(1, 0.0, 400).assign(klass="")
    seldom = day.assign(window=np.where(np.arange(400) < 40, "W2", "W1"), service=np.where(np.arange(400) < 388, "tax", "card"))
    often = seldom.assign(window=np.where(np.arange(400) < 200, "W2", "W1"))

    assert "card" in fit_model(log_of(seldom)).serves["W2"], "1.2 were due by chance, so none says nothing"
    assert "card" not in fit_model(log_of(often)).serves["W2"], "6 were due, and none came"


def test_who_nobody_on_post_is_known_to_serve_is_served_by_who_is_there() -> None:
    posts = pd.DataFrame([("d", "W1", 480.0, 600.0), ("d", "W2", 600.0, 720.0)], columns=["day", "window", "start", "end"])
    rows = pd.DataFrame({"service": ["tax", "card", "tax"], "arrived": [490.0, 500.0, 610.0]})

    assert stood_in(GivenDay("d", rows, posts), ("W1", "W2"), [{"tax"}, {"card"}]) == [{"card"}, {"tax"}]


def test_patience_of_a_service_that_nobody_left_is_that_of_all() -> None:
    day = one_window(2, 0.0, 400).assign(klass="")
    day.loc[day.index[:12], "service"] = "card"
    late = day.index[(day["called"] - day["arrived"] > 3) & (day["service"] == "tax")][:40]
    day.loc[late, "outcome"], day.loc[late, "ended"], day.loc[late, "called"] = "reneged", day.loc[late, "called"], np.nan
    found = fit_model(log_of(day)).patience

    assert 0 < found["card", ""] < 10 * float((day["ended"] - day["arrived"]).max()), "endless patience would wait for hours"


def test_what_is_left_out_of_later_days_is_told(tmp_path: Path) -> None:
    first = [one_window(seed, 0.0, 200).assign(klass="") for seed in range(3)]
    later = one_window(9, 0.0, 200).assign(klass="")
    later.loc[later.index[:5], "service"] = "card"
    later.loc[later.index[5:9], "window"] = "W7"
    nobody = one_window(8, 0.0, 20).assign(klass="", outcome="reneged", called=np.nan)
    found = believe(log_of(pd.concat(first)), log_of(pd.concat([first[0], nobody, later])), replications=3)

    assert found.held == ("d9",)
    assert found.left_out == {"days_of_fit": 1, "days_unserved": 1, "new_services": 5, "new_windows": 1}
    assert found.people == 195


def test_the_pace_of_hours_and_the_worth_of_an_open_window_come_out_of_ticket_numbers(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    rows = []
    for queue in range(6):
        number = 0
        for k in range(96):
            open, fast = 1 + (k // 8 + queue) % 4, 0.5 if k < 24 else 1.2
            rows.append(f"{8 + k // 12:02d}:{5 * (k % 12):02d},{queue},{open},9,A{number:03d}")
            number += int(rng.poisson(3 * fast * open**0.5))
    found = fit_pace(snapshots_of(tmp_path, *rows, days=("2020-01-07", "2020-01-08", "2020-01-09")))

    assert found.share == pytest.approx(0.5, abs=0.1)
    assert found.hour[16:20].mean() / found.hour[21:31].mean() == pytest.approx(0.5 / 1.2, rel=0.15)


def test_a_day_whose_number_of_windows_is_stuck_is_served_with_the_usual_number(tmp_path: Path) -> None:
    rows = [f"{8 + k // 12:02d}:{5 * (k % 12):02d},1,20,3,A{k + 1:03d}" for k in range(70)]
    found = snapshots_of(tmp_path, *rows)
    tickets = {str(queue): each for queue, each in found.tickets.groupby("queue")}

    assert set(days_of(found, tickets, ("hall/1",), STEADY, 2.2)[0].open) == {2}
