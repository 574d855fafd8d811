"""A Lemmy server's source over real sockets, against answers in the shape of its API v3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.mention import Author, Mention
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.sources.lemmy import READ_TOKEN, Lemmy, Settings, connect, parse
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.listener.sources.passing import passing_ledger
from tests.servers.scripted import Asked, Say, Scripted, scripted

SEARCH = "/api/v3/search"
HOME = "https://lemmy.example"
LATER = NOW + timedelta(minutes=1)


def post(number: int, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    return {
        "post": {
            "id": number,
            "name": "A lantern that hums",
            "body": "It does.",
            "url": "https://pier.example/hum",
            "published": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "ap_id": f"{HOME}/post/{number}",
            "removed": False,
            "deleted": False,
            **more,
        },
        "creator": person("sol"),
        "community": {"id": 3, "name": "lamps", "actor_id": f"{HOME}/c/lamps"},
        "counts": {"score": 12, "comments": 3},
    }


def comment(number: int, at: datetime = NOW, content: str = "my lantern hisses", **more: Any) -> dict[str, Any]:
    said = {
        "id": number,
        "post_id": 40,
        "content": content,
        "published": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ap_id": f"{HOME}/comment/{number}",
        "path": f"0.{number}",
        "removed": False,
        "deleted": False,
        **more,
    }
    below = post(40)
    return {"comment": said, "creator": person("mara"), "post": below["post"], "community": below["community"],
            "counts": {"score": 2, "child_count": 1}}  # fmt: skip


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"id": 7, "name": name, "display_name": name.title(), "actor_id": f"{HOME}/u/{name}", "bot_account": False,
            **more}  # fmt: skip


def pages(name: str, found: Sequence[Any], size: int | None = None) -> Any:
    """Numbered pages, and an empty one after the last."""

    def answer(asked: Asked) -> Say:
        most = size or int(asked.one("limit") or 10)
        start = (int(asked.one("page") or 1) - 1) * most
        beside: dict[str, Any] = {"type_": "All", "posts": [], "users": []} if name == "comments" else {}
        return Say({**beside, name: found[start : start + most]})

    return answer


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def lemmy(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lemmy]:
    monkeypatch.setenv(READ_TOKEN, SECRET)
    settings = Settings(base_url=server.url, timeout_s=0.5, account="@HarbourLight@lemmy.example")
    opened = connect(settings, ["moss lantern"], budget)
    yield opened
    opened.close()


def test_posts_and_comments_are_walked_each_by_themselves(lemmy: Lemmy, server: Scripted) -> None:
    server.on(SEARCH, pages("posts", [post(40)]))
    assert lemmy.streams() == ("mentions", "replies", "comments:moss lantern", "posts:moss lantern")
    (heard,) = lemmy.fetch("posts:moss lantern", None, LATER).mentions
    assert (heard.text, heard.links) == ("A lantern that hums\n\nIt does.", ("https://pier.example/hum",))
    assert (heard.in_reply_to, heard.thread_id, heard.replies) == (None, f"{HOME}/post/40", 3)
    asked = server.asked[0]
    assert (asked.one("q"), asked.one("type_")) == ("moss lantern", "Posts")
    assert (asked.one("sort"), asked.one("listing_type"), asked.one("limit")) == ("New", "All", "50")


@pytest.mark.parametrize(("stream", "path"), [("mentions", "user/mention"), ("replies", "user/replies")])
def test_who_names_or_answers_us_speaks_to_us(lemmy: Lemmy, server: Scripted, stream: str, path: str) -> None:
    server.on(f"/api/v3/{path}", pages(stream, [comment(41)]))
    (heard,) = lemmy.fetch(stream, None, LATER).mentions
    assert heard.to_us
    assert server.asked[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_an_answer_to_an_answer_names_no_parent() -> None:
    heard = parse(comment(42, path="0.41.42"))
    assert heard is not None
    assert (heard.in_reply_to, heard.thread_id) == (None, f"{HOME}/post/40")


def test_a_time_without_a_zone_is_utc() -> None:
    heard = parse(comment(42, published="2026-11-20T12:00:00.123456"))
    assert heard is not None
    assert heard.posted_at == NOW + timedelta(microseconds=123456)


def test_the_names_of_api_v4_are_read_beside_those_of_v3(lemmy: Lemmy, server: Scripted) -> None:
    def newer(part: dict[str, Any]) -> dict[str, Any]:
        names = {"published": "published_at", "actor_id": "ap_id"}
        return {names.get(name, name): value for name, value in part.items()}

    old = comment(42)
    raw = {name: newer(part) for name, part in old.items() if name != "counts"}
    raw["comment"] |= old["counts"]
    server.on(SEARCH, pages("comments", [raw]))
    assert lemmy.fetch("comments:moss lantern", None, LATER).mentions == (parse(old),)


def test_links_in_a_text_are_kept_beside_the_one_it_is_about() -> None:
    said = parse(comment(42, content="see [this](https://pier.example/a) and https://quay.example."))
    told = parse(post(40, body="more at <https://quay.example>, as at https://pier.example/hum"))
    assert said is not None
    assert told is not None
    assert said.links == ("https://pier.example/a", "https://quay.example")
    assert told.links == ("https://pier.example/hum", "https://quay.example")


def test_bots_say_so_and_our_own_are_ours() -> None:
    bot = parse({**comment(42), "creator": person("tick", bot_account=True)})
    own = parse({**comment(42), "creator": person("HarbourLight")}, "harbourlight@lemmy.example")
    assert bot is not None
    assert own is not None
    assert (bot.author.bot, own.author.bot, bot.ours, own.ours) == (True, False, False, True)


@pytest.mark.parametrize("flag", ["deleted", "removed"])
def test_what_was_taken_away_is_no_mention(lemmy: Lemmy, server: Scripted, flag: str) -> None:
    kept = parse(comment(42))
    assert kept is not None
    server.on("/api/v3/comment", Say({"comment_view": comment(42, **{flag: True})}))
    assert lemmy.reread([kept]) == {f"{HOME}/comment/42": None}


@pytest.mark.parametrize("say", [Say({"error": "couldnt_find_comment"}, 400), Say({"error": "not_found"}, 404)])
def test_what_the_server_does_not_know_is_gone(lemmy: Lemmy, server: Scripted, say: Say) -> None:
    kept = parse(comment(42))
    assert kept is not None
    server.on("/api/v3/comment", say)
    assert lemmy.reread([kept]) == {f"{HOME}/comment/42": None}


@pytest.mark.parametrize(
    ("error", "kind"),
    [("rate_limit_error", RateLimited), ("not_logged_in", Revoked), ("invalid_query", Unavailable)],
)
def test_their_errors_are_words_in_a_400(lemmy: Lemmy, server: Scripted, error: str, kind: type[SourceError]) -> None:
    server.on("/api/v3/user/mention", Say({"error": error}, 400))
    with pytest.raises(SourceError, match=error) as caught:
        lemmy.fetch("mentions", None, NOW)
    assert type(caught.value) is kind


def test_a_404_without_a_word_does_not_say_that_a_comment_is_gone(lemmy: Lemmy, server: Scripted) -> None:
    # So Lemmy 1.0 answers, and a proxy whose Lemmy is down.
    kept = parse(comment(42))
    assert kept is not None
    server.on("/api/v3/comment", Say(b"", 404))
    with pytest.raises(Unavailable):
        lemmy.reread([kept])


def test_a_server_that_speaks_a_part_of_it_only_is_found_out(lemmy: Lemmy, server: Scripted) -> None:
    server.on("/api/v3/site", Say({"version": "1.0.2", "my_user": {"local_user_view": {}}}))
    with pytest.raises(Unavailable, match=r"1\.0\.2"):
        lemmy.probe()


def test_a_token_that_nobody_knows_is_found_out(lemmy: Lemmy, server: Scripted) -> None:
    server.on("/api/v3/site", Say({"version": "0.19.12", "site_view": {}}))
    with pytest.raises(Revoked, match="log in again"):
        lemmy.probe()
    server.on("/api/v3/site", Say({"version": "0.19.12", "my_user": {"local_user_view": {}}}))
    assert lemmy.probe() == "lemmy 0.19.12 answers, and knows our token"


def test_searching_leaves_some_of_the_allowance_to_others(lemmy: Lemmy, server: Scripted) -> None:
    server.on(SEARCH, pages("comments", []))
    for _ in range(45):
        lemmy.fetch("comments:moss lantern", None, NOW)
    with pytest.raises(RateLimited, match="60 searches"):
        lemmy.fetch("comments:moss lantern", None, NOW)


@pytest.mark.contract
class TestContract(SourceContract):
    platform = "lemmy"
    stream = "comments:lantern"
    author_dates = True

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_TOKEN, SECRET)

    @pytest.fixture
    def budget(self, tmp_path: Path) -> Ledger:
        return passing_ledger(tmp_path, self.platform)

    def connect(self, url: str, budget: Ledger, folder: Path) -> Lemmy:
        return connect(Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S), ["lantern"], budget)

    def raw(self, posted: Posted) -> dict[str, Any]:
        return {**comment(posted.number, posted.at, posted.text), "creator": person(posted.handle)}

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = sorted(items, key=lambda item: item.at, reverse=True)
        server.on(SEARCH, pages("comments", [item.raw for item in newest_first], self.page))
        server.on("/api/v3/site", Say({"version": "0.19.12", "site_view": {}, "my_user": {"id": 1}}))

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        there = {str(posted.number): self.raw(posted) for posted in posts}

        def look_up(asked: Asked) -> Say:
            view = there.get(asked.one("id") or "")
            return Say({"comment_view": view}) if view else Say({"error": "couldnt_find_comment"}, 400)

        server.on("/api/v3/comment", look_up)

    def post_id(self, posted: Posted) -> str:
        return f"{HOME}/comment/{posted.number}"

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="lemmy",
            post_id=f"{HOME}/comment/42",
            author=Author("lemmy", f"{HOME}/u/mara", "mara@lemmy.example", "Mara", url=f"{HOME}/u/mara"),
            text="my **lantern** hisses",
            posted_at=NOW,
            url=f"{HOME}/comment/42",
            in_reply_to=f"{HOME}/post/40",
            thread_id=f"{HOME}/post/40",
            likes=2,
            replies=1,
            extra={"community": "lamps@lemmy.example", "kind": "comment", "local_id": "42"},
        )
        return [(comment(42, content="my **lantern** hisses"), meant)]
