"""X's publisher over real sockets, against a server with X's manners: t.co links, the name put in front, duplicates."""

from __future__ import annotations

import html
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import Order, Postponed, PublishError, Refused, Revoked, TooLong, Unknown
from responders.publishers.x import KEYS, Settings, X, connect, price_of
from tests.contract import HANGS_UP_AFTER_S, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted, scripted

SEARCH = "/2/tweets/search/recent"
POSTS, TIMELINE, ME = "/2/tweets", "/2/users/900/tweets", "/2/users/me"
MARA = Author("x", "501", "mara", "Mara")
TEXT = "Hello Mara — the hiss is the valve & a “quarter turn” cures it: https://pier.example/valve?a=1&b=2 ✨"
NOT_MENTIONED = "You can only reply to or quote posts where you are mentioned or are the author."
NOT_ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."


def forbidden(detail: str) -> Say:
    return Say({"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}, 403)


def parent() -> Mention:
    asked = datetime.now(UTC) - timedelta(hours=3)
    return Mention("x", "41", MARA, "@harbourlight my lantern hisses", asked, thread_id="40")


def order(text: str = TEXT) -> Order:
    now = datetime.now(UTC)
    return Order(parent(), text, None, now - timedelta(minutes=2), now)


@dataclass
class PretendX:
    """What was posted, listed again as X lists it."""

    server: Scripted
    answer: Callable[[Say], Say] = lambda say: say
    texts: list[str] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    size: int = 100

    def __post_init__(self) -> None:
        self.server.on(POSTS, self.take)
        self.server.on(TIMELINE, self.timeline)
        self.server.on(SEARCH, self.search)
        self.server.on(ME, Say({"data": {"id": "900", "username": "HarbourLight", "name": "Harbour Light"}}))

    def take(self, asked: Asked) -> Say:
        self.texts.append(asked.body["text"])
        said = self.add(asked.body["text"], asked.body["reply"]["in_reply_to_tweet_id"])
        return self.answer(Say({"data": {"id": said["id"], "text": said["text"]}}, 201))

    def add(self, text: str, answers: str, at: datetime | None = None) -> dict[str, Any]:
        text = unicodedata.normalize("NFC", text).strip()
        links = re.findall(r"https?://\S+", text)
        for number, link in enumerate(links):
            text = text.replace(link, f"https://t.co/{number}")
        urls = [{"url": f"https://t.co/{number}", "expanded_url": link} for number, link in enumerate(links)]
        post = {
            "id": str(7000 + len(self.listed)),
            "text": "@mara " + html.escape(text, quote=False),
            "created_at": f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%S.000Z}",
            "referenced_tweets": [{"type": "replied_to", "id": answers}],
            "entities": {"urls": urls},
        }
        self.listed.insert(0, post)
        return post

    def search(self, asked: Asked) -> Say:
        assert asked.one("query") == "from:harbourlight conversation_id:40"
        shown = self.listed[:100]
        more = {"next_token": "more"} if len(self.listed) > 100 else {}
        return Say({"data": shown, "meta": {"result_count": len(shown), **more}} if shown else {"meta": more})

    def timeline(self, asked: Asked) -> Say:
        since = datetime.fromisoformat(asked.one("start_time") or "")
        found = [post for post in self.listed if datetime.fromisoformat(post["created_at"]) >= since]
        first = int(asked.one("pagination_token") or 0)
        shown = found[first : first + self.size]
        more = {"next_token": str(first + self.size)} if first + self.size < len(found) else {}
        return Say(
            {"data": shown, "meta": {"result_count": len(shown), **more}} if shown else {"meta": {"result_count": 0}}
        )


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def pretend(server: Scripted) -> PretendX:
    return PretendX(server)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(f"WARMLINE_X_WRITE_{name}", SECRET)
    monkeypatch.setenv("WARMLINE_X_WRITE_ACCESS_TOKEN", "900-" + SECRET)


@pytest.fixture
def publisher(server: Scripted) -> Iterator[X]:
    opened = connect(Settings(account="@harbourlight", base_url=server.url, timeout_s=0.5))
    yield opened
    opened.close()


def test_a_reply_is_signed_by_the_account_and_names_its_parent(
    publisher: X, server: Scripted, pretend: PretendX
) -> None:
    receipt = publisher.reply(order())
    (asked,) = server.at(POSTS)
    assert asked.body == {"text": TEXT, "reply": {"in_reply_to_tweet_id": "41"}}
    assert asked.headers["Authorization"].startswith("OAuth ")
    assert 'oauth_token="900-' in asked.headers["Authorization"]
    assert receipt.url == "https://x.com/harbourlight/status/7000"


@pytest.mark.parametrize(
    ("say", "error", "words"),
    [
        (Say({"detail": "No credits left."}, 402), Revoked, "credits are used up.*No credits"),
        (forbidden("Your account is suspended and is not permitted to access this feature."), Revoked, "suspended"),
        (forbidden("Your app has not the appropriate oauth1 app permissions."), Revoked, "oauth1"),
        (Say({"detail": "…", "reason": "client-not-enrolled"}, 403), Revoked, "403"),
        (forbidden("Its author's account is suspended."), Refused, "^Its author's account is suspended.$"),
        (Say({"errors": [{"detail": "Nested, and plain."}]}, 403), Refused, "^Nested, and plain.$"),
        (Say([{"code": 1}], 403), Refused, "403"),
        (Say({"error": 404}, 404), Refused, "404"),
        (Say({"error": 500}, 502), Unknown, "502"),
        (Say({"detail": "Conflict"}, 409), Unknown, "Conflict"),
        (Say({"data": {"id": 7}}, 201), Unknown, "201"),
        (Say({"data": None, "errors": [{"detail": "Odd."}]}, 200), Unknown, "Odd."),
    ],
)  # fmt: skip
def test_every_end_is_told_from_its_status(
    publisher: X, server: Scripted, pretend: PretendX, say: Say, error: type[PublishError], words: str
) -> None:
    pretend.answer = lambda _: say
    with pytest.raises(error, match=words) as caught:
        publisher.reply(order())
    assert type(caught.value) is error
    assert len(server.writes()) == 1


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"x-rate-limit-reset": "{in 7}", "x-rate-limit-remaining": "0"}, 7),
        ({"x-user-limit-24hour-reset": "{in 90}", "x-user-limit-24hour-remaining": "0"}, 90),
        ({"x-app-limit-24hour-reset": "{in 90}", "x-app-limit-24hour-remaining": "5"}, 7),
    ],
)  # fmt: skip
def test_a_429_is_postponed_until_the_limit_that_is_used_up(
    publisher: X, pretend: PretendX, headers: Mapping[str, str], minutes: int
) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    at = {f"{{in {n}}}": str(int((now + timedelta(minutes=n)).timestamp())) for n in (7, 90)}
    told = {"x-rate-limit-reset": "{in 7}", **headers}
    pretend.answer = lambda _: Say({}, 429, {name: at.get(value, value) for name, value in told.items()})
    with pytest.raises(Postponed) as caught:
        publisher.reply(order())
    assert caught.value.retry_at == now + timedelta(minutes=minutes)


