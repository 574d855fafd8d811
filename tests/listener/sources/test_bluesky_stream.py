"""Bluesky's `posts` stream over real sockets, against a Jetstream on loopback in its documented shape.

What `tests/contract.py` promises of listings over HTTP is promised here of a WebSocket, which it can't speak.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.clean import clean_mention
from listener.jobs import searched
from listener.mention import Author, Batch, Mention
from listener.settings import SettingsError, WatchSettings
from listener.source import OutOfCredits, RateLimited, Revoked, SourceError, Unavailable
from listener.sources.bluesky import Bluesky, Settings, connect
from listener.sources.bluesky.jetstream import Bounds, Event, Jetstream
from listener.sources.bluesky.stream import Named, Posts
from listener.sources.bluesky.xrpc import Line, Xrpc
from tests.fakes import UNLIMITED
from tests.pace import took
from tests.servers.jetstream_server import Frame, Jetstreaming, Refuse, Trouble, jetstreaming
from tests.servers.scripted import Asked, Say, Scripted, scripted

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
US = "did:plc:harbourlight"
POST = "app.bsky.feed.post"
PROFILES = "/xrpc/app.bsky.actor.getProfiles"


@pytest.fixture
def stream() -> Iterator[Jetstreaming]:
    with jetstreaming() as script:
        yield script


@pytest.fixture
def server() -> Iterator[Scripted]:
    """The app view, and our own server."""
    with scripted() as script:
        session = {"did": US, "handle": "us.test", "accessJwt": "access-token", "refreshJwt": "refresh-token"}
        script.on("/xrpc/com.atproto.server.createSession", Say(session))
        script.on("/xrpc/com.atproto.server.getSession", Say({"did": US, "handle": "us.test"}))
        script.on(PROFILES, people)
        yield script


@pytest.fixture
def source(stream: Jetstreaming, server: Scripted, tmp_path: Path) -> Iterator[Bluesky]:
    opened = connect(settings(stream, server, tmp_path), ["lantern", "Grüße & Co"], UNLIMITED)
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    def awake(seconds: float) -> None:
        raise AssertionError(f"an adapter sleeps for {seconds} s: waiting is the poll loop's business")

    monkeypatch.setattr(time, "sleep", awake)
    monkeypatch.setenv("WARMLINE_BLUESKY_READ_PASSWORD", "abcd-efgh-ijkl-mnop")


def settings(stream: Jetstreaming, server: Scripted, tmp_path: Path, **more: Any) -> Settings:
    urls = {"base_url": server.url, "public_url": server.url, "jetstream_url": stream.url}
    return Settings(**{**urls, "session_file": str(tmp_path / "s.json"), "timeout_s": 0.3, "jetstream": True, **more})


def people(asked: Asked) -> Say:
    def profile(did: str) -> dict[str, Any]:
        handle = did.rpartition(":")[2]
        return {"did": did, "handle": f"{handle}.test", "displayName": handle.title(), "followersCount": 12}

    return Say({"profiles": [profile(did) for did in asked.query["actors"]]})


def us(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def said(number: int, at: datetime = NOW - timedelta(minutes=1), who: str = "mara", **record: Any) -> dict[str, Any]:
    """A post as Jetstream's second version writes it; the first one had no `cursor`."""
    written = {"$type": POST, "text": f"my lantern hisses, take {number}", "createdAt": at.isoformat(), **record}
    commit = {
        "rev": "3k",
        "operation": "create",
        "collection": POST,
        "rkey": f"3k{number:05}",
        "record": written,
        "cid": f"bafy{number}",
    }
    return {"did": f"did:plc:{who}", "time_us": us(at), "cursor": number, "kind": "commit", "commit": commit}


def deleted(number: int, at: datetime = NOW - timedelta(seconds=30), who: str = "mara") -> dict[str, Any]:
    commit = {"rev": "3k", "operation": "delete", "collection": POST, "rkey": f"3k{number:05}"}
    return {"did": f"did:plc:{who}", "time_us": us(at), "kind": "commit", "commit": commit}


def account(who: str, status: str | None, at: datetime = NOW - timedelta(seconds=40)) -> dict[str, Any]:
    told = {"active": status is None, "did": f"did:plc:{who}", "seq": 1, "time": at.isoformat()}
    return {
        "did": f"did:plc:{who}",
        "time_us": us(at),
        "kind": "account",
        "account": {**told, **({"status": status} if status else {})},
    }


