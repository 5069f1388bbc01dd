"""The draw itself: inspectors x windows from a plan and a seed, with whole numbers and SHA-256 only, so that anyone can recompute it.

How it goes, to be repeated by hand if need be (T is the text of the seed, H the SHA-256 of UTF-8 text as a whole number):

1. In every stratum the windows stand in the order of their ids. For each place to fill, the remaining windows' weights are added up to W;
   a number r in 0..W-1 is made from ``T|window|stratum|place``; the window in whose stretch of weights r falls is drawn and put aside.
2. The windows drawn, in the order of drawing, each get as many inspectors as the plan asks. The candidates are those without a conflict who
   have the fewest visits so far, in the order of their names; r below their count comes from ``T|inspector|window|place``.
3. r below n from a text: H(text|0), H(text|1), ... until one lies below the largest multiple of n that fits into 2^256; its remainder.

Fewest visits first keeps the load even; a window for which everybody has a conflict is a fault of the plan. Pure. Not for deciding how many
to check: no source gives a sample size (RULES 4.3), so the plan says it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..canonical import canonical_json, digest_text
from ..faults import BadInput, Fault, fault
from ..people import name_key

_WHOLE = 1 << 256


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What a draw is made from; fixed and published before the seed is known."""

    windows: tuple[tuple[str, str, int], ...]
    """Window, stratum, weight (whole, positive), by window."""
    places: tuple[tuple[str, int], ...]
    """Stratum and how many of its windows are drawn, by stratum."""
    inspectors: tuple[str, ...]
    """By name."""
    conflicts: tuple[tuple[str, str], ...]
    """Inspector and window that must not meet, sorted."""
    each: int
    """Inspectors a window."""

    def text(self) -> str:
        """Canonical JSON: what the digest is of."""
        return canonical_json({
            "windows": [list(row) for row in self.windows], "places": [list(row) for row in self.places],
            "inspectors": list(self.inspectors), "conflicts": [list(row) for row in self.conflicts], "each": self.each,
        })  # fmt: skip

    @property
    def digest(self) -> str:
        return digest_text(self.text())


@dataclass(frozen=True, slots=True)
class Pair:
    """A window that was drawn, and who visits it."""

    window: str
    stratum: str
    inspectors: tuple[str, ...]


def read_plan(document: Mapping[str, object]) -> DrawPlan:
    """The plan of parsed canonical JSON."""
    rows: dict[str, list[list[object]]] = document  # type: ignore[assignment]
    return DrawPlan(
        tuple((str(window), str(stratum), int(str(weight))) for window, stratum, weight in rows["windows"]),
        tuple((str(stratum), int(str(count))) for stratum, count in rows["places"]),
        tuple(map(str, document["inspectors"])),  # type: ignore[call-overload]
        tuple((str(person), str(window)) for person, window in rows["conflicts"]),
        int(str(document["each"])),
    )


def make_plan(
    windows: Mapping[str, str], places: Mapping[str, int], inspectors: Sequence[str], conflicts: Sequence[tuple[str, str]] = (),
    weights: Mapping[str, int] | None = None, each: int = 2, place: str = "draw",
) -> DrawPlan:  # fmt: skip
    """A plan in its one order. ``windows``: window -> stratum; a window without a weight weighs 1.

    Raises BadInput with everything that could not be drawn: more places than windows, a weight that is not positive, a window that too few
    inspectors may visit, names that are not there.
    """
    given = weights or {}
    faults: list[Fault] = []
    spelled = {name_key(person): person for person in inspectors}
    conflicts = [(spelled.get(name_key(person), person), window) for person, window in conflicts]
    many = {stratum: sum(own == stratum for own in windows.values()) for stratum in places}
    wrong = {name: count for name, count in places.items() if not 0 < count <= many[name]}
    faults += [fault("draw_places", place, f"{name}: {count}", there=many[name]) for name, count in wrong.items()]
    faults += [fault("draw_weight", place, f"{name}: {weight}") for name, weight in given.items() if weight < 1]
    unknown = sorted({window for _, window in conflicts} | set(given)) if windows else []
    faults += [fault("draw_unknown", place, name) for name in unknown if name not in windows]
    faults += [fault("draw_unknown", place, name) for name in sorted({person for person, _ in conflicts} - set(inspectors))]
    if not places:
        faults.append(fault("draw_places", place, "-", there=len(windows)))
    if len(spelled) != len(inspectors) or each < 1:
        faults.append(fault("draw_inspectors", place, ", ".join(inspectors), each=each))
    barred = set(conflicts)
    for window in sorted(name for name, stratum in windows.items() if stratum in places):
        free = [person for person in inspectors if (person, window) not in barred]
        if len(free) < each:
            faults.append(fault("draw_nobody", place, window, each=each, free=len(free)))
    if faults:
        raise BadInput(faults)
    return DrawPlan(
        tuple((name, windows[name], given.get(name, 1)) for name in sorted(windows) if windows[name] in places),
        tuple(sorted(places.items())), tuple(sorted(inspectors)), tuple(sorted(barred)), each,
    )  # fmt: skip


def draw(plan: DrawPlan, seed: str) -> tuple[Pair, ...]:
    """Who visits what, in the order of drawing."""
    chosen: list[tuple[str, str]] = []
    for stratum, places in plan.places:
        left = [(window, weight) for window, own, weight in plan.windows if own == stratum]
        for position in range(places):
            at = below(sum(weight for _, weight in left), f"{seed}|window|{stratum}|{position}")
            for window, weight in left:
                if at < weight:
                    chosen.append((window, stratum))
                    left.remove((window, weight))
                    break
                at -= weight
    visits = dict.fromkeys(plan.inspectors, 0)
    barred = set(plan.conflicts)
    pairs = []
    for window, stratum in chosen:
        team: list[str] = []
        for position in range(plan.each):
            free = [person for person in plan.inspectors if (person, window) not in barred and person not in team]
            fewest = min(visits[person] for person in free)
            candidates = [person for person in free if visits[person] == fewest]
            person = candidates[below(len(candidates), f"{seed}|inspector|{window}|{position}")]
            visits[person] += 1
            team.append(person)
        pairs.append(Pair(window, stratum, tuple(team)))
    return tuple(pairs)


def below(n: int, text: str) -> int:
    """A number from 0 to n-1 made from a text, every one as likely as any other."""
    limit = _WHOLE - _WHOLE % n
    attempt = 0
    while True:
        found = int.from_bytes(hashlib.sha256(f"{text}|{attempt}".encode()).digest(), "big")
        if found < limit:
            return found % n
        attempt += 1


def commitment(seed: str) -> str:
    """What is published of a seed before it is used: its SHA-256."""
    return hashlib.sha256(seed.encode()).hexdigest()
