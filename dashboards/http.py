"""What stands between the browser and the pages: the page's language, security headers, and the words of Streamlit's own widgets.

Three pieces of ASGI middleware and one route, all plain Starlette. Nothing here draws a page; nothing here loads anything from
another host.

* `PageShell` puts our title and language into the one HTML page there is, and the script that translates Streamlit's own words.
* `SecurityHeaders` lets the page load from its own address only (Content-Security-Policy) and forbids framing, sniffing and keeping.
* `OriginGate` lets a WebSocket in only from a page of the same address. Streamlit's own check would look up the machine's public address
  at an outside service when the page is reached by a host name it does not know; it never gets to that, because the origin is settled here.

Not for log-in and not for roles.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.texts import DEFAULT_LANGUAGE, Words, language_of, widget_words

WORDS_ADDRESS = "/openhall/words.js"
CLOSED_PATHS = ("/_stcore/metrics", "/_stcore/agent/")
"""Streamlit answers these without being asked by any page: figures of the server, and a way to drive the pages by program."""

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_SERVICE_LINK = re.compile(r'<link rel="service-desc"[^>]*>')
_LEADING_COMMENT = re.compile(r"^\s*<!--.*?-->\s*(?=<!DOCTYPE)", re.DOTALL)


def policy(page: bytes = b"") -> str:
    """The Content-Security-Policy: this address only; inline scripts of the page by their digest, inline styles because Streamlit
    sets them."""
    digests = [base64.b64encode(hashlib.sha256(body).digest()).decode() for body in _INLINE_SCRIPT.findall(page)]
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in digests)])
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {scripts}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def shell(page: bytes, language: str) -> bytes:
    """Streamlit's page with our language, title and script, and without its pointer to an interface that is closed here."""
    words = Words(language)
    text = page.decode("utf-8")
    text = _LEADING_COMMENT.sub("", text)
    text = text.replace('<html lang="en">', f'<html lang="{words("html_language")}">', 1)
    text = text.replace("<title>Streamlit</title>", f"<title>{words('product')}</title>", 1)
    text = _SERVICE_LINK.sub("", text)
    text = _NOSCRIPT.sub(f"<noscript><p>{words('no_script')}</p></noscript>", text)
    return text.replace("</head>", f'<script src="{WORDS_ADDRESS}"></script></head>', 1).encode("utf-8")


class PageShell:
    """Rewrites the HTML page, and leaves every other answer as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CLOSED_PATHS):
            if scope["type"] == "http":
                await PlainTextResponse("not found\n", status_code=404)(scope, receive, send)
                return
            await self.app(scope, receive, send)
            return
        language = language_of(Request(scope).query_params.get("lang"))
        start: Message | None = None
        page = b""

        async def rewrite(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start":
                if Headers(raw=message["headers"]).get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif start is not None and message["type"] == "http.response.body":
                page += message.get("body", b"")
                if message.get("more_body"):
                    return
                if page:
                    page = shell(page, language)
                headers = MutableHeaders(raw=start["headers"])
                for stale in ("etag", "last-modified", "content-length"):
                    if stale in headers:
                        del headers[stale]
                headers["content-length"] = str(len(page))
                headers["content-security-policy"] = policy(page)
                await send(start)
                await send({"type": "http.response.body", "body": page})
                return
            await send(message)

        # The page is rewritten as text: ask for it unpacked, and never for "unchanged since".
        wanted = [
            (name, value) for name, value in scope["headers"] if name not in (b"accept-encoding", b"if-none-match", b"if-modified-since")
        ]
        is_page = b"text/html" in dict(scope["headers"]).get(b"accept", b"") or scope["path"] == "/"
        await self.app({**scope, "headers": wanted} if is_page else scope, receive, rewrite)


class SecurityHeaders:
    """Puts the same protective headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def protect(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers.setdefault("content-security-policy", policy())
                headers["x-content-type-options"] = "nosniff"
                headers["x-frame-options"] = "DENY"
                headers["referrer-policy"] = "no-referrer"
                headers["cross-origin-opener-policy"] = "same-origin"
                headers["permissions-policy"] = "camera=(), microphone=(), geolocation=()"
                # The program's own files carry their digest in their name; everything else may hold the hall's data.
                if not scope["path"].startswith("/static/") or headers.get("content-type", "").startswith("text/html"):
                    headers["cache-control"] = "no-store"
            await send(message)

        await self.app(scope, receive, protect)


class OriginGate:
    """Closes a WebSocket whose page came from another address, and spares Streamlit its own look-up."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
                await receive()
                await send({"type": "websocket.close", "code": 4403})
                return
            raw = [(name, b"http://127.0.0.1" if name == b"origin" else value) for name, value in scope["headers"]]
            scope = {**scope, "headers": raw}
        await self.app(scope, receive, send)


def words_script() -> str:
    """The script that translates Streamlit's own words, with its dictionary in front."""
    script = (Path(__file__).parent / "static" / "words.js").read_text(encoding="utf-8")
    return script.replace("/*WORDS*/ {}", json.dumps(widget_words(), ensure_ascii=False), 1).replace(
        "/*DEFAULT*/ ''", json.dumps(DEFAULT_LANGUAGE), 1
    )


async def _words(request: Request) -> Response:
    return Response(words_script(), media_type="text/javascript")


async def _health(request: Request) -> Response:
    body: MutableMapping[str, Any] = {"ok": True}
    return JSONResponse(body)


ROUTES = [Route(WORDS_ADDRESS, _words), Route("/openhall/health", _health)]
MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(OriginGate), Middleware(PageShell)]
