"""Reddit's source over real sockets, by praw, against a server in the shape of Reddit's API."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from listener.archive.ledger import Ledger
from listener.jobs import searched
from listener.mention import Author, Mention
from listener.paging import Walk
from listener.settings import SettingsError, WatchSettings
from listener.source import OutOfCredits, RateLimited, Revoked, Unavailable
from listener.sources.reddit import Reddit, Settings, connect
from listener.sources.reddit.posts import parse
from listener.sources.reddit.source import POOL, REFRESH_VARIABLE, SECRET_VARIABLE
from tests.contract import HANGS_UP_AFTER_S, SECRET, Listed, Posted, SourceContract
from tests.servers.reddit_shapes import (
    AGENT,
    LIMITS,
    NOW,
    TOKEN,
    a_comment,
    a_post,
    a_token,
    in_inbox,
    listing,
    paged,
    reddit,
)
from tests.servers.scripted import Asked, Say, Scripted

SEARCH, COMMENTS, INFO = "/r/all/search/", "/r/lamps/comments/", "/api/info/"
MENTIONS, REPLIES = "/message/mentions", "/message/comments/"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with reddit() as script:
        yield script


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET_VARIABLE, SECRET)
    monkeypatch.setenv(REFRESH_VARIABLE, SECRET + "-refresh")


@pytest.fixture(autouse=True)
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleeps(seconds: float) -> None:
        raise AssertionError(f"it sleeps for {seconds} s")

    monkeypatch.setattr("time.sleep", sleeps)


def some_settings(**changes: Any) -> Settings:
    given: dict[str, Any] = {"approved_on": date(2026, 5, 3), "approved_as": "a reply desk", "client_id": "app"}
    given |= {"user_agent": AGENT, "subreddits": ["lamps"], "timeout_s": HANGS_UP_AFTER_S}
    return Settings(**given | changes)


@pytest.fixture
def source(server: Scripted, budget: Ledger) -> Iterator[Reddit]:
    opened = connect(some_settings(base_url=server.url, username="harbourlight"), ["lantern"], budget)
    yield opened
    opened.close()


def since(at: datetime) -> str:
    return Walk(complete_until=at, deep_at=NOW).write()


def ids(mentions: Sequence[Mention]) -> set[str]:
    return {mention.post_id for mention in mentions}


# What is needed before anything is asked.


def test_without_reddits_approval_it_stays_off(budget: Ledger) -> None:
    for missing in ({"approved_on": None}, {"approved_as": " "}):
        with pytest.raises(SettingsError, match=r"Responsible Builder Policy.*mailbox.*paste links") as caught:
            connect(some_settings(**missing), ["lantern"], budget)
        assert "\n" not in str(caught.value)


def test_each_missing_secret_is_named(budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(REFRESH_VARIABLE)
    with pytest.raises(SettingsError, match=REFRESH_VARIABLE):
        connect(some_settings(username="harbourlight"), [], budget)
    connect(some_settings(), [], budget).close()
    monkeypatch.delenv(SECRET_VARIABLE)
    with pytest.raises(SettingsError, match=SECRET_VARIABLE):
        connect(some_settings(), [], budget)


@pytest.mark.parametrize("agent", ["warmline", "linux:app:v1", "linux:app:v1 (by /u/a b)", "a:b:c (by /u/x)\r\nX: y"])
def test_a_user_agent_is_as_reddit_wants_it(agent: str) -> None:
    with pytest.raises(ValueError, match="user_agent"):
        some_settings(user_agent=agent)


def test_no_praw_ini_and_no_environment_changes_where_our_credentials_go(
    server: Scripted, budget: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from praw.config import Config

    monkeypatch.setattr(Config, "CONFIG", None)
    elsewhere = "\n".join(f"{key}=http://127.0.0.1:1" for key in ("oauth_url", "reddit_url", "short_url"))
    planted = f"[DEFAULT]\n{elsewhere}\nclient_id=theirs\nusername=them\npassword=theirs\nratelimit_seconds=900\n"
    (tmp_path / "praw.ini").write_text(planted + "[theirs]\nrefresh_token=theirs\n")
    monkeypatch.chdir(tmp_path)
    for name in ("praw_site", "praw_client_id", "praw_username", "praw_password", "praw_refresh_token"):
        monkeypatch.setenv(name, "theirs")
    server.on(SEARCH, listing([]))
    opened = connect(some_settings(base_url=server.url), ["lantern"], budget)
    opened.fetch("search:lantern", None, NOW)
    opened.close()
    (login,) = server.at(TOKEN)
    assert login.body == {"grant_type": "client_credentials"}
    assert login.headers["User-Agent"].startswith(AGENT + " PRAW/")
    assert server.at(SEARCH)[0].headers["User-Agent"].startswith(AGENT + " PRAW/")


def test_tokens_are_asked_for_at_reddits_site_and_all_else_at_its_api(
    budget: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    def answered(_: Any, verb: str, url: str, **options: Any) -> requests.Response:
        asked.append((verb.upper(), url))
        answer = requests.Response()
        answer.status_code = 200
        answer.raw = io.BytesIO((a_token() if url.endswith(TOKEN) else listing([])).raw())
        return answer

    monkeypatch.setattr(requests.Session, "request", answered)
    opened = connect(some_settings(), ["lantern"], budget)
    opened.fetch("search:lantern", None, NOW)
    opened.close()
    assert asked[0] == ("POST", "https://www.reddit.com/api/v1/access_token")
    assert asked[1:] == [("GET", "https://oauth.reddit.com/r/all/search/")]


def test_another_address_may_have_a_path(server: Scripted, budget: Ledger) -> None:
    server.on("/fake" + TOKEN, a_token())
    server.on("/fake" + SEARCH, listing([a_post(1)]))
    opened = connect(some_settings(base_url=server.url + "/fake"), ["lantern"], budget)
    assert opened.fetch("search:lantern", None, NOW).mentions
    opened.close()
    server.on("/login" + TOKEN, a_token())
    opened = connect(some_settings(base_url=server.url + "/fake", login_url=server.url + "/login/"), ["lamp"], budget)
    assert opened.fetch("search:lamp", None, NOW).mentions
    opened.close()
    assert [one.path for one in server.asked if one.verb == "POST"] == ["/fake" + TOKEN, "/login" + TOKEN]


# What is asked, and how often.


def test_each_stream_has_its_own_listing(source: Reddit, server: Scripted) -> None:
    streams = {
        "mentions": MENTIONS,
        "replies": REPLIES,
        "post-replies": "/message/selfreply/",
        "ours": "/user/harbourlight/comments",
        "search:lantern": SEARCH,
        "comments:lamps": COMMENTS,
    }
    assert tuple(source.streams()) == tuple(streams)
    for stream, path in streams.items():
        server.on(path, listing([a_comment(1)]))
        assert ids(source.fetch(stream, None, NOW).mentions) == {"t1_1"}
        asked = server.at(path)[0]
        assert (asked.one("limit"), asked.one("raw_json")) == ("100", "1")
    assert server.at(MENTIONS)[0].one("mark") == "false"
    assert server.at(SEARCH)[0].query.items() >= {"q": ['"lantern"'], "sort": ["new"], "restrict_sr": ["false"]}.items()
    assert server.at("/user/harbourlight/comments")[0].one("sort") == "new"


def test_the_paths_are_praws_own() -> None:
    from praw.const import API_PATH

    assert API_PATH["mentions"] == "message/mentions"
    assert API_PATH["comment_replies"] == "message/comments/"
    assert API_PATH["submission_replies"] == "message/selfreply/"
    assert API_PATH["search"] == "r/{subreddit}/search/"
    assert (API_PATH["info"], API_PATH["comment"], API_PATH["me"]) == ("api/info/", "api/comment/", "api/v1/me")


def test_a_search_may_stay_in_the_communities_named(server: Scripted, budget: Ledger) -> None:
    there = some_settings(base_url=server.url, subreddits=["r/lamps", "piers"], search_everywhere=False)
    opened = connect(there, ['a "cold" pier'], budget)
    assert opened.streams() == ('search:a "cold" pier', "comments:lamps", "comments:piers")
    server.on("/r/lamps+piers/search/", listing([]))
    opened.fetch('search:a "cold" pier', None, NOW)
    (asked,) = server.at("/r/lamps+piers/search/")
    assert (asked.one("q"), asked.one("restrict_sr")) == ('"a  cold  pier"', "true")
    opened.close()


def test_a_query_in_reddits_own_words_is_asked_as_it_stands(server: Scripted, budget: Ledger) -> None:
    watches = [WatchSettings(name="late", query="lamp late -in:deals", exclude=["pie"])]
    opened = connect(some_settings(base_url=server.url), searched("reddit", watches), budget)
    server.on(SEARCH, listing([]))
    query = '"lamp" AND "late" AND NOT subreddit:deals'
    opened.fetch(f"search:{query}", None, NOW)
    assert server.at(SEARCH)[0].one("q") == query
    opened.close()


def test_one_token_lasts_for_many_calls_and_is_the_only_post(source: Reddit, server: Scripted) -> None:
    server.on(SEARCH, listing([]))
    for _ in range(3):
        source.fetch("search:lantern", None, NOW)
    assert [asked.path for asked in server.asked] == [TOKEN, SEARCH, SEARCH, SEARCH]
    assert server.asked[0].body == {"grant_type": "refresh_token", "refresh_token": SECRET + "-refresh"}


def test_a_token_that_ran_out_early_is_fetched_anew(source: Reddit, server: Scripted) -> None:
    server.on(SEARCH, listing([]), Say({"message": "Unauthorized", "error": 401}, 401), listing([a_post(7)]))
    source.fetch("search:lantern", None, NOW)
    assert ids(source.fetch("search:lantern", None, NOW).mentions) == {"t3_7"}
    assert len(server.at(TOKEN)) == 2


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "invalid_grant"}), Revoked),
        (Say({"message": "Bad Request", "error": 400}, 400), Revoked),
        (Say({"message": "Unauthorized", "error": 401}, 401), Revoked),
        (Say({}, 402), OutOfCredits),
        (Say({}, 429, {"Retry-After": "Fri, 20 Nov 2099 12:00:00 GMT"}), RateLimited),
        (Say({"error": "temporarily_unavailable"}), Unavailable),
        (Say({"error": ["odd"]}), Unavailable),
        (Say({"access_token": "x"}), Unavailable),
        (Say(b"null"), Unavailable),
        (Say(b"<html>hello</html>"), Unavailable),
        (Say(b"", 302), Unavailable),
        (Say({}, 404), Unavailable),
        (Say(fault="hang"), Unavailable),
        (Say(fault="reset"), Unavailable),
    ],
)
def test_whatever_comes_instead_of_a_token_has_one_name(
    source: Reddit, server: Scripted, say: Say, error: type[Exception]
) -> None:
    server.on(TOKEN, say)
    with pytest.raises(error) as caught:
        source.fetch("search:lantern", None, NOW)
    assert type(caught.value) is error
    assert SECRET not in str(caught.value)
    assert len(server.asked) == 1


@pytest.mark.parametrize("asked_for", ['realm="reddit"', 'Bearer realm="reddit", error="brand_new"', "odd"])
@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_that_prawcore_cannot_read_is_still_one(
    source: Reddit, server: Scripted, status: int, asked_for: str
) -> None:
    server.on(SEARCH, Say({"message": "Forbidden", "error": status}, status, {"WWW-Authenticate": asked_for}))
    with pytest.raises(Revoked, match="Forbidden"):
        source.fetch("search:lantern", None, NOW)


def test_a_community_that_closed_says_nothing_of_our_credentials(source: Reddit, server: Scripted) -> None:
    server.on(COMMENTS, Say({"reason": "private", "message": "Forbidden", "error": 403}, 403))
    with pytest.raises(Unavailable, match="private: Forbidden"):
        source.fetch("comments:lamps", None, NOW)


@pytest.mark.parametrize("status", [302, 400, 404, 409, 413, 415, 451, 520, 204, 299])
def test_odd_statuses_are_named_too(source: Reddit, server: Scripted, status: int) -> None:
    server.on(SEARCH, Say({"reason": "banned", "fields": []}, status))
    with pytest.raises(Unavailable):
        source.fetch("search:lantern", None, NOW)
    assert len(server.at(SEARCH)) == 1


# Limits: obeyed by the budget, never by sleeping.


def test_it_never_sleeps_to_spread_its_requests(source: Reddit, server: Scripted) -> None:
    nearly = {"x-ratelimit-used": "997", "x-ratelimit-remaining": "3.0", "x-ratelimit-reset": "500"}
    server.on(SEARCH, Say(listing([]).body, headers=nearly))
    for _ in range(3):
        source.fetch("search:lantern", None, NOW)
    assert len(server.at(SEARCH)) == 3


@pytest.mark.parametrize(
    "say",
    [
        Say({}, 429, {"Retry-After": "90"}),
        Say({}, 429, {"x-ratelimit-reset": "90", "x-ratelimit-remaining": "0.0"}),
        Say(listing([]).body, headers={"x-ratelimit-remaining": "0.4", "x-ratelimit-reset": "90"}),
    ],
)
def test_told_to_wait_nothing_more_is_asked(server: Scripted, tmp_path: Path, say: Say) -> None:
    from listener.archive.connect import connect as open_archive
    from listener.archive.schema import migrations

    open_archive(tmp_path / "w.db", [migrations]).close()
    budget = Ledger(tmp_path / "w.db", "reddit", lambda: datetime.now(UTC))
    source = connect(some_settings(base_url=server.url), ["lantern"], budget)
    server.on(SEARCH, say)
    if say.status == 429:
        with pytest.raises(RateLimited):
            source.fetch("search:lantern", None, NOW)
    else:
        source.fetch("search:lantern", None, NOW)
    server.asked.clear()
    with pytest.raises(RateLimited) as caught:
        source.fetch("comments:lamps", None, NOW)
    source.close()
    assert caught.value.retry_at is not None
    assert timedelta(seconds=60) < caught.value.retry_at - datetime.now(UTC) <= timedelta(seconds=90)
    assert server.asked == []


def test_searching_gives_way_before_our_mentions(source: Reddit, server: Scripted, budget: Ledger) -> None:
    budget.take(POOL, 760, purpose="duty")
    server.on(MENTIONS, listing([in_inbox(1)]))
    with pytest.raises(RateLimited):
        source.fetch("search:lantern", None, NOW)
    assert source.fetch("mentions", None, NOW).mentions


def test_timeouts_apply(source: Reddit, server: Scripted) -> None:
    server.on(SEARCH, Say(fault="hang"))
    began = datetime.now(UTC)
    with pytest.raises(Unavailable, match="ReadTimeout"):
        source.fetch("search:lantern", None, NOW)
    assert datetime.now(UTC) - began < timedelta(seconds=3)


# How deep a listing goes.


def some_comments(many: int) -> list[dict[str, Any]]:
    return [a_comment(1000 + number, NOW - timedelta(minutes=number)) for number in range(many)]


def test_a_whole_listing_is_walked_in_one_go(source: Reddit, server: Scripted) -> None:
    server.on(COMMENTS, paged(some_comments(1000)))
    batch = source.fetch("comments:lamps", None, NOW)
    assert not batch.more
    assert len(batch.mentions) == 1000
    assert len(server.at(COMMENTS)) == 10


@pytest.mark.parametrize("depth", [1000, 673, 244, 100])
def test_what_lies_beyond_the_listings_depth_is_called_lost(source: Reddit, server: Scripted, depth: int) -> None:
    server.on(COMMENTS, paged(some_comments(1500), depth=depth))
    known = NOW - timedelta(hours=24)
    batch = source.fetch("comments:lamps", since(known), NOW)
    assert len(batch.mentions) == depth
    assert batch.lost == (known, NOW - timedelta(minutes=depth - 1))
    assert batch.heard_from == NOW - timedelta(minutes=depth - 1)


def test_a_listing_that_reaches_what_is_known_has_lost_nothing(source: Reddit, server: Scripted) -> None:
    server.on(COMMENTS, paged(some_comments(1500), depth=1000))
    assert source.fetch("comments:lamps", since(NOW - timedelta(hours=16)), NOW).lost is None


def test_a_short_listing_that_simply_ends_has_lost_nothing(source: Reddit, server: Scripted) -> None:
    server.on(SEARCH, paged([a_post(1)]))
    batch = source.fetch("search:lantern", since(NOW - timedelta(days=2)), NOW)
    assert (ids(batch.mentions), batch.lost) == ({"t3_1"}, None)


def test_a_listing_whose_next_page_is_gone_is_not_taken_for_complete(source: Reddit, server: Scripted) -> None:
    server.on(COMMENTS, listing(some_comments(30), "t1_1029"), listing([]))
    batch = source.fetch("comments:lamps", since(NOW - timedelta(hours=24)), NOW)
    assert batch.lost == (NOW - timedelta(hours=24), NOW - timedelta(minutes=29))


def test_a_listing_that_names_the_same_next_page_again_ends(source: Reddit, server: Scripted) -> None:
    server.on(COMMENTS, listing(some_comments(3), "t1_1002"))
    assert not source.fetch("comments:lamps", None, NOW).more
    assert len(server.at(COMMENTS)) == 2


# What it all means.


def heard(raw: dict[str, Any], us: str | None = "harbourlight", **more: Any) -> Mention:
    mention = parse(raw, us, **more)
    assert mention is not None
    return mention


def test_a_post_is_its_title_its_text_and_its_links() -> None:
    text = "It hisses &amp; hums: [photo](https://pier.example/a\\_b), https://pier.example/wiki/Lamp_(pier)."
    mention = heard(a_post("4z", selftext=text, edited=1700000000.0, locked=True))
    assert mention.text == "my lantern hisses\n\n" + text
    assert mention.links == ("https://pier.example/a_b", "https://pier.example/wiki/Lamp_(pier)")
    assert (mention.post_id, mention.thread_id, mention.in_reply_to) == ("t3_4z", "t3_4z", None)
    assert (mention.likes, mention.reposts, mention.replies) == (12, 1, 4)
    assert mention.extra == {"community": "lamps", "edited": "true", "locked": "true"}
    linked = heard(a_post(4, selftext="", is_self=False, url="https://pier.example/hum"))
    assert (linked.text, linked.links) == ("my lantern hisses", ("https://pier.example/hum",))


def test_what_a_post_shows_below_its_words_is_heard() -> None:
    def shown(**more: Any) -> str:
        return heard(a_post(4, selftext="", **more)).text

    assert shown(gallery_data={"items": [{"caption": "a cracked lantern"}, {"media_id": "m"}]}) == (
        "my lantern hisses\n\na cracked lantern"
    )
    assert shown(poll_data={"options": [{"id": "1", "text": "brass"}, {"id": "2", "text": "tin"}]}) == (
        "my lantern hisses\n\n- brass\n- tin"
    )
    odd = {"gallery_data": [7], "poll_data": {"options": "word"}, "crosspost_parent_list": [7, {}]}
    assert shown(**odd) == "my lantern hisses"


def test_a_post_that_passes_on_anothers_quotes_it() -> None:
    original = a_post(3, selftext="u/harbourlight, it hums.\n\nhttps://pier.example/hum", title="A noise")["data"]
    passed_on = heard(a_post(4, selftext=None, crosspost_parent_list=[original]))
    quoted = "> A noise\n>\n> u/harbourlight, it hums.\n>\n> https://pier.example/hum"
    assert passed_on.text == f"my lantern hisses\n\n{quoted}"
    assert "https://pier.example/hum" in passed_on.links
    assert not passed_on.to_us


def test_who_passes_on_anothers_post_and_adds_nothing_says_nothing() -> None:
    original = a_post(3, title="My lantern hisses", author="otto")["data"]
    assert heard(a_post(4, selftext="", crosspost_parent_list=[original])).extra["repost_of"] == original["name"]
    said = [
        a_post(4, selftext="Mine too", crosspost_parent_list=[original]),
        a_post(4, selftext="", title="Look at this", crosspost_parent_list=[original]),
        a_post(4, selftext="", crosspost_parent_list=[original | {"author": a_post(4)["data"]["author"]}]),
        a_post(4, selftext=""),
    ]
    assert [post for post in said if "repost_of" in heard(post).extra] == []


@pytest.mark.parametrize(
    "change", [{"author": "[deleted]"}, {"removed_by_category": "moderator"}, {"selftext": "[removed]"}]
)
def test_what_is_gone_is_not_quoted_either(change: dict[str, Any]) -> None:
    original = a_post(3, title="A noise")["data"] | change
    assert heard(a_post(4, selftext="", crosspost_parent_list=[original])).text == "my lantern hisses"


def test_a_post_without_a_text_is_its_title() -> None:
    assert heard(a_post(4, selftext=None)).text == "my lantern hisses"


def test_a_comment_in_an_inbox_is_to_us_and_has_its_thread() -> None:
    mention = heard(in_inbox(5), to_us=True)
    assert mention.to_us
    assert (mention.thread_id, mention.in_reply_to) == ("t3_40", "t1_39")
    assert mention.url == "https://www.reddit.com/r/lamps/comments/40/which_lamp/5/"
    assert mention.extra == {"community": "lamps", "thread_title": "Which lamp for a cold pier?"}


def test_who_is_spoken_to() -> None:
    assert not heard(a_comment(1)).to_us
    assert heard(a_comment(1, body="ask /u/HarbourLight!")).to_us
    assert not heard(a_comment(1, body="ask u/harbourlight2")).to_us
    assert not heard(a_comment(1, body="see /fu/harbourlight")).to_us
    under_ours = {"link_author": "harbourlight", "parent_id": "t3_40"}
    assert heard(a_comment(1, **under_ours)).to_us
    assert not heard(a_comment(1, link_author="harbourlight")).to_us
    own = heard(a_comment(1, author="HarbourLight", **under_ours), to_us=True)
    assert (own.ours, own.to_us) == (True, False)
    assert not heard(a_comment(1, body="u/harbourlight"), us=None).to_us


@pytest.mark.parametrize(
    "gone",
    [
        a_comment(1, body="[deleted]"),
        a_comment(1, body="[removed]"),
        a_comment(1, body="[ Removed by Reddit ]"),
        a_comment(1, author="[deleted]"),
        a_comment(1, author=None),
        a_post(1, selftext="[removed]"),
        a_post(1, selftext="", removed_by_category="moderator"),
        a_post(1, author="[deleted]", title="[deleted by user]"),
    ],
)
def test_what_was_deleted_or_removed_is_no_mention(gone: dict[str, Any]) -> None:
    assert parse(gone) is None


@pytest.mark.parametrize(
    ("name", "bot"),
    [
        ("AutoModerator", True),
        ("RemindMeBot", True),
        ("haiku_bot", True),
        ("haiku-Bot2", True),
        ("Talbot", False),
        ("ilovemyrobot", False),
        ("Abbot", False),
        ("Bot", False),
        ("mara", False),
    ],
)
def test_only_names_that_say_so_are_bots(name: str, bot: bool) -> None:
    assert heard(a_comment(1, author=name)).author.bot is bot


def test_people_without_an_id_are_known_by_name() -> None:
    assert heard(a_comment(1, author_fullname=None)).author.author_id == "mara"


def test_private_messages_are_set_aside_not_heard(source: Reddit, server: Scripted) -> None:
    message = {"kind": "t4", "data": {"name": "t4_1", "author": "mara", "body": "psst", "created_utc": 1.0}}
    message["data"]["created_utc"] = NOW.timestamp()  # type: ignore[index]  # a test's own dict
    server.on(MENTIONS, listing([message, in_inbox(2)]))
    batch = source.fetch("mentions", None, NOW)
    assert ids(batch.mentions) == {"t1_2"}
    assert len(batch.unreadable) == 1


# Reading again.


def test_a_hundred_are_read_again_a_call_and_who_was_spoken_to_is_kept(source: Reddit, server: Scripted) -> None:
    kept = [heard(in_inbox(number), to_us=True) for number in range(250)]

    def info(asked: Asked) -> Say:
        names = (asked.one("id") or "").split(",")
        assert len(names) <= 100
        return listing([a_comment(name[3:]) for name in names if name != "t1_7"])

    server.on(INFO, info)
    now = source.reread(kept)
    assert len(server.at(INFO)) == 3
    assert now["t1_7"] is None
    assert all(mention.to_us for name, mention in now.items() if mention)
    assert len(now) == 250


def test_what_could_be_told_is_told_when_the_rest_fails(source: Reddit, server: Scripted) -> None:
    kept = [heard(a_comment(number)) for number in range(150)]
    server.on(INFO, listing([a_comment(number) for number in range(100)]), Say({}, 503))
    assert len(source.reread(kept)) == 100


def test_what_cannot_be_read_or_asked_for_is_left_out(source: Reddit, server: Scripted) -> None:
    from dataclasses import replace

    kept = [heard(a_comment(1)), heard(a_comment(2)), replace(heard(a_comment(3)), post_id="imported/3")]
    server.on(INFO, listing([a_comment(1, body=["odd"]), a_comment(2, body="[deleted]")]))  # type: ignore[arg-type]
    assert source.reread(kept) == {"t1_2": None}
    assert server.at(INFO)[0].one("id") == "t1_1,t1_2"
    server.on(INFO, listing([{"kind": "t1", "data": None}, a_comment(2, body="[deleted]")]))
    assert source.reread(kept) == {"t1_2": None}


@pytest.mark.parametrize("author", ["mara", "[deleted]"])
def test_what_its_author_hides_from_us_is_neither_gone_nor_still_there(
    source: Reddit, server: Scripted, author: str
) -> None:
    kept = [heard(a_comment(1)), heard(a_post(2)), heard(a_comment(3))]
    hidden = [a_comment(1, body="[unavailable]", author=author), a_post(2, selftext="[unavailable]", author=author)]
    server.on(INFO, listing([*hidden, a_comment(3)]))
    assert list(source.reread(kept)) == ["t1_3"]
    assert parse(hidden[0]) is None  # nor is it heard as what they say


# Being let in.


def test_a_probe_tells_who_we_are_and_what_is_left(source: Reddit, server: Scripted, budget: Ledger) -> None:
    server.on("/api/v1/me", Say({"name": "harbourlight"}, headers=LIMITS))
    assert source.probe() == "let in as u/harbourlight; 996.0 queries left for 312 s"
    server.on("/api/v1/me", Say({"name": "someone"}))
    with pytest.raises(Revoked, match="belongs to u/someone"):
        source.probe()
    server.on("/r/all/new", listing([a_post(1)]))
    alone = connect(some_settings(base_url=server.url), [], budget)
    assert alone.probe().startswith("let in without an account")
    alone.close()


class RedditContract(SourceContract):
    """What both kinds of stream share; the server lists as Reddit does, ten at a time."""

    platform = "reddit"
    sdk = "praw"
    spared = frozenset({TOKEN})
    username: str | None = "harbourlight"
    listed = SEARCH

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with reddit() as script:
            yield script

    def connect(self, url: str, budget: Ledger, folder: Path) -> Reddit:
        return connect(some_settings(base_url=url, username=self.username), ["lantern"], budget)

    def with_unknown_fields(self, raw: Any) -> Any:
        return {**raw, "brand_new": [1], "data": {**raw["data"], "brand_new": {"deep": [1, None]}}}

    def broken(self) -> Sequence[Any]:
        raw = self.raw(Posted(2))
        data = raw["data"]
        inner = [{**raw, "data": {**data, key: odd}} for key in data for odd in (None, [[7]], 10**30)]
        return [*super().broken(), *inner, {**raw, "kind": "t4"}, {"kind": "t1"}]

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        newest_first = [item.raw for item in sorted(items, key=lambda item: item.at, reverse=True)]
        server.on(self.listed, paged(newest_first, self.page))
        server.on("/api/v1/me", Say({"name": "harbourlight"}, headers=LIMITS))
        server.on("/r/all/new", paged(newest_first, self.page))

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        there = {raw["data"]["name"]: raw for raw in map(self.raw, posts)}

        def info(asked: Asked) -> Say:
            return listing([there[name] for name in (asked.one("id") or "").split(",") if name in there])

        server.on(INFO, info)


@pytest.mark.contract
class TestContract(RedditContract):
    """A search of posts, with an account."""

    def raw(self, post: Posted) -> dict[str, Any]:
        return a_post(post.number, post.at, post.text, author=post.handle)

    def post_id(self, post: Posted) -> str:
        return f"t3_{post.number}"

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="reddit",
            post_id="t3_42",
            author=Author("reddit", "t2_mara1", "mara", url="https://www.reddit.com/user/mara"),
            text="my lantern hisses\n\nIt hisses at night.",
            posted_at=NOW,
            url="https://www.reddit.com/r/lamps/comments/42/my_lantern_hisses/",
            thread_id="t3_42",
            likes=12,
            reposts=1,
            replies=4,
            extra={"community": "lamps"},
        )
        return [(a_post(42), meant)]


@pytest.mark.contract
class TestCommentsContract(RedditContract):
    """New comments of a subreddit, without an account."""

    stream = "comments:lamps"
    username = None
    listed = COMMENTS

    def raw(self, post: Posted) -> dict[str, Any]:
        return a_comment(post.number, post.at, post.text, author=post.handle)

    def post_id(self, post: Posted) -> str:
        return f"t1_{post.number}"

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        meant = Mention(
            platform="reddit",
            post_id="t1_42",
            author=Author("reddit", "t2_mara1", "mara", url="https://www.reddit.com/user/mara"),
            text="my lantern hisses",
            posted_at=NOW,
            url="https://www.reddit.com/r/lamps/comments/40/which_lamp/42/",
            in_reply_to="t1_39",
            thread_id="t3_40",
            likes=3,
            extra={"community": "lamps", "thread_title": "Which lamp for a cold pier?"},
        )
        return [(a_comment(42), meant)]
