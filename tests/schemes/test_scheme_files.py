"""Scheme files: what is shipped is sound, enacted files are unchanged, and every fault names place, value, rule and cure."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from simulation.faults import BadInput, read_catalogue
from supervision.inspection import checklist, checklists
from supervision.month import Month
from supervision.scheme import ASSUMPTION, SCHEMES, check_schemes, list_schemes, load_scheme, read_scheme

K12 = (SCHEMES / "k12" / "1.toml").read_text(encoding="utf-8")


def faults_of(tmp_path: Path, text: str, name: str = "k12/1.toml") -> list[tuple[str, str]]:
    """Codes and English sentences of the faults of a scheme text."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return [(each.code, each.text()) for each in check_schemes([path])]


def swapped(old: str, new: str, count: int = 1) -> str:
    """K12 with one place changed; the place must be there."""
    assert old in K12, old
    return K12.replace(old, new, count)


def test_shipped_schemes_have_no_fault() -> None:
    assert [each.text() for each in check_schemes()] == []
    assert [(each.id, each.version, each.mark) for each in list_schemes()] == [
        ("k1", "1", "C"), ("k10", "1", "C"), ("k11", "1", "C"), ("k12", "1", "B"), ("k12", "2", "B"), ("k13", "1", "B"), ("k2", "1", "C"),
        ("k3", "1", "B"), ("k3-staff", "1", "B"), ("k4", "1", "C"), ("k5", "1", "B"), ("k6", "1", "B"), ("k6-heads", "1", "B"),
        ("k6-staff", "1", "B"), ("k7", "1", "B"), ("k8", "1", "C"), ("k9", "1", "B"), ("ouhai", "1", "B"),
    ]  # fmt: skip
    partial = {each.id for each in list_schemes() if each.incomplete}
    parts = {"k1", "k2", "k4", "k5", "k6", "k6-heads", "k6-staff", "k7", "k8", "k10", "k11"}
    assert partial == parts, "each carries what nobody has read as one part"


def test_enacted_files_are_unchanged() -> None:
    """Each shipped version whose first month has begun has its digest in enacted.toml; an edit is a new version."""
    recorded = tomllib.loads((SCHEMES / "enacted.toml").read_text(encoding="utf-8"))
    found = {each.id: {} for each in list_schemes()}
    for each in list_schemes():
        found[each.id][each.version] = hashlib.sha256((SCHEMES / each.id / f"{each.version}.toml").read_bytes()).hexdigest()
    assert recorded == found


def test_an_edited_enacted_file_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "schemes"
    shutil.copytree(SCHEMES, folder)
    path = folder / "k12" / "1.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("points = 10\n", "points = 9\n", 1), encoding="utf-8")
    (found,) = check_schemes(folder=folder)
    assert found.code == "scheme_edited"
    assert "an enacted version is never edited: restore it, and write the change as a new version" in found.text()


def test_k12_says_what_the_source_says() -> None:
    """The nine weights are whole and add to 100; no part falls below 0; yellow 5, red 10, three reminders 3 (RULES 2.1 and 3.4)."""
    scheme = load_scheme("k12")
    weights = {each.name.zh: each.weight for each in scheme.indicators}
    assert weights == {
        "政务公开": 10, "流程规范": 14, "期限合法": 14, "收费合理": 8, "满意度": 10, "服务态度": 10, "监督检查": 14,
        "法律责任": 10, "廉洁行政": 10,
    }  # fmt: skip
    assert sum(weights.values()) == scheme.base == 100
    assert {each.floor for each in scheme.indicators} == {Decimal(0)}
    points = {each.id: each.points for each in scheme.deductions}
    assert (points["yellow"], points["red"], points["reminders"]) == (5, 10, 3)
    assert [each.points for each in scheme.annual] == [10, 15, 20, 30, 40, 50]
    assert (scheme.source.mark, scheme.cycle, load_scheme("k12", "1").cycle) == ("B", "year", "month")
    assert "并非标准" in scheme.source.caution.zh
    assert "not the standard" in scheme.source.caution.en


def test_every_number_of_k12_has_its_ground() -> None:
    """An article names its rule set; what no source gives says so: the days of yellow and red among them."""
    scheme = load_scheme("k12")
    tables = (scheme.indicators, scheme.deductions, scheme.bonuses, scheme.vetoes, scheme.bands)
    grounds = [each.ground for table in tables for each in table]
    assert all(ground == ASSUMPTION or re.match(r"(K\d+|E\d+|W\d+|document 00\d)\b", ground) for ground in grounds)
    assumed = scheme.assumptions()
    assert {"deductions.yellow.event", "deductions.red.event", "in_force_from", "indicators.satisfaction.minimum"} <= set(assumed)
    assert not {"base", "deductions.yellow", "deductions.red", "indicators.timeliness"} & set(assumed)


