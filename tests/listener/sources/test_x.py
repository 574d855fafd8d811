"""X's source over real sockets, against a server that answers as docs.x.com says (v2, as of August 2026)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.connect import connect as open_archive
from listener.archive.ledger import Ledger, costs
from listener.archive.record import Recorder
from listener.archive.schema import migrations
from listener.budget import USERS
from listener.jobs import searched
from listener.mention import Author, Batch, Mention
from listener.paging import Walk
from listener.settings import SettingsError, WatchSettings
from listener.source import OutOfCredits, RateLimited, Revoked, Unavailable
from listener.sources.x import Settings, X, connect, forecasts
from listener.sources.x.money import COUNT, OWNED_READ, POST_READ, USER_LOOKUPS, USER_READ, forecast_of
from listener.sources.x.pages import REACH, Place
from listener.sources.x.posts import newest_known, parse, query_for
from tests.contract import HANGS_UP_AFTER_S, SECRET, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEARCH, USERS_PATH, POSTS = "/2/tweets/search/recent", "/2/users", "/2/tweets"
MENTIONS, OURS = "/2/users/900/mentions", "/2/users/900/tweets"
US = Author("x", "900", "harbourlight", "Harbour Light", 120, "https://x.com/harbourlight")
MARA = Author("x", "501", "mara", "Mara", 12, "https://x.com/mara")
PEOPLE = {"mara": "501", "sol": "502", "harbourlight": "900"}
GONE = "https://api.twitter.com/2/problems/resource-not-found"
HIDDEN = "https://api.twitter.com/2/problems/not-authorized-for-resource"


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def post(number: int, at: datetime = NOW - timedelta(minutes=5), text: str = "my lantern hisses", **more: Any) -> Any:
    return {
        "id": str(number),
        "text": text,
        "created_at": stamp(at),
        "author_id": "501",
        "conversation_id": str(number),
        "lang": "en",
        "edit_history_tweet_ids": [str(number)],
        "public_metrics": {"retweet_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 0},
        **more,
    }


def profile(author_id: str) -> dict[str, Any]:
    handle = next((name for name, known in PEOPLE.items() if known == author_id), f"p{author_id}")
    return {"id": author_id, "username": handle, "name": handle.title(), "public_metrics": {"followers_count": 12}}


def problem(kind: str, post_id: str) -> dict[str, Any]:
    return {
        "value": post_id,
        "detail": f"Could not find post with ids: [{post_id}].",
        "title": "Not Found Error",
        "resource_type": "post",
        "parameter": "ids",
        "resource_id": post_id,
        "type": kind,
    }


def refusal(detail: str) -> Say:
    return Say({"title": "Invalid Request", "detail": detail, "type": ".../invalid-request", "errors": []}, 400)


@dataclass
class PretendX:
    """X's manners: newest first, in pages with tokens, within seven days, and people by number."""

    server: Scripted
    items: list[Listed] = field(default_factory=list)
    size: int = 10
    least: int = 10
    now: datetime | None = None  # to X; where it is set, nothing older than seven days may be asked for
    stale: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.server.on(SEARCH, lambda asked: self.page(asked, "next_token"))
        for path in (MENTIONS, OURS):
            self.server.on(path, lambda asked: self.page(asked, "pagination_token"))
        self.server.on(USERS_PATH, people)
        self.server.on("/2/users/by/username/harbourlight", Say({"data": profile("900")}))
        self.server.on("/2/usage/tweets", Say({"data": {"project_usage": "412", "project_cap": "3000000"}}))

    def page(self, asked: Asked, token_name: str) -> Say:
        most, token = int(asked.one("max_results") or 10), asked.one(token_name)
        start, end = asked.one("start_time"), asked.one("end_time")
        if not self.least <= most <= 100:
            return refusal(f"max_results {most} is not between {self.least} and 100")
        if self.now and start and datetime.fromisoformat(start) < self.now - timedelta(days=7):
            return refusal("start_time must be on or after seven days ago")
        if token in self.stale:
            return refusal(f"The {token_name} query parameter value [{token}] is not valid")
        found = sorted(self.items, key=lambda item: item.at, reverse=True)
        found = [one for one in found if start is None or one.at >= datetime.fromisoformat(start)]
        found = [one for one in found if end is None or one.at < datetime.fromisoformat(end)]
        first = int(token.removeprefix("t")) if token else 0
        shown = [one.raw for one in found[first : first + min(self.size, most)]]
        after = first + len(shown)
        meta = {"result_count": len(shown), **({"next_token": f"t{after}"} if after < len(found) else {})}
        return Say({"data": shown, "meta": meta} if shown else {"meta": meta})


