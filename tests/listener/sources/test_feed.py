"""Feeds over real sockets: every kind of them, read in the child process, without loss and without harm."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Batch, Mention
from listener.settings import SettingsError
from listener.source import Unavailable
from listener.sources.feed import Feeds, Settings, connect
from listener.sources.feed.source import Place
from tests.contract import HANGS_UP_AFTER_S, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STREAM = "feed:/lantern.atom"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def source(server: Scripted, budget: Ledger) -> Feeds:
    return opened(server.url, budget)


def opened(url: str, budget: Ledger, timeout_s: float = 5.0, **more: Any) -> Feeds:
    host = url.removeprefix("http://")
    settings = Settings(base_url=url, urls=("/lantern.atom",), private_hosts=(host,), timeout_s=timeout_s, **more)
    return connect(settings, [], budget)


def atom(*entries: str, title: str = "The Pier") -> bytes:
    head = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>'
    return (head + '<link href="https://pier.example/"/>' + "".join(entries) + "</feed>").encode()


def entry(number: int, at: datetime | None = NOW, text: str = "my lantern hisses", **more: str) -> str:
    parts = {
        "id": f"urn:pier:{number}",
        "title": f"Post {number}",
        "link": f"https://pier.example/posts/{number}",
        "author": "mara",
        **more,
    }
    date = f"<published>{at.isoformat()}</published>" if at else ""
    return (
        f"<entry><id>{parts['id']}</id><title type='html'>{escape(parts['title'])}</title>"
        f"<link href='{escape(parts['link'])}'/><author><name>{parts['author']}</name></author>{date}"
        f"<content type='html'>{escape(text)}</content></entry>"
    )


def rss(*items: str, title: str = "The Pier") -> bytes:
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'.encode()


def say(body: bytes, **headers: str) -> Say:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Say(body, headers={"Content-Type": "application/xml", **told})


def hear(source: Feeds, cursor: str | None = None, now: datetime = NOW) -> Batch:
    return source.fetch(STREAM, cursor, now)


def heard_from(server: Scripted, source: Feeds, body: bytes) -> list[Mention]:
    server.on("/lantern.atom", say(body))
    return list(hear(source).mentions)


def test_an_entry_is_read_whole(server: Scripted, source: Feeds) -> None:
    text = '<p>It&#39;s <b>warm</b> &amp; bright.</p><p>See <a href="https://pier.example/a/long/way">here</a>.</p>'
    server.on("/lantern.atom", say(atom(entry(1, text=text, title="A <i>lantern</i>"))))
    batch = hear(source)
    (heard,) = batch.mentions
    assert heard.text == "A lantern\n\nIt's warm & bright.\nSee here."
    assert heard.links == ("https://pier.example/posts/1", "https://pier.example/a/long/way")
    assert (heard.platform, heard.post_id, heard.url) == ("feed", *["https://pier.example/posts/1"] * 2)
    assert (heard.posted_at, heard.author.name, heard.to_us) == (NOW, "mara", False)
    assert heard.extra == {"source": f"{server.url}/lantern.atom", "community": "The Pier"}
    assert (batch.heard_until, batch.lost, batch.more) == (NOW, None, False)


RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://pier.example"><title>The Pier</title></channel>
 <item rdf:about="https://pier.example/posts/1"><title>Post 1</title><link>https://pier.example/posts/1</link>
 <dc:creator>mara</dc:creator><dc:date>2026-11-20T12:00:00Z</dc:date><description>my lantern hisses</description>
 </item></rdf:RDF>"""
RSS = rss(
    "<item><title>Post 1</title><link>https://pier.example/posts/1</link><guid>1</guid><author>m@pier.example (mara)"
    "</author><pubDate>Fri, 20 Nov 2026 13:00:00 +0100</pubDate><description>my lantern hisses</description></item>"
)
JSON_ITEM = {"id": 1, "url": "https://pier.example/posts/1", "title": "Post 1",
             "content_html": "my lantern <b>hisses</b>",
             "date_published": "2026-11-20T13:00:00+01:00", "authors": [{"name": "mara"}]}  # fmt: skip


