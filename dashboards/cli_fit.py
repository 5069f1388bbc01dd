"""The command that turns a log into a scenario, or snapshots into one of each office: `openhall fit`.

It reads, calls `simulation.calibration`, prints, and may write scenarios and the rejects; nothing is computed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli_console import answer, bar, check_apart, check_target, language, say, words
from dashboards.cli_hall import JsonTarget

Logs = Annotated[list[str], typer.Argument(metavar="LOG...", help=words("cli_fit_log"), show_default=False)]
MappingName = Annotated[str, typer.Option("--mapping", metavar="NAME|FILE.toml", help=words("cli_fit_mapping"))]
Opens = Annotated[str | None, typer.Option("--opens", metavar="HH:MM", help=words("cli_fit_opens"), show_default=False)]
Out = Annotated[str | None, typer.Option("--out", metavar="SCENARIO.toml|FOLDER", help=words("cli_fit_out"), show_default=False)]
Rejects = Annotated[str | None, typer.Option("--rejects", metavar="FILE.csv", help=words("cli_fit_rejects"), show_default=False)]
Office = Annotated[str | None, typer.Option("--office", metavar="NAME", help=words("cli_fit_office"), show_default=False)]
NoCheck = Annotated[bool, typer.Option("--no-check", help=words("cli_fit_no_check"))]


def fit(
    logs: Logs,
    mapping: MappingName = "openhall",
    opens: Opens = None,
    office: Office = None,
    out: Out = None,
    rejects: Rejects = None,
    no_check: NoCheck = False,
    json_target: JsonTarget = None,
) -> None:
    """Fit a scenario to a ticket log, or one to each office of snapshots."""
    check_target(json_target)
    check_target(rejects)
    if out is None or out.lower().endswith(".toml"):
        check_target(out)
    check_apart([json_target, out, rejects], list(logs))
    from simulation.faults import BadInput, fault

    how = mapping_at(mapping, opens)
    if how.kind == "snapshots":
        if rejects is not None:
            raise BadInput([fault("fit_snapshots_rejects", "--rejects", rejects)])
        _fit_offices(logs, how, office, out, not no_check, json_target)
    elif office is not None:
        raise BadInput([fault("fit_office_tickets", "--office", office)])
    else:
        _fit_log(logs, how, out, rejects, not no_check, json_target)


def mapping_at(name: str, opens: str | None) -> Any:
    """How a log is read, and when its minute 0 is if that is asked for."""
    from simulation.calibration import load_mapping
    from simulation.calibration.mapping import opening_at

    how = load_mapping(name)
    return how if opens is None else opening_at(how, opens)


def _fit_log(logs: list[str], how: Any, out: str | None, rejects: str | None, checked: bool, json_target: str | None) -> None:
    from dashboards.fits import of_log, show_log
    from dashboards.resemblances import of_resemblance, show_resemblance
    from simulation.calibration import fit_log, read_log
    from simulation.calibration.reasons import reason_in

    log = read_log(logs, how)
    name = Path(out).stem if out is not None else "fitted"
    found = fit_log(log, name, language())
    path = None if out is None else Path(out) if out.lower().endswith(".toml") else Path(out) / f"{name}.toml"
    _write(found.document, path)
    if rejects is not None:
        why = log.rejects["reason"].map(lambda reason: reason_in(reason, language()))
        log.rejects.assign(why=why).to_csv(rejects, index=False, encoding="utf-8-sig")
    told = of_resemblance(_checked(found), words, language()) if checked else None
    if not answer(of_log(found, language()) | {"check": told}, json_target):
        show_log(found, words, language())
        if told is not None:
            show_resemblance(told, words)
        _show_next(path)


def _checked(found: Any, office: str = "") -> Any:
    from simulation.calibration.resemblance import resemble

    with bar(words("cli_fit_checking") + (f" · {office}" if office else "")) as progress:
        return resemble(found, progress=lambda done, total: progress(done, total, None))


def _fit_offices(logs: list[str], how: Any, office: str | None, out: str | None, checked: bool, json_target: str | None) -> None:
    from dashboards.fits import of_offices, show_offices
    from dashboards.resemblances import of_resemblance, show_offices_beside, show_resemblance
    from simulation.calibration.offices import fit_offices
    from simulation.calibration.snapshots import read_snapshots
    from simulation.faults import BadInput, fault

    snapshots = read_snapshots(logs, how)
    offices = sorted(set(snapshots.offices.values()))
    if office is not None:
        snapshots = snapshots.of_office(office)
        offices = [office]
    one_file = out is not None and out.lower().endswith(".toml")
    if one_file and len(offices) > 1:
        raise BadInput([fault("fit_offices_out", "--out", out, count=len(offices))])
    with bar(words("cli_fit_working")) as progress:
        found = fit_offices(
            snapshots, Path(out).stem if out and one_file else None, language(), lambda share: progress(int(100 * share), 100, None)
        )
    paths = [Path(out) if one_file else Path(out) / f"{each.id}.toml" for each in found] if out is not None else [None] * len(found)
    for each, path in zip(found, paths, strict=True):
        _write(each.document, path)
    checks = {}
    for each in found if checked else ():
        checks[each.id] = of_resemblance(_checked(each, each.office if len(found) > 1 else ""), words, language())
    if not answer(of_offices(snapshots, found, checks, language()), json_target):
        show_offices(snapshots, found, checks, words, language())
        if len(checks) == 1:
            show_resemblance(checks[found[0].id], words)
        elif checks:
            show_offices_beside(checks, {each.id: each.office or each.id for each in found}, words)
        _show_next(paths[0])


def _write(document: dict[str, Any], path: Path | None) -> None:
    """The scenario, which must be one that can be read again."""
    from simulation.faults import BadInput, fault
    from simulation.scenario import parse
    from simulation.scenario.writing import to_toml

    parse(document, str(path or "fit"))
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_toml(document), encoding="utf-8")
    except OSError as problem:
        raise BadInput([fault("fit_out_unwritable", "--out", str(path), reason=problem.strerror or problem)]) from None


def _show_next(path: Path | None) -> None:
    if path is not None:
        say(words("cli_fit_next", path=path), style="bold")
