"""One write to a platform: exactly one request, and what is certain about it afterwards.

The hard part of posting once is knowing whether a failed attempt was heard. Only an attempt that never got a
connection is certain to have posted nothing; from the first byte written on, silence proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

import httpx

from listener.punctual import LAST_LOOK
from listener.web import (
    NO_HEADERS,
    BodyError,
    Elsewhere,
    host_of,
    open_client,
    parse_json,
    read_capped,
    read_wait,
    secrets_in,
    without_secrets,
)
from responders.publisher import Postponed, Refused, Revoked, Unknown

NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
# 4xx that do not mean "nothing was posted": timed out over there, in conflict with what may be our own earlier post,
# too early, or closed by us in the middle (RFC 9110 sections 15.5.9 and 15.5.10, RFC 8470, nginx).
NOT_A_NO = frozenset({408, 409, 425, 499})


class Answer(NamedTuple):
    """What came back: the status, the JSON object of the body (empty where it was none), and the headers."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


class Wire:
    """One platform's address for writing: no retries, no redirects, no proxies, a fresh connection each time."""

    def __init__(
        self,
        base_url: str,
        timeout_s: float,
        headers: Mapping[str, str] = NO_HEADERS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Opens no connection yet. Raises SettingsError where `base_url` is not an http(s) address."""
        self.host = host_of(base_url)
        self._timeout_s = timeout_s
        self._secrets = secrets_in(headers)
        # A kept connection may be dead already: then the request goes nowhere, and we could not tell.
        fresh = httpx.Limits(max_keepalive_connections=0)
        self._client = open_client(base_url, timeout_s, headers, transport=transport, limits=fresh)

    def post_json(
        self, path: str, body: Mapping[str, Any], last_look: Callable[[], None], headers: Mapping[str, str] = NO_HEADERS
    ) -> Answer:
        """What the platform answers, whatever its status, to exactly one POST.

        `last_look` is asked on the open connection, before the first byte; what it raises comes through as it is.
        Raises Refused where the body cannot be written as UTF-8 or `path` leads to another host, Postponed where no
        connection was made or the time was up before the first byte (all: nothing was sent), Unknown for every failure
        after that.
        """
        try:
            content = json.dumps(body, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as why:
            raise Refused("the text holds half a character (a lone surrogate): edit it and approve again") from why
        sent_headers = {"Content-Type": "application/json", **headers}
        try:
            asked = self._client.stream(
                "POST", path, content=content, headers=sent_headers, extensions={LAST_LOOK: last_look}
            )
            with asked as answer:
                parsed = parse_json(read_capped(answer, self._timeout_s))
        except Elsewhere as why:
            raise Refused(f"the post that this answers gives an address that is not {self.host}'s") from why
        except NEVER_SENT as why:
            raise Postponed(f"could not connect to {self.host}: {type(why).__name__}") from why
        except (httpx.HTTPError, BodyError) as why:
            raise Unknown(f"{self.host} did not give a whole answer: {type(why).__name__}") from why
        return Answer(answer.status_code, parsed if isinstance(parsed, dict) else {}, answer.headers)

    def raise_for(self, answer: Answer, now: datetime) -> NoReturn:
        """Raise what an answer that is no receipt means.

        429 is Postponed, 401 is Revoked, every other clear 4xx is Refused in the platform's own words. All else,
        an odd success included, is Unknown.
        """
        words = without_secrets(words_of(answer), self._secrets)
        said = f"{self.host} said {answer.status} {words}".rstrip()
        match answer.status:
            case 429:
                raise Postponed(said, read_wait(answer.headers, now))
            case 401:
                raise Revoked(said)
            case status if 400 <= status < 500 and status not in NOT_A_NO:
                raise Refused(words or said)
            case _:
                raise Unknown(said)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()


def words_of(answer: Answer) -> str:
    """The platform's own words, on one line; empty where it has none."""
    errors = answer.body.get("errors")
    said = (answer.body.get("message"), answer.body.get("error"), *(errors if isinstance(errors, list) else ()))
    return next((" ".join(words.split())[:300] for words in said if isinstance(words, str) and words.strip()), "")
