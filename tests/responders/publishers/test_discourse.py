"""Answering in a Discourse forum, over real sockets, against answers in the shape of its API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import HeldThere, Order, Refused, Revoked, Unknown
from responders.publishers.discourse import WRITE_TOKEN, Discourse, Settings, connect
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted

POSTS, PENDING = "/posts.json", "/posts/harbourlight/pending.json"


def settings(url: str = "http://127.0.0.1:1") -> Settings:
    return Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, account="@HarbourLight")


def post(number: int, text: str, who: str = "harbourlight", at: datetime | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "username": who,
        "created_at": (at or datetime.now(UTC)).isoformat(),
        "raw": text,
        "topic_id": 40,
        "topic_slug": "lamps",
        "post_number": number,
        "reply_to_post_number": 3,
        **more,
    }


def take(server: Scripted, answer: Callable[[Say], Say], taken: list[dict[str, Any]]) -> None:
    """The latest posts, below `before`, fifty at a time; and new ones by POST."""

    def posts(asked: Asked) -> Say:
        if asked.verb == "GET":
            before = int(asked.one("before") or 2**40)
            newest_first = sorted(taken, key=lambda raw: -raw["id"])
            return Say({"latest_posts": [raw for raw in newest_first if raw["id"] < before][:50]})
        body = asked.body
        raw = post(900 + len(taken), body["raw"], topic_id=body["topic_id"])
        # An answer to the first post is kept as one to the topic.
        raw["reply_to_post_number"] = None if body["reply_to_post_number"] == 1 else body["reply_to_post_number"]
        say = answer(Say(raw))
        if say.fault or say.status in (200, 504):
            taken.append(raw)
        return say

    def topic(asked: Asked) -> Say:
        """Posts of a topic, of one person and the first: twenty at a time, oldest first."""
        who = (asked.one("username_filters") or "").lower()
        shown = [raw for raw in taken if raw["topic_id"] == 40 and raw["username"].lower() == who]
        shown = [post(1, "Which lamp?", who="sol", reply_to_post_number=None), *shown]
        first = (int(asked.one("page") or 1) - 1) * 20
        stream = {"posts": shown[first : first + 20], "stream": [raw["id"] for raw in shown]}
        return Say({"id": 40, "post_stream": stream})

    server.on(POSTS, posts)
    server.on("/t/40.json", topic)
    server.on("/session/current.json", Say({"current_user": {"id": 5, "username": "harbourlight"}}))


def test_without_a_key_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WRITE_TOKEN, raising=False)
    with pytest.raises(SettingsError, match=WRITE_TOKEN):
        connect(settings())


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "discourse"

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(WRITE_TOKEN, SECRET)

    def connect(self, url: str, folder: Path) -> Discourse:
        return connect(settings(url))

    def parent(self) -> Mention:
        return Mention("discourse", "40/3", Author("discourse", "7", "mara"), "a lantern", NOW)

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.posts: list[dict[str, Any]] = []
        take(server, answer, self.posts)

    def taken(self, server: Scripted) -> Sequence[str]:
        return [raw["raw"] for raw in self.posts]

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        raw = post(800 + len(self.posts), text, who="HarbourLight" if by == "us" else by)
        self.posts.append({**raw, "reply_to_post_number": 3 if to == "them" else 2})
        return f"40/{raw['post_number']}"

    def refusals(self) -> Sequence[Refusal]:
        similar = "Body is too similar to what you recently posted"
        return [
            (Say({"action": "create_post", "errors": [similar]}, 422), similar),
            (Say({"errors": ["You are not permitted to view the requested resource."]}, 403), "not permitted"),
            (
                Say({"errors": ["The requested URL could not be found."], "error_type": "not_found"}, 404),
                "not be found",
            ),
        ]

    def test_it_says_where_the_answer_belongs_and_as_whom(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        receipt = publisher.reply(self.order())
        (asked,) = server.writes()
        assert asked.body == {"topic_id": 40, "reply_to_post_number": 3, "raw": self.text}
        assert (asked.headers["Api-Key"], asked.headers["Api-Username"]) == (SECRET, "HarbourLight")
        assert (receipt.post_id, receipt.url) == ("40/900", f"{server.url}/t/lamps/40/900")

    def test_what_waits_for_a_moderator_is_not_called_posted(self, publisher: Any, server: Scripted) -> None:
        self.accept(server, lambda _: Say({"action": "enqueued", "success": True, "pending_post": {"id": 5}}))
        with pytest.raises(HeldThere, match="moderators"):
            publisher.reply(self.order())

    def test_what_the_forum_holds_is_not_called_not_there(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        held = {"id": 5, "topic_id": 40, "raw_text": self.text + "\n", "username": "harbourlight"}
        server.on(PENDING, Say({"pending_posts": [{**held, "topic_id": None}, {**held, "topic_id": 41}]}))
        assert publisher.find(self.order()) is None
        server.on(PENDING, Say({"pending_posts": [{**held, "raw_text": "else"}, held]}))
        with pytest.raises(HeldThere):
            publisher.find(self.order())
        receipt = publisher.reply(self.order())  # the moderators let another one through: that is what we look for
        assert publisher.find(self.order()).post_id == receipt.post_id
        server.on(PENDING, Say({}, 500))
        self.posts.clear()
        with pytest.raises(Unknown):
            publisher.find(self.order())

    def test_only_our_own_very_words_below_theirs_are_found(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        self.posts += [
            post(1, self.text, at=order.attempted_at - timedelta(hours=2)),
            post(2, self.text, who="mara"),
            post(3, self.text, topic_id=41),
            post(4, self.text, reply_to_post_number=2),
            post(5, self.text, reply_to_post_number=None),
        ]
        assert publisher.find(order) is None
        self.posts += [post(6, self.text), *(post(number, "busy", who="sol") for number in range(7, 130))]
        assert publisher.find(order).post_id == "40/6"

    def test_an_answer_to_the_first_post_is_found_too(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        first = Mention("discourse", "40/1", Author("discourse", "7", "mara"), "a lantern", NOW)
        order = Order(first, self.text, None, NOW, datetime.now(UTC))
        posted = publisher.reply(order)
        assert publisher.find(order).post_id == posted.post_id

    def test_more_than_can_be_looked_through_is_not_called_not_there(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        self.posts += [post(number, "busy", who="sol") for number in range(1, 1002)]
        with pytest.raises(Unknown, match="too many"):
            publisher.find(self.order())

    def test_what_names_no_post_is_refused_before_any_call(self, publisher: Any, server: Scripted) -> None:
        odd = Mention("discourse", "https://forum.example/t/x", Author("discourse", "7", "mara"), "a lantern", NOW)
        with pytest.raises(Refused, match="by hand"):
            publisher.reply(Order(odd, self.text, None, NOW, NOW))
        assert server.asked == []

    def test_a_colleagues_answer_is_found_on_a_later_page_and_a_withdrawn_one_is_none(
        self, publisher: Any, server: Scripted
    ) -> None:
        self.accept(server)
        order = self.order()
        self.posts += [post(number, "busy", reply_to_post_number=2) for number in range(100, 150)]
        self.posts += [post(200, "(post deleted by author)", user_deleted=True), post(2, "before theirs")]
        assert publisher.answered(order) is None
        assert len(server.at("/t/40.json")) == 3
        self.posts.append(post(201, "On my way."))
        assert publisher.answered(order).url == f"{server.url}/t/lamps/40/201"
        self.posts[:] = [post(number, "busy", reply_to_post_number=2) for number in range(100, 600)]
        with pytest.raises(Unknown, match="too many"):
            publisher.answered(order)

    def test_an_answer_to_the_topic_is_one_to_its_first_post(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        first = replace(self.order(), parent=replace(self.parent(), post_id="40/1"))
        self.posts.append(post(7, "Welcome!", reply_to_post_number=None))
        assert publisher.answered(first).post_id == "40/7"
        assert publisher.answered(self.order()) is None

    def test_a_forum_that_has_these_words_already_is_asked_whether_they_are_ours(
        self, publisher: Any, server: Scripted
    ) -> None:
        """In whatever language it says so: 422 is all that is sure."""
        self.accept(server)
        server.spoilt = lambda _: Say({"errors": ["Der Text ist zu ähnlich"]}, 422)
        with pytest.raises(Unknown, match="there already"):
            publisher.reply(self.order())
        assert publisher.find(self.order()) is not None
        self.posts.clear()
        server.instead = Say({"errors": ["Der Text ist zu ähnlich"]}, 422)
        with pytest.raises(Refused, match="zu ähnlich"):
            publisher.reply(self.order())

    def test_a_topic_that_is_closed_to_us_is_one_that_nobody_of_us_answered(
        self, publisher: Any, server: Scripted
    ) -> None:
        """A reply there will be refused, in the forum's own words; and no other topic has to wait."""
        self.accept(server)
        closed = Say({"errors": ["You are not permitted to view it."], "error_type": "invalid_access"}, 403)
        server.on("/t/40.json", closed)
        assert publisher.answered(self.order()) is None
        server.on("/t/40.json", Say({"errors": ["gone"], "error_type": "not_found"}, 404))
        assert publisher.answered(self.order()) is None
        server.on("/session/current.json", closed)
        server.on("/t/40.json", closed)
        with pytest.raises(Revoked):
            publisher.answered(self.order())