# A duplicate: of this reply, of another, or of what cannot be seen yet


def test_a_duplicate_after_a_lost_answer_is_unknown_and_found(
    publisher: X, server: Scripted, pretend: PretendX
) -> None:
    pretend.answer = lambda _: Say(b"", 504)
    with pytest.raises(Unknown):
        publisher.reply(order())
    server.on(POSTS, forbidden(DUPLICATE))
    again = order()
    with pytest.raises(Unknown, match="same reply is there already"):
        publisher.reply(again)
    found = publisher.find(again)
    assert found is not None
    assert (found.post_id, found.how) == ("7000", "found")


def test_a_duplicate_of_what_we_said_to_somebody_else_is_refused(
    publisher: X, server: Scripted, pretend: PretendX
) -> None:
    pretend.add(TEXT, answers="40")
    server.on(POSTS, forbidden(DUPLICATE))
    with pytest.raises(Refused, match=r"duplicate content.*status/7000: say it differently"):
        publisher.reply(order())


def test_a_duplicate_of_nothing_to_be_seen_is_unknown(publisher: X, server: Scripted, pretend: PretendX) -> None:
    server.on(POSTS, forbidden(DUPLICATE))
    with pytest.raises(Unknown, match="not to be seen"):
        publisher.reply(order())
    server.on(TIMELINE, Say(b"<html>", 503))
    with pytest.raises(Unknown, match="could not be looked up"):
        publisher.reply(order())


