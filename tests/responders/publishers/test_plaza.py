"""Answering on the plaza, over real sockets: every fault ends in its named error after exactly one POST."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.draft import fingerprint
from responders.publisher import Order, Postponed, Publisher, PublishError, Refused, Revoked, TooLong, Unknown
from responders.publishers import plaza as publisher_file
from responders.publishers.plaza import Settings, connect
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, PublisherContract, Refusal, Who, Whom
from tests.plaza_server import PlazaHandle, running_plaza
from tests.servers.scripted import Asked, Say, Scripted

TEXT = "Moss green, Ada? It's the one on my desk too. 🌿\n\nMarta"


@pytest.fixture
def plaza(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlazaHandle]:
    with running_plaza() as handle:
        monkeypatch.setenv("WARMLINE_PLAZA_WRITE_TOKEN", handle.write_token)
        yield handle


@pytest.fixture
def publisher(plaza: PlazaHandle) -> Iterator[Publisher]:
    connected = connect(Settings(base_url=plaza.base_url, account="harbourlight", timeout_s=5))
    yield connected
    connected.close()


@pytest.fixture
def impatient(plaza: PlazaHandle) -> Iterator[Publisher]:
    connected = connect(Settings(base_url=plaza.base_url, account="harbourlight", timeout_s=0.3))
    yield connected
    connected.close()


def order(plaza: PlazaHandle, text: str = TEXT) -> Order:
    post = plaza.post("ada", "@harbourlight is there a moss green one?")
    return ordered(post, text)


def ordered(post: dict[str, Any], text: str = TEXT) -> Order:
    now = datetime.now(UTC)
    parent = Mention("plaza", post["post_id"], Author("plaza", "ada", "ada"), post["text"], now)
    return Order(parent, text, None, approved_at=now - timedelta(minutes=2), attempted_at=now)


def test_the_reply_stands_under_the_right_post_byte_for_byte(plaza: PlazaHandle, publisher: Publisher) -> None:
    bystander = plaza.post("bo", "@harbourlight and me?")
    asked = order(plaza)
    receipt = publisher.reply(asked)
    (reply,) = plaza.replies_to(asked.parent.post_id)
    assert (reply["post_id"], reply["url"], "api") == (receipt.post_id, receipt.url, receipt.how)
    assert fingerprint(reply["text"]) == fingerprint(TEXT)
    assert reply["author"]["handle"] == "harbourlight"
    assert plaza.replies_to(bystander["post_id"]) == []
    (arrived,) = plaza.wire_log("POST")
    assert json.loads(arrived["body"]) == {"text": TEXT, "in_reply_to": asked.parent.post_id}


@pytest.mark.parametrize(
    ("fault", "error", "posted"),
    [
        ("accept_then_reset", Unknown, True),
        ("accept_then_504", Unknown, True),
        ("late_answer", Unknown, True),
        ("ok_without_id", Unknown, True),
        ("slow", Unknown, True),
        ("drop_before", Unknown, False),
        ("ok_but_refused", Unknown, False),
        ("500", Unknown, False),
        ("html", Unknown, False),
        ("huge", Unknown, False),
        ("429_with_reset", Postponed, False),
        ("429_bare", Postponed, False),
        ("401", Revoked, False),
        ("403", Refused, False),
    ],
)
def test_every_fault_has_its_name_after_one_post_and_find_tells_the_truth(
    plaza: PlazaHandle, impatient: Publisher, fault: str, error: type[PublishError], posted: bool
) -> None:
    asked = order(plaza)
    plaza.fault(fault, times=9, seconds=40)
    with pytest.raises(error) as caught:
        impatient.reply(asked)
    assert type(caught.value) is error
    assert plaza.write_token not in str(caught.value)
    assert len(plaza.wire_log("POST")) == 1
    plaza.clear()
    found = impatient.find(asked)
    standing = plaza.replies_to(asked.parent.post_id)
    assert len(standing) == posted
    assert ([found.post_id] if found else []) == [reply["post_id"] for reply in standing]
    assert found is None or (found.how, found.url) == ("found", standing[0]["url"])
    assert len(plaza.wire_log("POST")) == 1


def test_a_platform_that_says_how_long_to_wait_is_believed(plaza: PlazaHandle, publisher: Publisher) -> None:
    asked = order(plaza)
    plaza.fault("429_with_reset", seconds=90)
    with pytest.raises(Postponed) as caught:
        publisher.reply(asked)
    assert caught.value.retry_at is not None
    assert 80 < (caught.value.retry_at - datetime.now(UTC)).total_seconds() <= 90
    plaza.fault("429_bare")
    with pytest.raises(Postponed) as caught:
        publisher.reply(asked)
    assert caught.value.retry_at is None


def test_nobody_there_is_postponed_and_looking_is_unknown(plaza: PlazaHandle) -> None:
    asked = order(plaza)
    nowhere = connect(Settings(base_url="http://127.0.0.1:1", account="harbourlight", timeout_s=1))
    with pytest.raises(Postponed):
        nowhere.reply(asked)
    with pytest.raises(Unknown):
        nowhere.find(asked)
    nowhere.close()


def test_too_long_is_said_before_any_call(plaza: PlazaHandle, publisher: Publisher) -> None:
    assert publisher.limit == 500
    assert publisher.length("é👩‍👧") == 4  # code points, as the plaza counts
    assert publisher.reply(order(plaza, "👋" * 500)).post_id
    with pytest.raises(TooLong, match="501"):
        publisher.reply(order(plaza, "👋" * 501))
    assert len(plaza.wire_log("POST")) == 1


def test_a_deleted_parent_is_refused_in_the_platforms_words(plaza: PlazaHandle, publisher: Publisher) -> None:
    asked = order(plaza)
    plaza.delete(asked.parent.post_id)
    with pytest.raises(Refused, match=r"^This post does not exist, or its author has deleted it\.$"):
        publisher.reply(asked)
    assert publisher.find(asked) is None


def test_a_read_token_cannot_post(plaza: PlazaHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_PLAZA_WRITE_TOKEN", plaza.read_token)
    asked = order(plaza)
    reader = connect(Settings(base_url=plaza.base_url, account="harbourlight"))
    with pytest.raises(Refused, match="may read but not write"):
        reader.reply(asked)
    reader.close()
    assert plaza.replies_to(asked.parent.post_id) == []


def test_find_takes_nothing_for_ours_that_is_not_this_very_reply(plaza: PlazaHandle, publisher: Publisher) -> None:
    asked = order(plaza)
    parent = asked.parent.post_id
    elsewhere = plaza.post("bo", "@harbourlight hello")["post_id"]
    plaza.post("harbourlight", TEXT, elsewhere)
    plaza.post("harbourlight", TEXT + " ", parent)
    plaza.post("harbourlight", TEXT)
    plaza.post("cy", TEXT, parent)
    plaza.post("harbourlight", TEXT, parent, received_at=asked.attempted_at - timedelta(hours=2))
    assert publisher.find(asked) is None
    ours = plaza.post("harbourlight", TEXT, parent, received_at=asked.attempted_at - timedelta(minutes=50))
    found = publisher.find(asked)
    assert found is not None  # our clock may be fast
    assert found.post_id == ours["post_id"]
    assert publisher.find(replace(asked, known=frozenset({found.post_id}))) is None


def test_find_looks_through_as_many_pages_as_there_are(plaza: PlazaHandle, publisher: Publisher) -> None:
    asked = order(plaza)
    ours = publisher.reply(asked)
    for n in range(230):
        plaza.plaza.world.post("harbourlight", f"busy day {n}")
    found = publisher.find(asked)
    assert found is not None
    assert found.post_id == ours.post_id
    plaza.delete(ours.post_id)
    assert publisher.find(asked) is None


@pytest.mark.parametrize("fault", ["500", "html", "429_bare", "drop_before", "ok_without_id", "huge"])
def test_a_timeline_that_cannot_be_read_is_unknown_and_never_not_there(
    plaza: PlazaHandle, publisher: Publisher, fault: str
) -> None:
    asked = order(plaza)
    publisher.reply(asked)
    plaza.fault(fault, on="read")
    with pytest.raises(Unknown):
        publisher.find(asked)
    plaza.fault("401", on="read")
    with pytest.raises(Revoked):
        publisher.find(asked)


def test_it_is_a_pretend_network_with_nothing_to_fix(publisher: Publisher) -> None:
    assert publisher_file.PRETEND is True
    assert publisher.platform == "plaza"
    mention = Mention("plaza", "a1", Author("plaza", "ada", "ada"), "hi", datetime.now(UTC))
    assert publisher.fix(mention, datetime.now(UTC)) is None


def test_without_a_token_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_PLAZA_WRITE_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="WARMLINE_PLAZA_WRITE_TOKEN"):
        connect(Settings(account="harbourlight"))


def test_answered_well_the_cast_answers_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_plaza(empty=False) as plaza:
        monkeypatch.setenv("WARMLINE_PLAZA_WRITE_TOKEN", plaza.write_token)
        connected = connect(Settings(base_url=plaza.base_url, account="harbourlight"))
        said = next(post for post in plaza.posts() if "stitches" in post["text"])
        receipt = connected.reply(ordered(said, "Black yarn is the hard one. Thank you for telling us."))
        connected.close()
        plaza.tick(datetime.now(UTC) + timedelta(minutes=1))
        (thanks,) = plaza.replies_to(receipt.post_id)
        assert thanks["author"]["handle"] == "little_wool"


def test_a_colleagues_own_answer_is_seen_in_the_conversation(plaza: PlazaHandle, publisher: Publisher) -> None:
    asked = order(plaza)
    parent = asked.parent.post_id
    plaza.post("cy", "Try moss.", parent)
    below = plaza.post("ada", "or grey?", parent)["post_id"]
    plaza.post("harbourlight", "Grey is out.", below)
    assert publisher.answered(asked) is None
    native = plaza.post("harbourlight", "Moss is back on Friday!", parent)
    found = publisher.answered(asked)
    assert found is not None
    assert (found.post_id, found.url, found.how) == (native["post_id"], native["url"], "found")
    assert publisher.answered(replace(asked, known=frozenset({found.post_id}))) is None
    assert plaza.wire_log("POST") == []
    plaza.delete(parent)
    assert publisher.answered(asked) is None


POSTS, OURS, THREAD = "/api/posts", "/api/people/harbourlight/posts", "/api/posts/a1/thread"


class TestContract(PublisherContract):
    platform = "plaza"

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WARMLINE_PLAZA_WRITE_TOKEN", SECRET)

    def connect(self, url: str, folder: Path) -> Publisher:
        return connect(Settings(base_url=url, account="harbourlight", timeout_s=HANGS_UP_AFTER_S))

    def parent(self) -> Mention:
        return Mention("plaza", "a1", Author("plaza", "ada", "ada"), "a lantern", NOW)

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.said: list[dict[str, Any]] = []

        def take(asked: Asked) -> Say:
            say = answer(Say(self.say("harbourlight", asked.body["text"], asked.body["in_reply_to"]), 201))
            if 400 <= say.status < 500:
                self.said.pop()
            return say

        def ours(_: Asked) -> Say:
            posts = [post for post in reversed(self.said) if post["author"]["handle"] == "harbourlight"]
            return Say({"posts": posts, "next": None})

        server.on(POSTS, take)
        server.on(OURS, ours)
        server.on(THREAD, lambda _: Say({"thread_id": "a1", "posts": self.said}))

    def say(self, who: str, text: str, to: str) -> dict[str, Any]:
        number = f"b{len(self.said)}"
        url, at = f"http://127.0.0.1/posts/{number}", datetime.now(UTC).isoformat()
        about = {"post_id": number, "url": url, "received_at": at, "author": {"handle": who}}
        self.said.append({**about, "text": text, "in_reply_to": to})
        return self.said[-1]

    def taken(self, server: Scripted) -> Sequence[str]:
        return [post["text"] for post in self.said]

    def said_there(self, server: Scripted, text: str, *, to: Whom, by: Who) -> str:
        who = "harbourlight" if by == "us" else by
        return str(self.say(who, text, "a1" if to == "them" else "a2")["post_id"])

    def refusals(self) -> Sequence[Refusal]:
        gone = "This post does not exist, or its author has deleted it."
        return [
            (Say({"error": "NotFound", "message": gone}, 404), gone),
            (Say({"error": "Forbidden", "message": "This account may not do that."}, 403), "may not do that"),
        ]