def chatter(since: datetime, until: datetime, every: timedelta = timedelta(seconds=30)) -> list[Any]:
    """What everyone else says all the time."""
    count = (until - since) // every
    return [said(500_000 + n, since + n * every, "sol", text="good morning, all") for n in range(count + 1)]


def uri(number: int, who: str = "mara") -> str:
    return f"at://did:plc:{who}/{POST}/3k{number:05}"


def hear(source: Bluesky, cursor: str | None = None, now: datetime = NOW) -> Batch:
    return source.fetch("posts", cursor, now)


def ids(batch: Batch) -> list[str]:
    return [mention.post_id for mention in batch.mentions]


def tell(stream: Jetstreaming, *events: Any, until: datetime = NOW) -> None:
    """Let these be all that was said, but for a last word by someone else, so that no visit waits for a silence."""
    stream.events = [*events, said(999_999, until, "sol", text="the clock strikes")]


def at_now(source: Bluesky, stream: Jetstreaming) -> str:
    """The cursor of a source that has heard all until NOW."""
    tell(stream)
    cursor = hear(source).cursor
    assert cursor is not None
    return cursor


def test_a_post_that_names_us_is_heard_whole(source: Bluesky, stream: Jetstreaming) -> None:
    link = {"$type": "app.bsky.richtext.facet#link", "uri": "https://pier.example/a?b=1&c=2"}
    root = {"uri": uri(1, "sol"), "cid": "bafyroot"}
    post = said(
        7,
        text="Is my LANTERN <3 meant to hiss? pier.example/a…",
        langs=["en"],
        facets=[{"index": {"byteStart": 0, "byteEnd": 1}, "features": [link]}],
        reply={"root": root, "parent": root},
    )
    tell(stream, said(6, text="nothing of ours"), post)
    batch = hear(source)
    assert batch.mentions == (
        Mention(
            platform="bluesky",
            post_id=uri(7),
            author=Author(
                "bluesky", "did:plc:mara", "mara.test", "Mara", followers=12, url="https://bsky.app/profile/mara.test"
            ),
            text="Is my LANTERN <3 meant to hiss? pier.example/a…",
            posted_at=NOW - timedelta(minutes=1),
            url="https://bsky.app/profile/mara.test/post/3k00007",
            in_reply_to=uri(1, "sol"),
            thread_id=uri(1, "sol"),
            lang="en",
            links=("https://pier.example/a?b=1&c=2",),
            extra={"cid": "bafy7", "root_uri": uri(1, "sol"), "root_cid": "bafyroot"},
        ),
    )
    assert clean_mention(batch.mentions[0]) == batch.mentions[0]
    assert batch.unreadable == ()


def test_only_posts_are_asked_for_and_none_that_is_huge(source: Bluesky, stream: Jetstreaming) -> None:
    tell(stream)
    hear(source)
    (asked,) = stream.visits
    assert asked["wantedCollections"] == [POST]
    assert asked["cursor"] == [str(us(NOW - timedelta(minutes=5)))]
    assert int(asked["maxMessageSizeBytes"][0]) == 1_000_000


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("#Lantern!", True),
        ("GRÜSSE & CO", True),
        ("Gru\u0308ße & Co", True),
        ("lanternfish", False),
        ("nothing", False),
        ("", False),
    ],
)
def test_what_the_sifter_would_keep_is_kept(source: Bluesky, stream: Jetstreaming, text: str, heard: bool) -> None:
    tell(stream, said(7, text=text))
    assert bool(hear(source).mentions) == heard


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("Acme Air", "I flew #acmeair"),
        ("Straße", "an der STRASSE"),
        ("İzmir", "izmir"),
        ("ılık", "ILIK"),
        ("it's", "IT’S"),
        ("C++", "c++ again"),
        ("€€", "all €€ of it"),
        ("海の家", "今日は海の家へ"),
        ("ﬁne", "ﬁne"),
    ],
)
def test_a_term_is_heard_however_it_is_written(term: str, text: str) -> None:
    assert Named([term])(text, ())


