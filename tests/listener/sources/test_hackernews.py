"""Hacker News's source over real sockets, against answers in the shape of Algolia's API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Batch, Mention
from listener.paging import Walk
from listener.source import NotFound, RateLimited, Revoked, Unavailable
from listener.sources.hackernews import OVERLAP, HackerNews, Settings, connect, lookup, parse, read_html
from tests.contract import HANGS_UP_AFTER_S, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SEARCH = "/api/v1/search_by_date"
SECOND = int(NOW.timestamp())


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def source(server: Scripted, budget: Ledger) -> Iterator[HackerNews]:
    opened = connect(Settings(base_url=server.url, timeout_s=0.5), ['harbour "light"', "lantern"], budget)
    yield opened
    opened.close()


def comment(number: int, at: int = SECOND, text: str = "my lantern hisses", **more: Any) -> dict[str, Any]:
    return {
        "objectID": str(number),
        "author": "mara",
        "comment_text": text,
        "created_at": "2026-11-20T12:00:00Z",
        "created_at_i": at,
        "parent_id": 41,
        "story_id": 40,
        "story_title": "Lamps of the harbour",
        "story_url": "https://pier.example/lamps",
        "points": None,
        "_tags": ["comment", "author_mara", "story_40"],
        **more,
    }


def story(number: int, **more: Any) -> dict[str, Any]:
    return {
        "objectID": str(number),
        "author": "sol",
        "title": "Show HN: A lantern that hums",
        "url": "https://pier.example/hum",
        "created_at_i": SECOND,
        "story_id": number,
        "points": 12,
        "num_comments": 3,
        "_tags": ["story", "author_sol"],
        **more,
    }


def hits(*found: Any, size: int = 100) -> Say:
    return Say({"hits": list(found), "hitsPerPage": size, "page": 0, "nbPages": 1, "nbHits": len(found), "new": {}})


def hear(source: HackerNews, cursor: str | None = None, stream: str = "search:lantern") -> Batch:
    return source.fetch(stream, cursor, NOW)


def cursor_at(at: datetime) -> str:
    return Walk(complete_until=at).write()


def test_a_comment_is_read_whole() -> None:
    text = (
        'It&#x27;s <i>warm</i> &amp; bright.<p>See <a href="https:&#x2F;&#x2F;pier.example&#x2F;a&#x2F;long&#x2F;way" '
        'rel="nofollow">https:&#x2F;&#x2F;pier.example&#x2F;a...</a> there.'
        "<p><pre><code>if a &lt; b:\n    glow()\n</code></pre>"
    )
    heard = parse(comment(42, text=text))
    assert heard is not None
    assert heard.text == ("It's warm & bright.\n\nSee https://pier.example/a/long/way there.\n\nif a < b:\n    glow()")
    assert heard.links == ("https://pier.example/a/long/way",)
    assert (heard.post_id, heard.in_reply_to, heard.thread_id) == ("42", "41", "40")
    assert heard.url == "https://news.ycombinator.com/item?id=42"
    assert heard.posted_at == NOW
    assert (heard.author.author_id, heard.author.handle) == ("mara", "mara")
    assert heard.author.followers is None
    assert heard.extra["story_title"] == "Lamps of the harbour"
    assert not heard.to_us


def test_a_story_is_its_title_its_text_and_its_link() -> None:
    heard = parse(story(40, story_text="We built it.<p>Ask me."))
    assert heard is not None
    assert heard.text == "Show HN: A lantern that hums\n\nWe built it.\n\nAsk me."
    assert heard.links == ("https://pier.example/hum",)
    assert (heard.in_reply_to, heard.thread_id, heard.likes, heard.replies) == (None, "40", 12, 3)
    bare = parse(story(40, url=None))
    assert bare is not None
    assert bare.text == "Show HN: A lantern that hums"


@pytest.mark.parametrize(
    ("hit", "text"),
    [
        (comment(1, title=""), "my lantern hisses"),
        (story(1, title="", story_text="We built it."), "We built it."),
        (story(1, _tags=["poll"], title="Poll: brass or tin?", story_text="Say which.", parts=[2, 3]),
         "Poll: brass or tin?\n\nSay which."),
        (story(1, _tags=["job"], title="A keeper is wanted", points=None), "A keeper is wanted"),
    ],
)  # fmt: skip
def test_whatever_has_words_is_a_mention(hit: dict[str, Any], text: str) -> None:
    heard = parse(hit)
    assert heard is not None
    assert heard.text == text


@pytest.mark.parametrize("gone", [comment(1, text=""), comment(1, comment_text=None), comment(1, author=None)])
def test_what_says_nothing_any_more_is_no_mention(gone: dict[str, Any]) -> None:
    assert parse(gone) is None


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<p>two", "one\n\ntwo"),
        ("a <b>bold</b> <script>word</script>", "a bold"),
        ("unfinished <a href='https://x.example'>x", "unfinished https://x.example"),
        ("<a>no address</a> &nbsp;&#128161;", "no address \xa0💡"),
        ("1 < 2 & 3 > 2 &bogus;", "1 < 2 & 3 > 2 &bogus;"),
        ("<" * 50, "<" * 50),
    ],
)
def test_html_of_any_kind_becomes_words(html: str, text: str) -> None:
    assert read_html(html)[0] == text


def test_the_search_asks_for_the_phrase_and_no_near_misses(source: HackerNews, server: Scripted) -> None:
    server.on(SEARCH, hits(comment(1)))
    assert source.streams() == ('search:harbour "light"', "search:lantern")
    hear(source, cursor_at(NOW), 'search:harbour "light"')
    asked = server.asked[0]
    assert asked.one("query") == '"harbour  light"'
    assert (asked.one("advancedSyntax"), asked.one("typoTolerance")) == ("true", "false")
    assert (asked.one("tags"), asked.one("hitsPerPage")) == ("(story,comment,poll,job)", "100")
    assert asked.one("numericFilters") == f"created_at_i>{int((NOW - OVERLAP).timestamp())}"


def test_one_bad_hit_is_set_aside_and_the_rest_is_heard(source: HackerNews, server: Scripted) -> None:
    nameless = comment(5)
    del nameless["comment_text"]
    broken = [None, {"objectID": "1"}, comment(2, at="soon"), comment(3, at=10**30), nameless, comment(4, text=7)]
    server.on(SEARCH, hits(*broken, comment(9)))
    batch = hear(source)
    assert [mention.post_id for mention in batch.mentions] == ["9"]
    assert sorted(item.raw for item in batch.unreadable) == sorted(json.dumps(hit) for hit in broken)


def algolia(found: list[dict[str, Any]], size: int, shown_at_most: int = 40) -> Any:
    """Algolia's manners: newest first, by numbered page, and no more than so many hits a query."""

    def page(asked: Asked) -> Say:
        kept = found
        for limit in (asked.one("numericFilters") or "").split(","):
            if limit.startswith("created_at_i<="):
                kept = [hit for hit in kept if hit["created_at_i"] <= int(limit[14:])]
            elif limit.startswith("created_at_i>"):
                kept = [hit for hit in kept if hit["created_at_i"] > int(limit[13:])]
        start = int(asked.one("page") or 0) * size
        return hits(*kept[:shown_at_most][start : start + size], size=size)

    return page


