"""What stands before every page: security headers, whose address this is, who is asking, and from which site.

Nothing is open unless it is named here. Every other path needs a session.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from responders.desk.session import Session

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OPEN = ("/login/", "/static/")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A reply of 10,000 emoji, percent-encoded, is 120 kB.
MOST_BYTES = 256 * 1024

Refuse = Callable[[Request, int], Response]


class Guard:
    """The one middleware: refuses what should not come in, and puts the security headers on whatever goes out."""

    def __init__(
        self, app: ASGIApp, names: Collection[str], session_of: Callable[[str], Session | None], refuse: Refuse
    ) -> None:
        self._app = app
        self._names = LOOPBACK | frozenset(names)
        self._session_of = session_of
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            # We speak no WebSocket; an unanswered upgrade is refused by the server.
            return
        send = _with_headers(scope, send)
        scope.setdefault("state", {})["session"] = None
        status = self._objection(scope)
        if status is None:
            await self._app(scope, _capped(receive), send)
        else:
            await self._refuse(Request(scope), status)(scope, receive, send)

    def _objection(self, scope: Scope) -> int | None:
        """The status that refuses this request, or None. Sets the session where there is one."""
        request = HTTPConnection(scope)
        # A page elsewhere whose name is re-pointed at this machine still sends that name: DNS rebinding ends here.
        if host_of(request.headers.get("host", "")) not in self._names:
            return 421
        if scope["method"] not in SAFE and not _same_site(request):
            return 403
        if not request.headers.get("content-length", "0").isdecimal():
            return 400
        if int(request.headers.get("content-length", "0")) > MOST_BYTES:
            return 413
        scope["state"]["session"] = self._session_of(request.cookies.get(cookie_name(request), ""))
        if scope["state"]["session"] is None and not scope["path"].startswith(OPEN):
            return 401
        return None


def cookie_name(request: HTTPConnection) -> str:
    """The session cookie's name; under https the `__Host-` prefix pins it to this host and to Secure.

    Browsers share cookies between ports: the port in the name lets a demo stand beside the real desk.
    """
    return "__Host-warmline" if request.url.scheme == "https" else f"warmline-{request.url.port or 80}"


def host_of(host: str) -> str:
    """The name in a Host header, without its port, in lower case; empty where it is no host."""
    try:
        return urlsplit("//" + host).hostname or ""
    except ValueError:
        return ""


def _same_site(request: HTTPConnection) -> bool:
    """Whether a changing request comes from our own pages.

    Fetch metadata decides where a browser sends it; else Origin must be our Host. A request with neither is refused.
    After Go's http.CrossOriginProtection, which lets the last kind pass: we have no clients but browsers.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    host = request.headers.get("host", "").lower()
    return request.headers.get("origin", "").lower() in {f"http://{host}", f"https://{host}"}


def _with_headers(scope: Scope, send: Send) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if scope["scheme"] == "https":
                headers["Strict-Transport-Security"] = "max-age=31536000"
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return send_with


def _capped(receive: Receive) -> Receive:
    """The body, as long as it is short enough; a length that was not announced is counted as it comes."""
    taken = 0

    async def receive_some() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise HTTPException(413)
        return message

    return receive_some
