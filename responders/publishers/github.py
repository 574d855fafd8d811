"""GitHub: an answer is a comment on the issue or pull request, by REST. A token speaks as its owner.

Its terms allow a person one free machine account beside their own (terms of service B.3, in effect since 27 April
2026); nothing marks a comment as automated, so the account's profile has to say it. Nothing makes a comment unique: we
look for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from listener.listing import moment
from listener.mention import Mention
from listener.metered import bearer
from listener.sources.github.source import VERSION
from listener.web import Params, read_wait
from responders.draft import Receipt
from responders.looking import afterwards, look_back
from responders.plain import PlainPublisher, PlainSettings
from responders.publisher import Order, Postponed, Refused, Unknown
from responders.wire import Answer, words_of

PLATFORM = "github"
LIMIT = 65_536  # characters of a body, as its own refusal says: "body is too long (maximum is 65536 characters)"
WRITE_TOKEN = "WARMLINE_GITHUB_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token
PAGE = 100


class Settings(PlainSettings):
    """`[responders.publishers.github]`: `account` is the one whose token this is."""

    base_url: str = "https://api.github.com"


def connect(settings: Settings) -> GitHub:
    """The way out to GitHub. Raises SettingsError where the token is missing."""
    token = settings.token(WRITE_TOKEN, "a token that may write issues and pull requests")
    return GitHub(settings, {**VERSION, **bearer(token)})


class GitHub(PlainPublisher):
    """The `Publisher`: what an attempt may have left is among the issue's comments."""

    platform = PLATFORM
    limit = LIMIT

    def probe(self) -> str:
        """Whose token it is. Raises Revoked or Unknown."""
        with afterwards():
            login = self._web.get_json("/user")["login"]
        if login.lower() != self._settings.us:
            raise Unknown(f"the token is @{login}'s, and `account` says @{self._settings.us}")
        return f"let in, as @{login}"

    def _post(self, order: Order) -> Receipt:
        answer = self._wire.post_json(_comments_of(order.parent), {"body": order.text}, order.last_look)
        if _is_limit(answer):
            raise Postponed("GitHub asks us to wait (403)", read_wait(answer.headers, datetime.now(UTC)))
        if answer.status != 201 or not isinstance(answer.body.get("id"), int) or not answer.body.get("html_url"):
            self._wire.raise_for(answer, datetime.now(UTC))
        return _receipt(order.parent, answer.body, "api")

    def _left_by(self, order: Order, since: datetime) -> Iterator[Receipt]:
        for raw in self._comments_since(order.parent, since):
            if self._is_ours(raw) and raw["body"].replace("\r\n", "\n") == order.text:
                yield _receipt(order.parent, raw, "found")

    def _answers_to(self, order: Order) -> Iterator[Receipt]:
        """Our comments in the issue since theirs: below an issue they stand in one row, and answer what is above.

        The list is asked for from the moment of their comment on, so that an old issue costs no more than a new one.
        """
        theirs = order.parent.posted_at.replace(microsecond=0)
        for raw in self._comments_since(order.parent, theirs):
            if self._is_ours(raw) and moment(raw["created_at"]) >= theirs:
                yield _receipt(order.parent, raw, "found")

    def _is_ours(self, raw: Mapping[str, Any]) -> bool:
        """Whether our account wrote this comment. Of one whose account is no more GitHub may name no user at all."""
        return raw["user"] is not None and raw["user"]["login"].lower() == self._settings.us

    def _comments_since(self, parent: Mention, since: datetime) -> Iterator[Any]:
        """The comments in the issue that were written or edited since then, oldest first."""

        def comments(number: int, _last: Any) -> Any:
            changed_since = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            asked: Params = {"since": changed_since, "per_page": PAGE, "page": number}
            return self._web.get_json(_comments_of(parent), asked)

        return look_back(comments, since.replace(microsecond=0), "updated_at")


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