def test_of_a_query_the_stream_is_asked_what_a_text_can_tell() -> None:
    watches = [WatchSettings(name="late", query="(lamp* NEAR/5 late lang:en) OR from:mara.test", exclude=["pie"])]
    named = Named(searched("bluesky", watches))
    assert named("late again, the lamps", ())
    assert not named("late again, the lamps and the pie", ())
    assert not named("late again", ())


def test_letters_written_as_escapes_are_the_same_letters(source: Bluesky, stream: Jetstreaming) -> None:
    escaped = json.dumps(said(7, text="Grüße & Co: la lanterne")).encode()
    assert b"\\u00fc" in escaped
    stream.events = [Frame(escaped, time_us=us(NOW))]
    assert ids(hear(source)) == [uri(7)]


@pytest.mark.parametrize(
    "record",
    [
        {"embed": {"$type": "app.bsky.embed.images", "images": [{"alt": "a cracked lantern", "image": {}}]}},
        {"embed": {"$type": "app.bsky.embed.external", "external": {"uri": "https://n.example", "title": "Lantern!"}}},
        {"tags": ["lantern"]},
    ],
)
def test_who_names_us_beside_the_text_is_heard(source: Bluesky, stream: Jetstreaming, record: dict[str, Any]) -> None:
    tell(stream, said(1, text="", **record))
    (mention,) = hear(source).mentions
    assert "lantern" in mention.text.lower()


def test_a_link_to_us_is_enough(source: Bluesky, stream: Jetstreaming) -> None:
    card = {"$type": "app.bsky.embed.external", "external": {"uri": "https://www.lantern.example/shop"}}
    tell(stream, said(7, text="look at these", embed=card))
    assert ids(hear(source)) == [uri(7)]


def test_with_an_account_who_speaks_to_us_is_heard_too(stream: Jetstreaming, server: Scripted, tmp_path: Path) -> None:
    source = connect(settings(stream, server, tmp_path, handle="us.test"), ["lantern"], UNLIMITED)
    tag = {"$type": "app.bsky.richtext.facet#mention", "did": US}
    ref = {"uri": f"at://{US}/{POST}/3k", "cid": "c"}
    tell(
        stream,
        said(1, text="hello you", facets=[{"index": {}, "features": [tag]}]),
        said(2, text="how late?", reply={"root": ref, "parent": ref}),
        said(3, text="see these", embed={"$type": "app.bsky.embed.record", "record": ref}),
        said(4, text="open until ten", who="harbourlight"),
        said(5, text="hello others"),
    )
    batch = hear(source)
    assert {one.post_id[-1]: (one.to_us, one.ours) for one in batch.mentions} == {
        "1": (True, False), "2": (True, False), "3": (True, False), "4": (False, True),
    }  # fmt: skip
    assert source.streams() == ("mentions", "ours", "posts", "search:lantern")
    assert source.probe() == "let in as us.test; hears mentions, ours, posts, search:lantern"
    source.close()


def test_without_profiles_listening_goes_on_with_the_did(
    source: Bluesky, stream: Jetstreaming, server: Scripted
) -> None:
    server.on(PROFILES, Say({}, 500))
    tell(stream, said(7))
    (mention,) = hear(source).mentions
    assert (mention.author.handle, mention.author.author_id) == ("did:plc:mara", "did:plc:mara")
    assert mention.url == "https://bsky.app/profile/did:plc:mara/post/3k00007"


def test_coverage_says_from_when_to_when_all_was_heard(source: Bluesky, stream: Jetstreaming) -> None:
    stream.events = chatter(NOW - timedelta(hours=2), NOW + timedelta(minutes=5))
    first = hear(source)
    assert (first.heard_from, first.heard_until) == (NOW - timedelta(minutes=5), NOW)
    assert (first.mentions, first.more, first.lost) == ((), False, None)
    second = hear(source, first.cursor, NOW + timedelta(minutes=1))
    assert (second.heard_from, second.heard_until) == (NOW - timedelta(seconds=5), NOW + timedelta(minutes=1))


def test_a_visit_ends_as_soon_as_it_has_caught_up(source: Bluesky, stream: Jetstreaming) -> None:
    late = said(9, NOW + timedelta(minutes=1))
    stream.events = [said(7), said(8, NOW), late]
    began = time.monotonic()
    batch = hear(source)
    assert time.monotonic() - began < 0.3  # it did not wait for a silence
    assert ids(batch) == [uri(7), uri(8)]
    assert stream.closed.acquire(timeout=5)  # nothing is held open between polls
    assert ids(hear(source, batch.cursor, NOW + timedelta(minutes=1))) == [uri(8), uri(9)]