def test_more_hits_than_algolia_shows_are_all_heard(source: HackerNews, server: Scripted) -> None:
    # 25 in one second, too many for a page, among others; 215 in all where a query shows 40.
    times = [SECOND - number // 3 for number in range(100)] + [SECOND - 60] * 25 + [SECOND - 90 - n for n in range(90)]
    burst = [comment(number, at) for number, at in enumerate(times)]
    server.on(SEARCH, algolia(burst, size=10))
    heard: set[str] = set()
    batch, polls = Batch(more=True), 0
    while batch.more:
        batch, polls = hear(source, batch.cursor), polls + 1
        assert polls < 20
        heard |= {mention.post_id for mention in batch.mentions}
    assert heard == {hit["objectID"] for hit in burst}
    assert batch.heard_until == NOW


def test_what_the_index_took_in_late_is_still_heard(source: HackerNews, server: Scripted) -> None:
    server.on(SEARCH, algolia([comment(7, SECOND - 3600 * 4)], size=10))
    assert [mention.post_id for mention in hear(source, cursor_at(NOW)).mentions] == ["7"]


def test_a_walk_stops_at_what_is_known(source: HackerNews, server: Scripted) -> None:
    server.on(SEARCH, algolia([comment(number, SECOND - 600 * number) for number in range(200)], size=10))
    hear(source, cursor_at(NOW - timedelta(minutes=30)))
    assert len(server.asked) < 6


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"message": "slow down"}, 429, {"Retry-After": "30"}), RateLimited),
        (Say({}, 403), Revoked),
        (Say({"message": "unknown parameter"}, 400), Unavailable),
        (Say(b"<html></html>"), Unavailable),
        (Say(b"", 502), Unavailable),
        (Say([]), Unavailable),
        (Say({"hits": None}), Unavailable),
        (hits(*[None] * 100), Unavailable),
        (Say({"hits": [comment(1)] * 9}, fault="reset"), Unavailable),
        (Say(fault="hang"), Unavailable),
    ],
)
def test_every_fault_has_one_name(source: HackerNews, server: Scripted, say: Say, error: type[Exception]) -> None:
    server.on(SEARCH, say)
    with pytest.raises(error):
        hear(source)


