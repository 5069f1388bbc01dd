"""The scenarios that come with the program: sound, honest about their figures, and of the size that their document says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulation import experiment
from simulation.backoffice import case_experiment
from simulation.plans import cover_lunch, set_windows, turn_comprehensive, window_groups
from simulation.scenario import Scenario, load_scenario, parse

SCENARIOS = sorted((Path(__file__).resolve().parents[2] / "scenarios").glob("*.toml"))
QUOTE = re.compile(r"(\d{3})?「([^」]+)」")


def shipped(name: str) -> Scenario:
    return load_scenario(next(path for path in SCENARIOS if path.stem == name))


def offered(scenario: Scenario) -> float:
    """Work of a day over the minutes of its windows, at efficiency 1."""
    return scenario.offered_load() / sum(end - start for window in scenario.windows for start, end in window.shifts)


def test_each_document_has_its_scenario() -> None:
    assert {path.stem for path in SCENARIOS} >= {
        *("shuangqiao-2018", "shuangqiao-2018-more-windows", "xiaoshan-2018", "ouhai-2016"),
        "ouhai-2016-reformed",
        *("potou-2022", "potou-2022-thirty-seats", "huangshi-2019"),
        *("xiaoshan-2018-511", "huangshi-2019-projects-before", "huangshi-2019-projects"),
    }


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_scenario_is_sound_and_named_like_its_file(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.name == path.stem
    assert all(scenario.title[language] != scenario.name for language in ("zh", "en"))
    assert all(each.name["zh"] != each.name["en"] for each in (*scenario.services, *scenario.windows, *scenario.departments))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_quotation_stands_in_its_document(path: Path, shared: Path) -> None:
    """A phrase between 「 and 」 is the document's, word for word."""
    quoted = 0
    for figure, phrase in load_scenario(path).basis.items():
        for document, words in QUOTE.findall(phrase):
            text = next((shared / "seeds").glob(f"{document}_*.txt")).read_text(encoding="utf-8")
            assert words in text, f"{figure}: document {document} does not say {words}"
            quoted += 1
    assert quoted, "a scenario from a document quotes it"


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_what_no_document_gives_is_an_assumption(path: Path) -> None:
    """None of the five documents knows a service time, a patience or a profile of the day."""
    scenario = load_scenario(path)
    assumed = set(scenario.assumptions())
    for service in scenario.services:
        assert f"services.{service.of}.service_min" in assumed
        assert service.patience is None or f"services.{service.of}.patience_min" in assumed
    assert "opening" in assumed


def test_potou_serves_the_cases_of_document_003() -> None:
    """77,144 cases in 240 working days; 410 registrations, 417 collections and 75 integrated cases among them."""
    for name in ("potou-2022", "potou-2022-thirty-seats"):
        scenario = shipped(name)
        assert scenario.citizens_per_day() == pytest.approx(77144 / 240, rel=1e-3)
        assert scenario.days_per_year == 240
        assert len(scenario.services) == 12
        for service, cases in (("business-start", 410), ("business-collection", 417), ("one-thing", 75)):
            assert citizens_of(scenario, service) == pytest.approx(cases / 240, rel=0.02)
        assert [sum(d.kind == kind for d in scenario.departments) for kind in ("dedicated", "comprehensive")] == [10, 20]
        assert all(department.windows for department in scenario.departments)


def citizens_of(scenario: Scenario, service: str) -> float:
    """Expected citizens of one service in a day."""
    rates = scenario.service(service).arrival_rate
    return sum(rate * (slot.end - slot.start) for rate, slot in zip(rates, scenario.slots, strict=True))


def test_potou_is_a_busy_hall_and_its_literal_reading_an_idle_one() -> None:
    assert 0.75 <= offered(shipped("potou-2022")) <= 0.9
    assert offered(shipped("potou-2022-thirty-seats")) < 0.4
    assert len(shipped("potou-2022-thirty-seats").windows) == 30
    base, literal = shipped("potou-2022"), shipped("potou-2022-thirty-seats")
    assert base.services == literal.services, "the same demand"


def test_potou_has_every_lever() -> None:
    document = dict(shipped("potou-2022").document)
    assert {group.comprehensive for group in window_groups(document)} == {True, False}
    for plan in (cover_lunch(document), turn_comprehensive(document, 2), set_windows(document, "comprehensive", 9)):
        assert parse(plan) != parse(document)
    assert parse(cover_lunch(document)).citizens_per_day() == pytest.approx(77144 / 240, rel=1e-3)


def test_shuangqiao_adds_three_market_and_two_identity_windows_and_nothing_else() -> None:
    before, after = shipped("shuangqiao-2018"), shipped("shuangqiao-2018-more-windows")
    assert before.services == after.services
    added = sorted(w.id.rpartition("-")[0] for w in after.windows if w.id not in {w.id for w in before.windows})
    assert added == ["identity-card-window"] * 2 + ["market-window"] * 3
    assert len({w.zone for w in after.windows} - {"identity"}) == 3, "three groups of business"


def test_any_window_of_xiaoshan_takes_any_case() -> None:
    scenario = shipped("xiaoshan-2018")
    assert all(set(window.efficiency) == {service.id for service in scenario.services} for window in scenario.windows)


def test_ouhai_has_a_window_above_capacity_beside_idle_ones() -> None:
    scenario = shipped("ouhai-2016")
    hot = [w for w in scenario.windows if w.zone == "popular"]
    capacity = sum(end - start for w in hot for start, end in w.shifts) / scenario.service("housing-transfer").law.mean
    assert citizens_of(scenario, "housing-transfer") > capacity
    for window in (w for w in scenario.windows if w.zone == "cold"):
        (service,) = window.efficiency
        work = citizens_of(scenario, service) * scenario.service(service).law.mean
        assert work < 0.25 * sum(end - start for start, end in window.shifts)
    assert scenario.slots[0].kind == "early", "the queue begins before the doors open"