def json_feed(*items: Any) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "The Pier", "items": items}).encode()


@pytest.mark.parametrize(
    "body",
    [atom(entry(1)), RSS, RDF, json_feed(JSON_ITEM),
     atom(entry(1)).decode().replace("utf-8", "utf-16").encode("utf-16"),
     atom(entry(1)).replace(b"</feed>", b""), b"\n\n " + RSS],
)  # fmt: skip
def test_every_kind_of_feed_says_the_same(server: Scripted, source: Feeds, body: bytes) -> None:
    (heard,) = heard_from(server, source, body)
    assert (heard.text, heard.author.name, heard.posted_at) == ("Post 1\n\nmy lantern hisses", "mara", NOW)
    assert heard.post_id == "https://pier.example/posts/1"


def test_a_json_feed_s_bad_items_are_set_aside(server: Scripted, source: Feeds) -> None:
    bad = [None, "a word", 7, {"id": "x"}, {**JSON_ITEM, "title": [[7]]}, {**JSON_ITEM, "url": 5}]
    server.on("/lantern.atom", say(json_feed(*bad, {**JSON_ITEM, "brand_new": {"deep": [1]}})))
    batch = hear(source)
    assert [one.post_id for one in batch.mentions] == ["https://pier.example/posts/1"]
    assert len(batch.unreadable) == len(bad)
    assert any("a word" in item.raw for item in batch.unreadable)


def test_google_alerts_are_unwrapped_and_only_google_s(server: Scripted, source: Feeds) -> None:
    google = "https://www.google.com/url?rct=j&sa=t&url=https://lamp.example/hum%3Fa%3D1%26utm_source%3Dx&ct=ga&usg=AOv"
    fake = "https://google.evil.example/url?url=https://lamp.example/other"
    alert = "Google Alert - lantern"
    one = entry(1, title="The <b>lantern</b> that hums", link=google, author="", text="A <b>lantern</b> ...")
    two = entry(2, link=fake, text="dark", author="")
    first, second = heard_from(server, source, atom(one, two, title=alert))
    assert first.text == "The lantern that hums\n\nA lantern ..."
    assert (first.post_id, first.url) == ("https://lamp.example/hum?a=1", "https://lamp.example/hum?a=1&utm_source=x")
    assert first.author == Author("feed", "lamp.example/lamp.example", "lamp.example", "lamp.example")
    assert second.url == fake
    # What the alert was set for need not stand in the few words that it shows; a watch must find it all the same.
    assert second.text == "Post 2\n\ndark\n\n[Google Alert: lantern]"


def test_one_article_in_two_feeds_is_one_mention_and_two_posts_of_one_page_are_two(
    server: Scripted, source: Feeds
) -> None:
    plain = heard_from(server, source, atom(entry(1)))
    elsewhere = heard_from(server, source, atom(entry(77, link="https://pier.example/posts/1?utm_source=feed")))
    assert plain[0].post_id == elsewhere[0].post_id
    shared = [entry(number, link="https://pier.example/changes") for number in (1, 2)]
    front = [entry(number, link="https://pier.example/") for number in (3, 4)]
    ids = [one.post_id for one in heard_from(server, source, atom(*shared, *front))]
    assert len(set(ids)) == 4


@pytest.mark.parametrize(
    ("link", "platform", "post_id"),
    [
        ("https://www.reddit.com/r/lamps/comments/1abc/my_lantern/def2/", "reddit", "t1_def2"),
        ("https://old.reddit.com/r/lamps/comments/1abc/my_lantern/", "reddit", "t3_1abc"),
        ("https://news.ycombinator.com/item?id=41", "hackernews", "41"),
        ("https://x.com/mara/status/1234567890123", "x", "1234567890123"),
        ("https://bsky.app/profile/did:plc:abc/post/3kxyz", "bluesky", "at://did:plc:abc/app.bsky.feed.post/3kxyz"),
    ],
)
def test_a_post_of_a_known_platform_is_that_platform_s(
    server: Scripted, source: Feeds, link: str, platform: str, post_id: str
) -> None:
    (heard,) = heard_from(server, source, atom(entry(1, link=link)))
    assert (heard.platform, heard.author.platform, heard.post_id) == (platform, platform, post_id)


