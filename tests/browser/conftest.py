"""A served program and a real browser for the journeys: Debian's Chromium, headless, with a Chinese font.

Where one of them is missing the tests are skipped, and fail under OPENHALL_REQUIRE_ALL=1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.dashboards.recorded import record_month

START = "from dashboards.app import leave, serve; serve(port=0, ready=lambda address: print(address, flush=True)); leave()"
ROOT = Path(__file__).resolve().parents[2]
ANOTHER = "before => { const e = document.querySelector('.answer'); return e && e.innerText && e.innerText !== before; }"
"""whether another answer stands there"""
WAIT = 180_000
"""milliseconds: the first visit compiles"""


class Served:
    """The program, running."""

    def __init__(self, home: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "OPENHALL_DATABASE"} | {"OPENHALL_HOME": str(home)}
        self.process = subprocess.Popen([sys.executable, "-c", START], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()

    def stop(self, seconds: float = 60) -> int:
        """Ctrl-C; the exit code, or TimeoutExpired."""
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("there is no Chromium: apt install chromium")
    fonts = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True).stdout if shutil.which("fc-list") else ""
    if not fonts.strip():
        pytest.skip("there is no Chinese font: apt install fonts-noto-cjk")
    return found


@pytest.fixture(scope="session")
def served(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The program with the demonstration month."""
    running = Served(record_month(tmp_path_factory.mktemp("served")))
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser(chromium: str):
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as machine:
        opened = machine.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield opened
        opened.close()


class Visit:
    """A page in the browser, and whatever it did that it should not."""

    def __init__(self, page, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        self.complaints: list[str] = []
        page.set_default_timeout(WAIT)
        page.on("request", self._requested)
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _requested(self, request) -> None:
        split = urlsplit(request.url)
        if split.scheme in ("http", "https", "ws", "wss") and split.hostname != "127.0.0.1":
            self.outside.append(request.url)

    def open(self, name: str, language: str = "zh", more: str = ""):
        """Open a page and wait for its answer."""
        self.page.goto(f"{self.address}?page={name}&lang={language}{more}")
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the page has answered and is still."""
        self.page.locator(".answer").first.wait_for()
        self.page.wait_for_function('() => !document.querySelector(\'[data-testid="stApp"][data-test-script-state="running"]\')')
        self.page.wait_for_timeout(400)

    def answer(self) -> str:
        return self.page.locator(".answer").first.inner_text()

    def wait_for_another_answer(self, before: str) -> str:
        self.page.wait_for_function(ANOTHER, arg=before)
        self.settle()
        return self.answer()


@pytest.fixture
def visit(browser, served: Served) -> Iterator[Visit]:
    """A visit at desk width; every test ends with the check that nothing was asked of another host."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    made = Visit(context.new_page(), served.address)
    yield made
    context.close()
    assert made.outside == [], "the page asked another host"
    assert made.complaints == [], "the browser complained"
