"""Bluesky's source over real sockets, against answers in the shape of app.bsky's lexicons."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.jobs import searched
from listener.mention import Author, Batch, Mention
from listener.paging import Walk
from listener.settings import SettingsError, WatchSettings
from listener.source import NotFound, RateLimited, Revoked, Unavailable
from listener.sources.bluesky import Bluesky, Settings, connect, lookup
from listener.sources.bluesky.posts import parse
from tests.contract import HANGS_UP_AFTER_S, SECRET, Listed, Posted, SourceContract
from tests.fakes import UNLIMITED
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
US = "did:plc:harbourlight"
LOGIN = "/xrpc/com.atproto.server.createSession"
REFRESH = "/xrpc/com.atproto.server.refreshSession"
SESSION = "/xrpc/com.atproto.server.getSession"
POSTS = "/xrpc/app.bsky.feed.getPosts"
NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"
SEARCH = "/xrpc/app.bsky.feed.searchPosts"
FEED = "/xrpc/app.bsky.feed.getAuthorFeed"
PROFILES = "/xrpc/app.bsky.actor.getProfiles"


LOGGED_IN = {"did": US, "handle": "harbourlight.test", "accessJwt": "access-token", "refreshJwt": "refresh-token"}


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        script.on(LOGIN, Say(LOGGED_IN))
        script.on(PROFILES, reach)
        yield script


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_BLUESKY_READ_PASSWORD", SECRET)


@pytest.fixture
def source(server: Scripted, tmp_path: Path) -> Iterator[Bluesky]:
    opened = connect(settings(server, tmp_path, handle="@harbourlight.test"), ["lantern", "harbour light"], UNLIMITED)
    yield opened
    opened.close()


def settings(server: Scripted, tmp_path: Path, **more: Any) -> Settings:
    urls = {"base_url": server.url, "public_url": server.url, "session_file": str(tmp_path / "session.json")}
    return Settings(**{**urls, "timeout_s": 0.5, "jetstream": False, **more})


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
    people = [person(did.rpartition(":")[2]) | {"followersCount": len(did)} for did in asked.query["actors"]]
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


def test_who_answers_another_under_our_post_speaks_to_them() -> None:
    told = notification(1, reason="reply", **answering("at://did:plc:sol/app.bsky.feed.post/3k"))
    assert not parse(told, US).to_us
    assert parse(notification(1, reason="reply", **answering(f"at://{US}/app.bsky.feed.post/3k")), US).to_us


def pictures(*alts: Any) -> dict[str, Any]:
    return {"$type": "app.bsky.embed.images", "images": [{"alt": alt, "image": {}} for alt in alts]}


CARD = {
    "$type": "app.bsky.embed.external",
    "external": {"uri": "https://news.example/1", "title": "Lanterns\nrecalled"},
}
VIDEO = {"$type": "app.bsky.embed.video", "alt": "a lantern burns"}


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"text": "look", "embed": pictures("a cracked\nlantern", "", None)}, "look\n\n[image: a cracked lantern]"),
        ({"text": "look", "embed": VIDEO}, "look\n\n[video: a lantern burns]"),
        (
            {
                "text": "look",
                "embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {}, "media": pictures("a")},
            },
            "look\n\n[image: a]",
        ),
        ({"text": "", "embed": CARD}, "[link: Lanterns recalled]"),
        ({"text": "news.example/a/ve...", "embed": CARD}, "news.example/a/ve...\n\n[link: Lanterns recalled]"),
        ({"text": "so it is", "embed": CARD}, "so it is"),
        ({"text": "my #Lantern", "tags": ["lantern", "harbour", 7]}, "my #Lantern\n\n#harbour"),
        ({"text": "", "tags": ["harbour"]}, "#harbour"),
    ],
)
def test_the_text_holds_all_that_a_person_reads(record: dict[str, Any], text: str) -> None:
    assert parse(view(1, **record)).text == text


def test_an_odd_facet_spoils_no_post() -> None:
    kinds = ("app.bsky.richtext.facet#mention", "app.bsky.richtext.facet#link", "x.y#z")
    odd = [{"index": {}, "features": [{"$type": kind}, 7]} for kind in kinds]
    heard = parse(view(1, facets=[*odd, {"index": {}}]), US)
    assert (heard.text, heard.to_us, heard.links) == ("my lantern number 1", False, ())


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
    to_us = answering(f"at://{US}/app.bsky.feed.post/3k")
    heard = [notification(1), notification(2, reason="reply", **to_us), notification(3, reason="quote")]
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


def test_a_query_in_blueskys_own_words_is_asked_as_it_stands(server: Scripted, tmp_path: Path) -> None:
    watches = [WatchSettings(name="late", query='"night train" late lang:en OR from:mara.test')]
    source = connect(settings(server, tmp_path, handle="harbourlight.test"), searched("bluesky", watches), UNLIMITED)
    searches = [one.removeprefix("search:") for one in source.streams() if one.startswith("search:")]
    assert searches == ['late "night train"', "late nighttrain", "from:mara.test"]
    server.on(SEARCH, Say({"posts": []}))
    for one in searches:
        hear(source, f"search:{one}")
    assert [asked.one("q") for asked in server.at(SEARCH)] == searches
    source.close()


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


def test_a_walk_stops_at_what_is_known_but_hears_a_late_arrival(source: Bluesky, server: Scripted) -> None:
    cursor = Walk(complete_until=NOW, deep_at=NOW).write()
    known = [view(number, NOW - timedelta(days=1)) for number in range(100)]
    # Far down the page by its author's slow clock, and there only now.
    known[40] = view(999, NOW - timedelta(minutes=1), createdAt=iso(NOW - timedelta(days=1)))
    server.on(SEARCH, listing(known, 50))
    batch = hear(source, "search:lantern", cursor)
    assert [mention.post_id[-5:] for mention in batch.mentions] == ["00999"]
    assert len(server.at(SEARCH)) == 2  # one page that held news, one that held none


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


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "RateLimitExceeded"}, 429, {"ratelimit-reset": "1795176000"}), RateLimited),
        (Say({"error": "AccountTakedown"}, 401), Revoked),
        (Say({"error": "InvalidRequest"}, 400), Unavailable),
        (Say({"notPosts": []}), Unavailable),
        (Say({"posts": {}}), Unavailable),
    ],
)
def test_what_only_bluesky_says_has_a_name_too(
    source: Bluesky, server: Scripted, say: Say, error: type[Exception]
) -> None:
    server.on(SEARCH, say)
    server.on(REFRESH, Say({"error": "AccountTakedown"}, 401))
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


def stamp(val: str, src: str, **more: Any) -> dict[str, Any]:
    return {"src": src, "uri": src, "val": val, "cts": iso(NOW), **more}


@pytest.mark.parametrize(
    ("labels", "bot"),
    [
        ([stamp("bot", "did:plc:mara")], True),
        ([stamp("bot", "did:plc:a-labeller")], False),  # an opinion of somebody else's
        ([stamp("bot", "did:plc:mara", neg=True)], False),
        ([stamp("porn", "did:plc:mara")], False),
        ([None, "bot", 7, {}], False),
        ({"val": "bot"}, False),
        (None, False),
    ],
)
def test_an_account_that_calls_itself_a_bot_is_one(source: Bluesky, server: Scripted, labels: Any, bot: bool) -> None:
    shown = view(1)
    shown["author"]["labels"] = labels
    assert parse(shown).author.bot == bot
    server.on(SEARCH, Say({"posts": [view(1)]}))
    server.on(PROFILES, Say({"profiles": [person() | {"labels": labels}]}))
    assert hear(source, "search:lantern").mentions[0].author.bot == bot


def reading(source: Bluesky, *numbers: int) -> dict[str, Any]:
    found = source.reread([parse(view(number)) for number in numbers])
    return {uri[-1]: mention and mention.text for uri, mention in found.items()}


def shown(*views: dict[str, Any]) -> Any:
    """getPosts, which leaves out what it doesn't show."""
    return lambda asked: Say({"posts": [view for view in views if view["uri"] in asked.query["uris"]]})


