"""The pages as one ASGI application, the router, and the server that shows them.

``serve()`` is what the command line calls. Streamlit runs this very file once for every visit and change: then it is the router, which
reads page and language from the address (``?page=planner&lang=en``), draws one view, and turns refused input into a sentence in the
reader's language.

The address decides what is drawn, never what is allowed. Not for modelling, and not for scoring.
"""

from __future__ import annotations

import logging
import os
import sys
import uuid
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import NoReturn

HERE = Path(__file__).resolve().parent
# Streamlit puts the folder of the file it runs in front of the search path, where our http.py would hide the standard library's.
sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != HERE]

import streamlit as st  # noqa: E402

from dashboards import jobs  # noqa: E402
from dashboards.data import BadInput  # noqa: E402
from dashboards.texts import Words, language_of  # noqa: E402

PAGES = ("manager", "staffing", "inspector", "planner", "believe", "jobs")
SCREENS = ("board",)
"""Pages for a hall's screen: nothing on them but what everybody may read."""
GRACE_SECONDS = 1
"""How long open connections may take to end when the server is told to stop."""

log = logging.getLogger("openhall.pages")


def application() -> st.App:
    """The pages with their middleware and routes: an ASGI application."""
    from dashboards.http import MIDDLEWARE, ROUTES

    return st.App(HERE / "app.py", routes=ROUTES, middleware=MIDDLEWARE)


def serve(host: str = "127.0.0.1", port: int = 8501, ready: Callable[[str], None] | None = None) -> None:
    """Serve the pages until interrupted (Ctrl-C or a termination signal), then stop within seconds.

    Parameters
    ----------
    host, port : where to listen; port 0 takes a free one
    ready : called once with the address of the pages when they answer

    Raises OSError if the address cannot be listened on.
    """
    import socket

    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    address = f"http://{shown}:{listener.getsockname()[1]}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                Thread(target=warm, daemon=True, name="warm").start()
                if ready is not None:
                    ready(address)

    config = uvicorn.Config(
        application(), log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_SECONDS, server_header=False
    )
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass  # the server has ended; being asked to is no fault
    finally:
        listener.close()


def leave(code: int = 0) -> NoReturn:
    """End the program after `serve`, at once.

    A page may still be computing on a thread inside compiled code; Python's own way out would unwind that thread through C++ and abort
    the process (exit code -6).
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def warm() -> None:
    """Compute what the first visitor sees, so that the compiled engine is loaded when they come."""
    from dashboards.data import advice, halls, runs

    try:
        scenario = halls.hall(halls.names()[0])
        advice.first_addition(scenario, runs.comparison(scenario, scenario, runs.REPLICATIONS[0]))
        runs.crossed(scenario)
        with_appointments = halls.planned(scenario, halls.with_line((), "appointments=10%"))
        runs.comparison(scenario, with_appointments, 1)  # the loop that serves every rule is compiled apart from the common one
    except Exception:
        log.debug("nothing could be computed ahead of the first visit", exc_info=True)  # the visitor will be told why


def draw() -> None:
    """Draw the page that the address names."""
    words = Words(language_of(st.query_params.get("lang")))
    _open_job()
    page = st.query_params.get("page")
    page = page if page in (*PAGES, *SCREENS) else PAGES[0]
    st.set_page_config(
        page_title=f"{words('page_' + page)} · {words('product')}",
        page_icon=str(HERE / "static" / "icon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    from dashboards.views import frame

    if page in SCREENS:
        frame.style()
    else:
        frame.header(words, page, PAGES)
    try:
        import_module(f"dashboards.views.{page}").draw(words)
    except BadInput as refusal:
        frame.refused(words, refusal)
    except Exception:
        number = uuid.uuid4().hex[:8]
        log.exception("page %s could not be drawn, reference %s", page, number)
        st.error(words("went_wrong", number=number))
    frame.footer(words)


def _open_job() -> None:
    """An address that names a job and no page: the page that shows it, as it was when the job was asked for."""
    asked = st.query_params.get("job")
    if asked is None or "page" in st.query_params:
        return
    found = jobs.look(asked)
    if found is None or not found.address:
        st.query_params["page"] = "jobs"
        return
    del st.query_params["job"]
    for name, value in found.address.items():
        if name != "lang":
            st.query_params[name] = value


if __name__ == "__main__":
    draw()
