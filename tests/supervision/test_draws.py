"""Double-random draws: recomputed by other code from the words of the rule, fair by law, bound by the commitment."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scipy import stats

from supervision.db.store import Store
from supervision.draws.ceremony import commit_draw, list_draws, paper_of, recompute_paper, reveal_draw, verify_draw
from supervision.draws.lottery import below, commitment, draw, make_plan
from supervision.faults import BadInput
from supervision.intake import import_file

WINDOWS = {f"D{n:02d}": "dedicated" for n in range(10)} | {f"C{n:02d}": "comprehensive" for n in range(20)}
PEOPLE = ("Chen", "Li", "Wang", "Zhao", "Zhou")


def by_the_words(windows, places, inspectors, conflicts, each, seed):
    """The rule of lottery.py written again from its docstring, sharing no code."""

    def number(n, text):
        for attempt in range(1000):
            value = int(hashlib.sha256(f"{text}|{attempt}".encode()).hexdigest(), 16)
            if value < 2**256 // n * n:
                return value % n
        raise AssertionError

    drawn = []
    for stratum in sorted(places):
        urn = {window: weight for window, (own, weight) in sorted(windows.items()) if own == stratum}
        for place in range(places[stratum]):
            stretch = [window for window, weight in urn.items() for _ in range(weight)]
            hit = stretch[number(len(stretch), f"{seed}|window|{stratum}|{place}")]
            drawn.append(hit)
            del urn[hit]
    load = dict.fromkeys(sorted(inspectors), 0)
    result = []
    for window in drawn:
        team = []
        for place in range(each):
            free = {name: load[name] for name in load if (name, window) not in conflicts and name not in team}
            least = [name for name in free if free[name] == min(free.values())]
            team.append(least[number(len(least), f"{seed}|inspector|{window}|{place}")])
            load[team[-1]] += 1
        result.append((window, tuple(team)))
    return result


@pytest.mark.parametrize("seed", ["a", "7f3c", "种子"])
def test_anyone_who_has_plan_and_seed_gets_the_same_draw(seed):
    weights = {"D03": 7, "C11": 4}
    barred = [("Li", "D03"), ("Wang", "C11")]
    plan = make_plan(WINDOWS, {"dedicated": 4, "comprehensive": 6}, PEOPLE, barred, weights, 2)
    again = by_the_words(
        {name: (kind, weights.get(name, 1)) for name, kind in WINDOWS.items()}, dict(plan.places), PEOPLE, set(barred), 2, seed
    )
    assert [(each.window, each.inspectors) for each in draw(plan, seed)] == again


def test_a_known_draw_has_its_known_number():
    """SHA-256 of "s|window|k|0|0" by hand: its last bits decide."""
    assert below(10, "s") == int(hashlib.sha256(b"s|0").hexdigest(), 16) % 10


def test_every_number_is_as_likely_as_any_other():
    counts = [0] * 7
    for n in range(7000):
        counts[below(7, f"x{n}")] += 1
    assert stats.chisquare(counts).pvalue > 1e-4
    assert min(counts) > 850, "a number that never comes would be seen"


def test_windows_are_drawn_as_their_weights_say():
    weights = {"A": 1, "B": 2, "C": 5}
    plan = make_plan(dict.fromkeys(weights, "k"), {"k": 1}, ("Li",), (), weights, 1)
    counts = dict.fromkeys(weights, 0)
    for n in range(4000):
        counts[draw(plan, f"seed {n}")[0].window] += 1
    assert stats.chisquare(list(counts.values()), [4000 * weight / 8 for weight in weights.values()]).pvalue > 1e-4
    assert counts["A"] < counts["B"] < counts["C"]


@pytest.mark.parametrize("seed", [f"s{n}" for n in range(20)])
def test_no_window_twice_no_conflict_and_an_even_load(seed):
    barred = (("Li", "D00"), ("Li", "C00"), ("Chen", "C00"))
    pairs = draw(make_plan(WINDOWS, {"dedicated": 10, "comprehensive": 20}, PEOPLE, barred, None, 2), seed)
    assert len({each.window for each in pairs}) == 30
    assert not {(name, each.window) for each in pairs for name in each.inspectors} & set(barred)
    assert all(len(set(each.inspectors)) == 2 for each in pairs)
    visits = [sum(name in each.inspectors for each in pairs) for name in PEOPLE]
    assert sum(visits) == 60
    assert max(visits) - min(visits) <= 2


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (({"A": "k"}, {"k": 2}, ("Li",), (), None, 1), "draw_places"),
        (({"A": "k"}, {"k": 1}, ("Li",), (("Li", "A"),), None, 1), "draw_nobody"),
        (({"A": "k"}, {"k": 1}, ("Li", "Li"), (), None, 1), "draw_inspectors"),
        (({"A": "k"}, {"k": 1}, ("Li",), (("Wu", "A"),), None, 1), "draw_unknown"),
        (({"A": "k"}, {"k": 1}, ("Li",), (), {"A": 0}, 1), "draw_weight"),
        (({"A": "k"}, {}, ("Li",), (), None, 1), "draw_places"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused(arguments, code):
    with pytest.raises(BadInput) as caught:
        make_plan(*arguments)
    assert code in [each.code for each in caught.value.faults]


HALL = """
schema = 1
[hall]
id = "h"
name = "厅"
""" + "".join(f'[[windows]]\nid = "W{n}"\nname = "w{n}"\nkind = "{"comprehensive" if n > 3 else "dedicated"}"\n' for n in range(9))
STAFF = '[[people]]\nid = "10001"\nname = "王芳"\nwindows = ["W1"]\n'


@pytest.fixture
def store(tmp_path: Path):
    from supervision.db.store import open_store

    with open_store(home=tmp_path, clock=lambda: datetime(2024, 6, 1, tzinfo=UTC)) as opened:
        (tmp_path / "hall.toml").write_text(HALL + STAFF, encoding="utf-8")
        import_file(opened, "halls", tmp_path / "hall.toml", "h", person="setup")
        yield opened


def commit(store: Store, number: str = "2024-06", **named):
    asked = {"count": 4, "inspectors": ["王芳", "Li", "Zhao"], "seed": "dice 4 2 6"} | named
    return commit_draw(store, "h", number, "Sun", **asked)


def test_the_seed_is_bound_before_and_shown_after(store):
    before = commit(store)
    assert (before.seed, before.pairs) == ("", ())
    assert before.commitment == commitment("dice 4 2 6")
    assert before.plan.conflicts == (("王芳", "W1"),), "a window's own people never inspect it"
    assert dict(before.plan.places) == {"comprehensive": 2, "dedicated": 2}
    with pytest.raises(BadInput) as caught:
        reveal_draw(store, "h", "2024-06", "Sun", seed="dice 1 1 1")
    assert caught.value.faults[0].code == "draw_seed"
    after = reveal_draw(store, "h", "2024-06", "Sun")
    assert after.pairs == draw(before.plan, "dice 4 2 6")
    assert verify_draw(store, "h", "2024-06").problem == ""
    for call, code in ((lambda: reveal_draw(store, "h", "2024-06", "Sun"), "draw_revealed"), (lambda: commit(store), "draw_exists")):
        with pytest.raises(BadInput) as caught:
            call()
        assert caught.value.faults[0].code == code


def test_the_paper_of_a_draw_proves_it_without_the_record(store):
    commit_draw(store, "h", "D-1", "Sun", count=1, inspectors=PEOPLE)
    with pytest.raises(BadInput):
        recompute_paper(paper_of(list_draws(store, "h")[0]))
    view = reveal_draw(store, "h", "D-1", "Sun")
    paper = paper_of(view)
    assert recompute_paper(paper) == ("D-1", view.pairs, "")
    other = json.loads(paper)
    for change, problem in (
        ({"seed": "another"}, "seed"),
        ({"plan": other["plan"] | {"each": 1}}, "plan"),
        ({"visits": []}, "result"),
    ):
        assert recompute_paper(json.dumps(other | change))[2] == problem


NO_PLAN = {"windows": [["a", "k", 0]], "places": [["k", 3]], "inspectors": [], "conflicts": [], "each": 1}
NO_PAPER = json.dumps({"plan": NO_PLAN, "seed": "s", "draw": "d", "plan_digest": "", "commitment": "", "visits": []})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan": 1}', "[" * 100_000, NO_PAPER])
def test_a_text_that_is_no_paper_of_a_draw_is_refused(text):
    with pytest.raises(BadInput) as caught:
        recompute_paper(text)
    assert caught.value.faults[0].code == "draw_paper"


def test_a_draw_that_was_never_revealed_stays_visible(store):
    commit(store, "first", seed=None)
    commit(store, "second", seed=None)
    assert [(each.draw_number, each.seed) for each in list_draws(store, "h")] == [("first", ""), ("second", "")]
    assert len({each.commitment for each in list_draws(store, "h")}) == 2
    with pytest.raises(BadInput) as caught:
        verify_draw(store, "h", "first")
    assert caught.value.faults[0].code == "draw_hidden"


@pytest.mark.sqlite
def test_a_result_changed_behind_the_programs_back_is_found(store):
    import sqlite3

    commit(store)
    reveal_draw(store, "h", "2024-06", "Sun")
    raw = sqlite3.connect(store.home / "openhall.sqlite")
    raw.execute("DROP TRIGGER draw_reveals_no_update")
    raw.execute("UPDATE draw_reveals SET result = replace(result, 'Li', 'Mo')")
    raw.commit()
    assert verify_draw(store, "h", "2024-06").problem == "result"


def test_windows_with_more_faults_are_drawn_with_more_weight(store, tmp_path):
    rows = "finding_number,code,observed,window,source\n" + "".join(f"F{n},dress,2024-05-0{n} 10:00,W2,in_house\n" for n in range(1, 5))
    (tmp_path / "c.csv").write_text(rows + "F9,none,2024-05-09 10:00,W3,in_house\n", encoding="utf-8")
    import_file(store, "checks", tmp_path / "c.csv", "h", person="Li")
    weights = {window: weight for window, _, weight in commit(store, risk_month="2024-05").plan.windows}
    assert weights == {f"W{n}": 5 if n == 2 else 1 for n in range(9)}
