"""Mastodon as a source: what a status means, one mention from many servers, and every stream held to the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from listener.archive.ledger import Ledger
from listener.budget import Pool
from listener.html.posts import read_html
from listener.mention import Author, Batch, Mention
from listener.settings import SettingsError
from listener.source import RateLimited, Revoked, Unavailable
from listener.sources.mastodon import Mastodon, Settings, connect
from listener.sources.mastodon.source import READ_VARIABLE, hashtags_in
from listener.sources.mastodon.statuses import Where, parse_status
from tests.contract import HANGS_UP_AFTER_S, NOW, SECRET, Listed, Posted, SourceContract
from tests.servers.scripted import Asked, Say, Scripted, scripted

HOME = Where("pier.example", "pier.example", "acme@pier.example")
NOTIFICATIONS, OURS, SEARCH = "/api/v1/notifications", "/api/v1/accounts/7/statuses", "/api/v2/search"
TAG, ME = "/api/v1/timelines/tag/lantern", "/api/v1/accounts/verify_credentials"


def iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def account(name: str = "mara", **more: Any) -> dict[str, Any]:
    told = {"id": f"9{len(name)}", "username": name, "acct": name, "display_name": name.title(), "locked": False}
    told |= {"bot": False, "note": "<p>I keep lamps.</p>", "url": f"https://pier.example/@{name}", "fields": []}
    return {**told, "followers_count": 12, "emojis": [], **more}


def status(number: int | str, text: str = "my lantern hisses", at: datetime = NOW, **more: Any) -> dict[str, Any]:
    told = {
        "id": str(number),
        "uri": f"https://pier.example/users/mara/statuses/{number}",
        "url": f"https://pier.example/@mara/{number}",
        "created_at": iso(at),
        "account": account(),
        "content": f"<p>{text}</p>",
        "visibility": "public",
        "language": "en",
        "spoiler_text": "",
        "sensitive": False,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "reblog": None,
        "favourites_count": 3,
        "reblogs_count": 2,
        "replies_count": 1,
        "mentions": [],
        "tags": [],
        "media_attachments": [],
        "edited_at": None,
    }
    return {**told, **more}


def notification(number: int | str, said: Any, at: datetime = NOW, kind: str = "mention") -> dict[str, Any]:
    return {"id": f"n{number}", "type": kind, "created_at": iso(at), "account": account(), "status": said}


def heard(raw: dict[str, Any], where: Where = HOME) -> Mention:
    mention = parse_status(raw, where, NOW)
    assert mention is not None
    return mention


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


@pytest.fixture
def other() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


Connect = Callable[..., Mastodon]


@pytest.fixture
def connected(server: Scripted, budget: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    opened: list[Mastodon] = []
    monkeypatch.setenv(READ_VARIABLE, SECRET)
    server.on(ME, Say(account("acme", id="7")))

    def opening(searches: Sequence[str] = ("lantern",), **more: Any) -> Mastodon:
        settings = Settings(base_url=server.url, timeout_s=0.5, **{"handle": "acme", **more})
        opened.append(connect(settings, searches, budget))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()


def hear(source: Mastodon, stream: str, cursor: str | None = None) -> Batch:
    return source.fetch(stream, cursor, NOW + timedelta(minutes=1))


def host_of(server: Scripted) -> str:
    return server.url.removeprefix("http://")


# What a status means.


@pytest.mark.parametrize(
    ("html", "text", "links"),
    [
        ("<p>one</p><p>two<br>three<br />four</p>", "one\n\ntwo\nthree\nfour", []),
        (
            '<p>see <a href="https://pier.example/a/long/way" rel="nofollow"><span class="invisible">https://</span>'
            '<span class="ellipsis">pier.example/a/l</span><span class="invisible">ong/way</span></a> there</p>',
            "see https://pier.example/a/long/way there",
            ["https://pier.example/a/long/way"],
        ),
        (
            '<p><span class="h-card"><a href="https://pier.example/@acme" class="u-url mention">@<span>acme</span></a>'
            '</span> hello <a href="https://pier.example/tags/lamp" class="mention hashtag">#<span>lamp</span></a></p>',
            "@acme hello #lamp",
            [],
        ),
        (
            'read <a href="https://x.example/a">my notes</a>',
            "read my notes",
            ["https://x.example/a"],
        ),
        ('<a href="https://x.example/a">x.example/…</a>', "https://x.example/a", ["https://x.example/a"]),
        ("#<a href='https://x.example/t' rel='tag'>lamp</a>", "#lamp", []),
        ("<a href='javascript:alert(1)'>click</a>", "click", []),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo", []),
        ("a &lt; b &amp; c&nbsp;&#128161; 1 < 2", "a < b & c\xa0💡 1 < 2", []),
        ("unfinished <a href='https://x.example'>x", "unfinished https://x.example", ["https://x.example"]),
        ("<" * 50, "<" * 50, []),
        ("", "", []),
    ],
)
def test_the_words_of_a_status_are_read_with_its_links_whole(html: str, text: str, links: list[str]) -> None:
    assert read_html(html) == (text, links)


def test_a_warning_stands_before_the_words_and_pictures_after_them() -> None:
    pictures = [{"type": "image", "description": "a lamp,\nunlit"}, {"description": None}]
    pictures += [{"type": "gifv", "description": "a lamp, lit"}]
    mention = heard(status(1, spoiler_text="lamp talk", sensitive=True, media_attachments=pictures))
    assert mention.text == "lamp talk\n\nmy lantern hisses\n\n[image: a lamp, unlit]\n[video: a lamp, lit]"
    assert mention.extra["spoiler_text"] == "lamp talk"


def test_the_text_holds_a_polls_options_and_the_title_of_a_card_that_stands_alone() -> None:
    poll = {"id": "1", "options": [{"title": "Lantern", "votes_count": 3}, {"title": "Torch"}, {"title": None}]}
    assert heard(status(1, "which?", poll=poll)).text == "which?\n\n- Lantern\n- Torch"
    card = {"url": "https://news.example/1", "title": "Lanterns recalled", "type": "link"}
    assert heard(status(1, "https://news.example/1", card=card)).text.endswith("\n\n[link: Lanterns recalled]")
    assert heard(status(1, "well, well", card=card)).text == "well, well"


def test_a_post_of_pictures_alone_may_have_null_for_its_words() -> None:
    assert heard(status(1, content=None)).text == ""


def test_a_boost_says_nothing_of_its_own() -> None:
    assert parse_status(status(1, reblog=status(2)), HOME, NOW) is None


@pytest.mark.parametrize("visibility", ["public", "unlisted", "private", "direct", "local"])
def test_who_may_see_it_is_kept(visibility: str) -> None:
    assert heard(status(1, visibility=visibility)).extra["visibility"] == visibility


@pytest.mark.parametrize(
    ("profile", "nobot"),
    [
        ({"note": "<p>Sailor. #NoBot please</p>"}, True),
        (
            {"note": '<p><a href="https://x.example/tags/nobot" class="mention hashtag">#<span>nobot</span></a></p>'},
            True,
        ),
        ({"fields": [{"name": "rules", "value": "#nobots"}]}, True),
        ({"display_name": "Mara #nobot"}, True),
        ({"tags": [{"name": "nobot"}]}, True),
        ({"note": "<p>#nobottles on board</p>"}, False),
        ({"note": None, "fields": None}, False),
    ],
)
def test_who_asks_for_no_bots_is_marked(profile: dict[str, Any], nobot: bool) -> None:
    assert (heard(status(1, account=account(**profile))).extra.get("nobot") == "1") is nobot


@pytest.mark.parametrize(("told", "bot"), [({"bot": True}, True), ({"actor_type": "Service"}, True), ({}, False)])
def test_who_calls_itself_automated_is_a_bot(told: dict[str, Any], bot: bool) -> None:
    assert heard(status(1, account=account(**told))).author.bot is bot


def test_handles_are_whole_and_people_the_same_on_every_server() -> None:
    there = Where("reef.example", "reef.example", "acme@pier.example")
    at_home = heard(status(1, account=account("Mara")))
    away = heard(status("01H8XYZ", account=account("Mara", acct="Mara@pier.example", id="5")), there)
    assert at_home.author.handle == away.author.handle == "Mara@pier.example"
    assert at_home.author.author_id == away.author.author_id == "mara@pier.example"
    named = status(1, mentions=[{"id": "3", "username": "acme", "acct": "ACME@pier.example", "url": "", "extra": 1}])
    assert heard(named, there).to_us
    assert not heard({**named, "mentions": [{"acct": "acme"}]}, there).to_us
    assert heard(status(1, account=account("acme"))).ours


def test_a_date_of_theirs_from_the_future_is_not_believed() -> None:
    assert heard(status(1, at=NOW + timedelta(days=400))).posted_at == NOW


# Streams.


def test_what_is_heard_follows_from_the_settings(connected: Connect, other: Scripted) -> None:
    away = host_of(other)
    both = connected(["Lantern", "harbour light"], hashtags=["#Pier", "lantern"], also=[other.url], public=True)
    assert list(both.streams()) == [
        "mentions",
        "ours",
        "search:Lantern",
        "search:harbour light",
        "tag:pier",
        "tag:lantern",
        "public",
        f"tag:pier@{away}",
        f"tag:lantern@{away}",
        f"public@{away}",
    ]


def test_without_an_account_hashtags_are_heard_and_nothing_is_told_of_us(
    connected: Connect, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(READ_VARIABLE)
    source = connected(handle=None)
    server.on(TAG, Say([status(1)]))
    assert source.streams() == ("tag:lantern",)
    assert [mention.post_id for mention in hear(source, "tag:lantern").mentions]
    assert "Authorization" not in server.asked[0].headers
    with pytest.raises(SettingsError, match=READ_VARIABLE):
        connected(handle="acme")


def test_our_token_goes_to_our_own_server_only(connected: Connect, server: Scripted, other: Scripted) -> None:
    source = connected(also=[other.url])
    for one in (server, other):
        one.on(TAG, Say([]))
    hear(source, "tag:lantern")
    hear(source, f"tag:lantern@{host_of(other)}")
    assert server.asked[-1].headers["Authorization"] == f"Bearer {SECRET}"
    assert "Authorization" not in other.asked[-1].headers


@pytest.mark.parametrize(
    ("words", "tags"),
    [
        (["#Acme", "acme", "Lampe"], ["acme", "lampe"]),
        (["harbour light", "2026", "a.b", "", "@acme", "../x"], []),
        (["Öllampe", "web3"], ["öllampe", "web3"]),
    ],
)
def test_only_one_word_is_a_hashtag(words: list[str], tags: list[str]) -> None:
    assert hashtags_in(words) == tags


def test_a_post_seen_on_two_servers_is_one_mention(connected: Connect, server: Scripted, other: Scripted) -> None:
    source = connected(also=[other.url])
    server.on(TAG, Say([status(1, account=account("mara", acct="mara@pier.example"))]))
    there = status("01H8XYZ", account=account("mara", acct="mara@pier.example", id="5"), uri=status(1)["uri"])
    other.on(TAG, Say([there]))
    (here,) = hear(source, "tag:lantern").mentions
    (away,) = hear(source, f"tag:lantern@{host_of(other)}").mentions
    assert (here.platform, here.post_id) == (away.platform, away.post_id)
    assert here.author == away.author
    assert (here.extra["server"], here.extra["status_id"]) == (host_of(server), "1")
    assert (away.extra["server"], away.extra["status_id"]) == (host_of(other), "01H8XYZ")


def test_ids_are_opaque_and_pages_follow_the_link_header(connected: Connect, server: Scripted) -> None:
    def page(asked: Asked) -> Say:
        match asked.one("max_id"):
            case None:
                link = f'<{server.url}{TAG}?max_id=007&limit=40>; rel="next", <{server.url}{TAG}?min_id=zz>; rel="prev"'
                return Say([status("01H8XYZ")], headers={"Link": link})
            case "007":
                link = f'<{server.url}{TAG}?max_id=01%2FAB>; rel="next"'
                return Say([status("zzz", at=NOW - timedelta(days=1))], headers={"Link": link})
            case "01/AB":
                return Say([status("5", at=NOW - timedelta(days=2))], headers={"Link": '<x?min_id=5>; rel="prev"'})
        return Say({}, 500)

    server.on(TAG, page)
    ids = [mention.extra["status_id"] for mention in hear(connected(), "tag:lantern").mentions]
    assert ids == ["01H8XYZ", "zzz", "5"]


def test_without_a_link_header_the_last_id_leads_on_and_a_server_without_places_is_no_trap(
    connected: Connect, server: Scripted
) -> None:
    pages = {None: [status("b")], "b": [status("a", at=NOW - timedelta(hours=1))], "a": []}
    server.on(TAG, lambda asked: Say(pages[asked.one("max_id")]))
    assert len(hear(connected(), "tag:lantern").mentions) == 2
    server.on(TAG, Say([status("b")]))
    batch = hear(connected(), "tag:lantern")
    assert not batch.more
    assert len(batch.mentions) == 1
    server.on(SEARCH, Say({"statuses": [status("b")]}))
    batch = hear(connected(), "search:lantern")
    assert not batch.more
    assert len(batch.mentions) == 1


NO_ROUTE = {"error": "Not Found"}


@pytest.mark.parametrize("route", ["/api/v2/instance", "/api/v1/instance"])
def test_a_hashtag_nobody_used_is_silence_and_no_failure(connected: Connect, server: Scripted, route: str) -> None:
    server.on(TAG, Say(NO_ROUTE, 404))
    for slash in ("", "/"):
        server.on(route + slash, Say({"version": "0.19.1"}))
    source = connected()
    assert hear(source, "tag:lantern").mentions == ()
    asked = len(server.asked)
    assert hear(source, "tag:lantern").mentions == ()
    assert len(server.asked) == asked + 1  # what kind of server it is need be asked once
    server.on(TAG, Say(b"<html>Not Found</html>", 404, {"Content-Type": "text/html"}))
    with pytest.raises(Unavailable):
        hear(source, "tag:lantern")


@pytest.mark.parametrize("status_code", [404, 410])
def test_what_is_no_such_server_is_neither_silent_nor_well(
    connected: Connect, server: Scripted, status_code: int
) -> None:
    server.fault = Say(NO_ROUTE, status_code)
    for source in (connected(handle=None), connected([], handle=None)):
        with pytest.raises(Unavailable, match="is base_url a Mastodon server"):
            source.probe()
    source = connected(public=True)
    for stream in ("tag:lantern", "public", "search:lantern", "mentions"):
        with pytest.raises(Unavailable, match="is base_url a Mastodon server"):
            hear(source, stream)
    server.fault = Say({"all": "well"})
    for source in (connected(handle=None), connected([], handle=None)):
        with pytest.raises(Unavailable):
            source.probe()


def test_what_a_hashtag_of_the_settings_brings_was_asked_for(connected: Connect, server: Scripted) -> None:
    gate = "/api/v1/timelines/tag/lampgate"
    for path in (TAG, gate):
        server.on(path, Say([status(1, "they hiss #LampGate")]))
    source = connected(hashtags=["#LampGate", "lantern"])
    (asked_for,) = hear(source, "tag:lampgate").mentions
    assert asked_for.extra["asked_for"] == "#lampgate"
    (watched,) = hear(source, "tag:lantern").mentions
    assert "asked_for" not in watched.extra
    server.on("/api/v1/statuses/1", Say(status(1, "edited #LampGate")))
    again = source.reread([asked_for])[asked_for.post_id]
    assert again is not None
    assert again.extra["asked_for"] == "#lampgate"


def test_a_reply_that_waits_for_our_approval_is_heard_and_one_that_is_gone_is_none(
    connected: Connect, server: Scripted
) -> None:
    gone = notification(2, None)
    without = {name: value for name, value in notification(3, None).items() if name != "status"}
    pending = notification(1, status("01J", visibility="unlisted"), kind="pending.reply")
    server.on(NOTIFICATIONS, Say([gone, without, pending]))
    batch = hear(connected(), "mentions")
    (reply,) = batch.mentions
    assert (reply.to_us, reply.extra["visibility"], reply.extra["pending"]) == (True, "unlisted", "1")
    assert batch.unreadable == ()


def test_only_those_who_speak_to_us_are_in_the_mentions(connected: Connect, server: Scripted) -> None:
    told = [notification(9, status(9), kind="favourite"), notification(8, status(8), kind="quote")]
    told += [notification(7, None, kind="admin.sign_up"), notification(6, status(6, at=NOW - timedelta(hours=3)))]
    server.on(NOTIFICATIONS, Say(told))
    batch = hear(connected(), "mentions")
    assert [mention.extra["status_id"] for mention in batch.mentions] == ["8", "6"]
    assert all(mention.to_us for mention in batch.mentions)
    assert batch.unreadable == ()
    assert "favourite" in server.asked[0].query["exclude_types[]"]
    assert server.asked[0].one("include_filtered") == "true"


def test_an_old_post_that_reaches_us_late_is_heard_by_our_servers_clock(connected: Connect, server: Scripted) -> None:
    source = connected()
    server.on(NOTIFICATIONS, Say([notification(1, status(1))]))
    cursor = hear(source, "mentions").cursor
    late = notification(2, status(2, at=NOW - timedelta(days=3)), at=NOW + timedelta(seconds=30))
    server.on(NOTIFICATIONS, Say([late, notification(1, status(1))]))
    assert "2" in [mention.extra["status_id"] for mention in hear(source, "mentions", cursor).mentions]


def test_a_thread_is_known_by_addresses_not_by_local_ids(connected: Connect, server: Scripted) -> None:
    us = account("acme", id="7")
    first = status(100)
    ours = status(200, account=us, uri="https://pier.example/users/acme/statuses/200", in_reply_to_id="100")
    again = status(300, in_reply_to_id="200", mentions=[{"acct": "acme"}])
    by_id = {"100": first, "200": ours}
    server.on("/api/v1/statuses", lambda asked: Say([by_id[one] for one in asked.query["id[]"]]))
    for one, raw in by_id.items():
        server.on(f"/api/v1/statuses/{one}", Say(raw))
    server.on(NOTIFICATIONS, Say([notification(3, again)]))
    server.on(OURS, Say([ours]))
    source = connected()
    (reply,) = hear(source, "mentions").mentions
    assert (reply.in_reply_to, reply.thread_id) == (ours["uri"], first["uri"])
    (answer,) = hear(source, "ours").mentions
    assert answer.ours
    assert (answer.in_reply_to, answer.thread_id) == (first["uri"], first["uri"])


def test_a_parent_that_is_gone_leaves_an_answer_an_answer(connected: Connect, server: Scripted) -> None:
    orphans = [notification(number, status(number, in_reply_to_id="99")) for number in (1, 2)]
    server.on(NOTIFICATIONS, Say(orphans))
    first, second = hear(connected(), "mentions").mentions
    assert first.in_reply_to == f"{host_of(server)}#99"
    assert first.thread_id == second.thread_id
    server.on("/api/v1/statuses/99", Say({}, 503))
    assert len(hear(connected(), "mentions").mentions) == 2


@pytest.mark.parametrize(
    "version", ["4.4.0+glitch", "garbage", "", None, 7, "2.7.2 (compatible; Pleroma 2.9.1)", "0.19"]
)
def test_a_server_of_any_version_is_searched(connected: Connect, server: Scripted, version: object) -> None:
    for path in ("/api/v1/instance/", "/api/v2/instance/", "/api/v1/instance", "/api/v2/instance"):
        server.on(path, Say({"version": version}))
    server.on(SEARCH, lambda asked: Say({"statuses": [] if asked.one("offset") else [status(1)]}))
    assert len(hear(connected(), "search:lantern").mentions) == 1
    assert {asked.path for asked in server.asked} == {SEARCH}
    assert server.asked[0].one("type") == "statuses"


def test_an_odd_rate_limit_header_spoils_no_answer(connected: Connect, server: Scripted) -> None:
    server.on(TAG, Say([status(1)], headers={"X-RateLimit-Reset": "soon", "X-RateLimit-Remaining": "many"}))
    assert len(hear(connected(), "tag:lantern").mentions) == 1


def test_a_limit_that_was_hit_holds_until_the_server_says(connected: Connect, server: Scripted) -> None:
    until = datetime.now(UTC) + timedelta(minutes=4)
    server.on(TAG, Say({"error": "Too many requests"}, 429, {"X-RateLimit-Reset": until.isoformat()}))
    source = connected()
    with pytest.raises(RateLimited) as caught:
        hear(source, "tag:lantern")
    assert caught.value.retry_at is not None
    assert abs(caught.value.retry_at - until) < timedelta(seconds=2)
    with pytest.raises(RateLimited):
        hear(source, "mentions")
    assert len(server.asked) == 1


def test_the_calls_of_five_minutes_are_counted_for_each_server(
    connected: Connect, server: Scripted, other: Scripted, budget: Ledger
) -> None:
    for one in (server, other):
        one.on(TAG, Say([]))
    server.on(NOTIFICATIONS, Say([]))
    source = connected(also=[other.url])
    budget.take(Pool(f"calls to {host_of(server)}", 300, timedelta(minutes=5)), 224)
    hear(source, "tag:lantern")
    with pytest.raises(RateLimited):  # three quarters of 300 are for searching
        hear(source, "tag:lantern")
    hear(source, "mentions")
    hear(source, f"tag:lantern@{host_of(other)}")


def test_a_token_of_another_account_is_refused(connected: Connect, server: Scripted) -> None:
    server.on(ME, Say(account("someone", id="8")))
    with pytest.raises(Revoked, match="someone"):
        connected().probe()
    with pytest.raises(Revoked):
        hear(connected(), "ours")


def test_each_post_is_read_again_where_it_was_heard(connected: Connect, server: Scripted, other: Scripted) -> None:
    source = connected(also=[other.url])
    server.on(TAG, Say([status(1), status(2)]))
    other.on(TAG, Say([status("x", uri="https://reef.example/1")]))
    kept = [*hear(source, "tag:lantern").mentions, *hear(source, f"tag:lantern@{host_of(other)}").mentions]
    server.on("/api/v1/statuses", Say([status(2, text="edited")]))
    other.on("/api/v1/statuses/x", Say({"error": "Record not found"}, 404))
    now = source.reread(kept)
    assert now[kept[0].post_id] is None
    edited = now[kept[1].post_id]
    assert edited is not None
    assert edited.text == "edited"
    assert now[kept[2].post_id] is None
    other.fault = Say({}, 503)
    assert set(source.reread(kept)) == {kept[0].post_id, kept[1].post_id}


def test_what_its_author_hides_from_us_is_not_called_gone(connected: Connect, server: Scripted) -> None:
    """Who blocked us is "not found" for us, and there for everybody else (StatusPolicy#show?)."""
    source = connected()
    server.on(TAG, Say([status(1), status(2)]))
    hidden, gone = hear(source, "tag:lantern").mentions
    not_found = Say({"error": "Record not found"}, 404)
    server.on("/api/v1/statuses", Say([]))
    server.on("/api/v1/statuses/1", lambda asked: not_found if "Authorization" in asked.headers else Say(status(1)))
    assert source.reread([hidden, gone]) == {gone.post_id: None}
    refused = Say({"error": "This API requires an authenticated user"}, 401)
    server.on("/api/v1/statuses/1", lambda asked: not_found if "Authorization" in asked.headers else refused)
    server.on("/api/v1/statuses", lambda asked: Say([]) if "Authorization" in asked.headers else refused)
    assert source.reread([hidden]) == {hidden.post_id: None}  # strangers are shown nothing: it may be gone
    server.on("/api/v1/statuses/1", lambda asked: not_found if "Authorization" in asked.headers else Say({}, 503))
    with pytest.raises(Unavailable):
        source.reread([hidden])


def test_what_cannot_be_read_again_is_left_out_and_the_rest_is_told(connected: Connect, server: Scripted) -> None:
    source = connected()
    server.on(TAG, Say([status(1), status(2), status(3)]))
    kept = hear(source, "tag:lantern").mentions
    changed = [status(1, text="edited"), {**status(2), "created_at": "soon"}, status(3, uri="https://x.example/9")]
    server.on("/api/v1/statuses", Say(changed))
    assert set(source.reread(kept)) == {kept[0].post_id}


def test_a_thread_keeps_its_place_when_a_post_is_read_again(connected: Connect, server: Scripted) -> None:
    source = connected()
    server.on(NOTIFICATIONS, Say([notification(1, status(2, in_reply_to_id="1"))]))
    server.on("/api/v1/statuses/1", Say(status(1)))
    (kept,) = hear(source, "mentions").mentions
    server.on("/api/v1/statuses/2", Say(status(2, text="edited", in_reply_to_id="1")))
    now = source.reread([kept])[kept.post_id]
    assert now is not None
    assert (now.text, now.in_reply_to, now.thread_id, now.to_us) == ("edited", status(1)["uri"], status(1)["uri"], True)


@pytest.mark.parametrize(
    ("term", "asked"), [("lantern", "lantern"), ("harbour light", '"harbour light"'), ('a"b from:me', '"a b from:me"')]
)
def test_terms_are_searched_as_words_and_never_as_commands(
    connected: Connect, server: Scripted, term: str, asked: str
) -> None:
    server.on(SEARCH, Say({"statuses": []}))
    hear(connected([term]), f"search:{term}")
    assert server.asked[0].one("q") == asked


def test_a_server_of_a_hashtag_nobody_used_answers_a_probe(
    connected: Connect, server: Scripted, other: Scripted
) -> None:
    other.on(TAG, Say({"error": "Record not found"}, 404))
    for path in ("/api/v2/instance", "/api/v2/instance/"):
        other.on(path, Say({"version": "4.5.0"}))
    assert host_of(other) in connected(also=[other.url]).probe()
    other.on(TAG, Say({"error": "This method requires an authenticated user"}, 401))
    with pytest.raises(Revoked, match=host_of(other)):
        connected(also=[other.url]).probe()


def test_an_unknown_setting_is_an_error() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"instances": []})