def test_every_finding_of_the_checklist_is_charged_once_or_said_to_be_the_halls() -> None:
    scheme = load_scheme("k12")
    charged = [code for row in scheme.deductions if row.event.kind == "finding" for code in row.event.codes]
    others = [each.code for each in scheme.not_charged] + [each.code for each in scheme.annual]
    assert sorted(charged + others) == sorted(checklists()["open-hall/1"]), "the version of the list that the scheme was written for"
    assert all(checklist()[code].whose == "window" for code in charged)


def test_the_version_of_a_month() -> None:
    assert load_scheme("k12", month=Month(2022, 11)).version == "1"
    with pytest.raises(BadInput) as refused:
        load_scheme("k12", month=Month(2003, 12))
    assert refused.value.faults[0].text() == (
        "scheme: no version of k12 is in force in 2003-12; the first begins in 2004-01; name a version, or choose another month."
    )
    known = "k1, k10, k11, k12, k13, k2, k3, k3-staff, k4, k5, k6, k6-heads, k6-staff, k7, k8, k9, ouhai"
    with pytest.raises(BadInput, match=f"there is no scheme k99; there are: {known}; choose one"):
        load_scheme("k99")
    assert load_scheme("k12", month=Month(2025, 1)).version == "2"
    with pytest.raises(BadInput, match="has no version 7; it has: 1, 2"):
        load_scheme("k12", "7")


def test_two_versions_of_one_month(tmp_path: Path) -> None:
    for version in ("1", "2"):
        path = tmp_path / "k12" / f"{version}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(swapped('version = "1"', f'version = "{version}"'), encoding="utf-8")
    assert [each.text() for each in check_schemes(folder=tmp_path)] == [
        "k12/2.toml: this version begins in 2004-01 like version 1, but one month has one version; change in_force_from."
    ]