# Looking for it


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "See https://pier.example/ and https://pier.example.",
        "@sol told me: 1 < 2 & 3 > 2, cafe\u0301",
        "two\nlines,  two spaces ",
        "ends with a link https://pier.example/a?b=c&copy=1",
    ],
)
def test_our_own_words_are_known_again(publisher: X, pretend: PretendX, text: str) -> None:
    pretend.add(text, answers="41")
    assert publisher.find(order(text)) is not None
    assert publisher.find(order(text + " or so")) is None


def test_an_edited_post_is_answered_in_its_newest_version(publisher: X, server: Scripted, pretend: PretendX) -> None:
    asked = order()
    asked = replace(asked, parent=replace(asked.parent, extra={"newest_id": "43"}))
    publisher.reply(asked)
    assert server.at(POSTS)[0].body["reply"]["in_reply_to_tweet_id"] == "43"
    assert publisher.find(asked) is not None
    pretend.listed[0]["referenced_tweets"] = [{"type": "replied_to", "id": "41"}]
    assert publisher.find(asked) is not None
    pretend.listed[0]["referenced_tweets"] = [{"type": "replied_to", "id": "42"}]
    assert publisher.find(asked) is None


@pytest.mark.parametrize("text", ["(example.com)", "“example.com”", "read:example.com", "is it example.com?"])
def test_names_that_x_makes_links_of_are_known_again(publisher: X, pretend: PretendX, text: str) -> None:
    post = pretend.add(text.replace("example.com", "https://t.co/7"), answers="41")
    post["text"] = post["text"].replace("https://t.co/0", "https://t.co/7")
    post["entities"] = {"urls": [{"url": "https://t.co/7", "expanded_url": "http://example.com/"}]}
    assert publisher.find(order(text)) is not None
    assert publisher.find(order(text.replace("example.com", "example.org"))) is None


def test_only_this_very_reply_is_taken_for_it(publisher: X, pretend: PretendX) -> None:
    pretend.add(TEXT, answers="40")
    pretend.add(TEXT + " !", answers="41")
    pretend.add(TEXT, answers="41", at=parent().posted_at - timedelta(hours=1))
    assert publisher.find(order()) is None


def test_our_posts_are_looked_through_page_by_page_and_not_for_ever(
    publisher: X, server: Scripted, pretend: PretendX
) -> None:
    pretend.size = 5
    pretend.add(TEXT, answers="41")
    for n in range(14):
        pretend.add(f"busy day {n}", answers="40")
    assert publisher.find(order()) is not None
    assert len(server.at(TIMELINE)) == 3
    for n in range(10):
        pretend.add(f"busier day {n}", answers="40")
    with pytest.raises(Unknown, match="too many"):
        publisher.find(order())


@pytest.mark.parametrize(
    "spoilt",
    [
        {"data": [None]},
        {"data": [{"id": "1", "text": TEXT}]},
        {"data": "none"},
        {"errors": [{"type": "…/resource-not-found"}]},
        {"data": [], "meta": []},
    ],
)
def test_posts_that_cannot_be_read_are_never_called_not_there(
    publisher: X, server: Scripted, pretend: PretendX, spoilt: Any
) -> None:
    server.on(TIMELINE, Say(spoilt))
    if spoilt == {"data": [], "meta": []}:
        assert publisher.find(order()) is None
        return
    with pytest.raises(Unknown):
        publisher.find(order())


