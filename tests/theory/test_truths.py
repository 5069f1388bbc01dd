"""The truth cases kept here are those of the reference data, whole groups of them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.theory.truths import TRUTHS

GROUPS = {
    "erlang_c",
    "erlang_a",
    "finite",
    "mg1",
    "mdc",
    "priority",
    "pooling",
    "skills",
    "heterogeneous",
    "jsq",
    "jackson",
    "time_varying_day",
    "mt_m_inf",
    "periodic",
    "blocking",
    "staffing",
    "nhpp",
    "trace",
}


def test_every_case_of_these_groups_is_kept_as_its_source_has_it(shared: Path) -> None:
    reference = {case["id"]: case for case in json.loads((shared / "validation" / "truths.json").read_text("utf-8"))}

    assert set(TRUTHS) == {id for id, case in reference.items() if case["group"] in GROUPS}
    for case in TRUTHS.values():
        for column in ("group", "source", "model", "parameters", "quantity", "expected", "tolerance", "status"):
            assert getattr(case, column) == reference[case.id][column], f"{case.id}: {column}"