def test_what_a_block_hides_from_us_is_not_called_gone(source: Bluesky, server: Scripted) -> None:
    def get_posts(asked: Asked) -> Say:
        as_us = shown(view(1))
        as_nobody = shown(view(1), view(2))
        answer: Say = (as_us if "Authorization" in asked.headers else as_nobody)(asked)
        return answer

    server.on(POSTS, get_posts)
    assert reading(source, 1, 2, 3) == {"1": "my lantern number 1", "3": None}
    assert [asked.query["uris"][0][-1] for asked in server.at(POSTS)] == ["1", "2"]  # nobody asks about what is shown
    blocked = view(1)
    blocked["author"]["viewer"] = {"blockedBy": True}
    server.on(POSTS, shown(blocked))
    assert reading(source, 1) == {}


def test_who_wants_no_strangers_is_read_again_with_an_account_alone(
    source: Bluesky, server: Scripted, tmp_path: Path
) -> None:
    shy = view(1)
    shy["author"]["labels"] = [stamp("!no-unauthenticated", "did:plc:mara")]
    server.on(POSTS, shown(shy))
    assert reading(source, 1) == {"1": "my lantern number 1"}
    public = connect(settings(server, tmp_path), [], UNLIMITED)
    assert reading(public, 1) == {}
    public.close()


