"""Reddit's publisher over real sockets, by praw, against a server in the shape of Reddit's API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import Order, Postponed, PublishError, Refused, Revoked, Unknown
from responders.publishers.reddit import REFRESH_VARIABLE, SECRET_VARIABLE, Reddit, Settings, connect
from tests.contract import HANGS_UP_AFTER_S, SECRET, PublisherContract, Refusal
from tests.servers.reddit_shapes import (
    AGENT,
    LIMITS,
    NOW,
    TOKEN,
    a_comment,
    a_token,
    errors,
    listing,
    paged,
    reddit,
    taken,
)
from tests.servers.scripted import Asked, Say, Scripted

COMMENT, OURS, ME = "/api/comment/", "/user/harbourlight/comments", "/api/v1/me"
TEXT = "Hello Mara & all: the hiss is the valve."


@pytest.fixture
def server() -> Iterator[Scripted]:
    with reddit() as script:
        yield script


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    monkeypatch.setenv(REFRESH_VARIABLE, SECRET + "-refresh")


def some_settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {"approved_on": date(2026, 5, 3), "approved_as": "a reply desk", "client_id": "app"}
    given |= {"user_agent": AGENT, "username": "harbourlight", "subreddits": ["r/Lamps"]}
    return Settings(**given | {"timeout_s": HANGS_UP_AFTER_S} | changes)


@pytest.fixture
def publisher(server: Scripted) -> Iterator[Reddit]:
    opened = connect(some_settings(base_url=server.url))
    yield opened
    opened.close()


def a_mention(**changes: Any) -> Mention:
    mention = Mention(
        platform="reddit",
        post_id="t1_5",
        author=Author("reddit", "t2_mara1", "mara"),
        text="my lantern hisses",
        posted_at=NOW,
        thread_id="t3_40",
        extra={"community": "lamps"},
    )
    return replace(mention, **changes)


def an_order(text: str = TEXT, **parent: Any) -> Order:
    return Order(a_mention(**parent), text, None, NOW, datetime.now(UTC))


def ours(number: int, body: str = TEXT, parent: str = "t1_5", ago: timedelta = timedelta(0)) -> dict[str, Any]:
    return a_comment(number, datetime.now(UTC) - ago, body, author="harbourlight", parent_id=parent)


# Where nothing may be tried.


def test_without_reddits_approval_it_stays_shut() -> None:
    for missing in ({"approved_on": None}, {"approved_as": ""}):
        with pytest.raises(SettingsError, match="Responsible Builder Policy"):
            connect(some_settings(**missing))


@pytest.mark.parametrize("variable", [SECRET_VARIABLE, REFRESH_VARIABLE])
def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.delenv(variable)
    with pytest.raises(SettingsError, match=variable):
        connect(some_settings())


def test_no_subreddit_is_allowed_by_default() -> None:
    assert Settings(client_id="app", user_agent=AGENT, username="harbourlight").subreddits == ()


@pytest.mark.parametrize("extra", [{"community": "piers"}, {"community": ""}, {}, {"community": "lamps2"}])
def test_outside_the_allowed_subreddits_nobody_is_called(
    publisher: Reddit, server: Scripted, extra: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="not among the subreddits"):
        publisher.reply(an_order(extra=extra))
    assert server.asked == []


def test_what_is_no_post_of_reddits_is_refused(publisher: Reddit, server: Scripted) -> None:
    with pytest.raises(Refused, match="neither a post nor a comment"):
        publisher.reply(an_order(post_id="imported/5"))
    assert server.asked == []


# One POST an attempt.


@pytest.mark.parametrize(
    "trouble", [Say({}, 500), Say({}, 502), Say({}, 503), Say({}, 504), Say({}, 520), Say({}, 408)]
)
def test_a_post_that_failed_is_sent_once_where_stock_praw_sends_it_three_times(
    publisher: Reddit, server: Scripted, trouble: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    import praw

    monkeypatch.setattr("time.sleep", lambda _: None)
    server.on(COMMENT, trouble)
    with pytest.raises(Unknown):
        publisher.reply(an_order())
    assert len(server.at(COMMENT)) == 1
    stock = praw.Reddit(
        client_id="app", client_secret=SECRET, refresh_token=SECRET, user_agent=AGENT, oauth_url=server.url,
        reddit_url=server.url, check_for_updates=False, ratelimit_seconds=5, timeout=1, comment_kind="t1",
        message_kind="t4", redditor_kind="t2", submission_kind="t3", subreddit_kind="t5", trophy_kind="t6",
    )  # fmt: skip
    with pytest.raises(Exception, match=str(trouble.status)):
        stock.comment("5").reply("hello")
    stock._core.requestor.close()  # type: ignore[union-attr]  # praw leaves its own session open
    assert len(server.at(COMMENT)) == 1 + 3


def test_a_short_ratelimit_is_not_waited_for_and_sent_again(publisher: Reddit, server: Scripted) -> None:
    server.on(COMMENT, errors(["RATELIMIT", "Take a break for 1 second before trying again.", "ratelimit"]))
    with pytest.raises(Postponed):
        publisher.reply(an_order())
    assert len(server.at(COMMENT)) == 1


def test_the_text_goes_out_byte_for_byte(publisher: Reddit, server: Scripted) -> None:
    text = "a & b <c> “d”\n\n* one\n* two  \nthree\t✨ %26 +"
    server.on(COMMENT, taken("9", text, "t1_5", NOW))
    receipt = publisher.reply(an_order(text))
    (asked,) = server.at(COMMENT)
    assert asked.body == {"api_type": "json", "text": text, "thing_id": "t1_5"}
    assert asked.one("raw_json") == "1"
    assert asked.headers["Connection"] == "close"
    assert (receipt.post_id, receipt.url) == ("t1_9", "https://www.reddit.com/r/lamps/comments/40/which_lamp/9/")


# How it may end.


@pytest.mark.parametrize(
    ("words", "more", "wait"),
    [
        ("Take a break for 9 minutes before trying again.", {}, timedelta(minutes=9)),
        ("Take a break for 9 minutes before trying again.", {"ratelimit": 572.4}, timedelta(seconds=572)),
        ("you can try again in 1 hour 2 minutes", {}, timedelta(minutes=62)),
        ("Take a break for 30 seconds.", {"ratelimit": "soon"}, timedelta(seconds=30)),
        ("Take a break for 300 milliseconds.", {}, timedelta(0)),
    ],
)
def test_a_ratelimit_is_waited_for(
    publisher: Reddit, server: Scripted, words: str, more: dict[str, Any], wait: timedelta
) -> None:
    server.on(COMMENT, errors(["RATELIMIT", words, "ratelimit"], **more))
    with pytest.raises(Postponed, match="RATELIMIT") as caught:
        publisher.reply(an_order())
    assert caught.value.retry_at is not None
    assert abs(caught.value.retry_at - datetime.now(UTC) - wait) < timedelta(seconds=3)


def test_a_ratelimit_without_a_time_leaves_it_open(publisher: Reddit, server: Scripted) -> None:
    server.on(COMMENT, errors(["RATELIMIT", "you are doing that too much", None]))
    with pytest.raises(Postponed) as caught:
        publisher.reply(an_order())
    assert caught.value.retry_at is None


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"json": {"errors": [], "data": {"things": []}}}), Unknown),
        (Say({"json": {"errors": []}}), Unknown),
        (Say({"json": {"errors": [], "data": {"things": [{"kind": "t1", "data": {"name": 7}}]}}}), Unknown),
        (Say({"json": {"errors": [["ODD"]], "data": {"things": [a_comment(9)]}}}), None),
        (Say({"json": {"errors": "odd"}}), Unknown),
        (Say({"json": []}), Unknown),
        (errors(["USER_REQUIRED", "Please log in to do that.", None]), Revoked),
        (errors(["BRAND_NEW", None, None]), Refused),
        (Say({"json": {"errors": [7]}}), Refused),
        (Say({"message": "Forbidden"}, 403, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}), Revoked),
        (Say({}, 402), Revoked),
        (Say({}, 409), Unknown),
        (Say(b"", 302, {"Location": "/login"}), Unknown),
        (Say(b"", 204), Unknown),
    ],
)
def test_odd_answers_have_one_name(
    publisher: Reddit, server: Scripted, say: Say, error: type[PublishError] | None
) -> None:
    server.on(COMMENT, say)
    if error is None:  # it is there, whatever else is said
        assert publisher.reply(an_order()).post_id == "t1_9"
        return
    with pytest.raises(error):
        publisher.reply(an_order())


def test_a_token_that_ran_out_posts_nothing_and_is_fetched_anew(publisher: Reddit, server: Scripted) -> None:
    server.on(ME, Say({"name": "harbourlight"}))
    publisher.probe()
    server.on(COMMENT, Say({}, 401), taken("9", TEXT, "t1_5", NOW))
    with pytest.raises(Postponed, match="new token"):
        publisher.reply(an_order())
    assert publisher.reply(an_order()).post_id == "t1_9"
    assert len(server.at(TOKEN)) == 2


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "invalid_grant"}), Revoked),
        (Say({}, 401), Revoked),
        (Say({}, 429, {"Retry-After": "30"}), Postponed),
        (Say({}, 503), Postponed),
        (Say(b"<html>"), Postponed),
        (Say(fault="hang"), Postponed),
    ],
)
def test_without_a_token_nothing_is_posted(
    publisher: Reddit, server: Scripted, say: Say, error: type[PublishError]
) -> None:
    server.on(TOKEN, say)
    with pytest.raises(error):
        publisher.reply(an_order())
    assert server.at(COMMENT) == []


# Looking for it.


def test_it_is_found_among_our_comments_by_parent_and_words(publisher: Reddit, server: Scripted) -> None:
    others = [ours(number, parent="t1_6") for number in range(60)] + [ours(70, body="Something else.")]
    server.on(OURS, paged([*others, ours(71, body=TEXT + "  \n"), ours(72, ago=timedelta(days=2))]))
    found = publisher.find(an_order())
    assert found is not None
    assert (found.post_id, found.how) == ("t1_71", "found")
    assert found.url == "https://www.reddit.com/r/lamps/comments/40/which_lamp/71/"
    (asked,) = server.at(OURS)
    assert (asked.one("sort"), asked.one("raw_json")) == ("new", "1")


def test_the_same_words_of_long_ago_are_not_this_reply(publisher: Reddit, server: Scripted) -> None:
    server.on(OURS, paged([ours(71, ago=timedelta(hours=2))]))
    assert publisher.find(an_order()) is None


def test_it_is_looked_for_on_the_next_page_and_no_further_than_two(publisher: Reddit, server: Scripted) -> None:
    many = [ours(number, body="Something else.") for number in range(150)]
    server.on(OURS, paged([*many, ours(900)]))
    assert publisher.find(an_order()) is not None
    server.on(OURS, paged(many * 2))
    with pytest.raises(Unknown, match="too many"):
        publisher.find(an_order())


def test_a_comment_of_ours_that_cannot_be_read_leaves_it_unknown(publisher: Reddit, server: Scripted) -> None:
    for odd in (None, {"kind": "t1", "data": {}}, ours(1, body=None), ours(1) | {"data": 7}):  # type: ignore[arg-type]
        server.on(OURS, listing([odd]))
        with pytest.raises(Unknown):
            publisher.find(an_order())


# Being let in.


def test_a_probe_says_who_we_are_and_what_we_may(publisher: Reddit, server: Scripted) -> None:
    server.on(TOKEN, a_token("identity history submit read"))
    server.on(ME, Say({"name": "HarbourLight"}, headers=LIMITS))
    said = "let in as u/HarbourLight, may answer in 1 subreddits; 996.0 queries left for 312 s"
    assert publisher.probe() == said


@pytest.mark.parametrize(
    ("scope", "me", "words"),
    [
        ("identity history", {"name": "harbourlight"}, "lacks the scope submit"),
        ("*", {"name": "someone"}, "belongs to u/someone"),
        ("*", {"name": "harbourlight", "is_suspended": True}, "suspended"),
    ],
)
def test_a_probe_says_why_we_may_not(
    publisher: Reddit, server: Scripted, scope: str, me: dict[str, Any], words: str
) -> None:
    server.on(TOKEN, a_token(scope))
    server.on(ME, Say(me))
    with pytest.raises(Revoked, match=words):
        publisher.probe()


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "reddit"
    sdk = "praw"
    spared = frozenset({TOKEN})

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with reddit() as script:
            yield script

    def let_in(self, server: Scripted) -> None:
        server.on(TOKEN, a_token())

    def connect(self, url: str, folder: Path) -> Reddit:
        return connect(some_settings(base_url=url))

    def parent(self) -> Mention:
        return a_mention()

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        self.kept: list[dict[str, Any]] = []
        kept = self.kept

        def take(asked: Asked) -> Say:
            say = taken(f"n{len(kept)}", asked.body["text"], asked.body["thing_id"], datetime.now(UTC))
            kept.insert(0, say.body["json"]["data"]["things"][0])
            return answer(say)

        server.on(COMMENT, take)
        server.on(OURS, lambda asked: paged(kept)(asked))
        server.on(ME, Say({"name": "harbourlight"}, headers=LIMITS))

    def taken(self, server: Scripted) -> Sequence[str]:
        return [asked.body["text"] for asked in server.at(COMMENT)]

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        number = f"s{len(self.kept)}"
        if by == "us":  # what others say is not in our listing
            said = a_comment(number, datetime.now(UTC), text, author="harbourlight")
            said["data"]["parent_id"] = "t1_5" if to == "them" else "t1_6"
            self.kept.insert(0, said)
        return f"t1_{number}"

    def refusals(self) -> Sequence[Refusal]:
        locked = errors(["THREAD_LOCKED", "Comments are locked.", "parent"])
        gone = errors(["DELETED_COMMENT", "that comment has been deleted", "parent"])
        old = errors(["TOO_OLD", "that's a piece of history now", "parent"])
        unwelcome = errors(["SUBREDDIT_NOTALLOWED", "you aren't allowed to post there.", "sr"])
        long = errors(["TOO_LONG", "this is too long (max: 10000)", "text"], ["ODD", "and odd", None])
        return [
            (locked, "THREAD_LOCKED: Comments are locked."),
            (gone, "that comment has been deleted"),
            (old, "piece of history"),
            (unwelcome, "aren't allowed to post there"),
            (long, "this is too long (max: 10000); ODD: and odd"),
            (Say({"message": "Forbidden", "error": 403}, 403), "Forbidden"),
            (
                Say({"reason": "THREAD_LOCKED", "explanation": "It is locked.", "fields": ["a", "b"]}, 400),
                "It is locked.",
            ),
        ]
