"""Answering on Lemmy, over real sockets, against answers in the shape of its API v3."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders import publisher as out
from responders.publisher import Postponed, PublishError, Refused
from responders.publishers.lemmy import WRITE_TOKEN, Lemmy, Settings, connect
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted

COMMENT, RESOLVE = "/api/v3/comment", "/api/v3/resolve_object"
THEIRS = "https://far.example/comment/41"


def settings(url: str = "http://127.0.0.1:1") -> Settings:
    return Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, account="harbourlight@lemmy.example")


def comment(number: int, text: str, path: str = "0.12", at: datetime | None = None, post: int = 7) -> dict[str, Any]:
    return {
        "id": number,
        "post_id": post,
        "content": text,
        "path": f"{path}.{number}",
        "published": (at or datetime.now(UTC)).isoformat(),
        "ap_id": f"https://lemmy.example/comment/{number}",
    }


def take(server: Scripted, answer: Callable[[Say], Say], taken: list[dict[str, Any]]) -> None:
    """Their comment resolved to our server's number 12 below post 7; ours taken, and listed newest first."""

    def create(asked: Asked) -> Say:
        body = asked.body
        parent = body["parent_id"]
        raw = comment(900 + len(taken), body["content"], "0" if parent is None else f"0.{parent}", post=body["post_id"])
        say = answer(Say({"comment_view": {"comment": raw}}))
        if say.fault or say.status in (200, 504):
            taken.append(raw)
        return say

    def person(asked: Asked) -> Say:
        assert asked.one("username") == "harbourlight"
        start = (int(asked.one("page") or 1) - 1) * 50
        newest_first = sorted(taken, key=lambda raw: raw["published"], reverse=True)[start : start + 50]
        return Say({"comments": [{"comment": raw} for raw in newest_first], "posts": []})

    server.on(COMMENT, create)
    server.on("/api/v3/user", person)
    server.on(RESOLVE, Say({"comment": {"comment": {"id": 12}, "post": {"id": 7}}}))
    us = {"local_user_view": {"person": {"name": "harbourlight", "bot_account": False}}}
    server.on("/api/v3/site", Say({"version": "0.19.12", "my_user": us}))


def test_without_a_token_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WRITE_TOKEN, raising=False)
    with pytest.raises(SettingsError, match=WRITE_TOKEN):
        connect(settings())


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "lemmy"

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(WRITE_TOKEN, SECRET)

    def connect(self, url: str, folder: Path) -> Lemmy:
        return connect(settings(url))

    def parent(self) -> Mention:
        return Mention("lemmy", THEIRS, Author("lemmy", "https://far.example/u/mara", "mara@far.example"), "hm", NOW)

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.comments: list[dict[str, Any]] = []
        take(server, answer, self.comments)

    def taken(self, server: Scripted) -> Sequence[str]:
        return [raw["content"] for raw in self.comments]

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        raw = comment(800 + len(self.comments), text, path="0.12" if to == "them" else "0.13")
        if by == "us":  # what others say is no comment of ours
            self.comments.append(raw)
        return str(raw["ap_id"])

    def refusals(self) -> Sequence[Refusal]:
        return [
            (Say({"error": "locked"}, 400), "locked"),
            (Say({"error": "site_ban"}, 400), "site_ban"),
            (Say({"error": "language_not_allowed"}, 400), "language_not_allowed"),
            (Say({"error": "not_found"}, 404), "not_found"),
        ]

    @pytest.mark.parametrize(
        ("error", "kind"),
        [("rate_limit_error", Postponed), ("not_logged_in", out.Revoked), ("incorrect_login", out.Revoked)],
    )
    def test_some_400s_are_no_refusal(
        self, publisher: Any, server: Scripted, error: str, kind: type[PublishError]
    ) -> None:
        self.accept(server, lambda _: Say({"error": error}, 400))
        with pytest.raises(PublishError) as caught:
            publisher.reply(self.order())
        assert type(caught.value) is kind

    def test_it_answers_by_our_own_servers_numbers(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        receipt = publisher.reply(self.order())
        assert server.at(RESOLVE)[0].one("q") == THEIRS
        assert server.writes()[0].body == {"content": self.text, "post_id": 7, "parent_id": 12}
        assert receipt.post_id == receipt.url == "https://lemmy.example/comment/900"

    def test_a_post_is_answered_below_it(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        server.on(RESOLVE, Say({"post": {"post": {"id": 7}}}))
        order = replace(self.order(), parent=replace(self.parent(), post_id="https://far.example/post/40"))
        receipt = publisher.reply(order)
        assert server.writes()[0].body["parent_id"] is None
        assert publisher.find(order).post_id == receipt.post_id

    @pytest.mark.parametrize(
        ("say", "kind"),
        [
            (Say({"error": "couldnt_find_object"}, 400), Refused),
            (Say({"error": "not_logged_in"}, 400), out.Revoked),
            (Say({}, 429, {"Retry-After": "30"}), Postponed),
            (Say({}, 502), Postponed),
            (Say({}), Postponed),
        ],
    )
    def test_where_theirs_cannot_be_resolved_nothing_is_posted(
        self, publisher: Any, server: Scripted, say: Say, kind: type[PublishError]
    ) -> None:
        self.accept(server)
        server.on(RESOLVE, say)
        with pytest.raises(PublishError) as caught:
            publisher.reply(self.order())
        assert type(caught.value) is kind
        assert server.writes() == []

    def test_only_our_own_very_words_below_theirs_are_found(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        self.comments += [
            comment(1, self.text, at=order.attempted_at - timedelta(hours=2)),
            comment(2, self.text, path="0.13"),
            comment(3, self.text, path="0"),
            comment(4, self.text, post=8),
        ]
        assert publisher.find(order) is None
        self.comments += [comment(5, self.text), *(comment(number, "busy") for number in range(6, 90))]
        assert publisher.find(order).post_id == "https://lemmy.example/comment/5"

    def test_a_link_that_the_server_has_freed_of_tracking_is_the_same(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        order = self.order("see https://example.com/help?utm_source=lemmy.")
        publisher.reply(order)
        self.comments[0]["content"] = "see https://example.com/help."
        assert publisher.find(order) is not None
        self.comments[0]["content"] = "see https://example.com/other."
        assert publisher.find(order) is None

    def test_an_account_that_is_not_marked_as_a_bot_is_said_so(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        assert publisher.probe() == "let in, as harbourlight, not marked as a bot"

    def test_an_answer_that_was_taken_back_is_none(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        self.comments += [{**comment(3, "hm"), "deleted": True}, {**comment(4, "hm"), "removed": True}]
        assert publisher.answered(self.order()) is None
        self.comments.append({**comment(5, "hm"), "deleted": False, "removed": False})
        assert publisher.answered(self.order()).post_id == "https://lemmy.example/comment/5"