def test_re_reading_asks_for_25_at_once_and_only_for_addresses(source: Bluesky, server: Scripted) -> None:
    server.on(POSTS, shown(*(view(number) for number in range(60))))
    kept = [parse(view(number)) for number in range(60)]
    imported = replace(kept[0], post_id="row:17")
    assert set(source.reread([*kept, imported, *kept])) == {mention.post_id for mention in kept}
    assert [len(asked.query["uris"]) for asked in server.at(POSTS)] == [25, 25, 10]


def test_a_post_that_makes_no_sense_any_more_is_left_out(source: Bluesky, server: Scripted) -> None:
    server.on(POSTS, shown({**view(1), "record": None}, {**view(2), "author": 7}, view(3)))
    assert reading(source, 1, 2, 3) == {"3": "my lantern number 3"}


class HeardJustNow:
    """A Jetstream that was heard, or can't be."""

    deaf = False

    def fetch(self, cursor: str | None, now: datetime, ours: str | None) -> Batch:
        if self.deaf:
            raise Unavailable("no Jetstream")
        return Batch(heard_from=now, heard_until=now)


@pytest.fixture
def streaming(server: Scripted, tmp_path: Path) -> Iterator[tuple[Bluesky, HeardJustNow]]:
    opened = connect(settings(server, tmp_path, handle="us.test", jetstream=True), ["lantern"], UNLIMITED)
    opened._posts = jetstream = HeardJustNow()  # type: ignore[assignment]
    yield opened, jetstream
    opened.close()


def test_beside_the_stream_a_search_is_asked_every_six_hours(
    streaming: tuple[Bluesky, HeardJustNow], server: Scripted
) -> None:
    source, _ = streaming
    assert source.streams() == ("mentions", "ours", "posts", "search:lantern")
    server.on(SEARCH, Say({"posts": [view(1)]}))
    first = hear(source, "search:lantern")
    assert [mention.post_id[-1] for mention in first.mentions] == ["1"]
    for hours in (5, 6):
        source.fetch("posts", None, NOW + timedelta(hours=hours))
        again = source.fetch("search:lantern", first.cursor, NOW + timedelta(hours=hours))
        assert bool(again.mentions) == (hours == 6)
    assert server.at(SEARCH)[1].one("since") == "2026-11-17T12:00:00.000Z"  # three days back, and over any outage
    server.on(SEARCH, listing([view(number, NOW - timedelta(minutes=number)) for number in range(900)], 100))
    under_way = hear(source, "search:lantern")
    assert under_way.more
    assert source.fetch("search:lantern", under_way.cursor, NOW).mentions  # a walk goes on at once


def test_while_the_stream_is_deaf_the_searches_take_over(
    streaming: tuple[Bluesky, HeardJustNow], server: Scripted
) -> None:
    source, jetstream = streaming
    server.on(SEARCH, Say({"posts": [view(1)]}))
    source.fetch("posts", None, NOW)
    first = hear(source, "search:lantern")
    assert source.fetch("search:lantern", first.cursor, NOW) == Batch()
    jetstream.deaf = True
    later = NOW + timedelta(minutes=11)
    with pytest.raises(Unavailable):
        source.fetch("posts", None, later)
    assert source.fetch("search:lantern", first.cursor, later).mentions


def test_without_an_account_the_stream_alone_is_heard(server: Scripted, tmp_path: Path) -> None:
    source = connect(settings(server, tmp_path, jetstream=True), ["lantern"], UNLIMITED)
    assert source.streams() == ("posts",)
    source.close()


@pytest.mark.parametrize(("url", "on"), [("https://bsky.social", True), ("http://127.0.0.1:2583", False)])
def test_the_stream_is_on_but_for_a_network_of_its_own(url: str, on: bool) -> None:
    assert Settings(base_url=url).streams_posts is on
    assert Settings(base_url=url, jetstream=not on).streams_posts is not on


def test_where_nobody_can_be_asked_none_counts_as_gone(server: Scripted, tmp_path: Path) -> None:
    away = settings(server, tmp_path, handle="us.test", public_url="http://127.0.0.1:1")
    source = connect(away, ["lantern"], UNLIMITED)
    server.on(POSTS, shown(view(1)))
    assert set(reading(source, 1, 2)) == {"1"}
    source.close()


def test_a_search_without_an_account_shows_one_page_and_says_what_may_be_lost(server: Scripted, tmp_path: Path) -> None:
    def one_page(asked: Asked) -> Say:
        if asked.one("cursor"):
            return Say(b"Request forbidden by administrative rules.", 403)
        return Say({"posts": [view(number, NOW - timedelta(minutes=number)) for number in range(100)], "cursor": "100"})

    server.on(SEARCH, one_page)
    source = connect(settings(server, tmp_path), ["lantern"], UNLIMITED)
    known = NOW - timedelta(days=1)
    batch = hear(source, "search:lantern", Walk(complete_until=known, deep_at=NOW).write())
    assert len(batch.mentions) == 100
    assert batch.lost == (known, NOW - timedelta(minutes=99))
    server.on(SEARCH, Say(b"Request forbidden by administrative rules.", 403))
    with pytest.raises(Revoked):
        hear(source, "search:lantern")
    source.close()


