"""Districts: which there are, where their cases go under a plan (counted at once), and the tables of a simulated answer.

Names of kinds and columns are in the reader's language; an answer is plain data as `simulation.district.report` writes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dashboards.data.kept import Kept
from dashboards.shipped import shipped_districts
from dashboards.texts import Words
from dashboards.workbook import Column
from simulation.district import Access, District, Move, Plan, access_of, by_kind, flows_of, load_district, moved
from simulation.district.flows import not_moved
from simulation.district.inputs import read_move
from simulation.faults import BadInput, fault
from simulation.plain_tables import PlainTables

Row = dict[str, Any]
Data = Mapping[str, Any]
SEED = 1
NO_CHANGE = ""
"""the plan that changes nothing"""
_districts: Kept[District] = Kept(8)


def district(path: Path) -> District:
    """A district, read again when its file has changed. Raises BadInput."""
    return _districts.get_or_make((str(path), path.stat().st_mtime), lambda: load_district(path))


def district_by_name(name: str) -> District | None:
    """A shipped district; None if there is none of that name."""
    path = shipped_districts().get(name)
    return None if path is None else district(path)


def digest_of(given: District) -> str:
    """What an answer depends on, beside the plan."""
    halls = [None if each.hall is None else each.hall.digest for each in given.places]
    places = [(each.id, each.kind, each.windows, each.efficiency, each.every_days) for each in given.places]
    laws = [(each.service_min, each.breakdown) for each in given.places]
    parts = (halls, places, laws, given.zones, given.works, given.online, given.circle, given.days)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def plan_of(given: District, plan: str | None, moves: Sequence[str], windows: Sequence[str]) -> Plan:
    """A plan of the file with further moves and windows. Raises BadInput with everything that is wrong."""
    known = {each.id: each for each in given.plans}
    tables = PlainTables({}, given.name)
    if plan is not None and plan not in known:
        tables.findings.note("district_plan", (), plan, known=", ".join(known))
    base = known.get(plan or "", Plan(NO_CHANGE, {}))
    read: list[Move] = list(base.moves)
    for text in moves:
        move = read_move(tables, ("move",), text, list(given.kinds()), given.works)
        if move is not None:
            read.append(move)
    faults = list(tables.findings.faults)
    small = {each.id for each in given.places if each.hall is None}
    counts = dict(base.windows)
    for text in windows:
        place, _, number = text.partition("=")
        if place not in small or not (number.isdecimal() and len(number) <= 4 and 1 <= int(number) <= 1000):
            faults.append(fault("district_plan_windows", "--windows", text, known=", ".join(sorted(small))))
        else:
            counts[place] = int(number)
    if faults:
        raise BadInput(faults)
    own = bool(moves or windows)
    return Plan("own" if own else base.id, base.name, tuple(read), counts)


def counted(given: District, plan: Plan) -> tuple[dict[str, tuple[float, float]], tuple[Access, Access], list[str]]:
    """At once: cases a year of each kind before and after, how near services are, and the services that stay where they are."""
    works = moved(given.works, plan.moves)
    before, after = flows_of(given, given.works), flows_of(given, works)
    one, two = by_kind(before), by_kind(after)
    cases = {kind: (one.get(kind, 0.0), two.get(kind, 0.0)) for kind in given.kinds()}
    return cases, (access_of(given, given.works, before), access_of(given, works, after)), not_moved(given.works, plan.moves)


def kind(words: Words, kind: str) -> str:
    """A kind of places, or online."""
    return words(f"district_kind_{kind}")


def place_name(words: Words, given: District, site: Data) -> str:
    """A site: its place, and its zone where the place has sites in several."""
    zones = {each.id: each.name for each in given.zones}
    name = words.name(site["name"], site["place"])
    return name if site["zone"] is None else f"{name} · {words.name(zones[site['zone']], site['zone'])}"


def answer(words: Words, given: District, found: Data) -> tuple[str, str]:
    """What to do, in one sentence, and its tone."""
    kinds, access = found["by_kind"], found["access"]
    main = kinds["main"]["mean_wait"]
    if not found["moves"] and not found["windows"]:
        facts = {"wait": f"{main['before']['value']:.1f}", "near": f"{100 * access['before']['done_near']:.0f}%"}
        items = f"{100 * access['before']['items_nearby']:.0f}%"
        return words("district_as_it_is", **facts, items=items, circle=f"{given.circle:g}"), "plain"
    more = {name: each for name, each in kinds.items() if name != "main" and each["mean_wait"]["after"]["value"] is not None}
    busiest = max(more, key=lambda name: (found["more"].get(name, 0.0), more[name]["mean_wait"]["after"]["value"]))
    there = more[busiest]["mean_wait"]
    before, after = there["before"]["value"] or 0.0, there["after"]["value"]
    limit = max(main["before"]["value"], 1.25 * before)
    gained = main["before"]["value"] - main["after"]["value"]
    key, tone = ("district_but", "warn") if after > limit else ("district_good", "good") if gained > 0.5 else ("district_little", "plain")
    return words(
        "district_answer",
        verdict=words(key),
        moved=f"{main_cases(found):,.0f}",
        before=f"{main['before']['value']:.1f}",
        after=f"{main['after']['value']:.1f}",
        busiest=kind(words, busiest),
        there_before=f"{before:.1f}",
        there_after=f"{after:.1f}",
        near_before=f"{100 * access['before']['done_near']:.1f}%",
        near_after=f"{100 * access['after']['done_near']:.1f}%",
    ), tone


def main_cases(found: Data) -> float:
    """How many cases a year the main hall is relieved of."""
    cases = found["cases"]["main"]
    return float(cases["before"] - cases["after"])


def at_once(words: Words, given: District, cases: Mapping[str, tuple[float, float]], access: tuple[Access, Access]) -> str:
    """What counting alone says."""
    facts = {"before": f"{cases['main'][0]:,.0f}", "after": f"{cases['main'][1]:,.0f}", "circle": f"{given.circle:g}"}
    near = [f"{100 * each.done_near:.1f}%" for each in access]
    return words("district_flows_only", **facts, near_before=near[0], near_after=near[1])


def notes(words: Words, given: District, access: Access, stayed: Sequence[str]) -> list[str]:
    """Services that stay where they are, and the goal of items near home."""
    said = [words("district_items_goal", items=f"{100 * access.items_nearby:.0f}%")]
    names = {each.id: words.name(each.name, each.id) for each in given.works}
    if stayed:
        said.append(words("district_stayed", services=words("district_separator").join(names[each] for each in stayed)))
    said.append(words("district_assumed", assumed=len(given.assumptions()), total=len(given.figures)))
    return said


def kind_rows(words: Words, found: Data) -> list[Row]:
    """Kinds of places before and after."""
    rows = []
    for name, each in found["by_kind"].items():
        row: Row = {"place": kind(words, name), "kind": name, "sites": each["sites"]}
        for side in ("before", "after"):
            wait = each["mean_wait"][side]
            row |= {f"cases_{side}": each["cases"][side], f"windows_{side}": each["windows"][side]}
            row[f"use_{side}"] = each["utilisation"][side]
            row |= {f"wait_{side}": wait["value"], f"wait_low_{side}": wait["low"], f"wait_high_{side}": wait["high"]}
            row[f"each_{side}"] = each["a_year_each"][side]
        rows.append(row)
    return rows


def flow_rows(words: Words, cases: Mapping[str, tuple[float, float]]) -> list[Row]:
    """Cases a year of each kind, as it is and with the plan, for the chart."""
    return [
        {"place": kind(words, name), "series": series, "cases": value, "order": n}
        for n, (name, pair) in enumerate(cases.items())
        for series, value in zip(("before", "after"), pair, strict=True)
        if any(pair)
    ]


def site_rows(words: Words, given: District, found: Data) -> list[Row]:
    """Every site before and after."""
    rows = []
    for each in found["sites"]:
        row: Row = {"place": place_name(words, given, each), "kind": kind(words, each["kind"]), "sites": each["sites"]}
        for side in ("before", "after"):
            row |= {f"windows_{side}": each["windows"][side], f"cases_{side}": each["cases"][side]}
            row |= {f"a_day_{side}": each["cases_a_day"][side]}
            for name in ("mean_wait", "p90_wait", "utilisation"):
                row |= {f"{name}_{side}": each[name][side]["value"]}
            row |= {f"{end}_{side}": each["mean_wait"][side][end] for end in ("low", "high")}
        change = each["mean_wait"]["difference"]
        row |= {f"change_{end}": change[end] if change else None for end in ("value", "low", "high")}
        rows.append(row)
    return rows


def access_rows(words: Words, given: District, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """How near services are, before and after."""
    circle = f"{given.circle:g}"
    return [
        {"measure": words(f"district_measure_{name}", circle=circle), "before": before[name], "after": after[name]}
        | {"share": name != "mean_travel"}
        for name in ("done_near", "could_near", "items_nearby", "online", "mean_travel")
    ]


def zone_rows(words: Words, found: Data) -> list[Row]:
    """Zones: the share of their cases done within the circle, for the chart."""
    return [
        {"zone": words.name(each["name"], each["zone"]), "people": each["people"], "series": side}
        | {"near": each[side]["done_near"], "travel": each[side]["mean_travel"]}
        for each in found["zones"]
        for side in ("before", "after")
    ]


def site_columns(words: Words) -> list[Column]:
    """The columns of the table of sites for export."""
    columns = [Column("place", words("district_column_place")), Column("sites", words("district_column_sites"), "", "", 0)]
    for side in ("before", "after"):
        of = words(f"district_{side}")
        for field, key, places in (
            ("windows", "windows", 0), ("cases", "cases", 0), ("a_day", "a_day", 2), ("mean_wait", "wait", 2), ("low", "wait", 2),
            ("high", "wait", 2), ("p90_wait", "p90", 2), ("utilisation", "use", 3),
        ):  # fmt: skip
            end = f" · {words(f'column_{field}')}" if field in ("low", "high") else ""
            columns.append(Column(f"{field}_{side}", f"{words(f'district_column_{key}')}{end}", of, "", places))
    change = words("district_column_change")
    columns += [Column("change_value", change, "", "", 2)]
    columns += [Column(f"change_{end}", f"{change} · {words(f'column_{end}')}", "", "", 2) for end in ("low", "high")]
    return columns


def about(words: Words, given: District, found: Data | None) -> dict[str, object]:
    """Where the figures come from."""
    from dashboards.data import version

    head: dict[str, object] = {words("district_choose"): words.name(given.title, given.name), words("version"): version()}
    if found is not None:
        head |= {words("district_plan_choose"): "; ".join(found["moves"]), words("seed"): found["seed"], words("digest"): found["digest"]}
    return head


def basis_rows(words: Words, given: District) -> list[tuple[str, str, str]]:
    """Every figure with its basis, for the sheet of definitions."""
    from simulation.district import inputs_as_data

    return [(each["figure"], "", each["basis"] or words("sizing_assumption")) for each in inputs_as_data(given)]


def kinds_that_move(given: District) -> tuple[list[str], list[str]]:
    """Kinds that something may be moved from, and to."""
    sources = [kind for kind in given.kinds() if any(each.at.get(kind) for each in given.works)]
    return sources, [kind for kind in given.kinds() if any(kind in each.can for each in given.works)]
