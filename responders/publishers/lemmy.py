"""Lemmy: an answer is a comment, from an account that is marked as a bot where software writes for it.

A server knows posts by numbers of its own: theirs is looked up by its address first. Nothing makes a comment unique.
Servers have rules of their own on bots; many ask for the mark and for being addressed (join-lemmy.org, 2026-11).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from listener.listing import moment, word
from listener.mention import Mention
from listener.settings import Part, SettingsError, read_secret
from listener.sources.lemmy import judge
from listener.web import Params, Web
from responders.draft import Receipt
from responders.looking import afterwards, beforehand
from responders.publisher import Order, Postponed, Revoked, TooLong, Unknown
from responders.wire import Wire

PLATFORM = "lemmy"
LIMIT = 10_000  # characters of a comment (lemmy 0.19, crates/utils/src/utils/validation.rs)
WRITE_TOKEN = "WARMLINE_LEMMY_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token
CLOCKS_DIFFER = timedelta(minutes=1)
PAGE, MOST_PAGES = 50, 10


class Settings(Part):
    """`[responders.publishers.lemmy]`: our own server, and our name on it."""

    enabled: bool = True
    base_url: str
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    account: str = Field(min_length=1)
    token_file: str | None = None


def connect(settings: Settings) -> Lemmy:
    """The way out to Lemmy. Raises SettingsError where the token is missing."""
    token = read_secret(WRITE_TOKEN, settings.token_file)
    if not token:
        raise SettingsError(f"lemmy: set {WRITE_TOKEN} to the jwt of a login, or name a token_file")
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"}
    web = Web(settings.base_url, settings.timeout_s, headers, judge=judge)
    return Lemmy(Wire(settings.base_url, settings.timeout_s, headers), web, settings.account)


class Lemmy:
    """The `Publisher`: one POST an attempt, and our own comments to look for what it may have left."""

    platform = PLATFORM
    limit = LIMIT

    def __init__(self, wire: Wire, web: Web, account: str) -> None:
        self._wire, self._web, self._account = wire, web, account.lstrip("@").partition("@")[0]

    def length(self, text: str) -> int:
        """Characters."""
        return len(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as `Publisher` says."""
        if len(order.text) > LIMIT:
            raise TooLong(f"{len(order.text)} characters; Lemmy takes {LIMIT}")
        with beforehand():
            post, comment = self._place(order.parent)
        asked = {"content": order.text, "post_id": post, "parent_id": comment}
        answer = self._wire.post_json("/api/v3/comment", asked)
        error = answer.body.get("error") if answer.status == 400 else None
        if error == "rate_limit_error":
            raise Postponed("the server asks us to wait: rate_limit_error")
        if error in ("not_logged_in", "incorrect_login"):
            raise Revoked(f"the server does not know our token: {error}")
        said = _comment_in(answer.body) if answer.status == 200 else None
        if said is None:
            self._wire.raise_for(answer, datetime.now(UTC))
        return _receipt(said, "api")

    def find(self, order: Order) -> Receipt | None:
        """Our comment since the attempt, below theirs, with this very text. Raises Unknown or Revoked."""
        with afterwards():
            post, comment = self._place(order.parent)
            for page in range(1, MOST_PAGES + 1):
                asked: Params = {"username": self._account, "sort": "New", "limit": PAGE, "page": page}
                said = [view["comment"] for view in self._web.get_json("/api/v3/user", asked)["comments"]]
                since = [one for one in said if moment(one["published"]) >= order.attempted_at - CLOCKS_DIFFER]
                for one in since:
                    below = one["post_id"] == post and _parent(one) == (comment or 0)
                    if below and one["content"].strip() == order.text.strip():
                        return _receipt(one, "found")
                if not since:
                    return None
        raise Unknown(f"more than {MOST_PAGES * PAGE} comments of ours since the attempt: too many to look through")

    def probe(self) -> str:
        """That the token is this account's. Raises Revoked or Unknown."""
        with afterwards():
            us = self._web.get_json("/api/v3/site").get("my_user")
            if not us:
                raise Revoked("the server answers, but does not know whose token this is: log in again")
            person = us["local_user_view"]["person"]
            return f"let in, as {word(person, 'name')}" + ("" if person.get("bot_account") else ", not marked as a bot")

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
        self._web.close()

    def _place(self, parent: Mention) -> tuple[int, int | None]:
        """Our server's numbers for the post, and for the comment where it is one, that is answered."""
        found = self._web.get_json("/api/v3/resolve_object", {"q": parent.post_id})
        if view := found.get("comment"):
            return view["post"]["id"], view["comment"]["id"]
        return found["post"]["post"]["id"], None


def _comment_in(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The comment that an answer holds; None where it holds none with an address."""
    view = body.get("comment_view")
    said = view.get("comment") if isinstance(view, dict) else None
    return said if isinstance(said, dict) and said.get("ap_id") else None


def _parent(comment: Mapping[str, Any]) -> int:
    """The number of the comment that this one answers, from its path ("0.12.34"); 0 for the post itself."""
    return int(comment["path"].split(".")[-2])


def _receipt(comment: Mapping[str, Any], how: Literal["api", "found"]) -> Receipt:
    return Receipt(str(comment["ap_id"]), str(comment["ap_id"]), how=how)