def people(asked: Asked) -> Say:
    return Say({"data": [profile(one) for one in (asked.one("ids") or "").split(",")]})


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def pretend(server: Scripted) -> PretendX:
    return PretendX(server)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    open_archive(tmp_path / "x.db", [migrations]).close()
    return Ledger(tmp_path / "x.db", "x", lambda: NOW)


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_X_BEARER_TOKEN", SECRET)


@pytest.fixture
def source(server: Scripted, ledger: Ledger) -> Iterator[X]:
    opened = opens(server, ledger)
    yield opened
    opened.close()


def opens(server: Scripted, ledger: Ledger, searches: Sequence[str] = ("lantern",), **more: Any) -> X:
    settings = {"base_url": server.url, "timeout_s": 0.5, "account": "@harbourlight", **more}
    return connect(Settings(**settings), searches, ledger)


def paid(tmp_path: Path) -> dict[tuple[str, str], tuple[int, float]]:
    """What was charged, by stream and kind: how many, for how many dollars."""
    db = open_archive(tmp_path / "x.db", [migrations])
    found = {(one.stream, one.what): (one.items, round(one.usd, 4)) for one in costs(db, NOW - timedelta(days=9))}
    db.close()
    return found


def listed(*raws: Any, **meta: Any) -> Say:
    return Say({"data": list(raws), "meta": {"result_count": len(raws), **meta}})


def hear_all(source: X, stream: str, cursor: str | None = None, now: datetime = NOW) -> tuple[list[Mention], Batch]:
    heard: list[Mention] = []
    for _ in range(30):
        batch = source.fetch(stream, cursor, now)
        heard, cursor = [*heard, *batch.mentions], batch.cursor
        if not batch.more:
            return heard, batch
    raise AssertionError("the walk does not end")


# What a post means


def test_a_long_post_is_read_whole_with_its_links_open() -> None:
    raw = post(
        42,
        text="It&apos;s a long story… https://t.co/cut",
        note_tweet={
            "text": "A &lt;long&gt; story &amp; more: https://t.co/abc and https://t.co/pic",
            "entities": {
                "urls": [
                    {"url": "https://t.co/abc", "expanded_url": "https://pier.example/?a=1&copy=2"},
                    {
                        "url": "https://t.co/pic",
                        "expanded_url": "https://x.com/mara/status/42/photo/1",
                        "media_key": "3_1",
                    },
                ]
            },
        },
    )  # fmt: skip
    heard = parse(raw, {"501": MARA}, None)
    assert heard is not None
    assert heard.text == (
        "A <long> story & more: https://pier.example/?a=1&copy=2 and https://x.com/mara/status/42/photo/1"
    )
    assert heard.links == ("https://pier.example/?a=1&copy=2",)


def test_a_retweet_is_no_mention() -> None:
    assert parse(post(1, referenced_tweets=[{"type": "retweeted", "id": "7"}]), {}, US) is None


@pytest.mark.parametrize(
    ("more", "to_us"),
    [
        ({}, False),
        ({"in_reply_to_user_id": "900"}, True),
        ({"in_reply_to_user_id": "77"}, False),
        ({"entities": {"mentions": [{"username": "HarbourLight", "id": "900"}]}}, True),
        ({"entities": {"mentions": [{"username": "harbourlights"}]}}, False),
        ({"author_id": "900", "in_reply_to_user_id": "900"}, False),
    ],
)
def test_whom_it_speaks_to(more: dict[str, Any], to_us: bool) -> None:
    heard = parse(post(1, **more), {"501": MARA, "900": US}, US)
    assert heard is not None
    assert heard.to_us is to_us
    assert heard.ours is (more.get("author_id") == "900")


@pytest.mark.parametrize(("whose", "to_us"), [("harbourlight", True), ("sol", False)])
def test_a_quote_of_ours_speaks_to_us_and_a_mere_link_does_not(whose: str, to_us: bool) -> None:
    linked = {"urls": [{"url": "https://t.co/q", "expanded_url": f"https://twitter.com/{whose}/status/7"}]}
    quote = parse(post(1, entities=linked, referenced_tweets=[{"type": "quoted", "id": "7"}]), {}, US)
    link = parse(post(2, entities=linked), {}, US)
    assert quote is not None
    assert link is not None
    assert (quote.to_us, link.to_us) == (to_us, False)