def test_a_link_leads_to_its_item(server: Scripted) -> None:
    found = {"id": 42, "created_at_i": SECOND, "type": "comment", "author": "mara", "title": None, "url": None}
    found |= {"text": "<p>a lantern", "points": None, "parent_id": 41, "story_id": 40, "children": []}
    server.on("/api/v1/items/42", Say(found))
    heard = lookup("https://news.ycombinator.com/item?id=42#42", server.url)
    assert heard is not None
    assert (heard.text, heard.post_id, heard.in_reply_to, heard.thread_id) == ("a lantern", "42", "41", "40")
    told = {**found, "type": "story", "title": "A lantern", "url": "https://pier.example", "text": None, "story_id": 42}
    server.on("/api/v1/items/42", Say(told))
    heard = lookup("https://news.ycombinator.com/item?id=42", server.url)
    assert heard is not None
    assert (heard.text, heard.links) == ("A lantern", ("https://pier.example",))


@pytest.mark.parametrize(
    "link",
    [
        "https://news.ycombinator.com/newest",
        "https://news.ycombinator.com/item?id=../../x",
        "https://example.com/item?id=4",
        "",
        "http://[",
    ],
)
def test_other_links_are_not_ours_and_nobody_is_asked(link: str) -> None:
    assert lookup(link, "http://127.0.0.1:1") is None


def test_an_item_that_is_gone_is_not_found(server: Scripted) -> None:
    with pytest.raises(NotFound):
        lookup("https://news.ycombinator.com/item?id=42", server.url)
    deleted = {"id": 42, "created_at_i": SECOND, "author": None, "title": None, "text": None, "parent_id": 41}
    server.on("/api/v1/items/42", Say(deleted))
    with pytest.raises(NotFound, match="not any more"):
        lookup("https://news.ycombinator.com/item?id=42", server.url)
    server.on("/api/v1/items/42", Say({"id": 42}))
    with pytest.raises(Unavailable):
        lookup("https://news.ycombinator.com/item?id=42", server.url)


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "hackernews"
    keyless = True

    def connect(self, url: str, budget: Ledger, folder: Path) -> HackerNews:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S), ["lantern"], budget)

    def raw(self, post: Posted) -> dict[str, Any]:
        return comment(post.number, int(post.at.timestamp()), post.text, author=post.handle)

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        # What has no readable time of its own stands where it was taken in; what has one, where Algolia would put it.
        by_time = sorted(items, key=lambda item: item.at, reverse=True)

        def page(asked: Asked) -> Say:
            low, high = 0, 2**40
            for limit in (asked.one("numericFilters") or "").split(","):
                if limit.startswith("created_at_i<="):
                    high = int(limit[14:])
                elif limit.startswith("created_at_i>"):
                    low = int(limit[13:])
            found = [item.raw for item in by_time if low < int(item.at.timestamp()) <= high]
            start = int(asked.one("page") or 0) * self.page
            return hits(*found[start : start + self.page], size=self.page)

        server.on(SEARCH, page)

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        for post in posts:
            item = {"id": post.number, "created_at_i": int(post.at.timestamp()), "author": post.handle, "title": None}
            server.on(f"/api/v1/items/{post.number}", Say({**item, "text": post.text, "parent_id": 41, "story_id": 40}))

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        mara = Author("hackernews", "mara", "mara", url="https://news.ycombinator.com/user?id=mara")
        meant = Mention(
            platform="hackernews",
            post_id="42",
            author=mara,
            text="It's warm.\n\nSee https://pier.example/a/long/way",
            posted_at=NOW,
            url="https://news.ycombinator.com/item?id=42",
            in_reply_to="41",
            thread_id="40",
            links=("https://pier.example/a/long/way",),
            extra={"story_title": "Lamps of the harbour"},
        )
        way = "https:&#x2F;&#x2F;pier.example&#x2F;a&#x2F;long&#x2F;way"
        text = f'It&#x27;s <i>warm</i>.<p>See <a href="{way}">pier...</a>'
        return [(comment(42, text=text), meant)]


def test_one_item_that_cannot_be_read_or_is_none_leaves_the_others(source: HackerNews, server: Scripted) -> None:
    mara = Author("hackernews", "mara", "mara")
    kept = [Mention("hackernews", name, mara, "hi", NOW) for name in ("row:1", "1", "2")]
    server.on("/api/v1/items/1", Say({}, 500))
    server.on("/api/v1/items/2", Say({}, 404))
    assert source.reread(kept) == {"2": None}
    assert [asked.path for asked in server.asked] == ["/api/v1/items/1", "/api/v1/items/2"]
    with pytest.raises(Unavailable):
        source.reread(kept[:2])