def test_what_is_not_new_is_not_fetched(server: Scripted, source: Feeds) -> None:
    def page(asked: Asked) -> Say:
        new = asked.headers.get("If-None-Match") == '"one"' and asked.headers.get("If-Modified-Since") == "yesterday"
        return Say(b"", 304) if new else say(atom(entry(1)), ETag='"one"', Last_Modified="yesterday")

    server.on("/lantern.atom", page)
    first = hear(source)
    later = NOW + timedelta(minutes=10)
    second = hear(source, first.cursor, later)
    assert (second.mentions, second.heard_from, second.heard_until, second.lost) == ((), NOW, later, None)
    third = hear(source, second.cursor, later + timedelta(minutes=10))
    assert third.heard_from == later


def test_entries_without_dates_are_heard_once(server: Scripted, source: Feeds) -> None:
    odd = [entry(1, None), entry(2, NOW + timedelta(days=400)), entry(3, datetime(1970, 1, 1, tzinfo=UTC))]
    server.on("/lantern.atom", say(atom(*odd)))
    first = hear(source)
    assert [one.posted_at for one in first.mentions] == [NOW] * 3
    server.on("/lantern.atom", say(atom(entry(4, None), *odd)))
    second = hear(source, first.cursor, NOW + timedelta(hours=1))
    assert [one.text for one in second.mentions] == ["Post 4\n\nmy lantern hisses"]
    server.on("/lantern.atom", say(atom(*odd)))
    assert hear(source, second.cursor, NOW + timedelta(hours=2)).mentions == ()


def test_old_entries_are_not_heard_at_first(server: Scripted, source: Feeds) -> None:
    old = entry(1, NOW - timedelta(days=31))
    assert [one.post_id[-1] for one in heard_from(server, source, atom(old, entry(2)))] == ["2"]


def test_what_fell_out_during_an_outage_is_called_lost(server: Scripted, source: Feeds) -> None:
    sticky = entry(1, NOW - timedelta(days=9), title="Read me first")
    server.on("/lantern.atom", say(atom(sticky, entry(2), entry(3, NOW - timedelta(hours=1)), entry(4), entry(5))))
    first = hear(source)
    back = NOW + timedelta(days=3)
    shown = [entry(number, back - timedelta(hours=number)) for number in range(10, 14)]
    server.on("/lantern.atom", say(atom(sticky, *shown, entry(2))))
    assert hear(source, first.cursor, back).lost is None
    server.on("/lantern.atom", say(atom(sticky, *shown)))
    batch = hear(source, first.cursor, back)
    oldest = back - timedelta(hours=13)
    assert len(batch.mentions) == 4
    assert (batch.lost, batch.heard_from, batch.heard_until) == ((NOW, oldest), oldest, back)
    undated = [entry(number, None) for number in range(20, 24)]
    server.on("/lantern.atom", say(atom(*undated)))
    assert hear(source, batch.cursor, back + timedelta(days=1)).lost == (back, back + timedelta(days=1))


def test_an_empty_listing_in_between_hides_no_loss(server: Scripted, source: Feeds) -> None:
    server.on("/lantern.atom", say(atom(entry(1))), say(atom()), say(atom(entry(2, NOW + timedelta(days=3)))))
    first = hear(source)
    empty = hear(source, first.cursor, NOW + timedelta(hours=1))
    assert hear(source, empty.cursor, NOW + timedelta(days=4)).lost is not None