def test_an_edited_post_is_one_mention_in_all_its_versions() -> None:
    first = parse(post(41, edit_history_tweet_ids=["41"]), {}, None)
    edited = parse(post(43, edit_history_tweet_ids=["41", "42", "43"]), {}, None)
    assert first is not None
    assert edited is not None
    assert (first.post_id, first.extra, newest_known(first)) == ("41", {}, "41")
    assert (edited.post_id, edited.extra, newest_known(edited)) == ("41", {"newest_id": "43"}, "43")
    assert edited.url.endswith("/43")


@pytest.mark.parametrize("code", ["und", "zxx", "qme", "qst"])
def test_a_language_x_could_not_tell_is_none(code: str) -> None:
    heard = parse(post(1, lang=code), {}, None)
    assert heard is not None
    assert heard.lang is None


@pytest.mark.parametrize(
    ("term", "query"),
    [
        ('harbour "light"', '"harbour light" -is:retweet'),
        ("lantern OR (from:mara)", '"lantern OR (from:mara)" -is:retweet'),
        ("#lantern", "#lantern -is:retweet"),
        ("@harbourlight", "@harbourlight -is:retweet"),
        ("@harbour light", '"@harbour light" -is:retweet'),
    ],
)
def test_a_term_is_one_phrase_and_no_operators(term: str, query: str) -> None:
    assert query_for(term) == query


def test_a_term_too_long_for_x_is_cut_at_a_word() -> None:
    query = query_for("lantern " * 100)
    assert 480 < len(query) <= 512
    assert query.endswith('lantern" -is:retweet')


# Streams


def test_our_mentions_and_our_own_posts_are_heard(source: X, server: Scripted, pretend: PretendX) -> None:
    pretend.items = [Listed(post(1, text="@harbourlight hello"), NOW), Listed(post(2, author_id="900"), NOW)]
    assert source.streams() == ("mentions", "ours", "search:lantern")
    said_to_us = {one.post_id: one for one in source.fetch("mentions", None, NOW).mentions}
    assert said_to_us["1"].to_us
    assert not said_to_us["2"].to_us
    ours = {one.post_id: one for one in source.fetch("ours", None, NOW).mentions}
    assert ours["2"].ours
    assert ours["2"].author.handle == "harbourlight"
    assert len(server.at("/2/users/by/username/harbourlight")) == 1
    asked = server.at(MENTIONS)[0]
    assert asked.one("max_results") == "100"
    assert asked.one("expansions") is None
    assert asked.one("start_time") == "2026-11-18T12:00:00Z"
    assert asked.headers["Authorization"] == f"Bearer {SECRET}"


def test_an_account_that_is_not_there_is_for_a_person_to_mend(source: X, server: Scripted, pretend: PretendX) -> None:
    server.on("/2/users/by/username/harbourlight", Say({"errors": [problem(GONE, "harbourlight")]}))
    with pytest.raises(Revoked, match="account"):
        source.fetch("mentions", None, NOW)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"errors": [problem(HIDDEN, "900")]}, Revoked),
        ({"errors": [{"title": "odd", "type": "about:blank"}]}, Unavailable),
        ({"errors": "odd"}, Unavailable),
        ({"meta": {"result_count": 7}}, Unavailable),
        ({}, Unavailable),
    ],
)
def test_a_success_that_lists_nothing_is_not_an_empty_listing(
    source: X, server: Scripted, pretend: PretendX, body: Any, error: type[Exception]
) -> None:
    server.on(MENTIONS, Say(body))
    with pytest.raises(error):
        source.fetch("mentions", None, NOW)


def test_a_success_with_problems_beside_its_posts_is_heard(source: X, server: Scripted, pretend: PretendX) -> None:
    server.on(SEARCH, Say({"data": [post(1)], "errors": [problem(GONE, "7")], "meta": {"result_count": 1}}))
    server.on(USERS_PATH, Say({"errors": [problem(GONE, "501")]}))
    (heard,) = source.fetch("search:lantern", None, NOW).mentions
    assert (heard.author.author_id, heard.author.handle) == ("501", "501")
    assert heard.url == "https://x.com/i/status/1"