TIMELINESS = 'id = "timeliness"\nname = { zh = "期限合法", en = "lawful time limits" }\nweight = 14\n'
LINTS = [
    ("weights", TIMELINESS, TIMELINESS.replace("14", "13"), "scheme_weights",
     "k12/1.toml: indicators: the weights must add to the base of 100, but they add to 99; change a weight."),
    ("number without a ground", 'article = "K12, yellow -5"\n', "", "scheme_no_ground",
     'k12/1.toml: deduction "yellow": every number rests on an article, but here stands none; add article = "...", or basis '
     '= "assumption".'),
    ("two grounds", 'article = "K12, yellow -5"\n', 'article = "K12, yellow -5"\nbasis = "assumption"\n', "scheme_two_grounds",
     'k12/1.toml: deduction "yellow": a number rests either on an article (K12, yellow -5) or on an assumption, not on both; remove one.'),
    ("minimum without a ground", 'at_least = 10, basis = "assumption" }', "at_least = 10 }", "scheme_no_ground",
     'k12/1.toml: minimum of "satisfaction": every number rests on an article'),
    ("single rule without a ground", 'base = "K12, nine parts"\n', "", "scheme_no_basis",
     'k12/1.toml: basis: base has no ground; add base = "..." under [basis], with its article or the word assumption.'),
    ("ground of nothing", 'base = "K12, nine parts"\n', 'base = "K12, nine parts"\nbonus = "K1"\n', "scheme_basis_of_nothing",
     "k12/1.toml: basis: bonus is not one of the rules that [basis] grounds; remove it, or mend the name."),
    ("unknown charged_in", 'charged_in = "fees"', 'charged_in = "fee"', "scheme_unknown_part",
     'k12/1.toml: deduction "unauthorised_fee": charged_in names fee, which is not an indicator; the indicators are: '
     'disclosure, procedure, '
     "timeliness, fees, satisfaction, attitude, inspection, liability, integrity; choose one."),
    ("part never charged", 'charged_in = "fees"', 'charged_in = "liability"', "scheme_never_charged",
     'k12/1.toml: indicator "fees": no deduction is charged in this part, so everyone always has its full weight; add a '
     'deduction, or measure '
     "it by a rate."),
    ("duplicate id", 'id = "red"', 'id = "yellow"', "scheme_twice",
     "k12/1.toml: deductions: the id yellow stands 2 times; give each its own."),
    ("duplicate line", 'id = "early_completion"', 'id = "fees"', "scheme_twice",
     "k12/1.toml: indicators, bonuses, vetoes: the id fees stands 2 times; give each its own."),
    ("one day charged twice", "from = 0, below = 4,", "from = 0, below = 5,", "scheme_days_twice",
     'k12/1.toml: deduction "red": a case 4 working days late is charged already by yellow: one fault, one charge; begin '
     'where that one ends.'),
    ("days between", "from = 0, below = 4,", "from = 0, below = 3,", "scheme_days_gap",
     'k12/1.toml: deduction "red": yellow ends below 3 working days and this begins at 4; cases between would cost nothing; '
     'close the gap.'),
    ("late without end", "from = 4, basis", "from = 4, below = 30, basis", "scheme_days_end",
     'k12/1.toml: deduction "red": cases 30 or more working days late cost nothing; leave out below in the last range.'),
    ("empty range", "from = 0, below = 4,", "from = 4, below = 4,", "scheme_empty_range",
     'k12/1.toml: deduction "yellow": the range of working days 4..4 is empty; below must be greater than from.'),
    ("finding charged twice", 'codes = ["ab_cover"]', 'codes = ["ab_cover", "no_reply"]', "scheme_code_twice",
     'k12/1.toml: deduction "no_reply": no_reply is charged already by ab_cover: one fault, one charge; keep one, and name '
     'the other part in '
     "shown_in."),
    ("level charged by nobody known", "levels = [1, 2]", "levels = [0]", "scheme_wrong_value", "levels"),
    ("unknown code", 'codes = ["ab_cover"]', 'codes = ["ab_covers"]', "scheme_unknown_code",
     'k12/1.toml: deduction "ab_cover": the checklist has no code ab_covers; add it to schemes/checklist.toml, or mend it.'),
    ("the hall's own fault", 'codes = ["ab_cover"]', 'codes = ["ab_cover", "agency_service"]', "scheme_hall_code",
     'k12/1.toml: deduction "ab_cover": agency_service (no agency service offered) is the hall\'s to answer for and is never charged to a '
     "window; list it under [[not_charged]]."),
    ("band gap", 'name = { zh = "合格", en = "qualified" }\nfrom = 80', 'name = { zh = "合格", en = "qualified" }\nfrom = 85',
     "scheme_bands_gap",
     'k12/1.toml: band "qualified": the band basically_qualified ends below 80 and this begins at 85; totals between have no '
     'band; let it begin '
     "at 80."),
    ("band overlap", 'name = { zh = "合格", en = "qualified" }\nfrom = 80', 'name = { zh = "合格", en = "qualified" }\nfrom = 75',
     "scheme_bands_overlap",
     'k12/1.toml: band "qualified": this band begins at 75, inside the band basically_qualified; let it begin where that one ends.'),
    ("no lowest band", 'en = "unqualified" }\nbelow = 60', 'en = "unqualified" }\nfrom = 10\nbelow = 60', "scheme_bands_bottom",
     'k12/1.toml: band "unqualified": the lowest band begins at 10, so lower totals have none; leave out its from.'),
    ("limit below one charge", "at_most = 2\n", "at_most = 0.2\n", "scheme_at_most",
     'k12/1.toml: deduction "manners": at_most is 0.2, less than the 0.5 points of one event; raise it, or lower the points.'),
    ("negative points", "points = 15\n", "points = -15\n", "scheme_not_positive",
     'k12/1.toml: deduction "exposed": points must be above 0, not -15; write deductions without a minus sign.'),
    ("floor above weight", "weight = 8\nfloor = 0", "weight = 8\nfloor = 9", "scheme_floor",
     'k12/1.toml: indicator "fees": the floor of 9 lies above the weight of 8; lower it.'),
    ("maximum", "max = 110\n", "max = 105\n", "scheme_max",
     "k12/1.toml: max: the maximum is base plus bonuses, 100 and 10, not 105; change one"),
    ("share", "minimum_share = 0.6 ", "minimum_share = 60 ", "scheme_share",
     "k12/1.toml: minimum_share: a share lies between 0 and 1, not at 60; write 60 % as 0.6."),
    ("per", 'points = 5\nper = "case"', 'points = 5\nper = "finding"', "scheme_per",
     'k12/1.toml: deduction "yellow": an event of kind lateness cannot be deducted per finding; choose: case, working_day.'),
    ("event without its key", 'kind = "reminder", in_a_row = 3,', 'kind = "reminder",', "scheme_event_needs",
     'k12/1.toml: deduction "reminders": an event of kind reminder needs in_a_row; add it.'),
    ("event with a foreign key", 'kind = "reminder", in_a_row = 3,', 'kind = "reminder", in_a_row = 3, below = 2,', "scheme_event_unused",
     'k12/1.toml: deduction "reminders": an event of kind reminder has no below; remove it.'),
    ("unknown key", "floor = 0\n", "flor = 0\nfloor = 0\n", "scheme_unknown_key",
     'k12/1.toml: indicators "disclosure": a scheme has no key flor here; check its spelling or remove it.'),
    ("missing key", 'charged_in = "fees"\n', "", "scheme_missing_key",
     'k12/1.toml: deductions "unauthorised_fee": the key charged_in is missing; add it.'),
    ("a number in quotes", "weight = 8\n", 'weight = "8"\n', "scheme_not_number",
     'k12/1.toml: indicators "fees": weight must be a finite number, not 8; write it without quotes.'),
    ("not a number", "weight = 8\n", "weight = nan\n", "scheme_not_number", "weight must be a finite number, not NaN"),
    ("wrong choice", 'effect = "no_award"', 'effect = "none"', "scheme_wrong_choice",
     "k12/1.toml: vetoes \"no_award\": effect must be 'zero_total', 'lowest_band' or 'no_award', not none; choose one."),
    ("month", 'in_force_from = "2004-01"', 'in_force_from = "2004-13"', "scheme_not_month",
     'k12/1.toml: in_force_from must be a month such as "2022-11", not 2004-13; write it so.'),
    ("not TOML", "schema = 1", "schema = ", "scheme_not_toml", "this is not a TOML file"),
    ("wrong name", 'version = "1"', 'version = "3"', "scheme_file_name",
     "k12/1.toml: the file holds k12 3, so it must be called k12/3.toml; rename it, or mend id and version."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "sentence"), [each[1:] for each in LINTS], ids=[each[0] for each in LINTS])
