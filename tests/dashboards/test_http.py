"""What stands between browser and pages: language, headers, closed paths, origins."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute

from dashboards.http import MIDDLEWARE, ROUTES, PageShell, policy, shell, words_script

PAGE = """<!-- licence -->
<!DOCTYPE html>
<html lang="en"><head><title>Streamlit</title><link rel="service-desc" href="./x" /><script>window.a = 1</script></head>
<body><noscript>You need JavaScript, Streamlit says</noscript></body></html>"""
LANGUAGES = {"": "zh-CN", "?lang=zh": "zh-CN", "?lang=en": "en", "?lang=%22%3E%3Cscript%3E": "zh-CN"}


def complete(answering):
    """Runs to the end on a thread of its own: a browser in the same test run keeps a loop going in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answering).result()


async def page(request):
    return HTMLResponse(PAGE, headers={"etag": "1", "last-modified": "x"})


async def text(request):
    return PlainTextResponse("Streamlit")


async def stream(socket):
    await socket.accept()
    await socket.send_text(socket.headers.get("origin", ""))
    await socket.close()


@dataclass(frozen=True)
class Answer:
    status_code: int
    headers: Headers
    content: bytes

    @property
    def text(self):
        return self.content.decode()


class Client:
    """Speaks ASGI to an application, without a network."""

    def __init__(self, app):
        self.app = app

    def talk(self, kind, path, headers, said):
        path, _, query = path.partition("?")
        scope = {
            "type": kind, "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "subprotocols": [],
            "headers": [(name.encode(), value.encode()) for name, value in ({"host": "hall.local:8501"} | headers).items()],
            "scheme": "http", "http_version": "1.1", "server": ("hall.local", 8501), "client": ("10.0.0.2", 1),
        } | ({"method": said.pop("method")} if kind == "http" else {})  # fmt: skip
        heard = []

        async def receive():
            return said

        async def send(message):
            heard.append(message)

        complete(self.app(scope, receive, send))
        return heard

    def request(self, method, path, headers=None):
        start, *rest = self.talk("http", path, headers or {}, {"type": "http.request", "body": b"", "more_body": False, "method": method})
        return Answer(start["status"], Headers(raw=start["headers"]), b"".join(each.get("body", b"") for each in rest))

    def get(self, path, headers=None):
        return self.request("GET", path, headers)

    def stream(self, headers):
        return self.talk("websocket", "/_stcore/stream", headers, {"type": "websocket.connect"})


@pytest.fixture
def client():
    routes = [
        *ROUTES,
        Route("/", page),
        Route("/media/a.txt", text),
        Route("/_stcore/metrics", text),
        Route("/_stcore/agent/interact", text, methods=["POST"]),
    ]
    return Client(Starlette(routes=[*routes, WebSocketRoute("/_stcore/stream", stream)], middleware=MIDDLEWARE))


@pytest.mark.parametrize("asked", LANGUAGES)
def test_the_page_says_its_language(client, asked):
    answer = client.get(f"/{asked}", headers={"accept": "text/html"})

    assert f'<html lang="{LANGUAGES[asked]}">' in answer.text
    assert "Streamlit" not in answer.text
    assert "service-desc" not in answer.text
    assert '<script src="/openhall/words.js"></script>' in answer.text
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "etag" not in answer.headers


def test_the_page_may_load_from_its_own_address_only(client):
    answer = client.get("/", headers={"accept": "text/html"})
    allowed = dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))

    assert allowed["default-src"] == "'self'"
    assert allowed["connect-src"] == "'self'"
    assert allowed["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/=]+'", allowed["script-src"]), "our inline script by its digest, no other"
    assert "http" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/media/a.txt", "/openhall/words.js", "/openhall/health", "/nothing", "/_stcore/metrics"])
def test_every_answer_is_protected(client, path):
    headers = client.get(path).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_other_answers_stay_as_they_are(client):
    assert client.get("/media/a.txt").text == "Streamlit"


@pytest.mark.parametrize(("method", "path"), [("GET", "/_stcore/metrics"), ("POST", "/_stcore/agent/interact")])
def test_ways_in_that_no_page_needs_are_closed(client, method, path):
    assert client.request(method, path).status_code == 404


def test_a_page_of_the_same_address_gets_its_stream(client):
    heard = client.stream({"origin": "http://hall.local:8501"})

    assert [each["type"] for each in heard] == ["websocket.accept", "websocket.send", "websocket.close"]
    assert heard[1]["text"] == "http://127.0.0.1", "Streamlit need not look up the machine's public address to know this origin"


@pytest.mark.parametrize("origin", ["http://evil.example", "http://hall.local:9999", "null"])
def test_a_page_of_another_address_does_not(client, origin):
    assert client.stream({"origin": origin}) == [{"type": "websocket.close", "code": 4403}]


def test_the_script_of_words_holds_the_dictionary():
    script = words_script()

    assert '"Fullscreen": "全屏"' in script
    assert "/*WORDS*/" not in script
    assert "/*DEFAULT*/" not in script
    assert not re.search(r"https?://", script)


def test_a_page_without_scripts_needs_no_digest():
    assert "script-src 'self';" in policy(b"<html></html>")


def test_a_page_in_pieces_is_put_together_first():
    sent = []

    async def pieces(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html; charset=utf-8")]})
        await send({"type": "http.response.body", "body": PAGE[:200].encode(), "more_body": True})
        await send({"type": "http.response.body", "body": PAGE[200:].encode()})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": "/", "query_string": b"lang=en", "headers": []}
    complete(PageShell(pieces)(scope, None, send))

    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert sent[1]["body"] == shell(PAGE.encode(), "en")
