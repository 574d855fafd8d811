"""A Discourse forum's source over real sockets, against answers in the shape of its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Mention
from listener.settings import SettingsError
from listener.source import RateLimited, Unavailable
from listener.sources.discourse import READ_TOKEN, Discourse, Settings, connect, parse
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.listener.sources.passing import passing_ledger
from tests.servers.scripted import Asked, Say, Scripted, scripted

SITE = "https://forum.example"
LATEST = "/posts.json"


def post(number: int, at: datetime = NOW, text: str = "<p>my lantern hisses</p>", **more: Any) -> dict[str, Any]:
    # A forum numbers its posts as they come.
    return {
        "id": int(at.timestamp()) * 10_000 + number,
        "name": "Mara Lind",
        "username": "mara",
        "user_id": 7,
        "created_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "cooked": text,
        "post_number": 2,
        "post_type": 1,
        "reply_count": 1,
        "reply_to_post_number": None,
        "topic_id": number,
        "topic_slug": "lamps",
        "topic_title": "Lamps of the harbour",
        "hidden": False,
        "user_deleted": False,
        **more,
    }


def latest(posts: Sequence[Any], size: int = 50, inclusive: bool = False) -> Callable[[Asked], Say]:
    """Newest id first, below `before`; up to version 2.x "not above"."""

    def answer(asked: Asked) -> Say:
        before = int(asked.one("before") or 2**62) + inclusive
        return Say({"latest_posts": [raw for raw in posts if not isinstance(raw, dict) or _id(raw) < before][:size]})

    return answer


def _id(raw: dict[str, Any]) -> int:
    return raw["id"] if isinstance(raw["id"], int) else 0


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def forum(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Discourse]:
    monkeypatch.delenv(READ_TOKEN, raising=False)
    opened = connect(Settings(base_url=server.url, timeout_s=0.5, account="harbourlight"), ["lantern"], budget)
    yield opened
    opened.close()


def test_two_mentions_in_one_topic_are_both_heard(forum: Discourse, server: Scripted) -> None:
    second = post(1, NOW, "<p>the lantern again</p>", post_number=9)
    server.on(LATEST, latest([second, post(1, NOW - timedelta(minutes=3))]))
    assert [one.post_id for one in forum.fetch("posts", None, NOW).mentions] == ["1/9", "1/2"]
    assert "Api-Key" not in server.asked[0].headers


@pytest.mark.parametrize("inclusive", [False, True])
def test_older_versions_that_repeat_a_post_end_all_the_same(
    forum: Discourse, server: Scripted, inclusive: bool
) -> None:
    posts = [post(n, NOW - timedelta(minutes=n)) for n in range(1, 24)]
    server.on(LATEST, latest(posts, size=10, inclusive=inclusive))
    batch = forum.fetch("posts", None, NOW)
    assert len({one.post_id for one in batch.mentions}) == 23
    assert not batch.more


@pytest.mark.parametrize(
    ("raw", "to_us"),
    [
        (post(1, text='<p><a class="mention" href="/u/harbourlight">@HarbourLight</a>. Hello?</p>'), True),
        (post(1, reply_to_user={"username": "HarbourLight"}, reply_to_post_number=1), True),
        (post(1, text="<p>@harbourlights and @harbourlight.fan, mail me@harbourlight</p>"), False),
        (post(1, text="<blockquote><p>@harbourlight is slow</p></blockquote><p>No.</p>"), False),
        (post(1), False),
    ],
)
def test_who_tags_or_answers_our_account_speaks_to_us(raw: dict[str, Any], to_us: bool) -> None:
    heard = parse(raw, SITE, "harbourlight")
    assert heard is not None
    assert heard.to_us is to_us
    assert not heard.ours
    spoken = parse({**raw, "username": "HarbourLight"}, SITE, "harbourlight")
    assert spoken is not None
    assert spoken.ours


@pytest.mark.parametrize("user", [None, 31])
def test_a_post_outlives_its_author(user: int | None) -> None:
    heard = parse(post(1, username=None, name=None, user_id=user), SITE)
    assert heard is not None
    assert heard.text == "my lantern hisses"
    assert heard.author == Author("discourse", str(user or f"of {post(1)['id']}"), "somebody who left")


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_a_whisper_or_what_was_done_to_a_topic_is_no_mention(kind: int) -> None:
    assert parse(post(1, text="", post_type=kind), SITE) is None


@pytest.mark.parametrize("gone", [{"hidden": True}, {"user_deleted": True}, {"deleted_at": "2026-11-20T12:00:00Z"}])
def test_what_was_taken_back_is_no_mention(forum: Discourse, server: Scripted, gone: dict[str, Any]) -> None:
    server.on(LATEST, latest([post(1)]))
    kept = forum.fetch("posts", None, NOW + timedelta(minutes=1)).mentions
    server.on(f"/posts/{kept[0].extra['id']}.json", Say({**post(1), **gone}))
    assert forum.reread(kept) == {"1/2": None}


def test_an_opening_post_is_read_again_with_its_title(forum: Discourse, server: Scripted) -> None:
    server.on(LATEST, latest([post(1, post_number=1)]))
    kept = forum.fetch("posts", None, NOW + timedelta(minutes=1)).mentions
    alone = {name: value for name, value in post(1, post_number=1).items() if name != "topic_title"}
    server.on(f"/posts/{alone['id']}.json", Say(alone))
    assert kept[0].text == "Lamps of the harbour\n\nmy lantern hisses"
    assert forum.reread(kept)["1/1"] == kept[0]


def test_a_limit_says_how_long_in_its_body_and_is_kept(forum: Discourse, server: Scripted) -> None:
    said = {"errors": ["Slow down."], "error_type": "rate_limit", "extras": {"wait_seconds": 40}}
    server.on(LATEST, Say(said, 429))
    for _ in range(2):
        with pytest.raises(RateLimited, match=r"Slow down|asked us to wait") as caught:
            forum.fetch("posts", None, NOW)
        assert caught.value.retry_at is not None
        assert 30 < (caught.value.retry_at - datetime.now(UTC)).total_seconds() <= 40
    assert len(server.asked) == 1


def test_a_key_looks_through_the_eyes_of_the_account_it_names(
    server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(READ_TOKEN, SECRET)
    with pytest.raises(SettingsError, match="account"):
        connect(Settings(base_url=server.url), [], budget)
    server.on(LATEST, latest([]))
    opened = connect(Settings(base_url=server.url, account="@HarbourLight"), [], budget)
    opened.fetch("posts", None, NOW)
    opened.close()
    assert (server.asked[0].headers["Api-Username"], server.asked[0].headers["Api-Key"]) == ("HarbourLight", SECRET)


def test_what_is_no_forum_is_said_so(forum: Discourse) -> None:
    with pytest.raises(Unavailable, match="look at base_url"):
        forum.fetch("posts", None, NOW)


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "discourse"
    stream = "posts"

    @pytest.fixture(autouse=True)
    def key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_TOKEN, SECRET)

    @pytest.fixture
    def budget(self, tmp_path: Path) -> Ledger:
        return passing_ledger(tmp_path, self.platform)

    def connect(self, url: str, budget: Ledger, folder: Path) -> Discourse:
        settings = Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, account="@HarbourLight")
        return connect(settings, ["lantern"], budget)

    def raw(self, posted: Posted) -> dict[str, Any]:
        return post(posted.number, posted.at, f"<p>{posted.text}</p>", username=posted.handle)

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = [item.raw for item in sorted(items, key=lambda item: item.at, reverse=True)]
        dicts = sorted((raw for raw in newest_first if isinstance(raw, dict) and _id(raw)), key=_id, reverse=True)
        odd = [raw for raw in newest_first if not isinstance(raw, dict) or not _id(raw)]
        # What has no id could stand on any page; it stands on the first.
        server.on(LATEST, lambda asked: Say({"latest_posts": [
            *([] if asked.one("before") else odd),
            *latest(dicts, self.page)(asked).body["latest_posts"],
        ]}))  # fmt: skip

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        for posted in posts:
            alone = {name: value for name, value in self.raw(posted).items() if name != "topic_title"}
            server.on(f"/posts/{alone['id']}.json", Say(alone))

    def post_id(self, posted: Posted) -> str:
        return f"{posted.number}/2"

    def test_samples_mean_exactly_this(self, source: Any, server: Scripted) -> None:
        # A forum's own address stands in its links: the samples are those of the server that the test has.
        text = (
            '<p>It\'s <em>warm</em>, <a class="mention" href="/u/harbourlight">@harbourlight</a>. '
            '<a href="https://pier.example/a/long/way" rel="nofollow">pier.example/a/long…</a> '
            '<img src="/images/emoji/smile.png" class="emoji" alt=":smile:"></p>\n'
            "<ul>\n<li>one</li>\n<li>two</li>\n</ul>"
        )
        raw = post(41, text=text, post_number=5, reply_to_post_number=3)
        site = server.url
        meant = Mention(
            platform="discourse",
            post_id="41/5",
            author=Author("discourse", "7", "mara", "Mara Lind", url=f"{site}/u/mara"),
            text="It's warm, @harbourlight. https://pier.example/a/long/way :smile:\n\none\ntwo",
            posted_at=NOW,
            url=f"{site}/t/lamps/41/5",
            in_reply_to="41/3",
            thread_id="41/1",
            replies=1,
            to_us=True,
            links=("https://pier.example/a/long/way",),
            extra={
                "community": site.removeprefix("http://"),
                "id": str(raw["id"]),
                "topic_title": "Lamps of the harbour",
            },
        )
        self.serve(server, [Listed(raw, NOW)])
        heard, batch = self.hear_all(source, now=NOW + timedelta(minutes=1))
        assert batch.unreadable == ()
        assert heard == [meant]
