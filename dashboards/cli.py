"""The command ``openhall``: what people type, what comes back, and with which exit code.

0 is done, 1 is the answer "no", 2 is bad input or usage, 130 is cancelled with Ctrl-C, 141 is a closed pipe. Refused input is one line a
fault on stderr, never a traceback. The commands themselves are in the modules cli_*.py; this module names them and stands at the door.
"""

from __future__ import annotations

import os
import sys

from dashboards import (
    cli_believe,
    cli_cases,
    cli_course,
    cli_day,
    cli_district,
    cli_fit,
    cli_formulas,
    cli_frontier,
    cli_hall,
    cli_layout,
    cli_month,
    cli_orders,
    cli_outlook,
    cli_place,
    cli_plan,
    cli_record,
    cli_results,
    cli_roster,
    cli_size,
    cli_staff,
    cli_study,
)
from dashboards.cli_checks import checks
from dashboards.cli_console import note, words
from dashboards.cli_draw import draws
from dashboards.cli_ratings import ratings, signals
from dashboards.cli_typer import Program
from dashboards.cli_watch import watch
from simulation.faults import BadInput, fault

app = Program(
    name="openhall",
    help=words("cli_about"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check", help=words("cli_help_check"))(cli_hall.check)
app.command("simulate", help=words("cli_help_simulate"))(cli_hall.simulate)
app.command("compare", help=words("cli_help_compare"))(cli_hall.compare)
app.command("staff", help=words("cli_help_staff"))(cli_staff.staff)
app.command("size", help=words("cli_help_size"))(cli_size.size)
app.command("formulas", help=words("cli_help_formulas"))(cli_formulas.formulas)
app.command("frontier", help=words("cli_help_frontier"))(cli_frontier.frontier)
app.command("layout", help=words("cli_help_layout"))(cli_layout.layout)
app.command("roster", help=words("cli_help_roster"))(cli_roster.roster)
app.command("district", help=words("cli_help_district"))(cli_district.district)
app.command("study", help=words("cli_help_study"))(cli_study.study)
app.command("fit", help=words("cli_help_fit"))(cli_fit.fit)
app.command("believe", help=words("cli_help_believe"))(cli_believe.believe)
app.command("day", help=words("cli_help_day"))(cli_day.day)
app.command("levers", help=words("cli_help_levers"))(cli_plan.levers)
app.command("cases", help=words("cli_help_cases"))(cli_cases.cases)
app.command("now", help=words("cli_help_now"))(cli_day.now)
app.command("outlook", help=words("cli_help_outlook"))(cli_outlook.outlook)
app.command("import", help=words("cli_help_import"))(cli_record.import_records)
app.command("assess", help=words("cli_help_assess"))(cli_month.assess)
app.command("sheet", help=words("cli_help_sheet"))(cli_month.sheet)
app.add_typer(cli_course.month, name="month")
app.command("standing", help=words("cli_help_standing"))(cli_results.standing)
app.command("period", help=words("cli_help_period"))(cli_results.period)
app.command("report", help=words("cli_help_report"))(cli_results.report)
app.add_typer(cli_course.appeal, name="appeal")
app.add_typer(cli_course.role, name="role")
app.add_typer(cli_record.journal, name="journal")
app.command("stated", help=words("cli_help_stated"))(cli_record.stated)
app.add_typer(cli_record.schemes, name="schemes")
app.add_typer(cli_orders.orders, name="orders")
app.add_typer(draws, name="draw")
app.add_typer(checks, name="checks")
app.add_typer(watch, name="watch")
app.command("ratings", help=words("cli_help_ratings"))(ratings)
app.add_typer(signals, name="signals")
app.command("serve", help=words("cli_help_serve"))(cli_place.serve)
app.command("demo", help=words("cli_help_demo"))(cli_place.demo)
app.command("doctor", help=words("cli_help_doctor"))(cli_place.doctor)


CANCELLED = 130
"""the exit code after Ctrl-C"""
UNREAD = 141
"""the exit code when whoever read the answer went away, as of any program in a pipe"""
DATABASE_LIBRARIES = ("sqlalchemy", "sqlite3", "psycopg", "psycopg2")


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except BadInput as refused:
        print(refused.text(words.language), file=sys.stderr)
        raise SystemExit(2) from None
    except OSError as refused:
        print(f"{refused.filename or 'openhall'}: {refused.strerror or refused}", file=sys.stderr)
        raise SystemExit(2) from None
    except SystemExit as left:
        if left.code == CANCELLED:
            note(words("cli_cancelled"))
        if isinstance(left.__context__, BrokenPipeError):  # both typer and rich would leave with 1, which says "no"
            _forget_output()
            raise SystemExit(UNREAD) from None
        raise
    except Exception as broken:
        if not is_database_trouble(broken):
            raise
        reason = str(getattr(broken, "orig", None) or broken).splitlines()[0]
        print(fault("database_unusable", "database", reason=reason).text(words.language), file=sys.stderr)
        raise SystemExit(2) from None


def _forget_output() -> None:
    """Sends what is still to be written nowhere, so that closing stdout does not complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stdout__.fileno() if sys.__stdout__ else 1)


def is_database_trouble(broken: Exception) -> bool:
    """Whether a database could not be reached or read: told by name, since nothing outside supervision/db knows the database's library."""
    kind = type(broken)
    if isinstance(broken, ModuleNotFoundError):
        return (broken.name or "").startswith("psycopg")
    return kind.__module__.split(".")[0] in DATABASE_LIBRARIES and kind.__name__ in ("OperationalError", "DatabaseError", "InterfaceError")


if __name__ == "__main__":
    main()
