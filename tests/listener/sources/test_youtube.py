"""YouTube's source over real sockets, against answers in the shape of its Data API v3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Mention
from listener.paging import Walk
from listener.settings import SettingsError
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.sources.youtube import READ_TOKEN, Settings, YouTube, connect, parse
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"
US = "UCharbourlight"
STREAM = f"channel:{US}"
LATER = NOW + timedelta(minutes=1)


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def comment(
    name: str, at: datetime = NOW, text: str = "my lantern hisses", who: str = "mara", **more: Any
) -> dict[str, Any]:
    return {
        "kind": "youtube#comment",
        "etag": "e",
        "id": name,
        "snippet": {
            "textDisplay": text,
            "authorDisplayName": f"@{who}",
            "authorChannelUrl": f"http://www.youtube.com/@{who}",
            "authorChannelId": {"value": f"UC{who}"},
            "likeCount": 4,
            "publishedAt": iso(at),
            "updatedAt": iso(at),
            **more,
        },
    }


def thread(first: dict[str, Any], answers: Sequence[dict[str, Any]] = (), total: int | None = None) -> dict[str, Any]:
    told = {"replies": {"comments": list(answers)}} if answers else {}
    snippet = {"channelId": US, "videoId": "vid40", "topLevelComment": first, "canReply": True, "isPublic": True}
    snippet["totalReplyCount"] = len(answers) if total is None else total
    return {"kind": "youtube#commentThread", "etag": "e", "id": first["id"], "snippet": snippet, **told}


def page(items: Sequence[Any], following: str | None = None) -> Say:
    return Say({"kind": "youtube#list", "items": list(items), **({"nextPageToken": following} if following else {})})


def refused(code: int, reason: str, message: str = "No.") -> Say:
    errors = [{"message": message, "domain": "youtube", "reason": reason}]
    return Say({"error": {"code": code, "message": message, "errors": errors}}, code)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def source(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[YouTube]:
    monkeypatch.setenv(READ_TOKEN, SECRET)
    settings = Settings(base_url=server.url, timeout_s=0.5, channels=(US,), videos=("vid7",))
    opened = connect(settings, ["lantern"], budget)
    yield opened
    opened.close()


def test_the_key_travels_in_a_header_and_plain_text_is_asked_for(source: YouTube, server: Scripted) -> None:
    server.on(THREADS, page([]))
    source.fetch("video:vid7", None, NOW)
    asked = server.asked[0]
    assert asked.headers["x-goog-api-key"] == SECRET
    assert SECRET not in str(asked.query)
    assert (asked.one("videoId"), asked.one("order"), asked.one("textFormat")) == ("vid7", "time", "plainText")
    assert source.streams() == (STREAM, "video:vid7")


def test_the_answers_that_come_with_a_thread_are_heard(source: YouTube, server: Scripted) -> None:
    few = [comment(f"a.{n}", LATER, who="sol") for n in range(5)]
    server.on(THREADS, page([thread(comment("a"), few, total=7), thread(comment("b"))]))
    heard = {one.post_id: one for one in source.fetch(STREAM, None, LATER).mentions}
    assert set(heard) == {"a", "b", *(f"a.{n}" for n in range(5))}
    assert (heard["a.4"].in_reply_to, heard["a.4"].thread_id) == ("a", "a")
    assert (heard["a"].replies, heard["a.4"].replies) == (7, None)


def test_answers_of_an_odd_shape_are_set_aside_and_their_thread_is_heard(source: YouTube, server: Scripted) -> None:
    odd = [{**thread(comment("a")), "replies": [7]}, {**thread(comment("b")), "replies": {"comments": ["word", 7]}}]
    server.on(THREADS, page(odd))
    batch = source.fetch(STREAM, None, LATER)
    assert {one.post_id for one in batch.mentions} == {"a", "b"}
    assert len(batch.unreadable) == 2


def test_a_new_answer_below_an_older_comment_is_heard_by_the_deep_look(source: YouTube, server: Scripted) -> None:
    old = comment("a", NOW - timedelta(days=2))
    server.on(THREADS, page([thread(comment("b", NOW - timedelta(days=1))), thread(old, [comment("a.1", LATER)])]))
    known = Walk(complete_until=NOW, deep_at=NOW - timedelta(hours=7)).write()
    assert "a.1" in {one.post_id for one in source.fetch(STREAM, known, LATER).mentions}


def test_who_speaks_to_us_below_our_videos_and_our_comments() -> None:
    ours = comment("o", who="harbourlight")
    assert parse(thread(comment("a")), [US]).to_us
    assert not parse(thread(comment("a")), ["UCother"]).to_us
    own = parse(thread(ours), [US])
    assert (own.ours, own.to_us) == (True, False)
    assert parse({**comment("o.1"), "below": thread(ours)}, [US]).to_us
    assert not parse({**comment("a.1"), "below": thread(comment("a"))}, [US]).to_us


def test_an_author_whose_channel_is_closed_keeps_a_name() -> None:
    heard = parse(thread(comment("a", authorChannelId=None, authorChannelUrl="")))
    assert (heard.author.author_id, heard.author.handle) == ("@mara", "mara")


def test_an_account_that_is_closed_left_somebody() -> None:
    heard = parse(thread(comment("a", authorDisplayName="", authorChannelId=None, authorChannelUrl="")))
    assert (heard.author.author_id, heard.author.name, heard.text) == ("of a", "somebody who left", "my lantern hisses")
    other = parse(thread(comment("b", authorDisplayName="", authorChannelId=None)))
    assert other.author.author_id != heard.author.author_id


SHOWN = (
    '<a href="https://www.youtube.com/watch?v=v&amp;t=2s">0:02</a> it&#39;s &quot;warm&quot;'
    "<br>and 1 &lt; 2 <b>bold</b>"
)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"text": SHOWN, "textOriginal": "0:02 it's *bold*"}, "0:02 it's *bold*"),
        ({"text": SHOWN}, '0:02 it\'s "warm"\nand 1 < 2 bold'),
        ({"text": "a<br />b", "textOriginal": ""}, "a\nb"),
        ({"text": "1 < 2 & <3, x<y>z"}, "1 < 2 & <3, x<y>z"),
        ({"text": "two\nlines  & more"}, "two\nlines  & more"),
        ({"text": "put a <br> where a < b"}, "put a <br> where a < b"),
    ],
)
def test_a_comment_is_heard_as_it_was_written(
    source: YouTube, server: Scripted, said: dict[str, str], text: str
) -> None:
    heard = parse(thread(comment("a", **said)))
    assert heard.text == text
    server.on(COMMENTS, page([comment("a", **said)]))
    assert source.reread([heard]) == {"a": heard}


def test_a_page_that_cannot_be_had_any_more_is_called_lost(source: YouTube, server: Scripted) -> None:
    def answer(asked: Asked) -> Say:
        return refused(400, "invalidPageToken") if asked.one("pageToken") else page([thread(comment("a"))], "next")

    server.on(THREADS, answer)
    known = Walk(complete_until=NOW - timedelta(days=3), deep_at=NOW).write()
    batch = source.fetch(STREAM, known, LATER)
    assert [one.post_id for one in batch.mentions] == ["a"]
    assert batch.lost == (NOW - timedelta(days=3), NOW)


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (refused(403, "commentsDisabled", "The video has disabled comments."), Unavailable),
        (refused(404, "videoNotFound"), Unavailable),
        (refused(403, "rateLimitExceeded"), RateLimited),
        (refused(403, "forbidden"), Revoked),
        (refused(400, "keyInvalid"), Revoked),
        (Say({"error": {"message": "API key not valid.", "details": [{"reason": "API_KEY_INVALID"}]}}, 400), Revoked),
        (refused(400, "invalidPageToken"), Unavailable),
        (Say({"error": {"code": 404, "message": "Not Found"}}, 404), Unavailable),
    ],
)  # fmt: skip
def test_the_reason_tells_what_a_refusal_means(
    source: YouTube, server: Scripted, say: Say, kind: type[SourceError]
) -> None:
    server.on(THREADS, say)
    with pytest.raises(SourceError) as caught:
        source.fetch("video:vid7", None, NOW)
    assert isinstance(caught.value, kind)
    assert isinstance(caught.value, Revoked) == (kind is Revoked)
    assert say.body["error"]["message"] in str(caught.value)


def test_a_spent_quota_comes_back_at_midnight_on_the_pacific(source: YouTube, server: Scripted) -> None:
    server.on(THREADS, refused(403, "quotaExceeded", "You have exceeded your quota."))
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            source.fetch(STREAM, None, NOW)
        assert caught.value.retry_at is not None
        there = caught.value.retry_at.astimezone(ZoneInfo("America/Los_Angeles"))
        assert (there.hour, there.minute) == (0, 0)
        assert there > datetime.now(UTC)
    assert len(server.asked) == 1


def test_one_deleted_comment_does_not_spoil_a_look_up(source: YouTube, server: Scripted) -> None:
    kept = [parse(thread(comment(name))) for name in "abc"]

    def answer(asked: Asked) -> Say:
        ids = (asked.one("id") or "").split(",")
        return refused(404, "commentNotFound") if "b" in ids else page([comment(name) for name in ids])

    server.on(COMMENTS, answer)
    now = source.reread(kept)
    assert (now["a"], now["b"], now["c"]) == (kept[0], None, kept[2])


def test_without_a_key_or_a_place_nothing_is_built(budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(READ_TOKEN, raising=False)
    with pytest.raises(SettingsError, match=READ_TOKEN):
        connect(Settings(channels=(US,)), [], budget)
    monkeypatch.setenv(READ_TOKEN, SECRET)
    with pytest.raises(SettingsError, match="channels or videos"):
        connect(Settings(), [], budget)


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "youtube"
    stream = STREAM
    page = 100

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_TOKEN, SECRET)

    def connect(self, url: str, budget: Ledger, folder: Path) -> YouTube:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, channels=(US,)), ["lantern"], budget)

    def raw(self, post: Posted) -> dict[str, Any]:
        return thread(comment(str(post.number), post.at, post.text, post.handle))

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = [item.raw for item in sorted(items, key=lambda item: item.at, reverse=True)]

        def answer(asked: Asked) -> Say:
            start, size = int(asked.one("pageToken") or 0), int(asked.one("maxResults") or 20)
            more = start + size < len(newest_first)
            return page(newest_first[start : start + size], str(start + size) if more else None)

        server.on(THREADS, answer)

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        there = {str(post.number): self.raw(post)["snippet"]["topLevelComment"] for post in posts}

        def answer(asked: Asked) -> Say:
            return page([there[one] for one in (asked.one("id") or "").split(",") if one in there])

        server.on(COMMENTS, answer)

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="youtube",
            post_id="Ugx42",
            author=Author("youtube", "UCmara", "mara", "mara", url="http://www.youtube.com/@mara"),
            text="two lines\nof a lantern",
            posted_at=NOW,
            url="https://www.youtube.com/watch?v=vid40&lc=Ugx42",
            thread_id="Ugx42",
            likes=4,
            replies=0,
            to_us=True,
            extra={"community": US, "video": "vid40"},
        )
        return [(thread(comment("Ugx42", text="two lines\nof a lantern")), meant)]
