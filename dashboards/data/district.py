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
from dashboards.texts.phrases import in_words
from dashboards.workbook import Column
from simulation.district import OUTCOMES as OUTCOMES
from simulation.district import Access, District, Move, Plan, access_of, by_kind, flows_of, load_district, moved
from simulation.district.flows import not_moved
from simulation.district.moves import read_move
from simulation.faults import BadInput, fault
from simulation.plain_tables import PlainTables

Row = dict[str, Any]
Data = Mapping[str, Any]
SEED = 1
NO_CHANGE = ""
"""the plan that changes nothing"""
LITTLE, MUCH = 0.1, 0.35
"""share of the cases moved away that come back: below, hardly; above, much"""
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
    parts = (halls, places, laws, given.zones, given.works, given.online, given.circle, given.days, given.choice)
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
        facts = {"wait": minutes(main["before"]["value"]), "near": f"{100 * access['before']['done_near']:.0f}%"}
        items = f"{100 * access['before']['items_nearby']:.0f}%"
        return words("district_as_it_is", **facts, items=items, circle=f"{given.circle:g}"), "plain"
    more = {name: each for name, each in kinds.items() if name != "main" and each["mean_wait"]["after"]["value"] is not None}
    gained = (main["before"]["value"] or 0.0) - (main["after"]["value"] or 0.0)
    facts = {"moved": f"{main_cases(found):,.0f}", "before": minutes(main["before"]["value"]), "after": minutes(main["after"]["value"])}
    facts |= {f"near_{side}": f"{100 * access[side]['done_near']:.1f}%" for side in ("before", "after")}
    if not more:
        return words("district_answer_alone", verdict=words("district_good" if gained > 0.5 else "district_little"), **facts), "plain"
    busiest = max(more, key=lambda name: (found["more"].get(name, 0.0), more[name]["mean_wait"]["after"]["value"]))
    there = more[busiest]["mean_wait"]
    before, after = there["before"]["value"] or 0.0, there["after"]["value"]
    limit = max(main["before"]["value"] or 0.0, 1.25 * before)
    key, tone = ("district_but", "warn") if after > limit else ("district_good", "good") if gained > 0.5 else ("district_little", "plain")
    return words(
        "district_answer",
        verdict=words(key),
        **facts,
        busiest=kind(words, busiest),
        there_before=f"{before:.1f}",
        there_after=f"{after:.1f}",
    ), tone


def minutes(wait: float | None) -> str:
    """A wait; a dash where nobody comes."""
    return "–" if wait is None else f"{wait:.1f}"


def main_cases(found: Data) -> float:
    """How many cases a year the main hall is relieved of."""
    cases = found["cases"]["main"]
    return float(cases["before"] - cases["after"])


def choice_answer(words: Words, found: Data) -> tuple[str, str]:
    """What becomes of the plan where people choose, in one sentence, and its tone."""
    chosen = found["choice"]
    main, cases = chosen["by_kind"]["main"]["mean_wait"]["after"]["value"], chosen["cases"]["main"]
    plain = found["by_kind"]["main"]["mean_wait"]["after"]["value"]
    left, back = cases["before"] - cases["planned"], cases["after"] - cases["planned"]
    facts = {"wait": minutes(main), "plain": minutes(plain)}
    if not chosen["agreed"]:
        gap = max(chosen["gap"].values())
        return words("district_choice_open", gap=f"{100 * gap:.1f}%", steps=chosen["steps"]["after"], **facts), "warn"
    if left <= 1 or back <= 0:
        more = f"{cases['after'] - cases['before']:+,.0f}"
        return words("district_choice_other", more=more, **facts), "plain"
    share = back / left
    verdict = words("district_choice_much" if share > MUCH else "district_choice_some" if share > LITTLE else "district_choice_hardly")
    told = words("district_choice_back", left=f"{left:,.0f}", back=f"{back:,.0f}", share=f"{100 * share:.0f}%", **facts, verdict=verdict)
    return told, "warn" if share > MUCH else "plain"


def choice_notes(words: Words, found: Data) -> list[str]:
    """How people are taken to choose, whether shares and waits agree, and whether there may be another balance."""
    chosen = found["choice"]
    facts = {"spread": f"{chosen['spread_min']:g}", "weight": f"{chosen['wait_weight']:g}"}
    said = [words("district_choice_how", **facts)]
    gap, apart = (f"{100 * each:.2f}%" for each in (max(chosen["gap"].values()), chosen["ends_apart"]))
    said.append(words("district_choice_settled", gap=gap, before=chosen["steps"]["before"], after=chosen["steps"]["after"]))
    said.append(words("district_choice_one_end" if chosen["one_end"] else "district_choice_more_ends", apart=apart))
    return said


def choice_rows(words: Words, found: Data) -> list[Row]:
    """Kinds of places: cases before, as planned and after, and the waits without and with choice."""
    rows = []
    for name, cases in found["choice"]["cases"].items():
        if not any(cases.values()):
            continue
        row: Row = {"place": kind(words, name), **{f"cases_{side}": cases[side] for side in ("before", "planned", "after")}}
        for key, data in (("plain", found), ("chosen", found["choice"])):
            wait = data["by_kind"][name]["mean_wait"]["after"] if name in data["by_kind"] else {}
            row |= {f"wait_{key}": wait.get("value"), f"low_{key}": wait.get("low"), f"high_{key}": wait.get("high")}
        rows.append(row)
    return rows