def test_with_an_account_a_refused_page_is_no_end(source: Bluesky, server: Scripted) -> None:
    full = {"posts": [view(number, NOW - timedelta(minutes=number)) for number in range(100)], "cursor": "100"}
    server.on(SEARCH, Say(full), Say({"error": "Forbidden"}, 403))
    with pytest.raises(Revoked):
        hear(source, "search:lantern")


def test_a_probe_says_who_we_are_and_what_is_heard(source: Bluesky, server: Scripted, tmp_path: Path) -> None:
    server.on(SESSION, Say({"did": US, "handle": "harbourlight.test", "active": True}), Say({}))
    assert source.probe() == ("let in as harbourlight.test; hears mentions, ours, search:lantern, search:harbour light")
    with pytest.raises(Unavailable):
        source.probe()
    public = connect(settings(server, tmp_path), ["lantern"], UNLIMITED)
    assert public.probe() == "lets the public in; hears search:lantern"
    server.on(PROFILES, Say({"error": "Forbidden"}, 403))
    with pytest.raises(Revoked):
        public.probe()
    public.close()


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "bluesky"
    sdk = "websockets"
    author_dates = True
    spared = frozenset({LOGIN, REFRESH})

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with scripted() as script:
            script.spared = set(self.spared)
            script.on(LOGIN, Say(LOGGED_IN | {"accessJwt": SECRET}))
            script.on(REFRESH, Say(LOGGED_IN | {"accessJwt": SECRET}))
            script.on(SESSION, Say({"did": US, "handle": "harbourlight.test"}))
            script.on(PROFILES, reach)
            yield script

    def connect(self, url: str, budget: Ledger, folder: Path) -> Bluesky:
        session_file = str(folder / "session.json")
        told = Settings(
            base_url=url,
            public_url=url,
            handle="harbourlight.test",
            session_file=session_file,
            timeout_s=HANGS_UP_AFTER_S,
            jetstream=False,
        )
        return connect(told, ["lantern"], budget)

    def raw(self, post: Posted) -> dict[str, Any]:
        return view(post.number, post.at, post.handle, text=post.text, createdAt=iso(post.said_at or post.at))

    def post_id(self, post: Posted) -> str:
        return f"at://did:plc:{post.handle}/app.bsky.feed.post/3k{post.number:05}"

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        latest_first = sorted(items, key=lambda item: item.at, reverse=True)

        def page(asked: Asked) -> Say:
            since = datetime.fromisoformat(asked.one("since") or iso(NOW - timedelta(days=9999)))
            found = [item.raw for item in latest_first if item.at >= since]
            return listing(found, self.page)(asked)

        server.on(SEARCH, page)

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        server.on(POSTS, shown(*map(self.raw, posts)))

    def broken(self) -> Sequence[Any]:
        inside = {"text": None, "reply": {"root": {}, "parent": {}}, "facets": "none", "langs": 5, "embed": [7]}
        times = ("soon", "0001-01-01T00:00:00+14:00", 17)
        records = [view(2, **{name: nonsense}) for name, nonsense in inside.items()]
        return [*super().broken(), *records, *({**view(2), "indexedAt": at} for at in times)]

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://pier.example/a/very/long/way"}
        root = {"uri": "at://did:plc:sol/app.bsky.feed.post/3kroot", "cid": "bafyroot"}
        raw = view(
            7,
            text="is my lantern meant to hiss? pier.example/a/ve...",
            createdAt="2026-11-20T11:58:00.000Z",
            langs=["en"],
            facets=[{"index": {"byteStart": 29, "byteEnd": 49}, "features": [link]}],
            reply={"root": root, "parent": root},
        )
        author = Author(
            "bluesky", "did:plc:mara", "mara.test", "Mara", followers=12, url="https://bsky.app/profile/mara.test"
        )
        meant = Mention(
            platform="bluesky",
            post_id="at://did:plc:mara/app.bsky.feed.post/3k00007",
            author=author,
            text="is my lantern meant to hiss? pier.example/a/ve...",
            posted_at=NOW - timedelta(minutes=2),
            url="https://bsky.app/profile/mara.test/post/3k00007",
            in_reply_to=root["uri"],
            thread_id=root["uri"],
            lang="en",
            likes=4,
            reposts=2,
            replies=1,
            links=("https://pier.example/a/very/long/way",),
            extra={"cid": "bafy7", "root_uri": root["uri"], "root_cid": "bafyroot"},
        )
        return [(raw, meant)]
