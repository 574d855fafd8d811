"""Plaza, the pretend network of the demo, answered over HTTP like any other platform (its API: listener/plaza/api.py).

It has no idempotency key, on purpose: what became of a lost answer can only be learnt by looking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import Field

from listener import source
from listener.mention import Mention
from listener.settings import Part, SettingsError, read_secret
from listener.web import Web
from responders.draft import Receipt
from responders.looking import CLOCKS_DIFFER, afterwards, doubting
from responders.publisher import Order, Publisher, Revoked, TooLong, Unknown
from responders.wire import Answer, Wire

PRETEND = True  # nobody real is there, so shadow mode does not hold for it
PLATFORM = "plaza"
LIMIT = 500  # characters, as the plaza counts them: code points
WRITE_TOKEN = "WARMLINE_PLAZA_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token
PAGE_SIZE = 100
MOST_PAGES = 50


class Settings(Part):
    """[responders.publishers.plaza] of settings.toml. `account` is our handle there."""

    enabled: bool = True
    base_url: str = "http://127.0.0.1:8101"
    account: str = Field(min_length=1)
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    token_file: str | None = None


def connect(settings: Settings) -> Publisher:
    """The way out to the plaza. Raises SettingsError where the write token is missing."""
    token = read_secret(WRITE_TOKEN, settings.token_file)
    if not token:
        raise SettingsError(f"plaza: set {WRITE_TOKEN}, or name a file that holds it as token_file")
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    wire = Wire(settings.base_url, settings.timeout_s, headers)
    return Plaza(wire, Web(settings.base_url, settings.timeout_s, headers), settings.account)


class Plaza:
    """The `Publisher`: one POST an attempt, and our own timeline to look for what it may have left."""

    def __init__(self, wire: Wire, web: Web, account: str) -> None:
        self._wire = wire
        self._web = web
        self._account = account.lstrip("@")

    @property
    def platform(self) -> str:
        """`plaza`."""
        return PLATFORM

    @property
    def limit(self) -> int:
        """500 characters."""
        return LIMIT

    def length(self, text: str) -> int:
        """Code points: the plaza counts no other way."""
        return len(text)

    def fix(self, parent: Mention, approved_at: datetime) -> str | None:
        """None: nothing makes a post unique here."""
        return None

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as `Publisher` says."""
        if self.length(order.text) > LIMIT:
            raise TooLong(f"{self.length(order.text)} characters; the plaza takes {LIMIT}")
        asked = {"text": order.text, "in_reply_to": order.parent.post_id}
        answer = self._wire.post_json("/api/posts", asked, order.last_look)
        receipt = _receipt(answer)
        if receipt is None:
            with doubting(lambda: self.find(order)):
                self._wire.raise_for(answer, datetime.now(UTC))
        return receipt

    def find(self, order: Order) -> Receipt | None:
        """Our own post since the attempt with this very text under this very parent; None if it is not there now.

        Raises Unknown where our timeline can't be read, Revoked where our credentials are refused.
        """
        with afterwards():
            return next((_found(post) for post in self._posts_since(order) if _is_it(post, order)), None)

    def answered(self, order: Order) -> Receipt | None:
        """From the conversation, which is one call; a post of ours in it that answers theirs. Raises as `find` does."""
        with afterwards(), suppress(source.NotFound):  # where nothing is, nobody has answered
            said = self._web.get_json(f"/api/posts/{quote(order.parent.post_id, safe='')}/thread")["posts"]
            ours = (post for post in said if post["author"]["handle"].lower() == self._account.lower())
            return next((_found(post) for post in ours if _answers(post, order)), None)
        return None

    def probe(self) -> str:
        """That our own timeline can be read. Raises Revoked or Unknown."""
        try:
            self._web.get_json(f"/api/people/{quote(self._account)}/posts", {"limit": 1})
        except source.Revoked as why:
            raise Revoked(str(why)) from why
        except source.SourceError as why:
            raise Unknown(str(why)) from why
        return f"let in, as @{self._account}"

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
        self._web.close()

    def _posts_since(self, order: Order) -> Iterator[Mapping[str, Any]]:
        since = order.attempted_at - CLOCKS_DIFFER
        token: str | None = None
        for _ in range(MOST_PAGES):
            path = f"/api/people/{quote(self._account)}/posts"
            page = self._web.get_json(path, {"page": token, "limit": PAGE_SIZE})
            posts, token = page["posts"], page["next"]
            yield from (post for post in posts if datetime.fromisoformat(post["received_at"]) >= since)
            if token is None or all(datetime.fromisoformat(post["received_at"]) < since for post in posts):
                return
        raise Unknown(f"more than {MOST_PAGES * PAGE_SIZE} posts of ours since the attempt: too many to look through")


def _receipt(answer: Answer) -> Receipt | None:
    """The receipt in an answer; None where it holds none: only a 201 that names the post counts."""
    post_id, url = answer.body.get("post_id"), answer.body.get("url")
    if answer.status != 201 or not isinstance(post_id, str) or not post_id:
        return None
    return Receipt(post_id, url if isinstance(url, str) else "")


def _is_it(post: Mapping[str, Any], order: Order) -> bool:
    return bool(post["text"] == order.text and _answers(post, order))


def _answers(post: Mapping[str, Any], order: Order) -> bool:
    return bool(post["in_reply_to"] == order.parent.post_id and post["post_id"] not in order.known)


def _found(post: Mapping[str, Any]) -> Receipt:
    return Receipt(str(post["post_id"]), str(post["url"]), how="found")