# The contract, for three ways of listing: notifications, timelines, and a search by offset.


class _Contract(SourceContract):
    platform = "mastodon"
    sdk = "mastodon"
    path = ""

    @pytest.fixture(autouse=True)
    def token(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(READ_VARIABLE, SECRET)

    def connect(self, url: str, budget: Ledger, folder: Path) -> Mastodon:
        settings = Settings(base_url=url, timeout_s=HANGS_UP_AFTER_S, handle="acme@pier.example")
        return connect(settings, ["lantern"], budget)

    def post_id(self, post: Posted) -> str:
        return f"https://pier.example/users/mara/statuses/{post.number}"

    def raw(self, post: Posted) -> Any:
        return status(post.number, post.text, post.said_at or post.at, account=account(post.handle))

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        server.on(ME, Say(account("acme", id="7")))
        ordered = [item.raw for item in sorted(items, key=lambda item: item.at, reverse=True)]
        places = [str(raw.get("id")) if isinstance(raw, dict) else "" for raw in ordered]
        # Ids are the server's own numbering of its rows, whatever an item says.
        keys = [f"{place}-{number}" for number, place in enumerate(places)]

        def page(asked: Asked) -> Say:
            start = keys.index(after) + 1 if (after := asked.one("max_id")) in keys else 0
            shown = ordered[start : start + self.page]
            links = [f'<{server.url}{self.path}?min_id=1>; rel="prev"'] if shown else []
            if len(shown) == self.page:
                links.append(f'<{server.url}{self.path}?max_id={keys[start + self.page - 1]}>; rel="next"')
            return Say(shown, headers={"Link": ", ".join(links)} if links else {})

        server.on(self.path, page)

    def serve_now(self, server: Scripted, posts: Sequence[Posted]) -> None:
        there = {str(post.number): self.status_now(post) for post in posts}
        server.on("/api/v1/statuses", lambda asked: Say([there[one] for one in asked.query["id[]"] if one in there]))
        for number, raw in there.items():
            server.on(f"/api/v1/statuses/{number}", Say(raw))

    def status_now(self, post: Posted) -> dict[str, Any]:
        return status(post.number, post.text, post.said_at or post.at, account=account(post.handle))

    def meant(self) -> tuple[dict[str, Any], Mention]:
        told = status(
            "109",
            '<span class="h-card"><a href="https://pier.example/@acme" class="u-url mention">@<span>acme</span></a>'
            "</span> it is warm",
            NOW - timedelta(minutes=9),
            mentions=[{"id": "7", "username": "acme", "acct": "acme", "url": "https://pier.example/@acme"}],
            account=account("sol", acct="sol@reef.example", url="https://reef.example/@sol", bot=True),
            uri="https://reef.example/users/sol/statuses/5",
            url="https://reef.example/@sol/5",
            visibility="unlisted",
        )
        meant = Mention(
            platform="mastodon",
            post_id="https://reef.example/users/sol/statuses/5",
            author=Author(
                "mastodon", "sol@reef.example", "sol@reef.example", "Sol", 12, "https://reef.example/@sol", bot=True
            ),
            text="@acme it is warm",
            posted_at=NOW - timedelta(minutes=9),
            url="https://reef.example/@sol/5",
            thread_id="https://reef.example/users/sol/statuses/5",
            lang="en",
            likes=3,
            reposts=2,
            replies=1,
            to_us=True,
        )
        return told, meant

    def samples(self) -> Sequence[tuple[Any, Mention]]:
        return ()  # the server's port is in what a mention keeps: see the test below

    def test_a_sample_means_exactly_this(self, source: Mastodon, server: Scripted) -> None:
        raw, meant = self.meant()
        self.serve(server, [Listed(self.listed(raw), meant.posted_at)])
        ((mention,), batch) = self.hear_all(source)
        extra = {"server": host_of(server), "status_id": "109", "visibility": "unlisted"}
        assert dict(mention.extra) == extra
        assert mention == Mention(
            **{name: getattr(meant, name) for name in meant.__slots__ if name != "extra"}, extra=extra
        )
        assert batch.unreadable == ()

    def listed(self, raw: dict[str, Any]) -> dict[str, Any]:
        return raw


@pytest.mark.contract
class TestContract(_Contract):
    stream = "mentions"
    path = NOTIFICATIONS

    def raw(self, post: Posted) -> Any:
        return notification(post.number, self.status_now(post), post.at)

    def listed(self, raw: dict[str, Any]) -> dict[str, Any]:
        return notification(1, raw, NOW - timedelta(minutes=9))


@pytest.mark.contract
class TestHashtagContract(_Contract):
    stream = "tag:lantern"
    path = TAG
    author_dates = True


@pytest.mark.contract
class TestSearchContract(_Contract):
    stream = "search:lantern"
    path = SEARCH
    author_dates = True
    page = 40  # it counts by offset: pages are as long as they were asked for

    def serve(self, server: Scripted, items: Sequence[Listed]) -> None:
        server.on(ME, Say(account("acme", id="7")))
        server.on(TAG, Say([]))
        ordered = [item.raw for item in sorted(items, key=lambda item: item.at, reverse=True)]

        def page(asked: Asked) -> Say:
            start, limit = int(asked.one("offset") or 0), int(asked.one("limit") or 20)
            return Say({"accounts": [], "hashtags": [], "statuses": ordered[start : start + limit]})

        server.on(SEARCH, page)
