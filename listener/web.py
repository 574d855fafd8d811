"""What a platform says to one GET, as parsed JSON, or the named reason why it said nothing of use.

Every source that speaks HTTP reads through here, so that a huge body, a page of HTML, a redirect or a broken
connection means the same for all of them. There is no way to write: listening cannot post.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx

from listener.punctual import PunctualTransport, uptime_s
from listener.secrecy import strike
from listener.settings import SettingsError
from listener.source import NotFound, OutOfCredits, RateLimited, Revoked, SourceError, Unavailable

MAX_BODY = 5_000_000  # bytes, unpacked: far above any page of posts, far below what would hurt
# A wait longer than this is a slip of theirs or worse; asking again once a day harms nobody.
LONGEST_WAIT = timedelta(days=1)

Params = Mapping[str, str | int | None]
# What an error means where its status says too little: from the status, the parsed body, the line for a person and the
# headers; None where the status is enough.
Judge = Callable[[int, Any, str, Mapping[str, str]], SourceError | None]
NO_PARAMS: Params = {}
NO_HEADERS: Mapping[str, str] = {}
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)  # httpx's own


class Elsewhere(httpx.UnsupportedProtocol):
    """A request that would have left the host it is for, with our token in hand; it was not sent."""


class Web:
    """One platform's address, read politely: timeouts on everything, no proxies, no redirects, no retries."""

    def __init__(
        self,
        base_url: str,
        timeout_s: float,
        headers: Mapping[str, str] = NO_HEADERS,
        transport: httpx.BaseTransport | None = None,
        judge: Judge | None = None,
        secrets: Sequence[str] = (),
    ) -> None:
        """Opens no connection yet. Raises SettingsError where `base_url` is not an http(s) address.

        What `judge` makes of an error goes before what its status means. `secrets` are struck out of messages, as are
        those in the headers.
        """
        self.host = host_of(base_url)
        self._timeout_s = timeout_s
        self._secrets = (*secrets_in(headers), *secrets)
        self._judge = judge
        self._client = open_client(base_url, timeout_s, headers, transport=transport)

    def get_json(self, path: str, params: Params = NO_PARAMS) -> Any:
        """What the platform answers at `path`; parameters that are None are left out.

        Raises RateLimited (429), Revoked (401, 403), OutOfCredits (402), NotFound (404, 410), and Unavailable for all
        else that is not JSON with a 2xx: timeouts, resets, 5xx, redirects, HTML, more than MAX_BODY bytes.
        """
        asked = {name: value for name, value in params.items() if value is not None}
        try:
            with self._client.stream("GET", path, params=asked) as answer:
                body = read_capped(answer, self._timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            raise Unavailable(f"{self.host} did not answer: {type(why).__name__}") from why
        except BodyError as why:
            raise Unavailable(f"{self.host}: {why}") from why
        parsed = parse_json(body)
        if not answer.is_success:
            said = without_secrets(f"{self.host} said {answer.status_code} {_words(parsed)}".rstrip(), self._secrets)
            judged = self._judge(answer.status_code, parsed, said, answer.headers) if self._judge else None
            raise judged or error_for(answer.status_code, said, answer.headers)
        if parsed is NOT_JSON:
            raise Unavailable(f"{self.host} said {answer.status_code}, but not in JSON")
        return parsed

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def error_for(status: int, said: str, headers: Mapping[str, str]) -> SourceError:
    """What an answer that is no success means; `said` is the line for a person, without secrets."""
    match status:
        case 429:
            return RateLimited(said, read_wait(headers, datetime.now(UTC)))
        case 401 | 403:
            return Revoked(said)
        case 402:
            return OutOfCredits(said)
        case 404 | 410:
            return NotFound(said)
        case _:
            return Unavailable(said)


def open_client(
    base_url: str,
    timeout_s: float,
    headers: Mapping[str, str] = NO_HEADERS,
    *,
    transport: httpx.BaseTransport | None = None,
    limits: httpx.Limits = LIMITS,
) -> httpx.Client:
    """The client that every room speaks HTTP with: no proxies, no redirects, no retries.

    One exchange takes `timeout_s` at most, from connecting to the last of the body, whatever drips. It never leaves the
    host of `base_url`: a path that is made of what a post or a file says of itself may be a whole address, and httpx
    would go there with our token. Such a request raises Elsewhere.
    """
    home = httpx.URL(base_url)

    def stay(request: httpx.Request) -> None:
        if (request.url.scheme, request.url.netloc) != (home.scheme, home.netloc):
            raise Elsewhere(f"a request to {request.url.host[:100]!r} was not sent: it is not {home.host}")

    return httpx.Client(
        base_url=base_url,
        headers={"User-Agent": "warmline", "Accept": "application/json", **headers},
        timeout=timeout_s,
        verify=trusted(),
        trust_env=False,
        follow_redirects=False,
        event_hooks={"request": [stay]},
        transport=transport or PunctualTransport(timeout_s, trusted(), limits),
    )


@cache
def trusted() -> ssl.SSLContext:
    """Whom TLS trusts: the certificates of certifi, or those of SSL_CERT_FILE. Loaded once, which takes 20 ms."""
    return httpx.create_ssl_context()


def read_wait(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When the platform wants to be asked again (aware UTC), at most a day ahead; None where it does not say.

    Reads Retry-After (seconds or a date, RFC 9110 section 10.2.3), then x-ratelimit-reset and ratelimit-reset, which
    platforms write as an epoch (X, Bluesky), as seconds to wait (Reddit) or as an ISO time (Mastodon).
    """
    low = {name.lower(): value for name, value in headers.items()}
    for name in ("retry-after", "x-ratelimit-reset", "ratelimit-reset"):
        if (at := _wait_in(low.get(name, ""), now)) is not None:
            return min(at, now + LONGEST_WAIT)
    return None


def _wait_in(value: str, now: datetime) -> datetime | None:
    for read in (lambda figure: _wait_number(figure, now), parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(value.strip())
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _wait_number(value: str, now: datetime) -> datetime:
    figure = max(0.0, float(value))
    # A hundred million seconds is March 1973 as an epoch and three years as a wait: nobody means either.
    return datetime.fromtimestamp(figure, UTC) if figure > 1e8 else now + timedelta(seconds=figure)


class BodyError(Exception):
    """An answer whose body is too long, or takes too long to arrive."""


def read_capped(answer: httpx.Response, timeout_s: float, most: int = MAX_BODY) -> bytes:
    """The whole body. Raises BodyError beyond `most` bytes, or where it is still dripping in after `timeout_s`."""
    if "," in answer.headers.get("content-encoding", ""):
        # 5 kB packed twice unpack to gigabytes before the first chunk can be counted.
        raise BodyError("the answer is packed more than once")
    body = bytearray()
    give_up_at = uptime_s() + timeout_s
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > most:
            raise BodyError(f"the answer is longer than {most:,} bytes")
        if uptime_s() > give_up_at:
            raise BodyError(f"the answer was still arriving after {timeout_s:g} s")
    return bytes(body)


NOT_JSON = object()  # told apart from null, which is JSON


def parse_json(body: bytes) -> Any:
    """The parsed body, or NOT_JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return NOT_JSON


def host_of(base_url: str) -> str:
    """Host and port as error messages name them. Raises SettingsError where this is not an http(s) address."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as why:
        raise SettingsError(f"base_url {base_url!r} is not a web address: {why}") from why
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError(f"base_url {base_url!r} must begin with http:// or https:// and name a host")
    return url.netloc.decode("ascii")


def is_this_machine(base_url: str) -> bool:
    """Whether an address names this machine itself, as for a server that is tried out."""
    host = httpx.URL(base_url).host
    return host == "localhost" or host == "::1" or host.startswith("127.")


def secrets_in(headers: Mapping[str, str]) -> tuple[str, ...]:
    """What in these headers must not be repeated: every word that could be a token."""
    return tuple(word for value in headers.values() for word in value.split() if len(word) >= 8)


def without_secrets(said: str, secrets: Sequence[str]) -> str:
    """The text with secrets struck out: some servers quote the request back at us, Authorization header and all."""
    return strike(said, secrets)


def _words(parsed: Any) -> str:
    """The platform's own words for what is wrong, on one line; empty where it has none."""
    if not isinstance(parsed, dict):
        return ""
    inner = parsed["error"] if isinstance(parsed.get("error"), dict) else parsed
    said = [str(inner[name]) for name in ("error", "message", "error_message") if isinstance(inner.get(name), str)]
    if isinstance(errors := parsed.get("errors"), list):
        said += [one for one in errors if isinstance(one, str)]
    return " ".join(": ".join(said).split())[:300]