def test_more_entries_than_are_read_are_told(server: Scripted, source: Feeds) -> None:
    many = [entry(number, NOW - timedelta(minutes=260 - number)) for number in range(260)]
    server.on("/lantern.atom", say(atom(*many)))
    batch = hear(source)
    assert {one.post_id.rpartition("/")[2] for one in batch.mentions} == {str(number) for number in range(60, 260)}
    assert "only the newest 200 of 260 entries" in batch.unreadable[0].reason


def test_a_feed_of_5_mb_is_read_as_far_as_2_mb_and_the_rest_is_told(server: Scripted, source: Feeds) -> None:
    large = [entry(number, text="my lantern hisses " * 1500) for number in range(200)]
    server.on("/lantern.atom", say(atom(*large)))
    batch = hear(source)
    assert 60 < len(batch.mentions) < 80
    assert all("hisses" in one.text for one in batch.mentions)
    assert "after 2,000,000 bytes" in batch.unreadable[-1].reason


def test_a_bomb_of_entities_and_a_file_of_ours_stay_where_they_are(
    server: Scripted, source: Feeds, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hush")
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    outside = f'<!ENTITY a SYSTEM "file://{tmp_path}/secret"><!ENTITY b SYSTEM "{server.url}/trap">'
    head = f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}{outside}<!ENTITY % p SYSTEM "{server.url}/trap">%p;]>'
    bomb = rss("<item><guid>1</guid><title>a lantern &l11; &a; &b;</title></item>").decode()
    for body in (head + bomb, head + bomb.replace("&l11;", "")):
        heard = heard_from(server, source, body.encode())
        assert all("hush" not in one.text and len(one.text) < 2_000 for one in heard)
    assert server.at("/trap") == []


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><html><head><title>Hello</title></head><body><p>No feed</body></html>", b"", b"\x00\xff\xfe" * 9,
     b"just words", b"null", b"[]", b'{"items": []}', b"%PDF-1.7", b"<?xml version='1.0'?><svg/>",
     b"<rss version='2.0'><channel"],
)  # fmt: skip
def test_what_is_no_feed_is_unavailable(server: Scripted, source: Feeds, body: bytes) -> None:
    server.on("/lantern.atom", say(body))
    with pytest.raises(Unavailable, match="no feed"):
        hear(source)


DEEP = b"<rss><item><title>" + b"<a " * 600_000


@pytest.mark.parametrize("body", [b"<rss version='2.0'><channel>" + b"<item>" * 100_000, DEEP])
def test_a_feed_that_takes_for_ever_is_killed(server: Scripted, budget: Ledger, body: bytes) -> None:
    server.on("/lantern.atom", say(body))
    began = time.monotonic()
    with pytest.raises(Unavailable, match="could not be read"):
        hear(opened(server.url, budget, timeout_s=1.0))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("raw", [b"\xff\xfe latin \xe4", "Lämpchen".encode("latin-1"), b"\xed\xa0\x80"])
def test_wrong_bytes_are_read_as_well_as_can_be(server: Scripted, source: Feeds, raw: bytes) -> None:
    (heard,) = heard_from(server, source, atom(entry(1, text="XXX")).replace(b"XXX", b"my lantern " + raw))
    assert "my lantern" in heard.text


def test_an_address_inside_is_not_called_and_says_so(server: Scripted, budget: Ledger) -> None:
    settings = Settings(urls=(server.url + "/lantern.atom",))
    with pytest.raises(Unavailable, match="private_hosts") as caught:
        connect(settings, [], budget).fetch(f"feed:{server.url}/lantern.atom", None, NOW)
    assert type(caught.value) is Unavailable
    assert server.asked == []


def test_an_address_must_be_whole(budget: Ledger) -> None:
    for url in ("pier.example/feed", "/feed", "file:///etc/passwd"):
        with pytest.raises(SettingsError, match="no address of a feed"):
            connect(Settings(urls=(url,)), [], budget)


