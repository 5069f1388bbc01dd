"""The acts of a draw: commit a plan with the digest of a secret seed, reveal the seed, and let anyone check.

The seed lies in the data folder between the two acts, readable by its owner only; the record holds its digest. Who commits cannot choose
another seed afterwards, and who knows the seed cannot change the plan. A draw that is never revealed stays visible as such: drawing again
until the result pleases leaves its trace.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..canonical import canonical_json
from ..db import draws as rows
from ..db.dues import zone_of_hall
from ..db.links import read_windows
from ..db.risk import weights_of
from ..faults import BadInput, fault
from ..month import Month, month_of
from ..people import check_person, mask_text
from .lottery import DrawPlan, Pair, commitment, draw, make_plan, read_plan

if TYPE_CHECKING:
    from ..db.store import Store

_NO_NUMBER = re.compile(r"[/\\]|^\.+$|^\s|\s$")
"""A number is said and written by people, and may stand in the name of a file of theirs: no path, no blank at its ends."""

__all__ = ["DrawView", "commit_draw", "list_draws", "paper_of", "read_draw", "recompute_paper", "reveal_draw", "verify_draw"]


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw as the record has it."""

    draw_number: str
    committed_at: datetime
    commitment: str
    plan: DrawPlan
    seed: str
    """Empty until it is revealed."""
    pairs: tuple[Pair, ...]
    """Empty until it is revealed."""
    problem: str = ""
    """What does not hold, of a draw that was verified: seed, result; empty if all does."""


def commit_draw(
    store: Store, hall: str, number: str, person: str, *, count: int | Mapping[str, int], inspectors: Sequence[str],
    conflicts: Sequence[tuple[str, str]] = (), each: int = 2, risk_month: str | Month | None = None, seed: str | None = None,
) -> DrawView:  # fmt: skip
    """Fix a draw: which windows may be drawn, with which weights, and the digest of a seed.

    Parameters
    ----------
    count : windows to draw; a mapping gives how many of each stratum (kind of window), a number draws from all strata by their size
    conflicts : inspector and window that must not meet; people of a window never inspect it anyway
    risk_month : weigh windows by what was found at them in that month (1 + findings + bad ratings), else all alike
    seed : for tests and ceremonies with dice; default: 128 random bits
    """
    for inspector in inspectors:
        check_person(inspector)
    if not number.strip() or not number.isprintable() or mask_text(number) != number or _NO_NUMBER.search(number):
        raise BadInput([fault("draw_number", f'hall "{hall}"', mask_text(number))])
    secret = seed or secrets.token_hex(16)
    with store.act(person, "commit draw", hall) as work:
        if rows.find(work.session, hall, number) is not None:
            raise BadInput([fault("draw_exists", f'hall "{hall}"', number)])
        strata = {each_window.window_id: each_window.kind for each_window in read_windows(work.session, hall)}
        month = None if risk_month is None else month_of(risk_month)
        weights = {} if month is None else weights_of(work.session, hall, month, work.sequence - 1)
        places = _spread(count, strata) if isinstance(count, int) else dict(count)
        own = rows.people_of_windows(work.session, hall, store.home, inspectors)
        plan = make_plan(strata, places, inspectors, [*conflicts, *own], weights, each, f'draw "{number}"')
        rows.add_commitment(work, number, commitment(secret), plan.text(), plan.digest)
        path = _secret(store, hall, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secret, encoding="utf-8")
        work.detail(draw=number, commitment=commitment(secret), plan=plan.digest)
    return read_draw(store, hall, number)


def reveal_draw(store: Store, hall: str, number: str, person: str, *, seed: str | None = None) -> DrawView:
    """Publish the seed and what it gives. Raises BadInput for a seed that is not the one committed."""
    with store.act(person, "reveal draw", hall) as work:
        row = rows.find(work.session, hall, number)
        if row is None:
            raise BadInput([fault("draw_missing", f'hall "{hall}"', number)])
        if row.seed:
            raise BadInput([fault("draw_revealed", f'hall "{hall}"', number)])
        path = _secret(store, hall, number)
        secret = seed or (path.read_text(encoding="utf-8") if path.is_file() else "")
        if commitment(secret) != row.commitment:
            raise BadInput([fault("draw_seed", f'draw "{number}"', "")])
        pairs = draw(read_plan(json.loads(row.plan)), secret)
        rows.add_reveal(work, number, secret, _text(pairs))
        work.detail(draw=number, seed=secret, visits=len(pairs))
    return read_draw(store, hall, number)