def choice_columns(words: Words) -> list[Column]:
    """The columns of that table for export."""
    cases, wait = words("district_column_cases"), words("district_column_wait")
    columns = [Column("place", words("district_column_place"))]
    columns += [Column(f"cases_{side}", cases, words(f"district_choice_{side}"), "", 0) for side in ("before", "planned", "after")]
    for key in ("plain", "chosen"):
        of = words(f"district_choice_wait_{key}")
        columns.append(Column(f"wait_{key}", wait, of, "", 2))
        columns += [Column(f"{end}_{key}", f"{wait} · {words(f'column_{end}')}", of, "", 2) for end in ("low", "high")]
    return columns


def figure_name(words: Words, given: District, path: str) -> str:
    """A figure of the file by its place, zone or service."""
    if words.has(key := f"district_figure_{path.replace('.', '_')}"):
        return words(key)
    listed, _, rest = path.partition(".")
    id, _, key = rest.partition(".")
    entries: Any = {"places": given.places, "zones": given.zones, "services": given.works}[listed]
    names = {each.id: words.name(each.name, each.id) for each in entries}
    name, _, place = key.partition(".")
    of = {each.id: words.name(each.name, each.id) for each in given.places}
    more = f" · {of.get(place, place)}" if place else ""
    return f"{names.get(id, id)} · {words(f'district_figure_{name}')}{more}"


def tornado_rows(words: Words, given: District, storm: Data, outcome: str) -> list[Row]:
    """The assumptions that move an outcome, the most first; shares in percent."""
    times = 100.0 if outcome == "near" else 1.0
    moved = sorted((each for each in storm["inputs"] if each["swing"][outcome] > 1e-9), key=lambda each: -each["swing"][outcome])
    return [
        {
            "input": figure_name(words, given, each["input"]),
            "low": each["low"],
            "high": each["high"],
            "base": times * storm["base"][outcome],
        }
        | {"at_low": times * each["at_low"][outcome], "at_high": times * each["at_high"][outcome]}
        for each in moved
    ]


def tornado_columns(words: Words, outcome: str) -> list[Column]:
    """The columns of that table for export."""
    name = words(f"district_outcome_{outcome}")
    columns = [Column("input", words("sizing_column_input"))]
    columns += [Column(end, words(f"sizing_column_{end}"), words("district_tornado_times"), "", 2) for end in ("low", "high")]
    return columns + [Column(end, words(f"sizing_column_{end}"), name, "", 2) for end in ("at_low", "at_high")]


def strongest(words: Words, given: District, storm: Data, outcome: str) -> str:
    """Which assumption matters most, in one sentence with what to do about it."""
    rows = tornado_rows(words, given, storm, outcome)
    if not rows:
        return words("district_tornado_none", outcome=words(f"district_outcome_{outcome}"))
    first = rows[0]
    low, high = sorted((first["at_low"], first["at_high"]))
    facts = {"base": f"{first['base']:.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}", "outcome": words(f"district_outcome_{outcome}")}
    return words("district_tornado_most", input=first["input"], share=f"{100 * storm['either_way']:.0f}%", **facts)


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


def kind_columns(words: Words) -> list[Column]:
    """The columns of that table for export."""
    columns = [Column("place", words("district_column_place")), Column("sites", words("district_column_sites"), "", "", 0)]
    for side in ("before", "after"):
        of, wait = words(f"district_{side}"), words("district_column_wait")
        for field, name, places in (
            (f"windows_{side}", words("district_column_windows"), 0),
            (f"cases_{side}", words("district_column_cases"), 0),
            (f"wait_{side}", wait, 2),
            (f"wait_low_{side}", f"{wait} · {words('column_low')}", 2),
            (f"wait_high_{side}", f"{wait} · {words('column_high')}", 2),
            (f"use_{side}", words("district_column_use"), 3),
        ):
            columns.append(Column(field, name, of, "", places))
    return columns


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


def zones_wide(words: Words, found: Data) -> list[Row]:
    """The same, one row a zone, for export."""
    rows = []
    for each in found["zones"]:
        row: Row = {"zone": words.name(each["name"], each["zone"]), "people": each["people"]}
        row |= {f"near_{side}": each[side]["done_near"] for side in ("before", "after")}
        rows.append(row | {f"travel_{side}": each[side]["mean_travel"] for side in ("before", "after")})
    return rows


def zone_columns(words: Words, given: District) -> list[Column]:
    """The columns of that table for export."""
    heads = {"near": words("district_column_near", circle=f"{given.circle:g}"), "travel": words("district_column_travel")}
    columns = [Column("zone", words("district_column_zone")), Column("people", words("district_column_people"), "", "", 3)]
    sides = ("before", "after")
    return columns + [Column(f"{name}_{side}", heads[name], words(f"district_{side}"), "", 3) for side in sides for name in heads]


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

    return [
        (each["figure"], "", in_words(words, each["basis"]) if each["basis"] else words("sizing_assumption"))
        for each in inputs_as_data(given)
    ]


def kinds_that_move(given: District) -> tuple[list[str], list[str]]:
    """Kinds that something may be moved from, and to."""
    sources = [kind for kind in given.kinds() if any(each.at.get(kind) for each in given.works)]
    return sources, [kind for kind in given.kinds() if any(kind in each.can for each in given.works)]
