"""Stack Exchange's source over real sockets, against answers in the shape of its API 2.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Mention
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.sources.stackexchange import READ_TOKEN, Settings, StackExchange, connect, parse
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

EXCERPTS = "/2.3/search/excerpts"
STREAM = "search:lantern@stackoverflow"
SECOND = int(NOW.timestamp())


def question(post: int, at: int = SECOND, body: str = "<p>my lantern hisses</p>", **more: Any) -> dict[str, Any]:
    return {
        "question_id": post,
        "title": "Lamps &amp; their sounds",
        "body": body,
        "creation_date": at,
        "owner": {"user_id": 7, "user_type": "registered", "display_name": "mara", "link": "https://so.example/7"},
        "link": f"https://stackoverflow.com/questions/{post}/lamps-their-sounds",
        "score": 3,
        "answer_count": 2,
        "tags": ["lamps"],
        **more,
    }


def answer(post: int, **more: Any) -> dict[str, Any]:
    raw = {**question(post), "answer_id": post, "question_id": 40, "is_accepted": False, **more}
    return {name: value for name, value in raw.items() if name not in ("title", "link", "answer_count", "tags")}


def hit(raw: Any) -> Any:
    """What the search says of a post: no author, no HTML."""
    if not isinstance(raw, dict):
        return raw
    kept = {name: raw.get(name) for name in ("question_id", "answer_id", "creation_date", "score") if name in raw}
    return {**kept, "item_type": "answer" if "answer_id" in raw else "question", "title": "Lamps", "excerpt": "…"}


def wrapped(items: Sequence[Any], more: bool = False, **beside: Any) -> Say:
    return Say({"items": list(items), "has_more": more, "quota_max": 300, "quota_remaining": 240, **beside})


def by_ids(posts: Sequence[Any]) -> Callable[[Asked], Say]:
    """Questions and answers by their ids, and /info."""

    def look_up(asked: Asked) -> Say:
        method, _, ids = asked.path.removeprefix("/2.3/").partition("/")
        if method == "info":
            return wrapped([{"api_revision": "2026.11"}])
        if method not in ("questions", "answers"):
            return Say({"error_id": 404, "error_name": "no_method", "error_message": "no such method"}, 400)
        assert asked.one("filter") == "withbody"
        field = f"{method[:-1]}_id"
        of_kind = [raw for raw in posts if isinstance(raw, dict) and ("answer_id" in raw) == (field == "answer_id")]
        return wrapped([raw for raw in of_kind if str(raw.get(field)) in ids.split(";")])

    return look_up


def search_of(found: Sequence[tuple[Any, int]], shown_at_most: int = 2500) -> Callable[[Asked], Say]:
    """Their search: newest first, between two dates, and no page beyond the twenty-fifth without a key."""

    def search(asked: Asked) -> Say:
        low, high = int(asked.one("fromdate") or 0), int(asked.one("todate") or 2**40)
        kept = [raw for raw, at in found if low <= at <= high][:shown_at_most]
        size, page = int(asked.one("pagesize") or 30), int(asked.one("page") or 1)
        return wrapped([hit(raw) for raw in kept[(page - 1) * size : page * size]], len(kept) > page * size)

    return search


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def source(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[StackExchange]:
    monkeypatch.delenv(READ_TOKEN, raising=False)
    opened = connect(Settings(base_url=server.url, timeout_s=0.5), ["lantern"], budget)
    yield opened
    opened.close()


def serve(server: Scripted, *posts: dict[str, Any]) -> None:
    server.on(EXCERPTS, search_of([(raw, raw["creation_date"]) for raw in posts]))
    server.otherwise = by_ids(posts)


def test_answers_are_heard_beside_questions_each_with_its_author(source: StackExchange, server: Scripted) -> None:
    serve(server, question(41), answer(42))
    asked, told = source.fetch(STREAM, None, NOW + timedelta(minutes=1)).mentions
    assert (asked.text, asked.in_reply_to) == ("Lamps & their sounds\n\nmy lantern hisses", None)
    assert (told.text, told.in_reply_to, told.thread_id) == (
        "my lantern hisses",
        "stackoverflow:40",
        "stackoverflow:40",
    )
    assert (asked.url, told.url) == ("https://stackoverflow.com/q/41", "https://stackoverflow.com/a/42")
    assert asked.author.author_id == told.author.author_id == "stackoverflow:7"
    assert server.asked[0].one("q") == '"lantern"'
    assert server.asked[0].one("site") == "stackoverflow"


def test_what_was_deleted_since_the_search_saw_it_is_left_out(source: StackExchange, server: Scripted) -> None:
    serve(server, question(41), answer(42))
    server.otherwise = by_ids([question(41)])
    batch = source.fetch(STREAM, None, NOW + timedelta(minutes=1))
    assert [mention.post_id for mention in batch.mentions] == ["stackoverflow:41"]
    assert batch.unreadable == ()


@pytest.mark.parametrize(
    ("owner", "author"),
    [
        ({"user_type": "does_not_exist", "display_name": "user99"}, ("stackoverflow:of 41", "user99", False)),
        (None, ("stackoverflow:of 41", "somebody who left", False)),
        ({"user_id": -1, "display_name": "Community"}, ("stackoverflow:-1", "Community", True)),
        ({"user_id": 8, "display_name": "M&#252;ra"}, ("stackoverflow:8", "Müra", False)),
    ],
)
def test_an_author_may_have_left(owner: Any, author: tuple[str, str, bool]) -> None:
    heard = parse(question(41, owner=owner), "stackoverflow").author
    assert (heard.author_id, heard.handle, heard.bot) == author


def test_other_sites_have_their_own_addresses_and_ids() -> None:
    assert parse(question(41, link=None), "superuser").url == "https://superuser.com/q/41"
    heard = parse(answer(42), "diy")
    assert (heard.post_id, heard.url) == ("diy:42", "https://diy.stackexchange.com/a/42")


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("mathoverflow.net", "mathoverflow.net"),
        ("meta.mathoverflow.net", "meta.mathoverflow.net"),
        ("mathoverflow", "mathoverflow.net"),
        ("meta.stackoverflow", "meta.stackoverflow.com"),
        ("ja.stackoverflow", "ja.stackoverflow.com"),
        ("meta.askubuntu", "meta.askubuntu.com"),
        ("stackoverflow.com", "stackoverflow.com"),
        ("diy.stackexchange.com", "diy.stackexchange.com"),
        ("diy.meta", "diy.meta.stackexchange.com"),
        ("meta", "meta.stackexchange.com"),
    ],
)
def test_a_site_may_be_named_short_or_whole(site: str, host: str) -> None:
    assert parse(answer(42), site).url == f"https://{host}/a/42"


def test_a_post_stands_where_its_own_link_says() -> None:
    assert parse(question(41, link="https://lamps.example/questions/41/x"), "lamps").url == "https://lamps.example/q/41"
    assert parse(answer(42, share_link="https://lamps.example/a/42"), "lamps").url == "https://lamps.example/a/42"


def test_a_backoff_is_obeyed_for_that_method_and_nothing_is_lost(source: StackExchange, server: Scripted) -> None:
    raw = question(41)
    server.on(EXCERPTS, wrapped([hit(raw)], backoff=10))
    server.otherwise = by_ids([raw])
    assert len(source.fetch(STREAM, None, NOW + timedelta(minutes=1)).mentions) == 1
    calls = len(server.asked)
    with pytest.raises(RateLimited) as caught:
        source.fetch(STREAM, None, NOW + timedelta(minutes=1))
    assert caught.value.retry_at is not None
    assert caught.value.retry_at > datetime.now(UTC) + timedelta(seconds=5)
    assert len(server.asked) == calls


def test_the_last_call_of_the_day_is_the_last(source: StackExchange, server: Scripted) -> None:
    server.on(EXCERPTS, wrapped([], quota_remaining=0))
    source.fetch(STREAM, None, NOW)
    with pytest.raises(RateLimited):
        source.fetch(STREAM, None, NOW)
    assert len(server.asked) == 1


def test_without_a_key_three_hundred_calls_a_day_are_shared_out(source: StackExchange, server: Scripted) -> None:
    server.on(EXCERPTS, wrapped([]))
    for _ in range(225):
        source.fetch(STREAM, None, NOW)
    with pytest.raises(RateLimited, match="used up"):
        source.fetch(STREAM, None, NOW)
    assert server.asked[0].one("key") is None


@pytest.mark.parametrize(
    ("error", "name", "words", "kind"),
    [
        (502, "throttle_violation", "too many requests, more available in 90 seconds", RateLimited),
        (502, "throttle_violation", "too many requests", RateLimited),
        (400, "bad_parameter", "`key` doesn't match a known application", Revoked),
        (400, "bad_parameter", "No site found for name `stackunderflow`", Unavailable),
        (403, "access_denied", "no", Revoked),
        (500, "internal_error", "oh", Unavailable),
        (503, "temporarily_unavailable", "oh", Unavailable),
    ],
)
def test_their_errors_all_come_as_400(
    source: StackExchange, server: Scripted, error: int, name: str, words: str, kind: type[SourceError]
) -> None:
    server.on(EXCERPTS, Say({"error_id": error, "error_name": name, "error_message": words}, 400))
    with pytest.raises(SourceError) as caught:
        source.fetch(STREAM, None, NOW)
    assert type(caught.value) is kind
    assert words in str(caught.value)
    if isinstance(caught.value, RateLimited) and "90" in words:
        assert caught.value.retry_at is not None
        assert 80 < (caught.value.retry_at - datetime.now(UTC)).total_seconds() <= 90


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "stackexchange"
    stream = STREAM
    page = 100

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_TOKEN, SECRET)

    def connect(self, url: str, budget: Ledger, folder: Path) -> StackExchange:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S), ["lantern"], budget)

    def raw(self, post: Posted) -> dict[str, Any]:
        owner = {"user_id": 7, "display_name": post.handle, "link": "https://so.example/7"}
        return question(post.number, int(post.at.timestamp()), f"<p>{post.text}</p>", owner=owner)

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = sorted(items, key=lambda item: item.at, reverse=True)
        server.on(EXCERPTS, search_of([(item.raw, int(item.at.timestamp())) for item in newest_first]))
        server.otherwise = by_ids([item.raw for item in items])

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        server.otherwise = by_ids([self.raw(post) for post in posts])

    def post_id(self, post: Posted) -> str:
        return f"stackoverflow:{post.number}"

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        mara = Author("stackexchange", "stackoverflow:7", "mara", url="https://so.example/7")
        body = (
            '<p>See <a href="https://pier.example/a">the <em>pier</em></a>:</p>\n\n'
            "<pre><code>if a &lt; b:\n    glow()\n</code></pre>\n"
        )
        told = Mention(
            platform="stackexchange",
            post_id="stackoverflow:42",
            author=mara,
            text="See the pier:\n\nif a < b:\n    glow()",
            posted_at=NOW,
            url="https://stackoverflow.com/a/42",
            in_reply_to="stackoverflow:40",
            thread_id="stackoverflow:40",
            likes=3,
            links=("https://pier.example/a",),
            extra={"community": "stackoverflow", "kind": "answer"},
        )
        asked = Mention(
            platform="stackexchange",
            post_id="stackoverflow:41",
            author=mara,
            text="Lamps & their sounds\n\nmy lantern hisses",
            posted_at=NOW,
            url="https://stackoverflow.com/q/41",
            thread_id="stackoverflow:41",
            likes=3,
            replies=2,
            extra={"community": "stackoverflow", "kind": "question"},
        )
        return [(answer(42, body=body), told), (question(41), asked)]