def read_draw(store: Store, hall: str, number: str) -> DrawView:
    """A draw. Raises BadInput if the hall has none of that number."""
    with store.read() as session:
        row = rows.find(session, hall, number)
    if row is None:
        raise BadInput([fault("draw_missing", f'hall "{hall}"', number)])
    return _view(row)


def list_draws(store: Store, hall: str) -> tuple[DrawView, ...]:
    """Every draw of a hall in the order of commitment, those never revealed included."""
    with store.read() as session:
        zone_of_hall(session, hall)
        return tuple(_view(row) for row in rows.every(session, hall))


def verify_draw(store: Store, hall: str, number: str) -> DrawView:
    """Recompute a revealed draw from plan and seed; ``problem`` says what does not hold. Raises BadInput for one not revealed yet."""
    with store.read() as session:
        row = rows.find(session, hall, number)
    if row is None:
        raise BadInput([fault("draw_missing", f'hall "{hall}"', number)])
    if not row.seed:
        raise BadInput([fault("draw_hidden", f'hall "{hall}"', number)])
    found = _view(row)
    problem = ""
    if commitment(row.seed) != row.commitment:
        problem = "seed"
    elif found.plan.digest != row.plan_digest:
        problem = "plan"
    elif _text(draw(found.plan, row.seed)) != row.result:
        problem = "result"
    return DrawView(found.draw_number, found.committed_at, found.commitment, found.plan, found.seed, found.pairs, problem)


def paper_of(view: DrawView) -> str:
    """A draw as one text that anybody can recompute it from: plan, digests, seed and result. Canonical JSON."""
    return canonical_json({
        "draw": view.draw_number, "plan": json.loads(view.plan.text()), "plan_digest": view.plan.digest, "commitment": view.commitment,
        "seed": view.seed, "visits": json.loads(_text(view.pairs)),
    })  # fmt: skip


def recompute_paper(text: str, place: str = "draw") -> tuple[str, tuple[Pair, ...], str]:
    """A draw recomputed from its paper, without any record: its number, what plan and seed give, and what does not hold.

    The last is empty if all holds, else seed, plan or result. Raises BadInput for a text that is no such paper.
    """
    try:
        paper = json.loads(text)
        plan, seed = read_plan(paper["plan"]), str(paper["seed"])
        number, digest, committed, visits = (paper[name] for name in ("draw", "plan_digest", "commitment", "visits"))
        if not seed or any(weight < 1 for *_, weight in plan.windows) or plan.each < 1:
            raise ValueError("not revealed")
        pairs = draw(plan, seed)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError):
        raise BadInput([fault("draw_paper", place)]) from None
    if commitment(seed) != committed:
        problem = "seed"
    elif plan.digest != digest:
        problem = "plan"
    else:
        problem = "" if canonical_json(visits) == _text(pairs) else "result"
    return str(number), pairs, problem


def _view(row: rows.DrawRow) -> DrawView:
    pairs = tuple(Pair(str(window), str(stratum), tuple(map(str, team))) for window, stratum, team in json.loads(row.result or "[]"))
    return DrawView(row.draw_number, row.committed_at, row.commitment, read_plan(json.loads(row.plan)), row.seed, pairs)


def _text(pairs: Sequence[Pair]) -> str:
    return canonical_json([[each.window, each.stratum, list(each.inspectors)] for each in pairs])


def _spread(count: int, strata: Mapping[str, str]) -> dict[str, int]:
    """Places by the size of the strata: whole parts first, what is left to the largest remainders, ties by name (largest remainder)."""
    sizes = {kind: sum(own == kind for own in strata.values()) for kind in sorted(set(strata.values()))}
    total = sum(sizes.values()) or 1
    places = {kind: count * size // total for kind, size in sizes.items()}
    order = sorted(sizes, key=lambda kind: (-(count * sizes[kind] % total), kind))
    for kind in order[: max(count - sum(places.values()), 0)]:
        places[kind] += 1
    return {kind: many for kind, many in places.items() if many}


def _secret(store: Store, hall: str, number: str) -> Path:
    """Where the seed waits: named by a digest, since a number is a person's word and never a path."""
    return store.home / "draws" / f"{commitment(hall + '/' + number)[:32]}.seed"
