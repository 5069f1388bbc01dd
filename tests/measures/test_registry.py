"""One registry for help, export and documents: complete, in both languages, and light to load."""

from __future__ import annotations

import subprocess
import sys

import pytest

from simulation.measures import MEASURES, UNITS, Measure

PROMISED = [
    "mean_wait",
    "mean_wait_served",
    "p50_wait",
    "p90_wait",
    "p95_wait",
    "longest_wait",
    "share_within_target",
    "reneged_share",
    "balked_share",
    "sent_home_share",
    "turned_away_share",
    "unfinished_share",
    "utilisation",
    "mean_queue",
    "mean_in_hall",
    "peak_in_hall",
    "overtime",
    "arrivals",
    "served",
    "mean_time_in_hall",
    "mean_service_time",
    "delayed_share",
]


def test_the_promised_names_are_there() -> None:
    assert set(PROMISED) <= set(MEASURES)


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_every_measure_is_defined_in_both_languages(measure: Measure) -> None:
    for text in (measure.label, measure.definition, measure.counted, measure.formula):
        assert set(text) == {"en", "zh"}
        assert all(text.values())
        assert any("一" <= letter <= "鿿" for letter in text["zh"]) or measure.is_quantile
        assert not any("一" <= letter <= "鿿" for letter in text["en"])
    assert measure.unit in UNITS
    assert "overall" in measure.places
    assert measure.better in ("lower", "higher", None)


def test_labels_tell_measures_apart() -> None:
    for language in ("en", "zh"):
        labels = [each.label[language] for each in MEASURES.values()]
        assert len(set(labels)) == len(labels)


def test_reading_definitions_loads_no_compiler() -> None:
    code = "import sys, simulation.measures; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