def test_a_token_without_our_number_asks_who_we_are(
    server: Scripted, pretend: PretendX, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_X_WRITE_ACCESS_TOKEN", SECRET)
    opened = connect(Settings(account="harbourlight", base_url=server.url, timeout_s=0.5))
    pretend.add(TEXT, answers="41")
    assert opened.find(order()) is not None
    assert len(server.at(ME)) == 1
    opened.close()


# Keys, money


def test_a_probe_tells_keys_of_another_account_and_keys_that_may_only_read(
    publisher: X, server: Scripted, pretend: PretendX
) -> None:
    assert publisher.probe() == "let in, as @HarbourLight"
    server.on(ME, Say({"data": {"id": "901", "username": "somebody"}}))
    with pytest.raises(Revoked, match="@somebody, not of @harbourlight"):
        publisher.probe()
    server.on(ME, Say({"data": {"id": "900", "username": "harbourlight"}}, headers={"x-access-level": "read"}))
    with pytest.raises(Revoked, match="Read and write"):
        publisher.probe()


def test_keys_may_stand_in_a_file_of_their_owner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in KEYS:
        monkeypatch.delenv(f"WARMLINE_X_WRITE_{name}")
    with pytest.raises(SettingsError, match=r"WARMLINE_X_WRITE_API_KEY.*WARMLINE_X_WRITE_ACCESS_SECRET"):
        connect(Settings(account="harbourlight"))
    kept = tmp_path / "keys"
    kept.write_text("\n".join(f'{name.lower()} = "{SECRET}"' for name in KEYS))
    kept.chmod(0o600)
    connect(Settings(account="harbourlight", keys_file=str(kept))).close()
    kept.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        connect(Settings(account="harbourlight", keys_file=str(kept)))
    kept.chmod(0o600)
    kept.write_text(SECRET)
    with pytest.raises(SettingsError) as caught:
        connect(Settings(account="harbourlight", keys_file=str(kept)))
    assert SECRET not in str(caught.value)


def test_no_key_gets_into_the_log(publisher: X, pretend: PretendX, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        publisher.reply(order())
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("A quarter turn left. Then it hums!", 0.010),
        ("Ask @harbour.light or write to us, 3.5 turns", 0.010),
        ("See https://pier.example/valve", 0.200),
        ("See pier.example/valve", 0.200),
        ("It's all on pier.example.", 0.200),
        ("www.pier", 0.200),
    ],
)
def test_a_link_makes_a_reply_dear(text: str, usd: float) -> None:
    assert price_of(text) == usd


def test_a_long_reply_is_too_long_by_weight(publisher: X, server: Scripted) -> None:
    with pytest.raises(TooLong, match="282"):
        publisher.reply(order("光" * 141))
    assert server.asked == []


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "x"
    sdk = "tweepy"

    def connect(self, url: str, folder: Path) -> X:
        return connect(Settings(account="harbourlight", base_url=url, timeout_s=HANGS_UP_AFTER_S))

    def parent(self) -> Mention:
        return parent()

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.pretend = PretendX(server, answer)

    def taken(self, server: Scripted) -> Sequence[str]:
        return self.pretend.texts

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        if by == "sol":
            return "1"
        return str(self.pretend.add(text, answers="41" if to == "them" else "42")["id"])

    def refusals(self) -> Sequence[Refusal]:
        invalid = Say({"errors": [{"message": "Your text is too long."}], "title": "Invalid Request"}, 400)
        return [
            (forbidden(NOT_MENTIONED), NOT_MENTIONED),
            (forbidden(NOT_ENGAGED), NOT_ENGAGED),
            (replace(forbidden("Deleted or not visible."), status=404), "Deleted or not visible."),
            (invalid, "Your text is too long."),
        ]

    def test_one_search_that_finds_nothing_is_all_that_it_costs(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        assert publisher.answered(self.order()) is None
        (asked,) = server.asked
        assert (asked.path, asked.one("max_results")) == (SEARCH, "100")

    def test_a_mention_without_a_conversation_is_searched_for_by_whom_it_is_from(
        self, publisher: Any, server: Scripted
    ) -> None:
        self.accept(server)
        server.on(
            SEARCH, lambda asked: Say({"data": self.pretend.listed} if " to:mara" in asked.query["query"][0] else {})
        )
        order = replace(self.order(), parent=replace(self.parent(), thread_id=None))
        native = self.pretend.add("On my way!", answers="41")
        assert publisher.answered(order).post_id == native["id"]
        nobody = replace(order.parent, author=replace(MARA, handle="mara OR from:sol"))
        with pytest.raises(Unknown, match="no conversation"):
            publisher.answered(replace(order, parent=nobody))

    def test_more_than_a_page_of_ours_is_not_called_unanswered(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        for number in range(101):
            self.pretend.add(f"busy {number}", answers="42")
        with pytest.raises(Unknown, match="too many"):
            publisher.answered(self.order())
        self.pretend.add("On my way!", answers="41")
        assert publisher.answered(self.order()) is not None
