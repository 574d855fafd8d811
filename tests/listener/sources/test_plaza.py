"""The plaza as it is heard, over real sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from listener.mention import Batch, Mention
from listener.settings import SettingsError
from listener.source import NotFound, RateLimited, Revoked, Source, SourceError, Unavailable
from listener.sources.plaza import Settings, connect, lookup
from tests.fakes import UNLIMITED
from tests.plaza_server import PlazaHandle, running_plaza


@pytest.fixture
def plaza(monkeypatch: pytest.MonkeyPatch) -> Iterator[PlazaHandle]:
    with running_plaza() as handle:
        monkeypatch.setenv("WARMLINE_PLAZA_READ_TOKEN", handle.read_token)
        yield handle


@contextmanager
def listening(base_url: str, *searches: str, timeout_s: float = 5.0) -> Iterator[Source]:
    source = connect(Settings(base_url=base_url, account="harbourlight", timeout_s=timeout_s), searches, UNLIMITED)
    try:
        yield source
    finally:
        source.close()


def now() -> datetime:
    return datetime.now(UTC)


def heard(source: Source, cursor: str | None = None, stream: str = "mentions") -> tuple[list[Mention], str | None]:
    """Everything until no more is waiting, and the cursor then."""
    mentions: list[Mention] = []
    for _ in range(20):
        batch = source.fetch(stream, cursor, now())
        mentions += batch.mentions
        cursor = batch.cursor
        if not batch.more:
            return mentions, cursor
    raise AssertionError("the walk never ended")


def ids(mentions: list[Mention] | tuple[Mention, ...]) -> list[str]:
    return [mention.post_id for mention in mentions]


def test_a_mention_is_whole(plaza: PlazaHandle) -> None:
    at = now() - timedelta(hours=3)
    ours = plaza.post("harbourlight", "Moss green is back")
    text = "@harbourlight ¿y en Valencia? https://ines.example/foto"
    post = plaza.post("Ines", text, ours["post_id"], at=at, name="Inés", followers=845, lang="es")
    with listening(plaza.base_url) as source:
        assert source.platform == "plaza"
        batch = source.fetch("mentions", None, now())
    (mention,) = batch.mentions
    assert mention == Mention(
        platform="plaza",
        post_id=post["post_id"],
        author=mention.author,
        text=text,
        posted_at=at,
        url=f"{plaza.base_url}/posts/{post['post_id']}",
        in_reply_to=ours["post_id"],
        thread_id=ours["post_id"],
        lang="es",
        likes=0,
        replies=0,
        to_us=True,
        links=("https://ines.example/foto",),
    )
    assert (mention.author.handle, mention.author.name, mention.author.followers) == ("ines", "Inés", 845)
    assert mention.posted_at.utcoffset() == timedelta(0)
    assert batch.heard_until is not None


def test_a_search_hears_those_who_do_not_address_us_and_marks_ourselves(plaza: PlazaHandle) -> None:
    aside = plaza.post("hedda", "my sister's harbourlight is lovely")
    to_us = plaza.post("ada", "@harbourlight hello")
    ours = plaza.post("harbourlight", "harbourlight here")
    with listening(plaza.base_url, "harbourlight", "Glowly") as source:
        assert source.streams() == ("mentions", "ours", "search:harbourlight", "search:Glowly")
        found = source.fetch("search:harbourlight", None, now()).mentions
        assert {mention.post_id: (mention.to_us, mention.ours) for mention in found} == {
            aside["post_id"]: (False, False),
            to_us["post_id"]: (True, False),
            ours["post_id"]: (False, True),
        }
        assert ids(source.fetch("ours", None, now()).mentions) == [ours["post_id"]]
        assert source.fetch("search:Glowly", None, now()).mentions == ()
        assert ids(source.fetch("mentions", None, now()).mentions) == [to_us["post_id"]]


def test_a_burst_larger_than_a_fetch_is_heard_whole_over_several(plaza: PlazaHandle) -> None:
    plaza.post("ada", "@harbourlight before")
    with listening(plaza.base_url) as source:
        _, cursor = heard(source)
        world = plaza.plaza.world
        world.add_person("bo")
        burst = [world.post("bo", f"@harbourlight number {n}").post_id for n in range(600)]
        first = source.fetch("mentions", cursor, now())
        assert first.more
        assert len(first.mentions) < 600
        meanwhile = plaza.post("cy", "@harbourlight while you were walking")
        rest, cursor = heard(source, first.cursor)
        assert set(burst) <= {*ids(first.mentions), *ids(rest)}
        later, _ = heard(source, cursor)
    assert meanwhile["post_id"] in ids(later)


def test_what_turns_up_late_among_older_ones_is_still_heard(plaza: PlazaHandle) -> None:
    with listening(plaza.base_url) as source:
        newest = plaza.post("ada", "@harbourlight first")
        _, cursor = heard(source)
        late = plaza.post("bo", "@harbourlight slow train", received_at=now() - timedelta(minutes=10))
        again, cursor = heard(source, cursor)
        assert ids(again) == [newest["post_id"], late["post_id"]]


def test_a_post_dated_in_the_future_moves_no_cursor(plaza: PlazaHandle) -> None:
    tomorrow = now() + timedelta(days=30)
    with listening(plaza.base_url) as source:
        plaza.post("liar", "@harbourlight from the future", at=tomorrow)
        plaza.post("clock", "@harbourlight from a broken server", received_at=tomorrow)
        first, cursor = heard(source)
        assert len(first) == 2
        honest = plaza.post("ada", "@harbourlight on time")
        again, _ = heard(source, cursor)
    assert honest["post_id"] in ids(again)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("drop_before", Unavailable),
        ("accept_then_reset", Unavailable),
        ("accept_then_504", Unavailable),
        ("late_answer", Unavailable),
        ("ok_without_id", Unavailable),
        ("ok_but_refused", Unavailable),
        ("slow", Unavailable),
        ("html", Unavailable),
        ("huge", Unavailable),
        ("500", Unavailable),
        ("429_with_reset", RateLimited),
        ("429_bare", RateLimited),
        ("401", Revoked),
        ("403", Revoked),
    ],
)
def test_every_fault_has_its_name_and_loses_nobody(plaza: PlazaHandle, fault: str, error: type[SourceError]) -> None:
    with listening(plaza.base_url, timeout_s=0.3) as source:
        _, cursor = heard(source)
        post = plaza.post("ada", "@harbourlight " + "is anybody there? " * 20)
        plaza.fault(fault, on="read", seconds=30)
        with pytest.raises(error) as caught:
            source.fetch("mentions", cursor, now())
        plaza.release()
        assert type(caught.value) is error
        assert plaza.read_token not in str(caught.value)
        if isinstance(caught.value, RateLimited):
            soon = caught.value.retry_at and (caught.value.retry_at - now()).total_seconds()
            assert (soon is not None and 25 < soon < 31) == (fault == "429_with_reset")
        assert ids(heard(source, cursor)[0]) == [post["post_id"]]


def test_a_fault_on_a_later_page_loses_nobody(plaza: PlazaHandle) -> None:
    with listening(plaza.base_url) as source:
        _, cursor = heard(source)
        said = [plaza.post("ada", f"@harbourlight {n}")["post_id"] for n in range(60)]
        plaza.fault("500", on="read", passing=1)
        with pytest.raises(Unavailable):
            source.fetch("mentions", cursor, now())
        assert sorted(ids(heard(source, cursor)[0])) == sorted(said)


def test_an_unknown_account_is_unavailable_and_a_wrong_token_revoked(
    plaza: PlazaHandle, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = connect(Settings(base_url=plaza.base_url, account="somebody_else"), (), UNLIMITED)
    with pytest.raises(Unavailable, match="nobody called @somebody_else"):
        source.fetch("mentions", None, now())
    source.close()
    monkeypatch.setenv("WARMLINE_PLAZA_READ_TOKEN", "not-the-right-token")
    with listening(plaza.base_url) as stranger, pytest.raises(Revoked) as caught:
        stranger.fetch("mentions", None, now())
    assert "not-the-right-token" not in str(caught.value)


def test_without_a_token_nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_PLAZA_READ_TOKEN", raising=False)
    with pytest.raises(SettingsError, match="WARMLINE_PLAZA_READ_TOKEN"):
        connect(Settings(account="harbourlight"), (), UNLIMITED)


def test_lookup_reads_one_public_post_without_a_token(plaza: PlazaHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_PLAZA_READ_TOKEN")
    post = plaza.post("ada", "@harbourlight hello")
    found = lookup(post["url"], plaza.base_url)
    assert found is not None
    assert (found.post_id, found.text) == (post["post_id"], "@harbourlight hello")
    assert lookup("https://elsewhere.example/posts/abc", plaza.base_url) is None
    assert lookup(plaza.base_url + "/people/ada", plaza.base_url) is None
    assert lookup(post["url"] + "/../../control/wire", plaza.base_url) is None
    plaza.delete(post["post_id"])
    with pytest.raises(NotFound, match="deleted it"):
        lookup(post["url"], plaza.base_url)
    with pytest.raises(Unavailable):
        lookup("http://127.0.0.1:1/posts/abc", "http://127.0.0.1:1")


class _Odd(BaseHTTPRequestHandler):
    """A plaza whose API has changed under us."""

    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        """Quiet."""


@contextmanager
def odd_plaza(body: str) -> Iterator[str]:
    line = type("Line", (_Odd,), {"body": body.encode()})
    with HTTPServer(("127.0.0.1", 0), line) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _fetch_from(body: str) -> Batch:
    with odd_plaza(body) as base_url, listening(base_url) as source:
        return source.fetch("mentions", None, now())


@pytest.mark.usefixtures("plaza")
def test_one_bad_item_is_kept_aside_and_the_rest_go_on() -> None:
    at = now().isoformat()
    good = {"post_id": "a1", "author": {"handle": "ada"}, "text": "hi", "posted_at": at, "received_at": at}
    bad: list[Any] = [
        None,
        "text",
        {"post_id": "b", "received_at": at},
        good | {"text": 7},
        good | {"text": ""},
        good | {"author": None},
        good | {"posted_at": "yesterday"},
        good | {"received_at": 12},
        good | {"posted_at": "2026-11-18T09:00:00"},
        good | {"links": 5},
    ]
    batch = _fetch_from(json.dumps({"posts": [*bad, good | {"new_field": [1]}], "next": None}))
    assert len(batch.unreadable) == len(bad)
    assert ids(batch.mentions) == ["a1"]


@pytest.mark.usefixtures("plaza")
@pytest.mark.parametrize("body", ["[]", "null", '{"posts": {}}', "7"])
def test_something_that_is_no_listing_is_unavailable(body: str) -> None:
    with pytest.raises(Unavailable, match="no listing"):
        _fetch_from(body)
