"""Answering on GitHub, over real sockets, against answers in the shape of its REST API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import Order, Postponed, Refused, Unknown
from responders.publishers.github import WRITE_TOKEN, GitHub, Settings, connect
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted

COMMENTS = "/repos/sol/lamps/issues/40/comments"


def mention(post_id: str = "sol/lamps#40:41", thread_id: str = "sol/lamps#40") -> Mention:
    return Mention("github", post_id, Author("github", "7", "mara"), "a lantern", NOW, thread_id=thread_id)


def comment(number: int, text: str, who: str = "HarbourLight", at: datetime | None = None) -> dict[str, Any]:
    stamp = (at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    url = f"https://github.com/sol/lamps/issues/40#issuecomment-{number}"
    return {
        "id": number,
        "body": text,
        "user": {"login": who},
        "created_at": stamp,
        "updated_at": stamp,
        "html_url": url,
    }


def take(server: Scripted, answer: Callable[[Say], Say], taken: list[dict[str, Any]]) -> None:
    """The comments of an issue: listed since a time by page, and taken by POST."""
    status_of = {200, 201, 202, 504}

    def comments(asked: Asked) -> Say:
        if asked.verb == "GET":
            size, page = int(asked.one("per_page") or 30), int(asked.one("page") or 1)
            since = [raw for raw in taken if raw["updated_at"] >= (asked.one("since") or "")]
            return Say(since[(page - 1) * size : page * size])  # type: ignore[arg-type]
        raw = comment(900 + len(taken), asked.body["body"])
        say = answer(Say(raw, 201))
        if say.fault or say.status in status_of:
            taken.append(raw)
        return say

    server.on(COMMENTS, comments)
    server.on("/user", Say({"login": "HarbourLight", "id": 5}))


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.setenv(WRITE_TOKEN, SECRET)
    opened = connect(Settings(base_url="http://127.0.0.1:1", account="harbourlight"))
    yield opened
    opened.close()


def test_without_a_token_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WRITE_TOKEN, raising=False)
    with pytest.raises(SettingsError, match=WRITE_TOKEN):
        connect(Settings(account="harbourlight"))


@pytest.mark.parametrize("name", ["https://example.com/x", "sol/lamps", "../../user#1", "sol/lamps#40/../1"])
def test_what_names_no_issue_is_refused_before_any_call(publisher: GitHub, name: str) -> None:
    with pytest.raises(Refused, match="by hand"):
        publisher.reply(Order(mention(name, name), "hello", None, NOW, NOW))


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "github"

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(WRITE_TOKEN, SECRET)

    def connect(self, url: str, folder: Path) -> GitHub:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, account="harbourlight"))

    def parent(self) -> Mention:
        return mention()

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.comments: list[dict[str, Any]] = []
        take(server, answer, self.comments)

    def taken(self, server: Scripted) -> Sequence[str]:
        return [raw["body"] for raw in self.comments]

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        # In an issue everything stands in one row: what answers others was said before our parent.
        at = NOW + timedelta(minutes=1) if to == "them" else NOW - timedelta(minutes=1)
        number = 800 + len(self.comments)
        self.comments.append(comment(number, text, who="HarbourLight" if by == "us" else by, at=at))
        self.comments[-1]["updated_at"] = (at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return f"sol/lamps#40:{number}"

    def refusals(self) -> Sequence[Refusal]:
        return [
            (Say({"message": "Unable to create comment because issue is locked."}, 403), "issue is locked"),
            (Say({"message": "Not Found"}, 404), "Not Found"),
            (Say({"message": "Issues has been disabled in this repository"}, 410), "disabled"),
            (Say({"message": "Validation Failed", "errors": [{"field": "data"}]}, 422), "Validation Failed"),
        ]

    @pytest.mark.parametrize(
        "say",
        [
            Say({"message": "You have exceeded a secondary rate limit."}, 403),
            Say({"message": "API rate limit exceeded"}, 403, {"x-ratelimit-remaining": "0"}),
            Say({"message": "Wait"}, 403, {"Retry-After": "60"}),
        ],
    )
    def test_a_limit_is_no_refusal(self, publisher: Any, server: Scripted, say: Say) -> None:
        self.accept(server, lambda _: say)
        with pytest.raises(Postponed):
            publisher.reply(self.order())

    def test_only_our_own_very_words_since_the_attempt_are_found(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        order = self.order()
        before = order.attempted_at - timedelta(hours=2)
        others = [comment(number, self.text, who="mara") for number in range(150)]
        self.comments += [comment(1, self.text, at=before), *others, comment(2, self.text + "!")]
        assert publisher.find(order) is None
        self.comments.append(comment(3, self.text.replace("\n", "\r\n")))
        found = publisher.find(order)
        assert (found.post_id, found.how) == ("sol/lamps#40:3", "found")

    def test_the_same_words_to_somebody_else_in_the_issue_are_another_reply(
        self, publisher: Any, server: Scripted
    ) -> None:
        self.accept(server)
        first = publisher.reply(self.order())
        second = replace(self.order(), parent=mention("sol/lamps#40:42"), known=frozenset({first.post_id}))
        self.accept(server, lambda _: Say({}, 502))
        self.comments.append(comment(900, self.text))
        with pytest.raises(Unknown):
            publisher.reply(second)
        assert publisher.find(second) is None

    def test_what_a_person_confirmed_by_its_link_is_the_receipt_of_no_other(
        self, publisher: Any, server: Scripted
    ) -> None:
        self.accept(server)
        self.said_there(server, self.text, to="them", by="us")
        order = self.order()
        assert publisher.answered(order) is not None
        known = replace(order, known=frozenset({self.comments[0]["html_url"]}))
        assert (publisher.find(known), publisher.answered(known)) == (None, None)

    def test_a_comment_of_nobody_any_more_is_not_ours(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        self.said_there(server, self.text, to="them", by="us")
        self.comments[0]["user"] = None
        assert (publisher.find(self.order()), publisher.answered(self.order())) == (None, None)

    def test_an_issue_itself_is_answered_below_it(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        receipt = publisher.reply(replace(self.order(), parent=mention("sol/lamps#40")))
        assert receipt.post_id == "sol/lamps#40:900"
        assert receipt.url == "https://github.com/sol/lamps/issues/40#issuecomment-900"

    def test_a_token_of_somebody_else_is_found_out(self, publisher: Any, server: Scripted) -> None:
        server.on("/user", Say({"login": "mara"}))
        with pytest.raises(Unknown, match="@mara"):
            publisher.probe()