def test_a_faulty_scheme_is_refused_in_words(tmp_path: Path, old: str, new: str, code: str, sentence: str) -> None:
    """Each fault with its place, the value met, the rule and the cure."""
    found = faults_of(tmp_path, swapped(old, new))
    assert code in [each for each, _ in found]
    assert any(text.startswith(sentence) or (sentence in text and not sentence.startswith("k12")) for _, text in found), found


WAITS = [
    ('measure = { kind = "deductions" }', 'measure = { kind = "wait" }'),
    ('measure = { kind = "deductions" }', 'measure = { kind = "rate", of = "mean_wait" }'),
    ('event = { kind = "finding", codes = ["ticket_quota"] }', 'event = { kind = "queue" }'),
    ('name = { zh = "限号", en = "limit on tickets" }', 'name = { zh = "群众等候超过30分钟", en = "thirty minutes" }'),
    ('name = { zh = "限号", en = "limit on tickets" }', 'name = { zh = "限号", en = "people kept waiting" }'),
    ('id = "ticket_quota"', 'id = "queue_length"'),
]


@pytest.mark.parametrize(("old", "new"), WAITS)
def test_no_scheme_may_charge_waiting_to_a_window(tmp_path: Path, old: str, new: str) -> None:
    found = faults_of(tmp_path, swapped(old, new))
    assert [code for code, _ in found] == ["scheme_waits"]
    assert "is about waiting, which comes from the number of windows and is the hall's to answer for" in found[0][1]


def test_a_long_queue_is_never_charged(tmp_path: Path) -> None:
    found = faults_of(tmp_path, swapped('codes = ["ticket_quota"]', 'codes = ["ticket_quota", "long_queue"]'))
    assert "scheme_hall_code" in [code for code, _ in found]


def test_all_faults_of_a_file_come_together(tmp_path: Path) -> None:
    text = swapped(TIMELINESS, TIMELINESS.replace("14", "13")).replace('charged_in = "fees"', 'charged_in = "fee"')
    assert [code for code, _ in faults_of(tmp_path, text)] == ["scheme_weights", "scheme_unknown_part", "scheme_never_charged"]


def test_an_unreadable_file_is_a_fault_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="the file cannot be read"):
        read_scheme(tmp_path / "k12" / "1.toml")
    nested = "x = " + "[" * 5000 + "]" * 5000
    assert [code for code, _ in faults_of(tmp_path, nested)] == ["scheme_not_toml"]
    path = tmp_path / "k12" / "1.toml"
    path.write_bytes(K12.encode("gbk", "replace"))
    assert [each.code for each in check_schemes([path])] == ["scheme_not_utf8"]


def test_no_sentence_stands_in_two_catalogues() -> None:
    """The first found would hide the other."""
    root = SCHEMES.parents[1]
    names = ("simulation/faults.toml", "supervision/faults.toml", "supervision/schemes/faults.toml")
    catalogues = [read_catalogue(root / name) for name in names]
    codes = [code for each in catalogues for code in each if code not in ("places", "reasons")]
    assert sorted(codes) == sorted(set(codes))


def test_every_sentence_has_both_languages_and_the_same_facts() -> None:
    catalogue = read_catalogue(SCHEMES / "faults.toml")
    for code, entry in catalogue.items():
        if code == "places":
            continue
        assert set(entry) == {"en", "zh"}, code
        assert set(re.findall(r"{(\w+)}", entry["en"])) >= set(re.findall(r"{(\w+)}", entry["zh"])), code
        assert entry["en"].endswith("."), code
        assert entry["zh"].endswith("。"), code
        assert entry["en"][0].islower() or entry["en"].startswith("{"), code
        assert re.search(r"[一-鿿]", entry["zh"]), code
