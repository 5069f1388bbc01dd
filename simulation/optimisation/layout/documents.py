"""An arrangement as a scenario: windows that serve what their pool does, each at the post that it keeps.

Not for judging it: that takes a simulation (`comparison`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from simulation.optimisation.layout.arrangements import Arrangement, Pool
from simulation.optimisation.layout.frame import Frame
from simulation.optimisation.layout.posts import Post, deal
from simulation.plans.document import Document, copied, settled
from simulation.plans.layouts import departments_of
from simulation.plans.windows import free_id
from simulation.scenario import Scenario, parse


def plan_of(frame: Frame, arrangement: Arrangement, whole: bool = True) -> Scenario:
    """The arrangement as a scenario. Raises BadInput if the hall cannot have it (a bundle at once, or a class, that no window serves)."""
    return frame.base if arrangement.kind == "now" else parse(document_of(frame, arrangement, whole), frame.base.path or frame.base.name)


def document_of(frame: Frame, arrangement: Arrangement, whole: bool = True) -> Document:
    """The scenario's document with these windows.

    whole : with departments and basis; without them it is read in less time, and simulated the same
    """
    plan = copied(frame.base.document)
    behind = departments_of(frame.base) if whole else {}
    plan["windows"] = [dict(each) for each in frame.fixed]
    if not whole:
        plan.pop("departments", None)
        plan.pop("basis", None)
    names = {each["id"]: each.get("name") or each["id"] for each in plan["services"]}
    changed: list[str] = []
    for pool, posts in zip(arrangement.pools, deal(frame.posts, arrangement.pools), strict=True):
        own = [service for n in pool.units for service in frame.units[n]]
        everything = len(pool.units) > 1 and pool.units == frame.poolable()
        found = [each["id"] for each in plan.get("departments", []) if set(own) & behind.get(each["id"], set())]
        shared = {
            "serves": own,
            "kind": "comprehensive" if everything else "dedicated" if len(pool.units) == 1 else "grouped",
            **({"departments": found} if found else {}),
        }
        for k, (count, window) in enumerate(_groups(frame, pool, posts)):
            window = {
                "id": free_id(plan, own[0] if len(own) == 1 else "comprehensive" if everything else "group"),
                "name": _name([names[each] for each in own], everything, k, "tidal" in window),
                "count": count,
                **shared,
                **window,
            }
            plan["windows"].append(window)
            changed += [f"windows.{window['id']}.{key}" for key in ("count", "efficiency", "overflow") if key in window]
    for department in plan.get("departments", []):
        if "windows" in department:
            department["windows"] = [each for each in department["windows"] if any(each == one["id"] for one in frame.fixed)]
    return settled(plan, changed)


def dropped_of(frame: Frame, arrangements: Iterable[Arrangement]) -> list[str]:
    """Keys of today's windows that some of these arrangements do not keep whole."""
    dropped = set(frame.lost)
    for arrangement in arrangements:
        if arrangement.kind == "now":
            continue
        for pool, posts in zip(arrangement.pools, deal(frame.posts, arrangement.pools), strict=True):
            own, helped = _services(frame, pool.units), _services(frame, pool.helps)
            for post in posts:
                dropped |= {"service_min"} if any(name.partition(":")[0] not in own | helped for name in post.laws) else set()
    return sorted(dropped)


def _groups(frame: Frame, pool: Pool, posts: Sequence[Post]) -> list[tuple[int, Document]]:
    """(how many, what they are) of the windows of a pool that are alike, in the order of their posts."""
    alike: dict[str, list[Post]] = {}
    for post in posts:
        alike.setdefault(post.kind, []).append(post)
    found = []
    for mine in alike.values():
        window = _window(frame, pool, mine[0])
        found += _in_turns(window, mine) if mine[0].half else [(len(mine), window)]
    return found


def _in_turns(window: Document, posts: Sequence[Post]) -> list[tuple[int, Document]]:
    """Windows that rest in two halves, each in the half in which it does today: a group as far as the halves are even, and the others."""
    first = [each for each in posts if each.first_half]
    second = [each for each in posts if not each.first_half]
    if len(first) - len(second) in (0, 1) and second:  # an odd one more is of the first half
        return [(len(posts), window)]
    pairs = min(len(first), len(second))
    alone = {key: value for key, value in window.items() if key != "ab_break"}
    rest = [(len(half) - pairs, alone | half[0].half) for half in (first, second) if len(half) > pairs]
    return [*([(2 * pairs, window)] if pairs else []), *rest]


def _window(frame: Frame, pool: Pool, post: Post) -> Document:
    """What a window at this post is in a pool, without its name and number."""
    own, helped = _services(frame, pool.units), _services(frame, pool.helps)
    units = len(pool.units) + len(pool.helps)
    usual = {each: frame.speed(each, len(pool.units)) for each in own} | {each: frame.speed(each, units) for each in helped}
    served = {*own, *helped}
    covers = {name: speed for name, speed in post.covers.items() if name.partition(":")[0] not in served}
    laws = {name: law for name, law in post.laws.items() if name.partition(":")[0] in {*served, *covers}}
    return {
        "efficiency": {each: post.speed(each, speed) for each, speed in usual.items()} | covers,
        **post.kept,
        **({"service_min": laws} if laws else {}),
        **({"covers": list(covers)} if covers else {}),
        **({"overflow": [{"service": each, "queue": frame.queue} for each in helped]} if helped else {}),
    }


def _services(frame: Frame, units: Iterable[int]) -> dict[str, None]:
    """The services of some units, in order."""
    return dict.fromkeys(service for n in units for service in frame.units[n])


def _name(names: Sequence[Any], comprehensive: bool, number: int, tidal: bool) -> dict[str, str]:
    """What windows for these services are called; further groups of one pool, and tidal windows, are told apart."""
    zh, en = _plain_name(names, comprehensive)
    if tidal:
        zh, en = f"{zh}（潮汐）", f"{en} (tidal)"
    return (
        {"zh": zh, "en": en}
        if number == 0 or (tidal and number == 1)
        else {"zh": f"{zh} {_letter(number)}", "en": f"{en} {_letter(number)}"}
    )


def _plain_name(names: Sequence[Any], comprehensive: bool) -> tuple[str, str]:
    if comprehensive:
        return "综合窗口", "Comprehensive window"
    zh, en = ([_word(each, word) for each in names] for word in ("zh", "en"))
    if len(names) == 1:
        return f"{zh[0]}窗口", f"{en[0]} window"
    if len(names) == 2:
        return f"{'、'.join(zh)}窗口", f"{' and '.join(en)} window"
    return f"{zh[0]}等{len(names)}项窗口", f"{en[0]} and {len(names) - 1} more window"


def _word(name: str | Mapping[str, str], language: str) -> str:
    return name if isinstance(name, str) else name.get(language) or next(iter(name.values()))


def _letter(number: int) -> str:
    return chr(ord("A") + number) if number < 26 else str(number + 1)
