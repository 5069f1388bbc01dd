# ruff: noqa: E501 (a table of whole sentences)
"""What a scenario file may not say: each refusal names the place, the value, the rule and the cure, and all faults come at once."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.faults import BadInput
from simulation.scenario import load_scenario, parse
from tests.halls import halls
from tests.scenario.test_scenario import WEEKDAY, textbook

VALID = WEEKDAY.strip() + "\n"


def refusal(text: str, tmp_path: Path) -> str:
    """What is told about a file of this text, without the folder."""
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_scenario(file)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_the_valid_file_is_valid() -> None:
    parse(tomllib.loads(VALID))


CASES = [
    # what is replaced, by what, and the whole sentence
    (
        "[10, 12, 12, 11, 9, 9, 10, 8, 6, 6, 5, 4, 2]",
        "[10, 12, 12, 11, 9, 9, 10, 8]",
        'x.toml: service "residence": arrivals_per_hour has 8 values, but 08:30–12:00 and 14:30–17:30 make 13 half-hours; give 13. (line 20)',
    ),
    (
        "count = 3",
        "cuont = 3",
        "window \"comprehensive\": the key cuont is unknown; did you mean 'count'? Write that, or take the key out.",
    ),
    ("count = 3", "count = 1.5", "count is '1.5', which is not a whole number; give a whole number without quotes."),
    ("count = 3", "count = 0", "count is 0 and must be at least 1; give a larger number."),
    ("count = 3", "count = -1", "count is -1 and must be at least 1"),
    ("count = 3", "count = true", "count is 'True', which is not a whole number"),
    ("count = 3", "count = 100000", "count is 100000 and may be at most 10000; give a smaller number."),
    ("mean = 6.0", "mean = -6.0", "no lognormal has such numbers, because mean is above 0 (a constant time is family deterministic)"),
    ("mean = 6.0", "mean = 0", "mean is above 0 (a constant time is family deterministic)"),
    ("cv = 0.6", "cv = -1", "cv is above 0"),
    ("mean = 6.0, cv = 0.6", "mu = 1000, sigma = 1", "mu and sigma of a lognormal are those of log minutes"),
    (
        "mean = 6.0, cv = 0.6",
        "mean = 6.0, cv = 1e300",
        "service_min.cv is 1e+300 and the most is 100: with so much spread no number of days would give a mean",
    ),
    ("mean = 6.0, cv = 0.6", "mean = 6.0", "service_min: the law lognormal takes mean + cv | mu + sigma; give exactly these."),
    ("mean = 6.0, cv = 0.6", "mean = 6.0, cv = 0.6, skew = 1", "the law lognormal has no 'skew'"),
    ("mean = 6.0", 'mean = "6"', "service_min.mean is '6', which is not a number; give a number without quotes."),
    ("lognormal", "logonormal", "service_min.family is 'logonormal', which is no law of time; did you mean 'lognormal'?"),
    ("mean = 45", "mean = inf", "patience_min.mean is inf, which is not a finite number"),
    ("mean = 45", "mean = 1e309", "patience_min.mean is inf, which is not a finite number"),
    ("mean = 45", "mean = 1e7", "patience_min has a mean of 1e+07 minutes and the most is 1e+06"),
    ("[10, 12,", "[nan, 12,", "arrivals_per_hour #1 is nan, which is not a finite number"),
    ("[10, 12,", "[-0.0, 12,", "arrivals_per_hour #1 is -0.0, which is no amount; write 0 or a number above 0."),
    ("[10, 12,", "[-3, 12,", "arrivals_per_hour #1 is -3 and must be at least 0"),
    ("[10, 12,", '["10", 12,', "arrivals_per_hour #1 is '10', which is not a number"),
    ("wait_min = 15", "wait_min = nan", "target.wait_min is nan"),
    ("share = 0.80", "share = 80", "target.share is 80 and may be at most 1"),
    ("share = 0.80", "shaer = 0.80", "the key target.shaer is unknown; did you mean 'share'?"),
    ('service_min = { family = "deterministic", value = 0 }', "", 'service "tax": service_min is missing; add it.'),
    ('id = "tax"', "", "service 2: id is missing; add it."),
    ('id = "tax"', 'id = "residence"', "the id 'residence' is used twice; give each its own id."),
    ('id = "tax"', 'id = "ｒｅsidence\\u200b"', "the id 'residence' is used twice"),
    ('id = "tax"', 'id = "a b"', "id is 'a b', and an id is 1 to 64 letters"),
    ('id = "tax"', 'id = "\\u200b"', "id is empty"),
    ('id = "tax"', 'id = "default"', "id is 'default', which has a meaning of its own; choose another id."),
    ('name = "综合"', 'name = "a\\u0007b"', "name holds a control character ('a\\x07b'); take it out."),
    ('id = "early"', 'id = "comprehensive-2"', "its window 'comprehensive-2' has the id of a window of 'comprehensive'"),
    ('id = "early"', 'id = "comprehensive"', "the id 'comprehensive' is used twice"),
    ('serves = ["residence"]', 'serves = ["residense"]', "serves #1: there is no service 'residense'; did you mean 'residence'?"),
    ('serves = ["residence"]', "serves = []", "serves is an empty list"),
    ('serves = ["residence"]', 'serves = ["residence", "residence"]', "serves #2 lists 'residence' a second time; keep one."),
    ('serves = ["*"]', 'serves = ["residence"]', "service \"tax\": no window can serve 'tax'; add it to the serves of a window"),
    ("residence = 1.0 }", "residense = 1.0 }", "efficiency.residense: there is no service 'residense'; did you mean 'residence'?"),
    ("residence = 1.0 }", "residence = 0 }", "efficiency.residence is 0 and must be at least 0.01"),
    ('zone = "A"', "efficiency = { tax = 0.5 }", "speeds up 'tax', which this window does not serve; add it to serves, or take it out."),
    ('departments = ["civil"]', 'departments = ["cvil"]', "there is no department 'cvil'; did you mean 'civil'?"),
    ('"comprehensive-1"]', '"comprehensive-9"]', "department \"civil\": windows #2: there is no window 'comprehensive-9'; did you mean"),
    ("{ from = 14:30:00, to = 17:30:00 }]", "{ from = 11:30:00, to = 17:30:00 }]", "the shift 11:30–17:30 overlaps 08:30–12:00"),
    ("{ from = 14:30:00, to = 17:30:00 }]", "{ from = 14:30:00, to = 13:30:00 }]", "shifts #2.to is 13:30 and the start is 14:30"),
    ("ab_break = {", "breaks = [{ from = 10:20:00, to = 11:00:00 }]\nab_break = {", "ab_break 10:00–10:30 overlaps one of the breaks"),
    (
        "from = 14:30:00\nto",
        "from = 11:30:00\nto",
        "opening 2: from is 11:30, inside the opening 08:30–12:00; let it begin when that one has ended.",
    ),
    ("from = 14:30:00\nto", "from = 08:00:00\nto", "opening 2: from is 08:00, before the opening 08:30–12:00 that stands above it"),
    ("from = 14:30:00\nto", "from = 14:40:00\nto", "opening 2: from is 14:40:00, and openings begin and end on the hour or half-hour"),
    ("from = 14:30:00\nto", "from = 18:30:00\nto", "to is 17:30 and the start is 18:30; the end must come after the start on the same day"),
    ("from = 14:30:00\nto", 'from = "14:30"\nto', "from is '14:30', which is not a clock time; write it as 08:30:00, without quotes."),
    (
        "from = 14:30:00\nto",
        "from = 14:30\nto",
        "'from = 14:30' holds a clock time without seconds, which TOML does not know; write 08:30:00",
    ),
    ("last_ticket = 17:15:00", "last_ticket = 18:00:00", "last_ticket is 18:00:00, outside the opening 14:30–17:30"),
    ("last_ticket = 17:15:00", 'at_end = "keep_tickets"', "at_end of the last opening is 'keep_tickets', but no later opening could serve"),
    ("last_ticket = 17:15:00", 'at_end = "serve"', "at_end is 'serve', which is none of serve_all, finish_current, keep_tickets"),
    ("last_ticket = 17:15:00", "early_min = 151", "early_min is 151, and only 150 minutes lie between"),
    (
        "early_min = 15\n",
        "",
        "early_arrivals is 3, but no opening lets citizens come early; give the opening early_min, or take early_arrivals out.",
    ),
    ("early_arrivals = 3", "early_arrivals = [3, 4]", "early_arrivals has 2 values, but 1 openings have early_min; give 1."),
    ("[{ queue = 10, share = 0.5 }]", "[{ queue = 10, share = 0.5 }, { queue = 5, share = 0.1 }]", "the lengths here are 10, 5"),
    ("after_days = 1", "after_days = 0", "returns.after_days is 0 and must be at least 1"),
    (
        'name = "district-weekday"',
        'name = "x"\ntimezone = "Asia/Shangai"',
        "timezone is 'Asia/Shangai', which is no zone of the IANA table; write it as Asia/Shanghai",
    ),
    ('name = "district-weekday"', "", "x.toml: name is missing; add it."),
    ("schema = 1", "schema = 2", "schema is '2', which is none of 1; give one of these."),
    (
        "[[departments]]",
        "[horizon]\nminutes = 100\n[[departments]]",
        "[horizon] replaces opening periods and both are given; keep one of them.",
    ),
    (
        '"services.residence.target" =',
        '"services.residence.targt" =',
        "'services.residence.targt' addresses nothing in this file; did you mean 'services.residence.target'?",
    ),
    ('"services.residence.target" =', '"services.0.target" =', "'services.0.target' addresses nothing in this file"),
    (
        '"services.residence.target" = "illustration"',
        '"services.residence.target" = 3',
        "basis.services.residence.target is 3, which is not text",
    ),
    ("schema = 1", "schema = 1\nschema = 1", "'schema = 1' is given a second time; keep one of the two. (line 2)"),
    ("schema = 1", "schema = ", "this is not TOML (Invalid value) near 'schema ='; mend the line. (line 1)"),
    ("schema = 1", "schema = 1\nnote = " + "[" * 5000 + "]" * 5000, "nested too deep"),
    ("schema = 1", "schema = 1\nnote = " + "[" * 20 + "]" * 20, "note holds tables or lists nested too deep"),
    ("schema = 1", "schema = 1\nnote = " + "9" * 5000, "cannot be read"),
    ("schema = 1", "schema = 9999999999999999999999", "schema is 9999999999999999999999 and may be at most 1000000000000000"),
    ("[10, 12,", "[1e9, 12,", "citizens are expected in one run and the most is 5000000"),
]


@pytest.mark.parametrize(("old", "new", "told"), CASES, ids=[f"{n}" for n in range(len(CASES))])
def test_each_fault_is_told_with_place_value_rule_and_cure(old: str, new: str, told: str, tmp_path: Path) -> None:
    assert old in VALID, "the case changes something"
    message = refusal(VALID.replace(old, new, 1), tmp_path)
    assert told in message
    assert message.startswith("x.toml: ")
    assert "\n" not in message, "one slip makes one fault"


def test_all_faults_of_a_file_come_at_once_in_order(tmp_path: Path) -> None:
    text = VALID.replace("8, 6, 6, 5, 4, 2]", "8]").replace("count = 3", "cuont = 3").replace("mean = 45", "mean = -1")
    message = refusal(text.replace("zone =", "zoen ="), tmp_path).split("\n")
    assert [line.rpartition("(line ")[2].rstrip(")") for line in message] == ["19", "20", "33", "44"]
    assert "no exponential has such numbers" in message[0]
    assert "make 13 half-hours" in message[1]
    assert "did you mean 'count'" in message[2]
    assert "did you mean 'zone'" in message[3]


def test_very_many_faults_are_not_all_told() -> None:
    document = tomllib.loads(VALID)
    document["services"][0]["arrivals_per_hour"] = ["x"] * 10_000
    with pytest.raises(BadInput) as caught:
        parse(document, "x.toml")
    assert len(caught.value.faults) == 101
    assert str(caught.value).endswith("x.toml: 9900 more faults are not shown; mend these and check again.")


def test_the_largest_hall_is_read() -> None:
    document = textbook({"minutes": 60}, 1)
    document["windows"] = [{"id": "w", "count": 10_000, "serves": ["*"]}]
    assert len(parse(document).windows) == 10_000


def test_a_hall_without_windows_or_services_is_refused(tmp_path: Path) -> None:
    head = VALID[: VALID.index("[[services]]")]
    assert refusal(head, tmp_path).split("\n") == [
        "x.toml: the hall offers no service; add at least one [[services]] table.",
        "x.toml: the hall has no window; add at least one [[windows]] table.",
    ]
    assert "add [[opening]] with from and to" in refusal("name = 'x'\nservices = []\nwindows = []", tmp_path)


def test_files_that_are_no_scenario_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    for content, told in [
        (b"\xef\xbb\xbfschema = 1", "begins with a byte order mark (UTF-8)"),
        ("schema = 1".encode("utf-16"), "begins with a byte order mark (UTF-16)"),
        ('name = "居住证"'.encode("gbk"), "is not UTF-8; save the file as UTF-8 (not GBK). (line 1)"),
        (b"schema = 1\x00", "this is not TOML"),
        (b"x" * 10_000_001, "the file has 10000001 bytes"),
    ]:
        file.write_bytes(content)
        with pytest.raises(BadInput) as caught:
            load_scenario(file)
        assert told in str(caught.value)
    for path, told in [(tmp_path / "none.toml", "there is no such file"), (tmp_path, "this is not a file"), ("a\0b", "x")]:
        with pytest.raises(BadInput) as caught:
            load_scenario(path)
        assert told in str(caught.value) or path == "a\0b"


def test_a_billion_citizens_are_refused_and_a_million_accepted() -> None:
    with pytest.raises(BadInput, match="about 1e\\+09 citizens are expected in one run and the most is 5000000; check the arrivals"):
        parse(textbook({"minutes": 60}, 1e9))
    assert parse(textbook({"minutes": 600}, 1e5)).citizens_per_day() == 1e6


@pytest.mark.parametrize(
    ("horizon", "arrivals", "told"),
    [
        ({"minutes": 100, "warm_up": 100}, 1, "horizon.warm_up is 100 minutes and the horizon only 100"),
        ({"minutes": 0}, 1, "horizon.minutes is 0 and must be above 0"),
        ({"minutes": 100}, [1, 2], "with a horizon a list needs horizon.cycle_min; add the minutes of one round."),
        ({"minutes": 1e8, "cycle_min": 1}, [1, 2], "horizon.cycle_min makes 2e+08 stretches of time"),
        ({}, 1, "horizon.minutes is missing; add it."),
        (None, 1, "the hall never opens; add [[opening]] with from and to, or a [horizon] for a textbook run."),
        (5, 1, "horizon is '5', which is not a table of keys and values; write it as { key = value }."),
    ],
)
def test_a_horizon_is_checked_too(horizon: Any, arrivals: Any, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(textbook(horizon, arrivals), "x.toml")
    assert told in str(caught.value)


def test_cycles_of_unlike_length_are_refused() -> None:
    document = textbook({"minutes": 100, "cycle_min": 60}, [1, 2])
    document["services"].append({**document["services"][0], "id": "other", "arrivals_per_hour": [1, 2, 3]})
    document["windows"][0]["serves"] = ["*"]
    with pytest.raises(BadInput, match="lists of arrivals_per_hour have one length, and here they have 2, 3"):
        parse(document)


def test_a_refusal_speaks_chinese_too(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(VALID.replace("8, 6, 6, 5, 4, 2]", "8]").replace("mean = 45", "mean = -1"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_scenario(file)
    law, profile = caught.value.text("zh").split("\n")
    assert (
        '事项"residence"：patience_min：exponential 分布不能取这些数：mean 大于 0（常数时间请用 deterministic）；请改正。（第 19 行）'
        in law
    )
    assert "arrivals_per_hour 有 8 个值，但 08:30–12:00和14:30–17:30 共 13 个半小时；请给出 13 个。" in profile


# ---- anything at all --------------------------------------------------------------------------------------------------------------

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -1, 0, 1.5, -0.0, float("nan"), float("inf"), 1e308, 5e-324]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["*", "default", "\ud800", "\x00", "s0", "w0", "assumption", "08:30"]),
    st.times(),
    st.dates(),
    st.binary(max_size=3),
    st.just(object()),
)
garbage = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=6,
)


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, each in value.items():
            found += spots(each, (*path, key))
    elif isinstance(value, list):
        for n, each in enumerate(value):
            found += spots(each, (*path, n))
    return found


@settings(max_examples=250, deadline=None)
@given(document=halls(), data=st.data())
def test_garbage_anywhere_is_refused_or_accepted_and_nothing_else(document: dict[str, Any], data: st.DataObject) -> None:
    """One to three places of a valid hall get anything at all, or lose or gain a key."""
    broken = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(spots(broken) or [("name",)]))
        holder = broken
        for key in path[:-1]:
            holder = holder[key]
        deed = data.draw(st.sampled_from(["put", "take", "add"]))
        if deed == "put":
            holder[path[-1]] = data.draw(garbage)
        elif deed == "take":
            del holder[path[-1]]
        elif isinstance(holder, dict):
            holder[data.draw(st.text(max_size=6))] = data.draw(garbage)
    scenario, refused = None, None
    try:
        scenario = parse(broken, "x.toml")
    except BadInput as bad:
        refused = bad
    if scenario:
        assert parse(tomllib.loads(scenario.to_toml())).digest == scenario.digest
    if refused:
        for language in ("en", "zh"):
            assert all(line.startswith("x.toml") for line in refused.text(language).split("\n"))
            assert len(refused.text(language).split("\n")) == len(refused.faults)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60), position=st.integers(0, len(VALID)))
def test_garbage_in_the_text_is_refused_or_accepted_and_nothing_else(
    text: str, position: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("garbage", numbered=True) / "x.toml"
    file.write_bytes((VALID[:position] + text + VALID[position:]).encode("utf-8", "surrogatepass"))
    told = "x.toml"
    try:
        load_scenario(file)
    except BadInput as bad:
        told = str(bad)
    assert "x.toml" in told