def test_a_feed_that_is_gone_says_so(server: Scripted, source: Feeds) -> None:
    with pytest.raises(Unavailable, match="not there"):
        hear(source)


def test_the_child_is_given_none_of_our_secrets(
    server: Scripted, source: Feeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, str]] = []
    start = subprocess.Popen.__init__

    def noted(self: Any, *words: Any, **how: Any) -> None:
        given.append(how["env"])
        start(self, *words, **how)

    monkeypatch.setenv("WARMLINE_X_BEARER_TOKEN", "hush")
    monkeypatch.setattr(subprocess.Popen, "__init__", noted)
    heard_from(server, source, atom(entry(1)))
    assert set(given[0]) == {"PATH", "PYTHONPATH"}


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "feed"
    stream = STREAM
    author_dates = True
    rereads = False
    keyless = True

    def connect(self, url: str, budget: Ledger, folder: Path) -> Feeds:
        return opened(url, budget, timeout_s=HANGS_UP_AFTER_S if url.endswith(":1") else 20.0)

    def raw(self, post: Posted) -> str:
        return entry(post.number, post.said_at or post.at, post.text, author=post.handle)

    def post_id(self, post: Posted) -> str:
        return f"https://pier.example/posts/{post.number}"

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = sorted(items, key=lambda item: item.at, reverse=True)
        server.on("/lantern.atom", say(atom(*(str(item.raw) for item in newest_first))))

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="feed",
            post_id="https://pier.example/posts/1",
            author=Author("feed", "127.0.0.1/mara", "mara", "mara"),
            text="Post 1\n\nmy lantern hisses",
            posted_at=NOW,
            url="https://pier.example/posts/1",
            links=("https://pier.example/posts/1",),
        )
        return [(entry(1), meant)]

    def test_samples_mean_exactly_this(self, source: Any, server: Scripted) -> None:
        """As in the kit; `extra` names the server's own address, which is another each time."""
        for raw, meant in self.samples():
            self.serve(server, [Listed(raw, meant.posted_at)])
            (heard,), batch = self.hear_all(source)
            assert batch.unreadable == ()
            assert replace(heard, extra={}) == meant

    def with_unknown_fields(self, raw: Any) -> Any:
        return str(raw).replace("<entry>", '<entry xmlns:new="urn:new"><new:deep a="1"><new:x/></new:deep>')

    def broken(self) -> Sequence[Any]:
        nonsense = ["<id/>", "<published>soon</published>", "<link/>", "<author><name>m</name></author>", "<x><y/></x>"]
        return [f"<entry>{one}</entry>" for one in nonsense]

    def test_a_word_where_a_post_should_be_is_kept_raw(self, source: Any, server: Scripted) -> None:
        """In XML a stray word between two entries is no item at all. An entry that says nothing is one."""
        self.serve(server, [Listed("<entry><id>said-nothing</id></entry>", NOW), Listed(self.raw(Posted(1)), NOW)])
        _, batch = self.hear_all(source)
        assert any("said-nothing" in item.raw for item in batch.unreadable)

    def test_a_burst_larger_than_the_pages_is_fetched_on_and_none_is_dropped(
        self, source: Any, server: Scripted
    ) -> None:
        """A feed has no pages: all that it shows, up to 200 entries, comes at once."""
        self.list_posts(server, [Posted(1, at=NOW - timedelta(hours=2))])
        _, batch = self.hear_all(source)
        burst = [Posted(100 + number, at=NOW + timedelta(seconds=number)) for number in range(150)]
        self.list_posts(server, [Posted(1, at=NOW - timedelta(hours=2)), *burst])
        heard, end = self.hear_all(source, batch.cursor, NOW + timedelta(hours=1))
        assert self.ids(burst) == {one.post_id for one in heard}
        assert end.lost is None


def test_a_cursor_is_what_it_was(source: Feeds) -> None:
    place = Place(("a",), ("b",), '"etag"', "yesterday", NOW)
    assert Place.read(place.write()) == place
