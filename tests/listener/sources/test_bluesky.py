"""Bluesky's source over real sockets, against answers in the shape of app.bsky's lexicons."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.mention import Batch
from listener.paging import Walk
from listener.settings import SettingsError
from listener.source import NotFound, RateLimited, Revoked, Unavailable
from listener.sources.bluesky import Bluesky, Settings, connect, lookup, parse
from tests.fakes import UNLIMITED
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
US = "did:plc:harbourlight"
LOGIN = "/xrpc/com.atproto.server.createSession"
NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"
SEARCH = "/xrpc/app.bsky.feed.searchPosts"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"
PROFILES = "/xrpc/app.bsky.actor.getProfiles"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        session = {"did": US, "handle": "harbourlight.test", "accessJwt": "access-token", "refreshJwt": "refresh-token"}
        script.on(LOGIN, Say(session))
        script.on(PROFILES, reach)
        yield script


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_BLUESKY_READ_PASSWORD", "abcd-efgh-ijkl-mnop")


@pytest.fixture
def source(server: Scripted, tmp_path: Path) -> Iterator[Bluesky]:
    opened = connect(settings(server, tmp_path, handle="@harbourlight.test"), ["lantern", "harbour light"], UNLIMITED)
    yield opened
    opened.close()


def settings(server: Scripted, tmp_path: Path, **more: Any) -> Settings:
    file = str(tmp_path / "session.json")
    return Settings(base_url=server.url, public_url=server.url, session_file=file, timeout_s=0.5, **more)


def iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person(name: str = "mara") -> dict[str, Any]:
    return {
        "did": f"did:plc:{name}",
        "handle": f"{name}.test",
        "displayName": name.title(),
        "avatar": "x",
        "labels": [],
    }


def view(number: int, at: datetime = NOW, who: str = "mara", **record: Any) -> dict[str, Any]:
    """A post as searchPosts shows it; `record` changes what the author wrote."""
    written = {"$type": "app.bsky.feed.post", "text": f"my lantern number {number}", "createdAt": iso(at), **record}
    return {
        "uri": f"at://did:plc:{who}/app.bsky.feed.post/3k{number:05}",
        "cid": f"bafy{number}",
        "author": person(who),
        "record": written,
        "likeCount": 4,
        "repostCount": 2,
        "replyCount": 1,
        "indexedAt": iso(at),
        "labels": [],
    }


def notification(number: int, at: datetime = NOW, reason: str = "mention", **record: Any) -> dict[str, Any]:
    shown = view(number, at, **record)
    return {key: shown[key] for key in ("uri", "cid", "author", "record", "indexedAt")} | {"reason": reason}


def reach(asked: Asked) -> Say:
    people = [{"did": did, "handle": "x.test", "followersCount": len(did)} for did in asked.query["actors"]]
    return Say({"profiles": people})


def hear(source: Bluesky, stream: str, cursor: str | None = None) -> Batch:
    return source.fetch(stream, cursor, NOW)


def test_a_post_is_read_whole() -> None:
    tag = {"$type": "app.bsky.richtext.facet#mention", "did": US}
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://pier.example/a/very/long/way"}
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://pier.example/card", "title": "t"}}
    root, parent = ({"uri": f"at://did:plc:sol/app.bsky.feed.post/{key}", "cid": f"bafy{key}"} for key in ("1", "2"))
    heard = parse(
        view(
            7,
            text="@harbourlight.test is my lantern’s wick meant to hiss? pier.example/a/ve...",
            langs=["en", "de"],
            facets=[
                {"index": {"byteStart": 0, "byteEnd": 3}, "features": [tag]},
                {"index": {}, "features": [link, link]},
            ],
            embed=card,
            reply={"root": root, "parent": parent},
        ),
        US,
    )
    assert heard.platform == "bluesky"
    assert heard.post_id == "at://did:plc:mara/app.bsky.feed.post/3k00007"
    assert heard.url == "https://bsky.app/profile/mara.test/post/3k00007"
    assert heard.text == "@harbourlight.test is my lantern’s wick meant to hiss? pier.example/a/ve..."
    assert (heard.in_reply_to, heard.thread_id) == (parent["uri"], root["uri"])
    assert dict(heard.extra) == {"cid": "bafy7", "root_uri": root["uri"], "root_cid": "bafy1"}
    assert heard.links == ("https://pier.example/a/very/long/way", "https://pier.example/card")
    assert (heard.lang, heard.likes, heard.reposts, heard.replies) == ("en", 4, 2, 1)
    assert (heard.author.author_id, heard.author.handle, heard.author.name) == ("did:plc:mara", "mara.test", "Mara")
    assert heard.author.url == "https://bsky.app/profile/mara.test"
    assert heard.to_us
    assert heard.posted_at == NOW


def test_a_post_that_begins_a_thread_is_its_own_root() -> None:
    heard = parse(view(7), US)
    assert heard.thread_id == heard.post_id
    assert heard.in_reply_to is None
    assert dict(heard.extra) == {"cid": "bafy7", "root_uri": heard.post_id, "root_cid": "bafy7"}


def quoting(uri: str) -> dict[str, Any]:
    return {"embed": {"$type": "app.bsky.embed.record", "record": {"uri": uri, "cid": "c"}}}


def quoting_with_a_picture(uri: str) -> dict[str, Any]:
    inner = {"$type": "app.bsky.embed.record", "record": {"uri": uri, "cid": "c"}}
    media = {"$type": "app.bsky.embed.external", "external": {"uri": "https://pier.example/p"}}
    return {"embed": {"$type": "app.bsky.embed.recordWithMedia", "record": inner, "media": media}}


def answering(uri: str) -> dict[str, Any]:
    return {"reply": {"root": {"uri": "at://did:plc:x/c/r", "cid": "c"}, "parent": {"uri": uri, "cid": "c"}}}


@pytest.mark.parametrize("speaking_to", [answering, quoting, quoting_with_a_picture])
def test_who_answers_or_quotes_us_speaks_to_us(speaking_to: Any) -> None:
    assert parse(view(1, **speaking_to(f"at://{US}/app.bsky.feed.post/3k")), US).to_us
    assert not parse(view(1, **speaking_to("at://did:plc:sol/app.bsky.feed.post/3k")), US).to_us
    assert not parse(view(1, **speaking_to(f"at://{US}/app.bsky.feed.post/3k"))).to_us  # no account: nobody's to us


def test_a_link_beside_a_quote_is_kept() -> None:
    assert parse(view(1, **quoting_with_a_picture("at://did:plc:sol/c/r"))).links == ("https://pier.example/p",)


@pytest.mark.parametrize(
    ("said", "posted_at"),
    [
        ("2026-11-20T10:00:00+02:00", NOW - timedelta(hours=4)),
        ("2026-11-20T11:59:59.123456789Z", NOW - timedelta(seconds=1) + timedelta(microseconds=123456)),
        ("2031-01-01T00:00:00Z", NOW),  # from the future
        ("0001-01-01T00:00:00Z", NOW),
        ("9999-12-31T23:59:59-14:00", NOW),
        ("yesterday", NOW),
        (None, NOW),
        (1700000000, NOW),
    ],
)
def test_an_authors_date_is_believed_within_reason(said: Any, posted_at: datetime) -> None:
    assert parse(view(1, createdAt=said)).posted_at == posted_at


def test_a_handle_that_no_longer_resolves_gives_way_to_the_did() -> None:
    shown = view(1)
    shown["author"]["handle"] = "handle.invalid"
    heard = parse(shown)
    assert heard.author.handle == "did:plc:mara"
    assert heard.url == "https://bsky.app/profile/did:plc:mara/post/3k00001"


def test_streams_put_those_who_speak_to_us_first(source: Bluesky, server: Scripted, tmp_path: Path) -> None:
    assert source.streams() == ("mentions", "ours", "search:lantern", "search:harbour light")
    without = connect(settings(server, tmp_path), ["lantern"], UNLIMITED)
    assert without.streams() == ("search:lantern",)
    without.close()
    assert server.asked == []  # nobody is called before the first fetch


def test_an_account_needs_its_password(server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_BLUESKY_READ_PASSWORD")
    with pytest.raises(SettingsError, match="WARMLINE_BLUESKY_READ_PASSWORD"):
        connect(settings(server, tmp_path, handle="harbourlight.test"), [], UNLIMITED)


def test_notifications_are_heard_and_not_marked_as_seen(source: Bluesky, server: Scripted) -> None:
    others = [notification(4, reason="like"), notification(5, reason="follow")]
    heard = [notification(1), notification(2, reason="reply"), notification(3, reason="quote")]
    server.on(NOTIFICATIONS, Say({"notifications": others + heard, "seenAt": iso(NOW)}))
    batch = hear(source, "mentions")
    assert [mention.post_id[-1] for mention in batch.mentions] == ["1", "2", "3"]
    assert all(mention.to_us for mention in batch.mentions)
    assert server.at(NOTIFICATIONS)[0].query["reasons"] == ["mention", "reply", "quote"]
    assert server.at(NOTIFICATIONS)[0].headers["Authorization"] == "Bearer access-token"
    assert [asked.verb for asked in server.asked if asked.path != LOGIN] == ["GET", "GET"]


def test_a_search_asks_for_the_latest_and_for_phrases_whole(source: Bluesky, server: Scripted) -> None:
    server.on(SEARCH, Say({"posts": [view(1)]}))
    first = hear(source, "search:harbour light")
    asked = server.at(SEARCH)[0]
    assert (asked.one("q"), asked.one("sort"), asked.one("limit")) == ('"harbour light"', "latest", "100")
    assert asked.one("since") == "2026-10-21T12:00:00.000Z"
    hear(source, "search:lantern", first.cursor)
    again = server.at(SEARCH)[1]
    assert (again.one("q"), again.one("since")) == ("lantern", "2026-11-20T10:00:00.000Z")


def test_our_own_posts_are_marked_as_ours(source: Bluesky, server: Scripted) -> None:
    server.on(SEARCH, Say({"posts": [view(1, who="harbourlight"), view(2)]}))
    found = {mention.author.handle: mention.ours for mention in hear(source, "search:lantern").mentions}
    assert found == {"harbourlight.test": True, "mara.test": False}


def test_what_we_said_ourselves_is_heard_without_what_we_reposted(source: Bluesky, server: Scripted) -> None:
    reposted = {"post": view(2), "reason": {"$type": "app.bsky.feed.defs#reasonRepost"}}
    server.on(FEED, Say({"feed": [{"post": view(1, who="harbourlight")}, reposted]}))
    (mention,) = hear(source, "ours").mentions
    assert (mention.author.handle, mention.ours) == ("harbourlight.test", True)
    assert server.at(FEED)[0].one("filter") == "posts_with_replies"


def test_reach_is_asked_for_once_a_person(source: Bluesky, server: Scripted) -> None:
    people = [f"p{number}" for number in range(30)]
    server.on(SEARCH, Say({"posts": [view(n, who=who) for n, who in enumerate(people + people)]}))
    batch = hear(source, "search:lantern")
    assert [len(asked.query["actors"]) for asked in server.at(PROFILES)] == [25, 5]
    assert {mention.author.followers for mention in batch.mentions} == {len("did:plc:p1"), len("did:plc:p10")}


@pytest.mark.parametrize("say", [Say({}, 500), Say({"profiles": [{"did": "did:plc:mara"}]}), Say({"error": "x"}, 429)])
def test_without_reach_listening_goes_on_and_says_so(
    source: Bluesky, server: Scripted, say: Say, caplog: pytest.LogCaptureFixture
) -> None:
    server.on(SEARCH, Say({"posts": [view(1)]}))
    server.on(PROFILES, say)
    with caplog.at_level(logging.WARNING):
        batch = hear(source, "search:lantern")
    assert batch.mentions[0].author.followers is None
    assert "reach of 1 authors" in caplog.text


def listing(posts: list[dict[str, Any]], size: int) -> Any:
    """The listing in pages of `size`; its cursor is a number, as search has it."""

    def page(asked: Asked) -> Say:
        start = int(asked.one("cursor") or 0)
        shown = posts[start : start + size]
        more = {"cursor": str(start + size)} if start + size < len(posts) else {}
        return Say({"posts": shown, **more})

    return page


def test_a_burst_is_heard_over_several_polls_and_none_is_dropped(source: Bluesky, server: Scripted) -> None:
    burst = [view(number, NOW - timedelta(seconds=number // 3)) for number in range(230)]
    server.on(SEARCH, listing(burst, 20))
    heard: set[str] = set()
    batch, polls = Batch(more=True), 0
    while batch.more:
        batch, polls = hear(source, "search:lantern", batch.cursor), polls + 1
        heard |= {mention.post_id for mention in batch.mentions}
    assert heard == {post["uri"] for post in burst}
    assert polls == 3
    assert batch.heard_until == NOW


def test_a_walk_stops_at_what_is_known_but_hears_a_late_arrival(source: Bluesky, server: Scripted) -> None:
    cursor = Walk(complete_until=NOW, deep_at=NOW).write()
    known = [view(number, NOW - timedelta(days=1)) for number in range(100)]
    # Far down the page by its author's slow clock, and there only now.
    known[40] = view(999, NOW - timedelta(minutes=1), createdAt=iso(NOW - timedelta(days=1)))
    server.on(SEARCH, listing(known, 50))
    batch = hear(source, "search:lantern", cursor)
    assert [mention.post_id[-5:] for mention in batch.mentions] == ["00999"]
    assert len(server.at(SEARCH)) == 2  # one page that held news, one that held none


def test_a_date_from_the_future_does_not_move_us_past_real_posts(source: Bluesky, server: Scripted) -> None:
    liar = view(1, NOW + timedelta(days=400))
    server.on(SEARCH, Say({"posts": [liar, view(2)]}))
    first = hear(source, "search:lantern")
    server.on(SEARCH, Say({"posts": [liar, view(3, NOW + timedelta(minutes=1)), view(2)]}))
    second = source.fetch("search:lantern", first.cursor, NOW + timedelta(minutes=2))
    assert "3k00003" in {mention.post_id[-7:] for mention in second.mentions}


def test_search_that_shows_no_more_says_what_may_be_lost(source: Bluesky, server: Scripted) -> None:
    def capped(asked: Asked) -> Say:
        if asked.one("cursor"):
            return Say({"error": "InvalidRequest", "message": "cursor out of range"}, 400)
        posts = [view(number, NOW - timedelta(minutes=number)) for number in range(100)]
        return Say({"posts": posts, "cursor": "100"})

    server.on(SEARCH, capped)
    known = NOW - timedelta(days=1)
    cursor = Walk(complete_until=known, deep_at=NOW).write()
    batch = hear(source, "search:lantern", cursor)
    assert len(batch.mentions) == 100
    assert batch.lost == (known, NOW - timedelta(minutes=99))
    assert not batch.more


def without(name: str) -> dict[str, Any]:
    shown = view(1)
    del shown[name]
    return shown


BROKEN: list[Any] = [
    *(without(name) for name in ("uri", "cid", "author", "record", "indexedAt")),
    view(1, text=None),
    view(1, reply={"root": {}, "parent": {}}),
    view(1, facets="none"),
    view(1, langs=5),
    {**view(1), "uri": 17},
    {**view(1), "indexedAt": "soon"},
    {**view(1), "indexedAt": "0001-01-01T00:00:00+14:00"},
    None,
    "a post",
]


@pytest.mark.parametrize("broken", BROKEN, ids=repr)
def test_one_bad_item_is_set_aside_and_the_rest_is_heard(source: Bluesky, server: Scripted, broken: Any) -> None:
    server.on(SEARCH, Say({"posts": [broken, view(2)], "aNewField": {}}))
    batch = hear(source, "search:lantern")
    assert [mention.post_id[-1] for mention in batch.mentions] == ["2"]
    assert json.loads(batch.unreadable[0].raw) == broken


def test_an_empty_page_keeps_its_place(source: Bluesky, server: Scripted) -> None:
    cursor = Walk(complete_until=NOW, deep_at=NOW).write()
    server.on(NOTIFICATIONS, Say({"notifications": []}))
    batch = hear(source, "mentions", cursor)
    assert batch.mentions == ()
    assert Walk.read(batch.cursor).complete_until == NOW


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "RateLimitExceeded"}, 429, {"ratelimit-reset": "1795176000"}), RateLimited),
        (Say({"error": "RateLimitExceeded"}, 429), RateLimited),
        (Say({"error": "AccountTakedown"}, 401), Revoked),
        (Say(b"Forbidden", 403), Revoked),
        (Say({"error": "InvalidRequest"}, 400), Unavailable),
        (Say(b"<html></html>"), Unavailable),
        (Say(b"", 502), Unavailable),
        (Say({"notPosts": []}), Unavailable),
        (Say({"posts": {}}), Unavailable),
        (Say({"posts": [view(1)] * 9}, fault="reset"), Unavailable),
        (Say(fault="hang"), Unavailable),
    ],
)
def test_every_fault_has_one_name(source: Bluesky, server: Scripted, say: Say, error: type[Exception]) -> None:
    server.on(SEARCH, say)
    server.on("/xrpc/com.atproto.server.refreshSession", Say({"error": "AccountTakedown"}, 401))
    with pytest.raises(error):
        hear(source, "search:lantern")


FOUND = "at://did:plc:mara/app.bsky.feed.post/3k00001"


@pytest.mark.parametrize(
    "link",
    [
        "https://bsky.app/profile/mara.test/post/3k00001",
        " https://bsky.app/profile/did:plc:mara/post/3k00001?ref=share#top ",
        FOUND,
        "at://mara.test/app.bsky.feed.post/3k00001",
    ],
)
def test_a_link_leads_to_its_post(server: Scripted, link: str) -> None:
    server.on("/xrpc/com.atproto.identity.resolveHandle", Say({"did": "did:plc:mara"}))
    server.on("/xrpc/app.bsky.feed.getPosts", Say({"posts": [view(1)]}))
    found = lookup(link, server.url)
    assert found is not None
    assert found.post_id == FOUND
    assert server.asked[-1].query == {"uris": [FOUND]}


@pytest.mark.parametrize(
    "link", ["https://example.com/profile/a/post/b", "https://bsky.app/profile/a", "at://", "mara.test", "", "http://["]
)
def test_other_links_are_not_ours_and_nobody_is_asked(link: str) -> None:
    assert lookup(link, "http://127.0.0.1:1") is None


def test_a_post_that_is_gone_is_not_found(server: Scripted) -> None:
    server.on("/xrpc/app.bsky.feed.getPosts", Say({"posts": []}))
    with pytest.raises(NotFound):
        lookup(FOUND, server.url)
    server.on("/xrpc/com.atproto.identity.resolveHandle", Say({"error": "InvalidRequest"}, 400))
    with pytest.raises(NotFound):
        lookup("https://bsky.app/profile/nobody.test/post/3k", server.url)
    server.on("/xrpc/app.bsky.feed.getPosts", Say({"posts": [{}]}))
    with pytest.raises(Unavailable):
        lookup(FOUND, server.url)
