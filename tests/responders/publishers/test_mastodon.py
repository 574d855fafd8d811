"""Mastodon as a way out: whom a reply reaches, what makes it unique, and where it is looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import Order, Postponed, Refused, Revoked, TooLong, Unknown
from responders.publishers.mastodon import WRITE_VARIABLE, Mastodon, Settings, connect, fix
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted, scripted

STATUSES, OURS, SEARCH = "/api/v1/statuses", "/api/v1/accounts/7/statuses", "/api/v2/search"
ME, APP = "/api/v1/accounts/verify_credentials", "/api/v1/apps/verify_credentials"


class Pier:
    """A Mastodon server that takes replies and lists them, as its documents say."""

    def __init__(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.server = server
        self.taken: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self._answer = answer
        server.on(STATUSES, self.take)
        server.on(OURS, lambda _: Say(list(reversed(self.taken))))
        server.on(ME, Say({"id": "7", "username": "acme", "acct": "acme", "display_name": "Acme"}))
        server.on(APP, Say({"name": "warmline", "scopes": ["read", "write:statuses"]}))
        server.on(SEARCH, Say({"accounts": [], "statuses": [], "hashtags": []}))

    def take(self, asked: Asked) -> Say:
        sent = asked.body
        self.texts.append(sent["status"])
        return self._answer(Say(self.native(sent["status"], sent.get("in_reply_to_id"))))

    def native(self, text: str, parent: str | None) -> dict[str, Any]:
        number = str(100 + len(self.taken))
        shown = escape(text, quote=False).replace("\n\n", "</p><p>").replace("\n", "<br />")
        told = {
            "id": number,
            "uri": f"https://pier.example/users/acme/statuses/{number}",
            "url": f"https://pier.example/@acme/{number}",
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "in_reply_to_id": parent,
            "content": f"<p>{shown}</p>",
        }
        self.taken.append(told)
        return told


def mention(host: str = "pier.example", **more: Any) -> Mention:
    told = {"server": host, "status_id": "01H8XYZ", "visibility": "public", **more}
    return Mention(
        platform="mastodon",
        post_id="https://reef.example/users/mara/statuses/5",
        author=Author("mastodon", "mara@reef.example", "mara@reef.example", "Mara"),
        text="my lantern hisses",
        posted_at=NOW,
        url="https://reef.example/@mara/5",
        lang="en",
        extra={name: value for name, value in told.items() if value},
    )


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def publisher(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mastodon]:
    opened = opening(server, monkeypatch)
    yield opened
    opened.close()


def opening(server: Scripted, monkeypatch: pytest.MonkeyPatch, **more: Any) -> Mastodon:
    monkeypatch.setenv(WRITE_VARIABLE, SECRET)
    return connect(Settings(base_url=server.url, handle="acme@pier.example", timeout_s=0.5, **more))


def order(server: Scripted, text: str = "@mara@reef.example a quarter turn left", **more: Any) -> Order:
    parent = mention(server.url.removeprefix("http://"), **more)
    return Order(parent, text, fix(parent, NOW), NOW, datetime.now(UTC))


def test_a_reply_stands_under_its_parent_with_its_key(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    receipt = publisher.reply(order(server))
    (sent,) = server.writes()
    assert (sent.path, sent.body["in_reply_to_id"]) == (STATUSES, "01H8XYZ")
    assert sent.headers["Idempotency-Key"] == fix(mention(), NOW)
    assert sent.headers["Authorization"] == f"Bearer {SECRET}"
    assert sent.body["language"] == "en"
    assert receipt.post_id == "https://pier.example/users/acme/statuses/100"
    assert receipt.url == "https://pier.example/@acme/100"
    assert len(server.asked) == 1


def test_the_key_is_one_approvals_own_and_stays() -> None:
    assert fix(mention(), NOW) == fix(mention("another.example"), NOW)
    others = {fix(mention(), NOW + timedelta(microseconds=1)), fix(replace(mention(), post_id="https://x/1"), NOW)}
    assert len(others | {fix(mention(), NOW)}) == 3


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("public", "public"),
        ("unlisted", "unlisted"),
        ("private", "private"),
        ("direct", "direct"),
        ("local", "direct"),
        ("list", "direct"),
    ],
)
def test_no_more_people_see_the_reply_than_see_the_post(
    publisher: Mastodon, server: Scripted, theirs: str, ours: str
) -> None:
    Pier(server)
    publisher.reply(order(server, visibility=theirs))
    assert server.writes()[0].body["visibility"] == ours


def test_public_posts_can_be_answered_unlisted(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    Pier(server)
    quiet = opening(server, monkeypatch, unlisted=True)
    quiet.reply(order(server))
    quiet.reply(order(server, visibility="private"))
    assert [sent.body["visibility"] for sent in server.writes()] == ["unlisted", "private"]
    quiet.close()


def test_the_warning_is_kept_and_counts(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    publisher.reply(order(server, spoiler_text="lamp talk"))
    assert server.writes()[0].body["spoiler_text"] == "lamp talk"
    server.asked.clear()
    with pytest.raises(TooLong, match="warning"):
        publisher.reply(order(server, "a" * 495, spoiler_text="lamp talk"))
    assert server.asked == []
    publisher.reply(order(server, "a" * 495))


def test_a_server_that_takes_more_may_be_given_more(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    Pier(server)
    roomy = opening(server, monkeypatch, max_characters=5000)
    roomy.reply(order(server, "a" * 4000))
    roomy.close()


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("@mara@reef.example hello", True),
        ("hello, @Mara@Reef.example!", True),
        ("@mara hello", False),  # a mara of our own server, if there is one
        ("hello", False),
        ("@mara@reef.example.org hello", False),
        ("@maraud@reef.example hello", False),
        ("https://reef.example/@mara@reef.example", False),
    ],
)
@pytest.mark.parametrize("visibility", ["private", "direct"])
def test_a_reply_its_reader_would_never_see_is_refused(
    publisher: Mastodon, server: Scripted, text: str, reaches: bool, visibility: str
) -> None:
    Pier(server)
    if reaches:
        publisher.reply(order(server, text, visibility=visibility))
        return
    with pytest.raises(Refused, match=r"@mara@reef\.example"):
        publisher.reply(order(server, text, visibility=visibility))
    assert server.asked == []


def test_people_of_our_own_server_need_no_host(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    asked = order(server, "@sol hello", visibility="direct")
    sol = replace(asked.parent.author, handle="sol@pier.example", author_id="sol@pier.example")
    publisher.reply(replace(asked, parent=replace(asked.parent, author=sol)))
    assert len(server.writes()) == 1


def test_a_post_heard_elsewhere_is_looked_up_on_our_server(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    other = {"id": "6", "uri": "https://reef.example/else", "visibility": "public"}
    known = {"id": "01HOME", "uri": mention().post_id, "visibility": "unlisted", "spoiler_text": "lamp talk"}
    server.on(SEARCH, Say({"statuses": [other, known]}))
    away = replace(order(server), parent=mention("fosstodon.example"))
    publisher.reply(away)
    looked = server.at(SEARCH)[0]
    assert (looked.one("q"), looked.one("resolve")) == (mention().post_id, "1")
    (sent,) = server.writes()
    assert sent.body["in_reply_to_id"] == "01HOME"
    assert (sent.body["visibility"], sent.body["spoiler_text"]) == ("unlisted", "lamp talk")
    assert publisher.find(away) is not None


def test_what_is_too_long_is_not_even_looked_up(publisher: Mastodon, server: Scripted) -> None:
    with pytest.raises(TooLong):
        publisher.reply(replace(order(server, "a" * 501), parent=mention("fosstodon.example")))
    assert server.asked == []


@pytest.mark.parametrize(
    ("say", "error"),
    [(Say({}, 503), Postponed), (Say({}, 429), Postponed), (Say({}, 403), Revoked), (Say({"statuses": 7}), Postponed)],
)
def test_a_look_up_that_fails_has_sent_nothing(
    publisher: Mastodon, server: Scripted, say: Say, error: type[Exception]
) -> None:
    Pier(server)
    server.on(SEARCH, say)
    with pytest.raises(error):
        publisher.reply(replace(order(server), parent=mention("fosstodon.example")))
    assert server.writes() == []


def test_a_post_our_server_cannot_find_is_not_answered(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    with pytest.raises(Refused, match="can't find"):
        publisher.reply(replace(order(server), parent=mention("fosstodon.example")))
    assert server.writes() == []


@pytest.mark.parametrize("version", ["4.4.0+glitch", "garbage", None])
def test_looking_up_works_with_a_server_of_any_version(
    publisher: Mastodon, server: Scripted, version: str | None
) -> None:
    Pier(server)
    server.on("/api/v1/instance/", Say({"version": version}))
    with pytest.raises(Refused):
        publisher.reply(replace(order(server), parent=mention("fosstodon.example")))
    assert [asked.path for asked in server.asked] == [SEARCH]


def test_what_was_posted_is_found_as_the_server_shows_it(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    asked = order(server, "@mara@reef.example yes!\n\nSee https://pier.example/a/long/way — “soon”. ✨")
    publisher.reply(asked)
    pier.taken[0]["content"] = (
        '<p><span class="h-card" translate="no"><a href="https://reef.example/@mara" class="u-url mention">@<span>mara'
        '</span></a></span> yes!</p><p>See <a href="https://pier.example/a/long/way"><span class="invisible">https://'
        '</span><span class="ellipsis">pier.example/a/l</span><span class="invisible">ong/way</span></a>'
        " — “soon”. ✨</p>"
    )
    found = publisher.find(asked)
    assert found is not None
    assert (found.post_id, found.how) == ("https://pier.example/users/acme/statuses/100", "found")


def test_the_same_words_to_somebody_else_are_another_reply(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    publisher.reply(order(server, status_id="999"))
    assert publisher.find(order(server)) is None


def test_a_reply_whose_parent_was_deleted_since_is_found(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    publisher.reply(order(server))
    pier.taken[0]["in_reply_to_id"] = None
    assert publisher.find(order(server)) is not None
    server.on(f"{STATUSES}/01H8XYZ", Say({}, 503))
    with pytest.raises(Unknown):
        publisher.find(order(server))


def test_a_post_of_ours_that_answers_nobody_is_no_reply(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    publisher.reply(order(server))
    pier.taken[0]["in_reply_to_id"] = None
    server.on(f"{STATUSES}/01H8XYZ", Say({"id": "01H8XYZ", "uri": mention().post_id}))
    assert publisher.find(order(server)) is None


def test_marks_that_are_kept_tell_texts_apart(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    asked = order(server, "@mara@reef.example C++ is *fine*?")
    publisher.reply(asked)
    pier.taken[0]["content"] = "<p>@mara C is fine!</p>"
    assert publisher.find(asked) is None
    pier.taken[0]["content"] = "<p>@mara C++ is <em>fine</em>?</p>"
    assert publisher.find(asked) is not None


def test_an_older_reply_with_these_words_is_not_this_one(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    asked = order(server)
    publisher.reply(asked)
    pier.taken[0]["created_at"] = (asked.attempted_at - timedelta(hours=2)).isoformat()
    assert publisher.find(asked) is None


def test_looking_goes_back_page_by_page_to_the_attempt(publisher: Mastodon, server: Scripted) -> None:
    pier = Pier(server)
    asked = order(server)
    publisher.reply(asked)
    mine = pier.taken[0]
    newer = [{**mine, "id": str(number), "content": "<p>else</p>"} for number in range(200, 320)]
    feed = [*reversed(newer), mine]

    def page(asked: Asked) -> Say:
        ids = [raw["id"] for raw in feed]
        start = ids.index(after) + 1 if (after := asked.one("max_id")) else 0
        shown = feed[start : start + 40]
        return Say(shown, headers={"Link": f'<{server.url}{OURS}?max_id={shown[-1]["id"]}>; rel="next"'})

    server.on(OURS, page)
    assert publisher.find(asked) is not None
    assert len(server.at(OURS)) == 4
    server.on(OURS, Say([{**mine, "created_at": "soon"}]))
    with pytest.raises(Unknown):
        publisher.find(asked)


@pytest.mark.parametrize(
    ("scopes", "fine"),
    [(["read", "write:statuses"], True), (["read", "write"], True), (["read", "profile"], False), (None, True)],
)
def test_a_token_that_may_not_write_is_noticed(
    publisher: Mastodon, server: Scripted, scopes: list[str] | None, fine: bool
) -> None:
    Pier(server)
    server.on(APP, Say({"name": "warmline", "scopes": scopes} if scopes else {"name": "warmline"}))
    if fine:
        assert "acme" in publisher.probe()
        return
    with pytest.raises(Revoked, match="write:statuses"):
        publisher.probe()


def test_a_token_of_another_account_is_noticed(publisher: Mastodon, server: Scripted) -> None:
    Pier(server)
    server.on(ME, Say({"id": "8", "acct": "someone"}))
    with pytest.raises(Revoked, match="someone"):
        publisher.probe()


def test_without_a_token_there_is_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WRITE_VARIABLE, raising=False)
    with pytest.raises(SettingsError, match=WRITE_VARIABLE):
        connect(Settings(handle="acme"))


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "mastodon"
    sdk = "mastodon"

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch, server: Scripted) -> None:
        monkeypatch.setenv(WRITE_VARIABLE, SECRET)
        self.host = server.url.removeprefix("http://")

    def connect(self, url: str, folder: Path) -> Mastodon:
        self.host = url.removeprefix("http://")
        return connect(Settings(base_url=url, handle="acme@pier.example", timeout_s=HANGS_UP_AFTER_S))

    def parent(self) -> Mention:
        return mention(self.host)

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.pier = Pier(server, answer)

    def taken(self, server: Scripted) -> Sequence[str]:
        return self.pier.texts

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        parent = "01H8XYZ" if to == "them" else "01H8ABC"
        taken = self.pier.native(text, parent) if by == "us" else {"uri": "https://reef.example/users/sol/statuses/9"}
        return str(taken["uri"])

    def refusals(self) -> Sequence[Refusal]:
        return [
            (Say({"error": "Validation failed: Text character limit of 500 exceeded"}, 422), "limit of 500 exceeded"),
            (Say({"error": "This action is outside the authorized scopes"}, 403), "outside the authorized scopes"),
            (Say({"error": "The post you are trying to reply to does not appear to exist."}, 404), "to exist"),
            (Say({"error": "Bad request", "error_description": "no such visibility"}, 400), "no such visibility"),
        ]

    def test_what_our_server_does_not_know_nobody_has_answered_on_it(self, publisher: Any, server: Scripted) -> None:
        self.accept(server)
        away = replace(self.order(), parent=mention("fosstodon.example"))
        assert publisher.answered(away) is None
        known = {"id": "01H8XYZ", "uri": mention().post_id}
        server.on(SEARCH, Say({"statuses": [known]}))
        native = self.said_there(server, "On my way.", to="them", by="us")
        assert publisher.answered(away).post_id == native
