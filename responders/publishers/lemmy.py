"""Lemmy: an answer is a comment, from an account that is marked as a bot where software writes for it.

A server knows posts by numbers of its own: theirs is looked up by its address first. Nothing makes a comment unique.
Servers have rules of their own on bots. Lemmy 1.0 still takes a comment by API v3, but does not list ours by it
(crates/api/routes_v3, 2026): there an attempt that was not answered stays unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from listener.listing import word
from listener.mention import Mention
from listener.metered import bearer
from listener.sources.lemmy.source import judge
from listener.web import Params
from responders.draft import Receipt
from responders.looking import CLOCKS_DIFFER, afterwards, beforehand, look_back
from responders.plain import PlainPublisher, PlainSettings
from responders.publisher import Order, Postponed, Revoked
from responders.wording import same_words

PLATFORM = "lemmy"
LIMIT = 10_000  # characters of a comment (lemmy 0.19, crates/utils/src/utils/validation.rs)
WRITE_TOKEN = "WARMLINE_LEMMY_WRITE_TOKEN"  # noqa: S105 - the variable's name, not the token
PAGE = 50


class Settings(PlainSettings):
    """`[responders.publishers.lemmy]`: our own server, and our name on it."""


def connect(settings: Settings) -> Lemmy:
    """The way out to Lemmy. Raises SettingsError where the token is missing."""
    return Lemmy(settings, bearer(settings.token(WRITE_TOKEN, "the jwt of a login")), judge)


class Lemmy(PlainPublisher):
    """The `Publisher`: what an attempt may have left is among our own comments."""

    platform = PLATFORM
    limit = LIMIT

    def probe(self) -> str:
        """That the token is this account's. Raises Revoked or Unknown."""
        with afterwards():
            us = self._web.get_json("/api/v3/site").get("my_user")
            if not us:
                raise Revoked("the server answers, but does not know whose token this is: log in again")
            person = us["local_user_view"]["person"]
            return f"let in, as {word(person, 'name')}" + ("" if person.get("bot_account") else ", not marked as a bot")

    def _post(self, order: Order) -> Receipt:
        with beforehand():
            post, comment = self._place(order.parent)
        asked = {"content": order.text, "post_id": post, "parent_id": comment}
        answer = self._wire.post_json("/api/v3/comment", asked, order.last_look)
        error = answer.body.get("error") if answer.status == 400 else None
        if error == "rate_limit_error":
            raise Postponed("the server asks us to wait: rate_limit_error")
        if error in ("not_logged_in", "incorrect_login"):
            raise Revoked(f"the server does not know our token: {error}")
        said = _comment_in(answer.body) if answer.status == 200 else None
        if said is None:
            self._wire.raise_for(answer, datetime.now(UTC))
        return _receipt(said, "api")

    def _left_by(self, order: Order, since: datetime) -> Iterator[Receipt]:
        return (_receipt(one, "found") for one in self._below(order, since) if same_words(one["content"], order.text))

    def _answers_to(self, order: Order) -> Iterator[Receipt]:
        """From our own comments since theirs was posted: one page as a rule.

        The list below theirs (comment/list) has no bound, since a server ignores `limit` where it is asked for a depth.
        """
        below = self._below(order, order.parent.posted_at - CLOCKS_DIFFER)
        return (_receipt(one, "found") for one in below if not (one.get("deleted") or one.get("removed")))

    def _below(self, order: Order, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Our comments since then, newest first, that answer theirs."""

        def ours(number: int, _last: Any) -> list[Any]:
            name = self._settings.account.lstrip("@").partition("@")[0]
            asked: Params = {"username": name, "sort": "New", "limit": PAGE, "page": number}
            return [view["comment"] for view in self._web.get_json("/api/v3/user", asked)["comments"]]

        post, comment = self._place(order.parent)
        for one in look_back(ours, since, "published"):
            if one["post_id"] == post and _parent(one) == (comment or 0):
                yield one

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