def test_huangshi_has_271_windows_in_ten_areas() -> None:
    scenario = shipped("huangshi-2019")
    assert (len(scenario.windows), len(scenario.departments), len({w.zone for w in scenario.windows})) == (271, 10, 10)
    assert all(window.breaks for window in scenario.windows), "lunch is covered in two halves"


def test_ouhai_reformed_has_the_citizens_and_the_seats_of_ouhai() -> None:
    base, reformed = shipped("ouhai-2016"), shipped("ouhai-2016-reformed")
    assert len(base.windows) == len(reformed.windows) == 11
    crowded = [each for each in reformed.services if each.of == "housing-transfer"]
    came = sum(citizens_of(reformed, each.id) for each in crowded)
    assert came == pytest.approx(citizens_of(base, "housing-transfer"))
    agents = {each.id for each in crowded if each.klass == "agent"}
    assert sum(citizens_of(reformed, each) for each in agents) == pytest.approx(0.4 * came)
    assert all(not (agents & set(w.efficiency)) or set(w.efficiency) <= agents for w in reformed.windows), "apart from the public"
    assert [w.id for w in reformed.windows if "planning" in w.efficiency] == ["cold-1", "cold-2"]


def test_the_proposals_for_ouhai_end_the_day_long_queue() -> None:
    """Document 002: the day's cases are done the same day, nobody is left without. Who queues from seven still waits for the doors."""
    before, after = (experiment(shipped(name), replications=20, seed=1) for name in ("ouhai-2016", "ouhai-2016-reformed"))
    crowded = "housing-transfer"
    assert before.by_service[crowded]["mean_wait"].value > 3 * 60 > 90 > after.by_item[crowded]["mean_wait"].value
    assert before.by_service[crowded]["mean_wait_from_doors"].value > 3 * 60 > 60 > after.by_item[crowded]["mean_wait_from_doors"].value
    assert after.measures["sent_home_share"].value == 0 < before.measures["sent_home_share"].value
    assert after.by_class["agent"]["mean_wait"].value < 90


def waits(name: str) -> dict[str, dict[str, float]]:
    """Mean and 90 % wait of each service, minutes, of 20 simulated days."""
    result = experiment(shipped(name), replications=20, seed=1).to_dict()
    return {service: {key: row[key]["value"] for key in ("mean_wait", "p90_wait")} for service, row in result["by_service"].items()}


def test_those_who_queue_in_the_morning_at_ouhai_hand_in_at_four_or_five() -> None:
    """Document 002: they come in the morning, hand in their papers at four or five, and other windows stand idle."""
    by_service = waits("ouhai-2016")
    assert by_service["housing-transfer"]["p90_wait"] > 6 * 60
    assert by_service["culture"]["mean_wait"] < 15


def test_the_windows_added_at_shuangqiao_ease_the_waiting_where_they_were_added() -> None:
    """Document 000: the long waiting was eased."""
    before, after = waits("shuangqiao-2018"), waits("shuangqiao-2018-more-windows")
    for service in ("market", "identity-card"):
        assert before[service]["mean_wait"] > 15 > 5 > after[service]["mean_wait"]
    assert before["social"] == after["social"], "the same citizens at the same windows"


def test_the_three_limits_of_xiaoshan_are_those_of_its_document() -> None:
    """Document 001, the 511: a company in 5 working days, a certificate in 60 minutes, a project in at most 100 days."""
    cases = {service.id: service.case for service in shipped("xiaoshan-2018-511").services if service.case}
    company, estate, project = (cases[name] for name in ("company", "real-estate", "investment-project"))
    assert (company.promised_days, estate.promised_minutes, project.promised_days) == (5, 60, 100)
    assert company.steps[company.limit_until].id == "invoice", "until the tax invoices are fetched"
    plain, whole = shipped("xiaoshan-2018"), shipped("xiaoshan-2018-511")
    assert [whole.service(each.id).arrival_rate for each in plain.services] == [each.arrival_rate for each in plain.services]


@pytest.mark.parametrize(("name", "days", "warm_up"), [("xiaoshan-2018-511", 50, 25), ("huangshi-2019-projects", 25, 5)])
def test_an_office_with_people_enough_keeps_its_promises(name: str, days: int, warm_up: int) -> None:
    found = case_experiment(shipped(name), days=days, warm_up=warm_up, replications=2)
    assert found.measures["overdue_share"].value < 0.01
    assert all(0.02 < pool["utilisation"].value < 0.95 for pool in found.by_pool.values())


def test_steps_side_by_side_on_a_promise_are_what_makes_the_projects_of_huangshi_quick() -> None:
    """The same projects and the same people; the steps differ. The old ones could not keep the new promise."""
    before, after = shipped("huangshi-2019-projects-before"), shipped("huangshi-2019-projects")
    assert [before.pools, before.windows] == [after.pools, after.windows]
    assert [each.arrival_rate for each in before.services] == [each.arrival_rate for each in after.services]
    limits = [scenario.service("industrial-project").case.promised_days for scenario in (before, after)]
    assert limits == [79, 6]
    slow, quick = (case_experiment(scenario, days=40, replications=2).measures["mean_turnaround"].value for scenario in (before, after))
    assert slow > 3 * 6 > 6 > 2 * quick
