"""GitHub's source over real sockets, against answers in the shape of its REST API (version 2022-11-28)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Batch, Mention
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.sources.github import READ_TOKEN, GitHub, Settings, connect, parse
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.listener.sources.passing import passing_ledger
from tests.servers.scripted import Asked, Say, Scripted, scripted

SEARCH = "/search/issues"
API = "https://api.github.com/repos/sol/lamps/issues"
SITE = "https://github.com/sol/lamps"
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9999999999"}
LATER = NOW + timedelta(minutes=1)


def user(name: str = "mara", **more: Any) -> dict[str, Any]:
    return {"login": name, "id": 7, "type": "User", "html_url": f"https://github.com/{name}", **more}


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def issue(number: int, at: datetime = NOW, body: str | None = "my lantern hisses", **more: Any) -> dict[str, Any]:
    return {
        "url": f"{API}/{number}",
        "html_url": f"{SITE}/issues/{number}",
        "id": 9000 + number,
        "number": number,
        "title": "A noise",
        "user": user(),
        "state": "open",
        "comments": 3,
        "created_at": iso(at),
        "updated_at": iso(at),
        "body": body,
        "reactions": {"total_count": 4, "+1": 2},
        **more,
    }


def comment(number: int, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    raw = {**issue(number, at), "url": f"{API}/comments/{number}", "issue_url": f"{API}/40", "id": number, **more}
    raw["html_url"] = f"{SITE}/issues/40#issuecomment-{number}"
    return {name: value for name, value in raw.items() if name not in ("number", "title", "comments", "state")}


def search_of(found: Sequence[tuple[Any, datetime]], shown_at_most: int = 1000) -> Callable[[Asked], Say]:
    """Their search: newest first, of a range of dates, numbered pages, never more than 1,000 hits of a query."""

    def search(asked: Asked) -> Say:
        dates = re.search(r"created:(\S+)\.\.(\S+)", asked.one("q") or "")
        assert dates is not None
        assert "is:issue" in asked.query["q"][0] or "is:pull-request" in asked.query["q"][0]
        low = datetime.fromisoformat(dates[1])
        high = datetime.max.replace(tzinfo=UTC) if dates[2] == "*" else datetime.fromisoformat(dates[2])
        kept = [raw for raw, at in found if low <= at.replace(microsecond=0) <= high]
        size, page = int(asked.one("per_page") or 30), int(asked.one("page") or 1)
        if (page - 1) * size >= shown_at_most:
            return Say({"message": "Only the first 1000 search results are available"}, 422)
        shown = kept[:shown_at_most][(page - 1) * size : page * size]
        return Say({"total_count": len(kept), "incomplete_results": False, "items": shown})

    return search


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def source(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHub]:
    monkeypatch.setenv(READ_TOKEN, SECRET)
    settings = Settings(
        base_url=server.url, timeout_s=0.5, repositories=("sol/lamps",), account="@HarbourLight", first_look_days=12
    )
    opened = connect(settings, ['moss "lantern"'], budget)
    yield opened
    opened.close()


def test_issues_and_pull_requests_are_asked_for_apart_and_by_phrase(source: GitHub, server: Scripted) -> None:
    server.on(SEARCH, search_of([]))
    assert source.streams() == ("comments:sol/lamps", 'issues:moss "lantern"', 'pulls:moss "lantern"')
    for stream in source.streams()[1:]:
        source.fetch(stream, None, NOW)
    first, second = (asked.one("q") for asked in server.asked)
    since = iso(NOW - timedelta(days=12))
    assert first == f'"moss  lantern" in:title,body is:issue created:{since}..*'
    assert second == f'"moss  lantern" in:title,body is:pull-request created:{since}..*'
    assert server.asked[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_more_hits_than_a_query_shows_are_all_heard(source: GitHub, server: Scripted) -> None:
    times = [NOW - timedelta(minutes=number // 3) for number in range(1500)]
    server.on(SEARCH, search_of([(issue(number, at), at) for number, at in enumerate(times)]))
    assert len(hear_all(source, "issues:lantern")) == 1500


def test_comments_of_a_named_repository_are_heard(source: GitHub, server: Scripted) -> None:
    server.on("/repos/sol/lamps/issues/comments", Say([comment(41, body="@harbourlight, hello?"), comment(42)]))
    asked, plain = source.fetch("comments:sol/lamps", None, LATER).mentions
    assert (asked.post_id, asked.in_reply_to, asked.thread_id) == ("sol/lamps#40:41", "sol/lamps#40", "sol/lamps#40")
    assert (asked.to_us, plain.to_us) == (True, False)
    assert server.asked[0].one("since") == iso(LATER - timedelta(days=12))
    assert (server.asked[0].one("sort"), server.asked[0].one("direction")) == ("created", "desc")


def hear_all(source: GitHub, stream: str) -> set[str]:
    """The ids of all that is heard until nothing more is waiting."""
    heard: set[str] = set()
    batch = Batch(more=True)
    while batch.more:
        batch = source.fetch(stream, batch.cursor, LATER)
        heard |= {one.post_id for one in batch.mentions}
    return heard


def test_comments_are_paged_until_a_page_is_empty(source: GitHub, server: Scripted) -> None:
    # Pages may be shorter than asked for: what is hidden from us is taken out of them.
    found: list[Any] = [comment(number, NOW - timedelta(minutes=number)) for number in range(230)]

    def answer(asked: Asked) -> Say:
        start = (int(asked.one("page") or 1) - 1) * 100
        return Say(found[start : start + 100][1:])

    server.on("/repos/sol/lamps/issues/comments", answer)
    assert len(hear_all(source, "comments:sol/lamps")) == 227
    assert len(server.asked) == 4


def part(*items: Any, whole: bool = False) -> Say:
    return Say({"total_count": 40, "incomplete_results": not whole, "items": list(items)})


def test_a_part_of_the_hits_is_heard_and_the_rest_stays_open(source: GitHub, server: Scripted) -> None:
    server.on(SEARCH, part(issue(1)))
    first = source.fetch("issues:lantern", None, LATER)
    assert [one.post_id for one in first.mentions] == ["sol/lamps#1"]
    assert (first.more, first.heard_until) == (True, None)
    with pytest.raises(RateLimited, match="a part") as caught:
        source.fetch("issues:lantern", first.cursor, LATER)
    assert caught.value.retry_at is not None
    assert timedelta(seconds=50) < caught.value.retry_at - datetime.now(UTC) <= timedelta(minutes=1)
    assert len(server.asked) == 1


def test_a_search_that_gave_a_part_begins_again_at_its_newest(source: GitHub, server: Scripted) -> None:
    server.on(SEARCH, part(issue(1)))
    cursor = source.fetch("issues:lantern", None, LATER).cursor
    assert cursor is not None
    minute_later = re.sub(r"part:\d+", "part:1", cursor)
    server.on(SEARCH, part(issue(2, LATER)))
    again = source.fetch("issues:lantern", minute_later, LATER)
    assert ([one.post_id for one in again.mentions], again.heard_until) == (["sol/lamps#2"], None)
    assert again.cursor is not None
    server.on(SEARCH, search_of([(issue(2, LATER), LATER), (issue(3), NOW)]))
    whole = source.fetch("issues:lantern", re.sub(r"part:\d+", "part:1", again.cursor), LATER)
    assert {one.post_id for one in whole.mentions} == {"sol/lamps#2", "sol/lamps#3"}
    assert (whole.more, whole.heard_until) == (False, LATER)
    assert [asked.one("q") for asked in server.asked] == [server.asked[0].one("q")] * 3


def test_a_hidden_hit_is_counted_and_never_shown(source: GitHub, server: Scripted) -> None:
    server.on(SEARCH, part(whole=True))
    batch = source.fetch("issues:lantern", None, LATER)
    assert (batch.mentions, batch.more, batch.heard_until) == ((), False, LATER)


def test_links_in_a_body_are_kept_whole() -> None:
    body = "see [this](https://pier.example/a_(b)) and https://quay.example."
    assert parse(issue(1, body=body)).links == ("https://pier.example/a_(b)", "https://quay.example")
    assert parse(comment(41, body=body)).links == ("https://pier.example/a_(b)", "https://quay.example")


@pytest.mark.parametrize(
    ("text", "to_us"),
    [("@harbourlight hi", True), ("cc @HarbourLight.", True), ("@harbourlights", False), ("me@harbourlight", False)],
)
def test_whoever_tags_our_account_speaks_to_us(text: str, to_us: bool) -> None:
    assert parse(issue(1, body=text), "harbourlight").to_us is to_us


def test_bots_ghosts_and_ourselves() -> None:
    assert parse(issue(1, user=user("tick[bot]", type="Bot"))).author.bot
    assert parse(issue(1, user=None)).author.handle == "ghost"
    assert parse(issue(1, user=user("HarbourLight")), "harbourlight").ours
    assert parse(issue(1, body=None)).text == "A noise"


@pytest.mark.parametrize("status", [404, 410])
def test_what_was_deleted_is_gone(source: GitHub, server: Scripted, status: int) -> None:
    kept = [parse(issue(1)), parse(comment(41))]
    server.on("/repos/sol/lamps/issues/1", Say({"message": "This issue was deleted"}, status))
    server.on("/repos/sol/lamps/issues/comments/41", Say(comment(41, body="edited")))
    now = source.reread(kept)
    assert now["sol/lamps#1"] is None
    edited = now["sol/lamps#40:41"]
    assert edited is not None
    assert edited.text == "edited"


@pytest.mark.parametrize(
    ("say", "kind"),
    [
        (Say({"message": "API rate limit exceeded"}, 403, SPENT), RateLimited),
        (Say({"message": "You have exceeded a secondary rate limit."}, 403), RateLimited),
        (Say({"message": "Slow down"}, 403, {"Retry-After": "60"}), RateLimited),
        (Say({"message": "Resource not accessible by personal access token"}, 403), Revoked),
        (Say({"message": "Bad credentials"}, 401), Revoked),
        (Say({"message": "Validation Failed"}, 422), Unavailable),
        (Say({"message": "Not Found"}, 404), Unavailable),
    ],
)  # fmt: skip
def test_a_limit_is_told_from_bad_credentials(
    source: GitHub, server: Scripted, say: Say, kind: type[SourceError]
) -> None:
    server.on(SEARCH, say)
    with pytest.raises(SourceError) as caught:
        source.fetch("issues:lantern", None, NOW)
    assert type(caught.value) is kind
    if isinstance(caught.value, RateLimited) and say.headers:
        assert caught.value.retry_at is not None


def test_without_a_token_ten_searches_a_minute_are_shared_out(
    server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(READ_TOKEN, raising=False)
    keyless = connect(Settings(base_url=server.url, timeout_s=0.5), ["lantern"], budget)
    server.on(SEARCH, search_of([]))
    for _ in range(7):
        keyless.fetch("issues:lantern", None, NOW)
    with pytest.raises(RateLimited, match="10 searches"):
        keyless.fetch("issues:lantern", None, NOW)
    keyless.close()
    assert "Authorization" not in server.asked[0].headers


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "github"
    stream = "issues:lantern"
    page = 100

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_TOKEN, SECRET)

    @pytest.fixture
    def budget(self, tmp_path: Path) -> Ledger:
        return passing_ledger(tmp_path, self.platform)

    def connect(self, url: str, budget: Ledger, folder: Path) -> GitHub:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S), ["lantern"], budget)

    def raw(self, post: Posted) -> dict[str, Any]:
        return issue(post.number, post.at, post.text, user=user(post.handle))

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = sorted(items, key=lambda item: item.at, reverse=True)
        server.on(SEARCH, search_of([(item.raw, item.at) for item in newest_first]))
        server.on("/rate_limit", Say({"resources": {"core": {"limit": 5000, "remaining": 4990}}}))

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        for post in posts:
            server.on(f"/repos/sol/lamps/issues/{post.number}", Say(self.raw(post)))

    def post_id(self, post: Posted) -> str:
        return f"sol/lamps#{post.number}"

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="github",
            post_id="sol/lamps#42",
            author=Author("github", "7", "mara", url="https://github.com/mara"),
            text="A noise\n\nmy `lantern`\nhisses",
            posted_at=NOW,
            url=f"{SITE}/issues/42",
            thread_id="sol/lamps#42",
            likes=2,
            replies=3,
            extra={"community": "sol/lamps", "api_path": "/repos/sol/lamps/issues/42"},
        )
        return [(issue(42, body="my `lantern`\nhisses"), meant)]