# Walking


def test_a_token_x_has_forgotten_stops_nothing_and_loses_nothing(
    source: X, server: Scripted, pretend: PretendX
) -> None:
    times = [NOW - timedelta(seconds=30 * (n // 3)) for n in range(93)]  # three to a second
    pretend.items = [Listed(post(n, at), at) for n, at in enumerate(times)]
    batch = source.fetch("search:lantern", None, NOW)
    heard = {one.post_id for one in batch.mentions}
    later = NOW + timedelta(minutes=30)
    pretend.items.append(Listed(post(500, later), later))
    for _ in range(9):
        if not batch.more:
            break
        # Each time we come back the token is forgotten.
        pretend.stale = {str(Place.read(Walk.read(batch.cursor).token).next)}
        batch = source.fetch("search:lantern", batch.cursor, later)
        heard |= {one.post_id for one in batch.mentions}
    assert {str(n) for n in range(93)} <= heard
    assert (batch.more, batch.lost) == (False, None)
    windows = [asked.one("end_time") for asked in server.at(SEARCH) if asked.one("next_token") is None]
    assert windows[0] is None
    assert windows[1] == f"{times[49] + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"


def test_another_bad_request_is_not_taken_for_a_token(source: X, server: Scripted, pretend: PretendX) -> None:
    server.on(SEARCH, refusal("query is not valid"))
    with pytest.raises(Unavailable, match="query is not valid"):
        source.fetch("search:lantern", None, NOW)
    assert len(server.at(SEARCH)) == 1


def test_a_search_is_never_asked_beyond_seven_days(source: X, server: Scripted, pretend: PretendX) -> None:
    pretend.now = NOW
    pretend.items = [Listed(post(1), NOW - timedelta(minutes=5))]
    long_ago = Walk(complete_until=NOW - timedelta(days=30)).write()
    batch = source.fetch("search:lantern", long_ago, NOW)
    assert [one.post_id for one in batch.mentions] == ["1"]
    assert batch.lost is not None
    assert batch.lost[0] == NOW - timedelta(days=30)
    assert timedelta(0) < batch.lost[1] - (NOW - timedelta(days=7)) < timedelta(hours=1)


def test_a_query_in_xs_own_words_is_asked_as_it_stands(server: Scripted, pretend: PretendX, ledger: Ledger) -> None:
    watches = [
        WatchSettings(name="late", query='("harbour light" OR lamp) late -pie'),
        WatchSettings(name="us", terms=["pier"]),
    ]
    source = opens(server, ledger, searched("x", watches))
    query = '("harbour light" OR harbourlight OR lamp) late -pie'
    assert tuple(source.streams()[2:]) == (f"search:{query}", "search:pier")
    for stream in source.streams()[2:]:
        source.fetch(stream, None, NOW)
    assert [asked.one("query") for asked in server.at(SEARCH)] == [f"{query} -is:retweet", '"pier" -is:retweet']
    source.close()


def test_a_walk_interrupted_for_longer_than_x_remembers_says_what_it_lost(
    source: X, server: Scripted, pretend: PretendX
) -> None:
    known = NOW - timedelta(days=6)
    pretend.items = [Listed(post(n, at), at) for n in range(60) if (at := NOW - timedelta(hours=n))]
    begun = source.fetch("search:lantern", Walk(complete_until=known).write(), NOW)
    assert begun.more
    back = NOW + timedelta(days=9)
    pretend.now = back
    asked_so_far = len(server.at(SEARCH))
    batch = source.fetch("search:lantern", begun.cursor, back)
    assert len(server.at(SEARCH)) == asked_so_far
    assert not batch.more
    assert batch.lost is not None
    assert batch.lost[0] == known
    assert batch.lost[1] == min(one.posted_at for one in begun.mentions)


def test_a_walk_that_outlives_part_of_what_it_was_to_read_says_so(
    source: X, server: Scripted, pretend: PretendX
) -> None:
    known = NOW - timedelta(days=6, hours=20)
    pretend.items = [Listed(post(n, at), at) for n in range(160) if (at := NOW - timedelta(hours=n))]
    begun = source.fetch("search:lantern", Walk(complete_until=known).write(), NOW)
    pretend.now = NOW + timedelta(days=1, hours=12)
    heard, end = hear_all(source, "search:lantern", begun.cursor, pretend.now)
    oldest = min(one.posted_at for one in heard)
    assert oldest == NOW - timedelta(hours=131)  # the last within seven days, by now
    assert end.lost == (known, pretend.now - REACH)


def test_a_quiet_week_is_neither_lost_nor_paid_for_again(
    source: X, server: Scripted, pretend: PretendX, tmp_path: Path
) -> None:
    last = NOW - timedelta(minutes=5)
    pretend.items = [Listed(post(1), last)]
    batch = source.fetch("search:lantern", None, NOW)
    for hours in range(6, 24 * 12, 6):
        batch = source.fetch("search:lantern", batch.cursor, NOW + timedelta(hours=hours))
        assert batch.lost is None
        assert batch.mentions == () or hours == 6
    late = NOW + timedelta(hours=24 * 12 - 6, minutes=-20)
    pretend.items.append(Listed(post(2, late), late))
    heard = source.fetch("search:lantern", batch.cursor, late + timedelta(minutes=30)).mentions
    assert [one.post_id for one in heard] == ["2"]


def test_mentions_beyond_the_eight_hundred_x_shows_are_called_lost(
    source: X, server: Scripted, pretend: PretendX
) -> None:
    pretend.size, pretend.least = 100, 5
    known = NOW - timedelta(days=1)
    pretend.items = [Listed(post(n, at), at) for n in range(800) if (at := NOW - timedelta(seconds=30 * n))]
    heard, end = hear_all(source, "mentions", Walk(complete_until=known).write())
    assert len(heard) == 800
    assert end.lost == (known, NOW - timedelta(seconds=30 * 799))
    pretend.items = pretend.items[:300]
    assert hear_all(source, "mentions", Walk(complete_until=known).write())[1].lost is None


def test_a_place_is_written_and_read_whole() -> None:
    place = Place("t40", NOW, NOW + timedelta(seconds=1), 40)
    assert Place.read(place.write()) == place
    assert Place.read(Place().write()) == Place() == Place.read(None)


# Money


def test_each_post_and_profile_is_paid_for_once_a_day(
    source: X, server: Scripted, pretend: PretendX, tmp_path: Path
) -> None:
    pretend.items = [Listed(post(n, author_id="501" if n % 2 else "502"), NOW) for n in range(7)]
    for _ in range(2):
        hear_all(source, "search:lantern")
    hear_all(source, "mentions")  # the same posts again, by another way
    bill = paid(tmp_path)
    assert bill["search:lantern", "posts"] == (7, round(7 * POST_READ, 4))
    assert bill["search:lantern", USERS] == (3, 3 * USER_READ)  # two people, and our own profile
    assert ("mentions", "posts") not in bill


def test_owned_reads_cost_a_fifth_where_the_token_is_the_owners(
    server: Scripted, pretend: PretendX, ledger: Ledger, tmp_path: Path
) -> None:
    pretend.items = [Listed(post(1), NOW), Listed(post(2), NOW)]
    source = opens(server, ledger, owned_reads=True)
    source.fetch("mentions", None, NOW)
    assert paid(tmp_path)["mentions", "posts"] == (2, 2 * OWNED_READ)
    source.close()


def test_a_fetch_that_fails_half_way_is_metered_for_what_it_read(
    source: X, server: Scripted, pretend: PretendX, tmp_path: Path
) -> None:
    pretend.items = [Listed(post(n, NOW - timedelta(minutes=n)), NOW - timedelta(minutes=n)) for n in range(30)]
    server.on(SEARCH, lambda asked: pretend.page(asked, "next_token"), Say(b"<html>", 503))
    with pytest.raises(Unavailable):
        source.fetch("search:lantern", None, NOW)
    assert paid(tmp_path)["search:lantern", "posts"] == (10, 0.05)


def test_one_who_speaks_on_every_page_is_looked_up_once(source: X, server: Scripted, pretend: PretendX) -> None:
    pretend.items = [Listed(post(n, NOW - timedelta(minutes=n)), NOW - timedelta(minutes=n)) for n in range(30)]
    assert len(source.fetch("search:lantern", None, NOW).mentions) == 30
    assert (len(server.at(SEARCH)), len(server.at(USERS_PATH))) == (3, 1)


def test_people_the_archive_knows_are_not_looked_up_again(
    source: X, server: Scripted, pretend: PretendX, ledger: Ledger, tmp_path: Path
) -> None:
    pretend.items = [Listed(post(1), NOW), Listed(post(2, author_id="502"), NOW)]
    batch = source.fetch("search:lantern", None, NOW)
    assert server.at(USERS_PATH)[0].one("ids") == "501,502"
    db = open_archive(tmp_path / "x.db", [migrations])
    Recorder(db).add("search:lantern", [], (), NOW)
    db["authors"].insert_all(
        {"platform": "x", "author_id": one.author.author_id, "handle": one.author.handle, "name": "N", "url": "",
         "followers": 5, "first_heard_at": stamp(NOW), "last_heard_at": stamp(NOW)}
        for one in batch.mentions
    )  # fmt: skip
    db.close()
    pretend.items.append(Listed(post(3, author_id="503"), NOW))
    again = source.fetch("search:lantern", None, NOW)
    assert {one.author.handle for one in again.mentions} == {"mara", "sol", "p503"}
    assert [asked.one("ids") for asked in server.at(USERS_PATH)] == ["501,502", "503"]


def test_when_the_cap_is_reached_searches_stop_first_and_mentions_go_on(
    server: Scripted, pretend: PretendX, ledger: Ledger
) -> None:
    source = opens(server, ledger, monthly_usd=1.0)
    pretend.items, pretend.least = [Listed(post(1), NOW)], 5
    ledger.charge(source._meter.cap, "search:lantern", "posts", (str(n) for n in range(140)), POST_READ)  # $0.70
    with pytest.raises(RateLimited, match=r"monthly cap of \$1 .*searching.*raise monthly_usd") as caught:
        source.fetch("search:lantern", None, NOW)
    assert caught.value.retry_at == datetime(2026, 12, 1, tzinfo=UTC)
    assert server.at(SEARCH) == []
    assert source.fetch("mentions", None, NOW).mentions
    # $0.25 are left to mentions, less our own profile and Mara's: pages shrink to what they can pay for.
    source.fetch("mentions", None, NOW)
    assert [asked.one("max_results") for asked in server.at(MENTIONS)] == ["16", "15"]
    source.close()


def test_pages_that_could_not_all_be_paid_for_are_not_begun(
    server: Scripted, pretend: PretendX, ledger: Ledger
) -> None:
    source = opens(server, ledger, monthly_usd=4.5, account="")  # 225 posts and their authors, to searches
    pretend.size = 100
    pretend.items = [Listed(post(n, at), at) for n in range(600) if (at := NOW - timedelta(seconds=n))]
    batch = source.fetch("search:lantern", None, NOW)
    assert (len(batch.mentions), batch.more) == (200, True)
    source.close()


def test_nothing_is_paid_for_while_nobody_could_be_looked_up(
    source: X, server: Scripted, pretend: PretendX, ledger: Ledger
) -> None:
    source.fetch("search:lantern", None, NOW)
    ledger.take(USER_LOOKUPS, 299 - 1, purpose="duty")
    asked = len(server.at(SEARCH))
    with pytest.raises(RateLimited, match="profile look-ups"):
        source.fetch("search:lantern", None, NOW)
    assert len(server.at(SEARCH)) == asked


def test_what_a_429_names_is_waited_for_by_all_who_would_ask(
    source: X, server: Scripted, pretend: PretendX, ledger: Ledger
) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=7)
    headers = {"x-rate-limit-reset": str(int(until.timestamp())), "x-rate-limit-remaining": "0"}
    server.on(SEARCH, Say({"title": "Too Many Requests", "detail": "Too Many Requests"}, 429, headers))
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            source.fetch("search:lantern", None, NOW)
        assert caught.value.retry_at == until
    assert len(server.at(SEARCH)) == 1
    source.fetch("mentions", None, NOW)


@pytest.mark.parametrize("reset", ["soon", "", "1e400", "-5"])
def test_a_429_with_an_odd_reset_is_still_a_429(source: X, server: Scripted, pretend: PretendX, reset: str) -> None:
    server.on(SEARCH, Say({}, 429, {"x-rate-limit-reset": reset}))
    with pytest.raises(RateLimited):
        source.fetch("search:lantern", None, NOW)


# What tweepy trips over


@pytest.mark.parametrize(
    ("say", "error", "words"),
    [
        (Say([{"code": 1}], 403), Revoked, "403"),
        (Say({"error": 404}, 404), Unavailable, "404"),
        (Say({"errors": [{"detail": "The account is suspended."}]}, 403), Revoked, "The account is suspended."),
        (Say({"errors": [[1], 7, None, "plain words"]}, 403), Revoked, "plain words"),
        (Say({"errors": 7}, 401), Revoked, "401"),
        (Say({"detail": 7}, 401), Revoked, "401"),
        (Say(b"[" * 100_000, 503), Unavailable, "503"),
        (Say({"title": "CreditsDepleted", "detail": "No credits."}, 402), OutOfCredits, "No credits."),
        (Say({"title": "UsageCapExceeded", "detail": "Usage cap exceeded: Monthly"}, 429), OutOfCredits, "Monthly"),
        (Say({"title": "Conflict"}, 409), Unavailable, "Conflict"),
        (Say(b"<html>hello</html>", 200), Unavailable, "JSON"),
    ],
)  # fmt: skip
def test_every_odd_body_is_classified_by_its_status(
    source: X, server: Scripted, pretend: PretendX, say: Say, error: type[Exception], words: str
) -> None:
    server.on(SEARCH, say)
    with pytest.raises(error, match=words) as caught:
        source.fetch("search:lantern", None, NOW)
    assert type(caught.value) is error


def test_the_token_stays_out_of_the_log(source: X, pretend: PretendX, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        source.fetch("search:lantern", None, NOW)
    assert SECRET not in caplog.text


def test_without_a_token_nothing_is_built(
    server: Scripted, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("WARMLINE_X_BEARER_TOKEN")
    with pytest.raises(SettingsError, match="WARMLINE_X_BEARER_TOKEN"):
        opens(server, ledger)
    kept = tmp_path / "token"
    kept.write_text("from-a-file\n")
    kept.chmod(0o600)
    opens(server, ledger, bearer_token_file=str(kept)).close()


# Reading again


def test_what_is_gone_hidden_edited_or_untold_when_read_again(
    source: X, server: Scripted, pretend: PretendX, tmp_path: Path
) -> None:
    pretend.items = [Listed(post(n), NOW) for n in range(1, 6)]
    kept = {one.post_id: one for one in hear_all(source, "search:lantern")[0]}
    edited = post(33, text="my lantern hums", conversation_id="3", edit_history_tweet_ids=["3", "33"])
    server.on(
        POSTS,
        Say({"data": [post(1), post(3, edit_history_tweet_ids=["3", "33"])],
             "errors": [problem(GONE, "2"), problem(HIDDEN, "4"), {"type": "about:blank", "resource_id": "5"}]}),
        Say({"data": [edited]}),
    )  # fmt: skip
    now = source.reread(list(kept.values()))
    newest = replace(
        kept["3"], text="my lantern hums", url=kept["3"].url + "3", extra={"newest_id": "33"}
    )  # still the post of number 3
    assert now == {"1": kept["1"], "2": None, "3": newest, "4": None}
    assert [asked.one("ids") for asked in server.at(POSTS)] == ["1,2,3,4,5", "33"]
    assert len(server.at(USERS_PATH)) == 1  # nobody is looked up again
    assert paid(tmp_path)["reread", "posts"] == (1, POST_READ)  # the others were paid for today


def test_reading_again_goes_by_hundreds(source: X, server: Scripted, pretend: PretendX) -> None:
    server.on(POSTS, lambda asked: Say({"data": [post(int(n)) for n in (asked.one("ids") or "").split(",")]}))
    kept = [Mention("x", str(n), MARA, "hi", NOW) for n in range(230)]
    assert len(source.reread(kept)) == 230
    assert [len((asked.one("ids") or "").split(",")) for asked in server.at(POSTS)] == [100, 100, 30]


def test_reading_again_goes_as_far_as_the_cap_does(server: Scripted, pretend: PretendX, ledger: Ledger) -> None:
    source = opens(server, ledger, monthly_usd=0.01)
    server.on(POSTS, lambda asked: Say({"data": [post(int(one)) for one in (asked.one("ids") or "").split(",")]}))
    kept = [Mention("x", str(n), MARA, "hi", NOW) for n in range(3)]
    assert set(source.reread(kept)) == {"0", "1"}
    with pytest.raises(RateLimited, match=r"monthly cap of \$0\.01"):
        source.reread(kept[2:])
    assert len(server.at(POSTS)) == 1
    source.close()


def test_what_is_no_posts_number_is_not_asked_for(server: Scripted, source: X) -> None:
    server.on(POSTS, Say({"data": [post(1)]}))
    kept = [Mention("x", post_id, MARA, "hi", NOW) for post_id in ("row:abc", "1", "١")]
    assert set(source.reread(kept)) == {"1"}
    assert server.at(POSTS)[0].one("ids") == "1"
    assert source.reread(kept[:1]) == {}
    assert len(server.at(POSTS)) == 1


# Forecasts


def test_a_forecast_costs_one_request_and_says_what_is_cheaper(
    server: Scripted, ledger: Ledger, tmp_path: Path
) -> None:
    counted = {"data": [{"start": stamp(NOW), "end": stamp(NOW), "tweet_count": 70}], "meta": {"total_tweet_count": 70}}
    server.on("/2/tweets/counts/recent", Say(counted))
    settings = Settings(base_url=server.url, timeout_s=0.5, account="harbourlight", recheck_days=10, keep_days=30)
    lantern, handle = forecasts(settings, ["lantern", "@HarbourLight"], ledger)
    asked = server.at("/2/tweets/counts/recent")
    assert [one.one("query") for one in asked] == ['"lantern" -is:retweet', "@HarbourLight -is:retweet"]
    assert lantern == forecast_of("lantern", 70, 10, "harbourlight")
    assert lantern.usd_posts == pytest.approx(70 * 4.348 * 0.005, rel=1e-3)
    assert lantern.usd_authors == pytest.approx(2 * lantern.usd_posts)
    assert lantern.usd_rechecks == pytest.approx(10 * lantern.usd_posts)
    assert lantern.usd_a_month == pytest.approx(13 * lantern.usd_posts)
    assert "mailbox" in lantern.cheaper
    assert "mentions" in handle.cheaper
    assert paid(tmp_path) == {
        ("search:lantern", "counts"): (1, COUNT),
        ("search:@HarbourLight", "counts"): (1, COUNT),
    }


def test_a_count_that_makes_no_sense_is_unavailable(source: X, server: Scripted) -> None:
    server.on("/2/tweets/counts/recent", Say({"data": []}))
    with pytest.raises(Unavailable):
        source.forecast("lantern")


def test_a_probe_names_the_account_and_what_is_left(source: X, pretend: PretendX) -> None:
    assert source.probe() == "let in; @harbourlight is account 900; $25.00 of this month's $25 are left"


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "x"
    sdk = "tweepy"
    reach = timedelta(days=7)

    def connect(self, url: str, budget: Ledger, folder: Path) -> X:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S), ["lantern"], budget)

    def raw(self, posted: Posted) -> dict[str, Any]:
        return post(posted.number, posted.at, posted.text, author_id=PEOPLE[posted.handle])

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        PretendX(server, list(items), self.page)

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        there = {str(one.number): self.raw(one) for one in posts}

        def look_up(asked: Asked) -> Say:
            ids = (asked.one("ids") or "").split(",")
            body = {"data": [there[one] for one in ids if one in there]}
            return Say({**body, "errors": [problem(GONE, one) for one in ids if one not in there]})

        server.on(POSTS, look_up)

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        raw = post(
            1346889436626259968,
            NOW,
            "@mara Look: https://t.co/u95GsL5xQ9 &amp; tell",
            conversation_id="1346889000000000000",
            in_reply_to_user_id="501",
            referenced_tweets=[{"type": "replied_to", "id": "1346889000000000001"}],
            entities={
                "mentions": [{"start": 0, "end": 5, "username": "mara", "id": "501"}],
                "urls": [
                    {
                        "start": 12,
                        "end": 35,
                        "url": "https://t.co/u95GsL5xQ9",
                        "expanded_url": "https://pier.example/a/long/way",
                        "display_url": "pier.example/a/long…",
                    }
                ],
            },
            possibly_sensitive=False,
        )
        meant = Mention(
            platform="x",
            post_id="1346889436626259968",
            author=MARA,
            text="@mara Look: https://pier.example/a/long/way & tell",
            posted_at=NOW,
            url="https://x.com/mara/status/1346889436626259968",
            in_reply_to="1346889000000000001",
            thread_id="1346889000000000000",
            lang="en",
            likes=3,
            reposts=1,
            replies=2,
            links=("https://pier.example/a/long/way",),
        )
        return [(raw, meant)]
