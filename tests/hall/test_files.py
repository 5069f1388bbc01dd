"""The ticket log and the given day, in and out of files."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from simulation.citizens import demand_from_citizens
from simulation.demand import draw_demand
from simulation.faults import BadInput
from simulation.scenario import Scenario, parse
from simulation.serve import serve
from simulation.tickets import COLUMNS, read_tickets, write_tickets


@pytest.fixture(scope="module")
def hall() -> Scenario:
    five = {"family": "exponential", "mean": 5}
    services = [
        {"id": "居住证", "service_min": five, "patience_min": five, "arrivals_per_hour": [90, 90]}
        | {"companions": [{"count": 0, "share": 0.5}, {"count": 1, "share": 0.5}]},
        {"id": "tax", "service_min": {"family": "uniform", "low": 1, "high": 3}, "arrivals_per_hour": [20, 20]},
    ]
    opening = [{"from": time(8, 30), "to": time(9, 30), "at_end": "finish_current"}]
    windows = [{"id": "a", "count": 3, "serves": ["*"]}]
    return parse({"schema": 1, "name": "files", "opening": opening, "services": services, "windows": windows}, "files")


@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_a_log_comes_back_to_the_bit(hall: Scenario, tmp_path: Path, name: str) -> None:
    tickets, _ = serve(hall, draw_demand(hall, 4))
    write_tickets(tmp_path / name, hall, tickets)

    again = read_tickets(tmp_path / name, hall)

    assert len(set(tickets.outcome.tolist())) >= 3
    for field in COLUMNS:
        assert getattr(again, field.name).tobytes() == getattr(tickets, field.name).tobytes(), field.name


@pytest.mark.parametrize("name", ["log.csv", "log.parquet"])
def test_how_long_windows_wrapped_up_comes_back_with_the_log(hall: Scenario, tmp_path: Path, name: str) -> None:
    windows = [{**hall.document["windows"][0], "wrap_up_min": {"family": "lognormal", "mean": 0.5, "cv": 2}}]
    pausing = parse({**hall.document, "windows": windows}, "pausing")
    tickets, _ = serve(pausing, draw_demand(pausing, 4))
    write_tickets(tmp_path / name, pausing, tickets)

    again = read_tickets(tmp_path / name, pausing).wrap_up
    assert again is not None
    assert tickets.wrap_up is not None
    assert again.tobytes() == tickets.wrap_up.tobytes()
    assert (again > 0).sum() == (tickets.outcome == 0).sum() > 20


def test_a_log_that_does_not_say_how_many_came_is_of_people_alone(hall: Scenario, tmp_path: Path) -> None:
    tickets, _ = serve(hall, draw_demand(hall, 4))
    write_tickets(tmp_path / "log.csv", hall, tickets)
    frame = pd.read_csv(tmp_path / "log.csv", encoding="utf-8-sig")
    assert set(frame["persons"]) == {1, 2}
    frame.drop(columns="persons").to_csv(tmp_path / "old.csv", index=False, encoding="utf-8-sig")

    assert read_tickets(tmp_path / "old.csv", hall).persons.tolist() == [1] * len(tickets)


def test_a_log_of_another_hall_is_refused_with_what_is_unknown(hall: Scenario, tmp_path: Path) -> None:
    tickets, _ = serve(hall, draw_demand(hall, 4))
    write_tickets(tmp_path / "log.csv", hall, tickets)
    text = (tmp_path / "log.csv").read_text(encoding="utf-8-sig").replace("a-2", "b-2").replace("class", "klass")
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        read_tickets(tmp_path / "log.csv", hall)
    assert {fault.code for fault in refused.value.faults} == {"tickets_column_missing", "tickets_unknown"}
    assert "b-2 is not known to the scenario" in refused.value.text("en")


def test_a_given_day_takes_clock_times_and_minutes_in_any_order(hall: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    rows = ["service,arrival,work_min,patience_min,class", "tax,０９：00,３.5,,", "居住证,08:30:30,2,10,elderly", "tax,-5,1,0,"]
    path.write_text("\ufeff" + "\n".join(rows), encoding="utf-8")

    day = demand_from_citizens(hall, path)

    assert day.citizens.arrival.tolist() == [-5, 0.5, 30]
    assert day.tasks.service.tolist() == [1, 0, 1]
    assert day.tasks.work[:, 0].tolist() == [1, 2, 3.5]
    assert day.tasks.patience.tolist() == [0, 10, np.inf]
    assert day.citizens.klass.tolist() == [0, 1, 0]


def test_a_given_day_in_gb18030_is_read(hall: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_bytes("arrival,service,work_min\n0,居住证,1\n".encode("gb18030"))

    assert demand_from_citizens(hall, path).tasks.service.tolist() == [0]


def test_every_fault_of_a_given_day_is_told_at_once(hall: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "day.csv"
    path.write_text("arrival,service,work_min,patience_min\n25:00,tax,1,\n0,visa,-1,nan\n1,tax\ninf,tax,1e400,2分\n", encoding="utf-8")

    with pytest.raises(BadInput) as refused:
        demand_from_citizens(hall, path)
    told = [(fault.code, fault.place.removeprefix(f"{path}: ")) for fault in refused.value.faults]
    assert sorted(told) == sorted(
        [
            ("citizens_row_length", "line 4"),
            ("citizens_arrival", "line 2: arrival"),
            ("citizens_minutes", "line 3: work_min"),
            ("citizens_minutes", "line 3: patience_min"),
            ("citizens_service", "line 3"),
            ("citizens_arrival", "line 5: arrival"),
            ("citizens_minutes", "line 5: work_min"),
            ("citizens_minutes", "line 5: patience_min"),
        ]
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "citizens_column_missing"),
        (b"arrival,service,work_min\n", "citizens_empty"),
        (b"a\0b", "citizens_encoding"),
        (b"\xff\xfe\x00", "citizens_encoding"),
        (b'arrival,service,work_min\n"' + b"x\n" * 100_000, "citizens_no_table"),
    ],
)
def test_a_file_that_is_no_day_is_refused(hall: Scenario, tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "day.csv").write_bytes(content)

    with pytest.raises(BadInput) as refused:
        demand_from_citizens(hall, tmp_path / "day.csv")
    assert {fault.code for fault in refused.value.faults} == {code}


def test_a_missing_file_is_refused(hall: Scenario, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        demand_from_citizens(hall, tmp_path / "nothing.csv")