def test_an_event_that_arrives_late_is_still_heard(source: Bluesky, stream: Jetstreaming) -> None:
    cursor = at_now(source, stream)
    tell(stream, said(3, NOW - timedelta(seconds=3)), until=NOW + timedelta(minutes=1))
    assert ids(hear(source, cursor, NOW + timedelta(minutes=1))) == [uri(3)]


def test_posts_of_one_moment_are_all_heard_over_several_visits(stream: Jetstreaming, server: Scripted) -> None:
    source = bounded(stream, server, Bounds(events=50))
    cursor = at_now(source, stream)
    burst = [said(100 + n, NOW + timedelta(seconds=n // 4)) for n in range(230)]
    later = chatter(NOW + timedelta(minutes=1), NOW + timedelta(hours=1), timedelta(minutes=2))
    tell(stream, *burst, *later, until=NOW + timedelta(hours=1))
    heard: set[str] = set()
    batch, visits = Batch(cursor=cursor, more=True), 0
    while batch.more:
        batch, visits = hear(source, batch.cursor, NOW + timedelta(hours=1)), visits + 1
        heard |= set(ids(batch))
        assert visits < 20
    assert heard == {uri(100 + n) for n in range(230)}
    assert visits > 4
    assert batch.heard_until == NOW + timedelta(hours=1)
    source.close()


@pytest.mark.parametrize("bounds", [Bounds(events=5), Bounds(size=2_000), Bounds(kept=5), Bounds(seconds=0.0)])
def test_a_visit_is_bounded_and_says_that_more_is_waiting(
    stream: Jetstreaming, server: Scripted, bounds: Bounds
) -> None:
    source = bounded(stream, server, bounds)
    cursor = at_now(source, stream)
    stream.events += [said(100 + n, NOW + timedelta(minutes=n)) for n in range(60)]
    batch = hear(source, cursor, NOW + timedelta(hours=1))
    assert len(batch.mentions) <= 6
    assert batch.more == bool(bounds.seconds)
    source.close()


def test_a_server_whose_clock_is_behind_has_no_backlog(stream: Jetstreaming, server: Scripted) -> None:
    source = bounded(stream, server, Bounds(events=5))
    stream.events = [said(n, NOW - timedelta(seconds=90 - n)) for n in range(9)]
    batch = hear(source)
    assert (len(batch.mentions), batch.more) == (5, False)
    source.close()


def bounded(stream: Jetstreaming, server: Scripted, bounds: Bounds) -> Bluesky:
    posts = Posts(Jetstream(stream.url, 0.3, [POST], bounds), ["lantern"])
    return Bluesky(Xrpc(Line(server.url, 0.4)), None, None, posts, ["lantern"])


def test_two_visits_give_the_same_keys(source: Bluesky, stream: Jetstreaming) -> None:
    tell(stream, *(said(number) for number in range(9)))
    assert ids(hear(source)) == ids(hear(source)) == [uri(number) for number in range(9)]


def test_a_stamp_from_the_future_moves_no_cursor(source: Bluesky, stream: Jetstreaming) -> None:
    liar = said(7, NOW + timedelta(days=2))
    stream.events = [
        said(1, NOW - timedelta(seconds=9)),
        Frame(json.dumps(liar).encode(), time_us=us(NOW)),
        said(2, NOW),
    ]
    batch = hear(source)
    assert ids(batch) == [uri(1), uri(7), uri(2)]
    assert batch.heard_until == NOW
    stream.events.append(said(3, NOW + timedelta(minutes=1)))
    assert uri(3) in ids(hear(source, batch.cursor, NOW + timedelta(minutes=1)))


def test_a_server_whose_clock_is_a_minute_ahead_loses_nothing(source: Bluesky, stream: Jetstreaming) -> None:
    stream.events = [said(1, NOW + timedelta(minutes=1)), said(2, NOW + timedelta(seconds=70))]
    batch = hear(source)
    assert batch.heard_until == NOW
    later = hear(source, batch.cursor, NOW + timedelta(minutes=2))
    assert set(ids(batch) + ids(later)) == {uri(1), uri(2)}


def test_after_an_outage_all_that_is_kept_is_heard(source: Bluesky, stream: Jetstreaming) -> None:
    cursor = at_now(source, stream)
    back = NOW + timedelta(hours=9)
    missed = [said(100 + hour, NOW + timedelta(hours=hour)) for hour in range(1, 9)]
    stream.events += [*missed, *chatter(NOW, back)]
    batch = hear(source, cursor, back)
    assert set(ids(batch)) == {uri(100 + hour) for hour in range(1, 9)}
    assert batch.lost is None
    assert (batch.heard_from, batch.heard_until) == (NOW - timedelta(seconds=5), back)


def test_what_an_outage_has_put_out_of_reach_is_called_lost(source: Bluesky, stream: Jetstreaming) -> None:
    cursor = at_now(source, stream)
    back, oldest = NOW + timedelta(hours=40), NOW + timedelta(hours=16)
    stream.events += [said(5, NOW + timedelta(hours=2)), said(6, back), *chatter(oldest, back, timedelta(minutes=4))]
    stream.keeps_from = us(oldest)
    batch = hear(source, cursor, back)
    assert ids(batch) == [uri(6)]
    assert batch.lost == (NOW, oldest)
    assert (batch.heard_from, batch.heard_until) == (oldest, back)
    assert hear(source, batch.cursor, back + timedelta(minutes=1)).lost is None


def test_a_quiet_network_is_not_a_hole(source: Bluesky, stream: Jetstreaming) -> None:
    cursor = at_now(source, stream)
    for minutes in range(4, 16, 4):
        batch = hear(source, cursor, NOW + timedelta(minutes=minutes))
        assert (batch.mentions, batch.more) == ((), False)
        assert batch.heard_until == NOW  # no more is claimed than was heard
        cursor = batch.cursor or cursor
    stream.events.append(said(3, NOW + timedelta(minutes=16)))
    batch = hear(source, cursor, NOW + timedelta(minutes=16))
    assert (ids(batch), batch.lost) == ([uri(3)], None)


def test_a_first_connection_to_a_silent_server_claims_nothing(source: Bluesky, stream: Jetstreaming) -> None:
    batch = hear(source)
    assert (batch.mentions, batch.heard_from, batch.heard_until, batch.lost) == ((), None, None, None)
    stream.events = [said(1, NOW + timedelta(minutes=8))]
    later = hear(source, batch.cursor, NOW + timedelta(minutes=9))
    assert (ids(later), later.lost) == ([uri(1)], None)


def test_what_is_deleted_on_the_stream_is_gone(source: Bluesky, stream: Jetstreaming) -> None:
    tell(stream, said(1), said(2), deleted(1), deleted(9, who="sol"))
    batch = hear(source)
    assert ids(batch) == [uri(2)]
    assert batch.gone == (uri(1), uri(9, "sol"))


def test_accounts_that_are_no_more_are_gone_and_others_are_not(source: Bluesky, stream: Jetstreaming) -> None:
    states = ("deleted", "takendown", "suspended", "deactivated", "desynchronized", "throttled", None)
    identity = {"did": "did:plc:sol", "time_us": us(NOW), "kind": "identity", "identity": {"did": "did:plc:sol"}}
    tell(stream, *(account(state or "back", state) for state in states), identity)
    assert hear(source).gone_authors == ("did:plc:deleted", "did:plc:takendown")


def broken() -> list[Any]:
    whole = said(2)
    fields = [{**whole, "commit": {**whole["commit"], key: [[7]]}} for key in ("rkey", "cid", "record")]
    inside = ("text", "facets", "reply", "embed")
    record = whole["commit"]["record"]
    parts = [{**whole, "commit": {**whole["commit"], "record": {**record, key: [[7]]}}} for key in inside]
    return [*fields, *parts, {**whole, "did": 7}, {**whole, "kind": [7]}, {**whole, "commit": "lantern"}]


def test_one_bad_event_is_set_aside_and_the_rest_is_heard(source: Bluesky, stream: Jetstreaming) -> None:
    for bad in broken():
        tell(stream, said(1), bad, said(3))
        batch = hear(source)
        assert {uri(1), uri(3)} <= set(ids(batch)), bad
        assert len(batch.mentions) + len(batch.unreadable) <= 3
        assert all("lantern" in item.raw and item.reason for item in batch.unreadable)
    tell(stream, said(1), {**said(2), "commit": {**said(2)["commit"], "record": {"text": ["my lantern"]}}})
    assert "my lantern" in hear(source).unreadable[0].raw


def test_a_strangers_bad_post_is_nobodys_mention(source: Bluesky, stream: Jetstreaming) -> None:
    tell(stream, said(1), said(2, text=7), said(3, text="hello", facets=5))
    batch = hear(source)
    assert (ids(batch), batch.unreadable) == ([uri(1)], ())


@pytest.mark.parametrize(
    "frame",
    [
        Frame(b"<html>"),
        Frame(b"\xff\xfe{}"),
        Frame(b"\x28\xb5\x2f\xfd\x00\x58", binary=True),  # how a frame in zstd begins
        Frame(b'"a word"'),
        Frame(b"null"),
        Frame(b"{}"),
        Frame(b'{"time_us": "soon"}'),
        Frame(b'{"time_us": true}'),
        Frame(b'{"time_us": 1e400}'),
        Frame(b"[" * 100_000),
        Frame(b""),
    ],
)
def test_a_frame_that_is_no_event_is_set_aside_raw(source: Bluesky, stream: Jetstreaming, frame: Frame) -> None:
    stream.events = [said(1), Frame(frame.content, frame.binary, us(NOW - timedelta(seconds=50))), said(3, NOW)]
    batch = hear(source)
    assert ids(batch) == [uri(1), uri(3)]
    (item,) = batch.unreadable
    assert item.raw == frame.content.decode("utf-8", "backslashreplace")[:20_000]
    assert item.reason


def test_a_server_that_speaks_something_else_is_unavailable(source: Bluesky, stream: Jetstreaming) -> None:
    stream.events = [Frame(b"\x28\xb5\x2f\xfd", binary=True, time_us=us(NOW))] * 3
    with pytest.raises(Unavailable, match="can be read"):
        hear(source)


def test_unknown_fields_and_kinds_are_ignored(source: Bluesky, stream: Jetstreaming) -> None:
    post = said(1)
    post["commit"] |= {"brand_new": {"deep": [1, None]}}
    tell(stream, {**post, "another": None}, {"did": "did:plc:x", "time_us": us(NOW), "kind": "sync"})
    batch = hear(source)
    assert (ids(batch), batch.unreadable) == ([uri(1)], ())


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        (Refuse(429, {"Retry-After": "30"}), RateLimited),
        (Refuse(429), RateLimited),
        (Refuse(401), Revoked),
        (Refuse(403), Revoked),
        (Refuse(402), OutOfCredits),
        (Refuse(400), Unavailable),
        (Refuse(404), Unavailable),
        (Refuse(500), Unavailable),
        (Refuse(503, words="starting up"), Unavailable),
        (Refuse(200, {"Content-Type": "text/html"}, "<!doctype html>hello"), Unavailable),
        (Refuse(302, {"Location": "ws://127.0.0.1:9/elsewhere"}), Unavailable),
        (Refuse(500, {"X-Long": "x" * 20_000}), Unavailable),
        (Refuse(500, words="x" * 2_000_000), Unavailable),
    ],
)
def test_every_refusal_has_one_name(
    source: Bluesky, stream: Jetstreaming, refusal: Refuse, error: type[SourceError]
) -> None:
    stream.refusal = refusal
    with pytest.raises(SourceError) as caught:
        hear(source)
    assert type(caught.value) is error
    assert "\n" not in str(caught.value)
    if "Retry-After" in refusal.headers:
        assert isinstance(caught.value, RateLimited)
        assert caught.value.retry_at is not None


@pytest.mark.parametrize("trouble", ["never answers", "hangs", "hangs up", "resets"])
def test_a_server_that_says_nothing_is_unavailable(source: Bluesky, stream: Jetstreaming, trouble: Trouble) -> None:
    stream.events, stream.trouble = [said(1)], trouble
    began = time.monotonic()
    with pytest.raises(Unavailable):
        hear(source)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("trouble", ["hangs", "hangs up", "resets"])
def test_what_was_said_before_the_line_broke_is_kept_and_the_rest_comes_next_time(
    source: Bluesky, stream: Jetstreaming, trouble: Trouble
) -> None:
    cursor = at_now(source, stream)
    stream.events += [said(100 + n, NOW + timedelta(seconds=10 * n)) for n in range(1, 10)]
    stream.trouble, stream.trouble_after = trouble, 5
    batch = hear(source, cursor, NOW + timedelta(minutes=2))
    assert ids(batch) == [uri(100 + n) for n in range(1, 5)]
    assert (batch.heard_until, batch.more) == (NOW + timedelta(seconds=40), False)
    stream.trouble_after = 1  # and now no further than it was: that is no progress, and no silence either
    with pytest.raises(Unavailable):
        hear(source, batch.cursor, NOW + timedelta(minutes=2))
    stream.trouble = ""
    rest = hear(source, batch.cursor, NOW + timedelta(minutes=2))
    assert {uri(100 + n) for n in range(5, 10)} <= set(ids(rest))


def test_a_frame_of_fifty_megabytes_is_hung_up_on(source: Bluesky, stream: Jetstreaming) -> None:
    stream.events = [Frame(b"[" + b" " * 50_000_000 + b"]", time_us=us(NOW))]
    with pytest.raises(Unavailable, match="too big"):
        hear(source)


def test_nobody_there_is_unavailable(stream: Jetstreaming, server: Scripted, tmp_path: Path) -> None:
    for nowhere in ("ws://127.0.0.1:1", "wss://" + stream.url.removeprefix("ws://")):
        away = connect(settings(stream, server, tmp_path, jetstream_url=nowhere), ["lantern"], UNLIMITED)
        with pytest.raises(Unavailable):
            hear(away)
        with pytest.raises(Unavailable):
            away.probe()
        away.close()


@pytest.mark.parametrize("url", ["https://jetstream.example", "jetstream.example", "wss://", ""])
def test_an_address_that_is_none_is_a_slip_in_the_settings(
    stream: Jetstreaming, server: Scripted, tmp_path: Path, url: str
) -> None:
    with pytest.raises(SettingsError, match="jetstream_url"):
        connect(settings(stream, server, tmp_path, jetstream_url=url), ["lantern"], UNLIMITED)


def test_an_address_may_name_the_route(stream: Jetstreaming, server: Scripted, tmp_path: Path) -> None:
    whole = connect(settings(stream, server, tmp_path, jetstream_url=f"{stream.url}/subscribe"), ["lantern"], UNLIMITED)
    hear(whole)
    assert len(stream.visits) == 1
    whole.close()


def test_no_proxy_is_taken_from_the_environment(
    source: Bluesky, stream: Jetstreaming, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "socks_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    stream.events = [said(1, NOW)]
    assert ids(hear(source)) == [uri(1)]


@pytest.mark.parametrize("cursor", ["", "[]", "17", '{"heard": "soon"}', '{"heard": 1e30}', '{"later": 1}', "{}"])
def test_a_cursor_that_is_not_ours_is_an_error(source: Bluesky, stream: Jetstreaming, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        hear(source, cursor)
    assert stream.visits == []


def test_a_probe_connects_and_hangs_up(source: Bluesky, stream: Jetstreaming) -> None:
    assert source.probe() == "lets the public in; hears posts"
    assert stream.closed.acquire(timeout=5)
    stream.refusal = Refuse(403)
    with pytest.raises(Revoked):
        source.probe()


def test_a_flood_is_read_far_faster_than_the_network_speaks(stream: Jetstreaming) -> None:
    # Loose on purpose: the machine may be busy. A quiet one reads ten times as many.
    flood = json.dumps(said(1, text="good morning, all " * 10)).encode()
    stream.events = [Frame(flood, time_us=us(NOW))] * 4_000
    heard: list[Event] = []
    jetstream = Jetstream(stream.url, 2.0, [POST], Bounds(events=4_000))
    began = time.process_time()
    done = jetstream.replay(0, us(NOW), lambda event: bool(heard.append(event)))
    assert (len(heard), done.end) == (4_000, "enough")
    assert 4_000 / took(began) > 2_000


def test_a_flood_is_left_at_once(stream: Jetstreaming) -> None:
    stream.events = [said(n, NOW - timedelta(minutes=1)) for n in range(20_000)]
    jetstream = Jetstream(stream.url, 2.0, [POST], Bounds(events=10))
    began = time.monotonic()
    jetstream.replay(0, us(NOW), lambda event: False)
    assert time.monotonic() - began < 2.5
