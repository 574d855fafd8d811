"""GitHub: an answer is a comment on the issue or pull request, by REST. A token speaks as its owner.

Its terms allow one machine account a person (docs.github.com, terms of service B.3, read November 2026); nothing marks
a comment as automated, so the account's profile has to say it. Nothing makes a comment unique: we look for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from listener.mention import Mention
from listener.settings import Part, SettingsError, read_secret
from listener.web import Params, Web, read_wait
from responders.draft import Receipt
from responders.looking import afterwards
from responders.publisher import Order, Postponed, Refused, TooLong, Unknown
from responders.wire import Answer, Wire, words_of

PLATFORM = "github"
LIMIT = 65_536  # characters of a body, as its own refusal says: "body is too long (maximum is 65536 characters)"
WRITE_TOKEN = "WARMLINE_GITHUB_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token
CLOCKS_DIFFER = timedelta(minutes=1)
PAGE, MOST_PAGES = 100, 10


class Settings(Part):
    """`[responders.publishers.github]`: `account` is the one whose token this is."""

    enabled: bool = True
    base_url: str = "https://api.github.com"
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    account: str = Field(min_length=1)
    token_file: str | None = None


def connect(settings: Settings) -> GitHub:
    """The way out to GitHub. Raises SettingsError where the token is missing."""
    token = read_secret(WRITE_TOKEN, settings.token_file)
    if not token:
        raise SettingsError(f"github: set {WRITE_TOKEN} (Issues and Pull requests: write), or name a token_file")
    headers = {
        "Authorization": f"Bearer {token.get_secret_value()}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    wire = Wire(settings.base_url, settings.timeout_s, headers)
    return GitHub(wire, Web(settings.base_url, settings.timeout_s, headers), settings.account)


class GitHub:
    """The `Publisher`: one POST an attempt, and the issue's own comments to look for what it may have left."""

    platform = PLATFORM
    limit = LIMIT

    def __init__(self, wire: Wire, web: Web, account: str) -> None:
        self._wire, self._web, self._account = wire, web, account.lstrip("@").lower()

    def length(self, text: str) -> int:
        """Characters."""
        return len(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as `Publisher` says."""
        if len(order.text) > LIMIT:
            raise TooLong(f"{len(order.text)} characters; GitHub takes {LIMIT}")
        answer = self._wire.post_json(_comments_of(order.parent), {"body": order.text})
        if _is_limit(answer):
            raise Postponed("GitHub asks us to wait (403)", read_wait(answer.headers, datetime.now(UTC)))
        if answer.status != 201 or not isinstance(answer.body.get("id"), int) or not answer.body.get("html_url"):
            self._wire.raise_for(answer, datetime.now(UTC))
        return _receipt(order.parent, answer.body, "api")

    def find(self, order: Order) -> Receipt | None:
        """Our comment on this issue since the attempt, with this very text. Raises Unknown or Revoked."""
        with afterwards():
            for raw in self._comments_since(order):
                if raw["user"]["login"].lower() == self._account and raw["body"].replace("\r\n", "\n") == order.text:
                    return _receipt(order.parent, raw, "found")
        return None

    def probe(self) -> str:
        """Whose token it is. Raises Revoked or Unknown."""
        with afterwards():
            login = self._web.get_json("/user")["login"]
        if login.lower() != self._account:
            raise Unknown(f"the token is @{login}'s, and `account` says @{self._account}")
        return f"let in, as @{login}"

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
        self._web.close()

    def _comments_since(self, order: Order) -> Iterator[Mapping[str, Any]]:
        since = (order.attempted_at - CLOCKS_DIFFER).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for page in range(1, MOST_PAGES + 1):
            asked: Params = {"since": since, "per_page": PAGE, "page": page}
            comments = self._web.get_json(_comments_of(order.parent), asked)
            yield from comments
            if len(comments) < PAGE:
                return
        raise Unknown(f"more than {MOST_PAGES * PAGE} comments since the attempt: too many to look through")


def _comments_of(parent: Mention) -> str:
    """Where the comments of the issue are that this mention is, or stands below."""
    issue = parent.thread_id or parent.post_id
    named = re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", issue)
    if named is None:
        raise Refused(f"{issue[:80]!r} names no issue: open the page and answer by hand")
    return f"/repos/{named[1]}/issues/{named[2]}/comments"


def _receipt(parent: Mention, raw: Mapping[str, Any], how: Literal["api", "found"]) -> Receipt:
    return Receipt(f"{parent.thread_id or parent.post_id}:{raw['id']}", str(raw["html_url"]), how=how)


def _is_limit(answer: Answer) -> bool:
    """A 403 that is no refusal but a limit, the primary or a secondary one: nothing was posted."""
    low = {name.lower(): value for name, value in answer.headers.items()}
    spent = low.get("x-ratelimit-remaining") == "0" or "retry-after" in low
    return answer.status == 403 and (spent or "rate limit" in words_of(answer).lower())
