"""Bluesky's publisher over real sockets: one createRecord an attempt, under a key and a date fixed at approval."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import ValidationError

from listener.mention import Author, Mention
from listener.settings import SettingsError
from responders.publisher import Order, Postponed, PublishError, Refused, Revoked, TooLong, Unknown
from responders.publishers.bluesky import Bluesky, Settings, connect, fix
from tests.contract import HANGS_UP_AFTER_S, SECRET, PublisherContract, Refusal
from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, 0, 345678, tzinfo=UTC)
US = "did:plc:harbourlight"
LOGIN = "/xrpc/com.atproto.server.createSession"
REFRESH = "/xrpc/com.atproto.server.refreshSession"
CREATE = "/xrpc/com.atproto.repo.createRecord"
LIST = "/xrpc/com.atproto.repo.listRecords"
POST = "app.bsky.feed.post"
READ = "/xrpc/com.atproto.repo.getRecord"
SESSION = "/xrpc/com.atproto.server.getSession"
POSTS = "/xrpc/app.bsky.feed.getPosts"
NOBODY = Say({"error": "RecordNotFound", "message": "Could not locate record"}, 400)
ROOT = "at://did:plc:sol/app.bsky.feed.post/3kroot"
PARENT = "at://did:plc:mara/app.bsky.feed.post/3kparent"


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        script.on(LOGIN, session("first"))
        script.on(REFRESH, session("second"))
        script.on(CREATE, created)
        script.on(READ, NOBODY)
        yield script


@pytest.fixture
def publisher(server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bluesky]:
    monkeypatch.setenv("WARMLINE_BLUESKY_WRITE_PASSWORD", "abcd-efgh-ijkl-mnop")
    session_file = str(tmp_path / "session.json")
    opened = connect(Settings(handle="@us.test", base_url=server.url, session_file=session_file, timeout_s=0.5))
    yield opened
    opened.close()


def token(expires: datetime) -> str:
    return "h." + base64.urlsafe_b64encode(json.dumps({"exp": expires.timestamp()}).encode()).decode() + ".s"


def session(name: str, access: str = "") -> Say:
    return Say({"did": US, "handle": "us.test", "accessJwt": access or f"{name}-access", "refreshJwt": f"{name}-again"})


def created(asked: Asked) -> Say:
    uri = f"at://{asked.body['repo']}/{asked.body['collection']}/{asked.body['rkey']}"
    return Say({"uri": uri, "cid": "bafynew", "validationStatus": "valid"})


def parent(**extra: str) -> Mention:
    known = extra or {"cid": "bafyparent", "root_uri": ROOT, "root_cid": "bafyroot"}
    author = Author("bluesky", "did:plc:mara", "mara.test", "Mara")
    return Mention("bluesky", PARENT, author, "my lantern hisses", NOW, extra=known)


def order(text: str = "Turn the wick down a little.", key: str | None = "", to: Mention | None = None) -> Order:
    whom = to or parent()
    return Order(whom, text, fix(whom, NOW) if key == "" else key, NOW, NOW + timedelta(minutes=1))


def key_of(order: Order) -> dict[str, str]:
    fixed: dict[str, str] = json.loads(order.key or "")
    return fixed


def there(order: Order, answers: str = PARENT, text: str = "") -> Say:
    """The record at the order's key, as getRecord gives it."""
    uri = f"at://{US}/app.bsky.feed.post/{key_of(order)['rkey']}"
    reply = {"root": {"uri": ROOT, "cid": "c"}, "parent": {"uri": answers, "cid": "c"}}
    return Say({"uri": uri, "cid": "bafynew", "value": {"text": text or order.text, "reply": reply}})


def test_a_reply_is_posted_as_approved_under_its_parent(publisher: Bluesky, server: Scripted) -> None:
    wanted = order("Turn the wick down,\n\n  then wait — 🕯️.")
    receipt = publisher.reply(wanted)
    (asked,) = server.at(CREATE)
    assert asked.headers["Authorization"] == "Bearer first-access"
    assert (asked.body["repo"], asked.body["collection"]) == (US, "app.bsky.feed.post")
    assert asked.body["rkey"] == key_of(wanted)["rkey"]
    assert asked.body["record"] == {
        "$type": "app.bsky.feed.post",
        "text": wanted.text,
        "createdAt": "2026-11-20T12:00:00.345Z",
        "reply": {"root": {"uri": ROOT, "cid": "bafyroot"}, "parent": {"uri": PARENT, "cid": "bafyparent"}},
    }
    rkey = key_of(wanted)["rkey"]
    assert receipt.post_id == f"at://{US}/app.bsky.feed.post/{rkey}"
    assert receipt.url == f"https://bsky.app/profile/us.test/post/{rkey}"
    assert receipt.how == "api"


def test_the_key_is_a_tid_of_the_moment_and_of_whom_it_answers() -> None:
    key = key_of(order())
    assert re.fullmatch(r"[234567abcdefghij][234567a-z]{12}", key["rkey"])  # atproto.com/specs/tid
    number = 0
    for letter in key["rkey"]:
        number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    at = datetime.fromtimestamp((number >> 10) / 1e6, UTC)
    assert timedelta(0) <= at - NOW.replace(microsecond=345000) < timedelta(milliseconds=1)
    assert fix(parent(), NOW) == fix(parent(), NOW)
    later = json.loads(fix(parent(), NOW + timedelta(seconds=1)))
    assert later["rkey"] > key["rkey"]


def test_a_hundred_approvals_of_one_moment_get_a_hundred_keys() -> None:
    people = [Mention("bluesky", f"at://did:plc:p{n}/c/{n}", parent().author, "", NOW) for n in range(100)]
    assert len({fix(person, NOW) for person in people}) == 100


@pytest.mark.parametrize(("text", "length"), [("é" * 300, 300), ("👩‍👩‍👧‍👦" * 100, 250), ("e\u0301" * 300, 300)])
def test_length_is_counted_in_graphemes_and_long_ones_in_bytes(publisher: Bluesky, text: str, length: int) -> None:
    assert publisher.length(text) == length
    assert publisher.limit == 300


@pytest.mark.parametrize("text", ["a" * 301, "👩‍👩‍👧‍👦" * 121])
def test_too_long_is_said_before_any_call(publisher: Bluesky, server: Scripted, text: str) -> None:
    with pytest.raises(TooLong):
        publisher.reply(order(text))
    assert server.asked == []


@pytest.mark.parametrize("key", [None, "", "[]", "{}", "not json"])
def test_without_a_key_nothing_is_sent_and_nothing_can_be_there(
    publisher: Bluesky, server: Scripted, key: str | None
) -> None:
    wanted = Order(parent(), "Hello.", key, NOW, NOW)
    with pytest.raises(Refused, match="approve it again"):
        publisher.reply(wanted)
    assert publisher.find(wanted) is None
    assert server.asked == []


def sliced(text: str, facet: dict[str, Any]) -> tuple[str, dict[str, str]]:
    start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
    (feature,) = facet["features"]
    return text.encode()[start:end].decode(), {key: value for key, value in feature.items() if key != "$type"}


@pytest.mark.parametrize(
    ("text", "clickable"),
    [
        ("Sí: https://pier.example/é?a=1#b, or so.", [("https://pier.example/é?a=1#b",) * 2]),
        ("(https://pier.example/a)", [("https://pier.example/a",) * 2]),
        ("https://pier.example/b_(c) it is", [("https://pier.example/b_(c)",) * 2]),
        ("💡 #lamps, #1 and #海", [("#lamps", "lamps"), ("#海", "海")]),
        ("Thanks @Mara.test. And @mara.tester, a@mara.test", [("@Mara.test", "did:plc:mara")]),
        ("no link: http:/x pier.example a#b", []),
    ],
)
def test_links_tags_and_the_persons_name_are_clickable(
    publisher: Bluesky, server: Scripted, text: str, clickable: list[tuple[str, str]]
) -> None:
    publisher.reply(order(text))
    record = server.at(CREATE)[0].body["record"]
    assert record["text"] == text
    shown = [sliced(text, facet) for facet in record.get("facets", [])]
    assert [(words, *what.values()) for words, what in shown] == clickable
    assert ("facets" in record) == bool(clickable)


def test_a_parent_known_by_address_alone_is_looked_up_before_the_write(publisher: Bluesky, server: Scripted) -> None:
    reply = {"root": {"uri": ROOT, "cid": "bafyroot"}, "parent": {"uri": ROOT, "cid": "bafyroot"}}
    server.on(POSTS, Say({"posts": [{"uri": PARENT, "cid": "bafyparent", "record": {"text": "x", "reply": reply}}]}))
    publisher.reply(order(to=parent(row="17")))
    assert server.at(CREATE)[0].body["record"]["reply"] == {
        "root": {"uri": ROOT, "cid": "bafyroot"},
        "parent": {"uri": PARENT, "cid": "bafyparent"},
    }
    server.on(POSTS, Say({"posts": [{"uri": PARENT, "cid": "bafyparent", "record": {"text": "x"}}]}))
    publisher.reply(order(to=parent(row="17")))
    assert server.at(CREATE)[1].body["record"]["reply"]["root"] == {"uri": PARENT, "cid": "bafyparent"}


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"posts": []}), Refused),
        (Say({"error": "InvalidRequest", "message": "uris/0 must be a valid at-uri"}, 400), Refused),
        (Say({"posts": [{}]}), Postponed),
        (Say({}, 502), Postponed),
        (Say(fault="hang"), Postponed),
    ],
)
def test_a_parent_that_cannot_be_read_stops_the_reply(
    publisher: Bluesky, server: Scripted, say: Say, error: type[PublishError]
) -> None:
    server.on(POSTS, say)
    with pytest.raises(error):
        publisher.reply(order(to=parent(row="17")))
    assert server.at(CREATE) == []


def test_a_session_about_to_end_is_renewed_before_the_write(publisher: Bluesky, server: Scripted) -> None:
    server.on(LOGIN, session("first", token(NOW + timedelta(seconds=90))))
    publisher.reply(order())
    assert len(server.at(REFRESH)) == 1
    (asked,) = server.at(CREATE)
    assert asked.headers["Authorization"] == "Bearer second-access"


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401), Revoked),
        (Say({"error": "RateLimitExceeded"}, 429, {"retry-after": "60"}), Postponed),
        (Say({}, 503), Postponed),
        (Say(fault="hang"), Postponed),
    ],
)
def test_without_a_session_nothing_is_posted(
    publisher: Bluesky, server: Scripted, say: Say, error: type[PublishError]
) -> None:
    server.on(LOGIN, say)
    with pytest.raises(error) as caught:
        publisher.reply(order())
    assert server.at(CREATE) == []
    assert (getattr(caught.value, "retry_at", None) is not None) == (say.status == 429)


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "InternalServerError"}, 500), Unknown),  # what the reference PDS answers to a key that is taken
        (Say({"uri": ""}), Unknown),
        (Say({"uri": 5}), Unknown),
        (Say({"uri": "at://x"}, 201), Unknown),
        (Say({"error": "InvalidSwap"}, 409), Unknown),
        (Say({"error": "RateLimitExceeded"}, 429, {"ratelimit-reset": "1900000000"}), Postponed),
        (Say({"error": "ExpiredToken", "message": "Token has expired"}, 400), Postponed),
        (Say({"error": "InvalidToken"}, 401), Postponed),
    ],
)
def test_what_only_bluesky_answers_has_a_name_too(
    publisher: Bluesky, server: Scripted, say: Say, error: type[PublishError]
) -> None:
    server.on(CREATE, say)
    with pytest.raises(PublishError) as caught:
        publisher.reply(order())
    assert type(caught.value) is error
    assert len(server.at(CREATE)) == 1
    assert "access" not in str(caught.value)


def test_a_refused_session_is_replaced_and_the_reply_can_go_out_next_time(publisher: Bluesky, server: Scripted) -> None:
    server.on(CREATE, Say({"error": "ExpiredToken"}, 400), created)
    with pytest.raises(Postponed):
        publisher.reply(order())
    publisher.reply(order())
    assert [asked.headers["Authorization"][7:] for asked in server.at(CREATE)] == ["first-access", "second-access"]


def test_an_account_that_is_shut_out_is_revoked(publisher: Bluesky, server: Scripted) -> None:
    shut = Say({"error": "AccountTakedown", "message": "Account has been taken down"}, 401)
    server.on(LOGIN, session("first"), shut)
    server.on(REFRESH, shut)
    server.on(CREATE, shut)
    with pytest.raises(Revoked, match="taken down"):
        publisher.reply(order())
    assert len(server.at(CREATE)) == 1


def test_a_refusal_is_not_believed_while_the_reply_is_there(publisher: Bluesky, server: Scripted) -> None:
    wanted = order()
    server.on(CREATE, Say({"error": "InvalidRequest", "message": "the key is taken"}, 400))
    server.on(READ, there(wanted))
    with pytest.raises(Unknown):
        publisher.reply(wanted)
    server.on(READ, Say({}, 500))
    with pytest.raises(Unknown):
        publisher.reply(wanted)


def test_what_is_at_the_key_is_found(publisher: Bluesky, server: Scripted) -> None:
    wanted = order()
    assert publisher.find(wanted) is None
    server.on(READ, there(wanted, text="as a person edited it since"))
    found = publisher.find(wanted)
    assert found is not None
    rkey = key_of(wanted)["rkey"]
    assert found.post_id == f"at://{US}/app.bsky.feed.post/{rkey}"
    assert found.url == f"https://bsky.app/profile/us.test/post/{rkey}"
    assert found.how == "found"
    assert server.at(READ)[-1].query == {"repo": [US], "collection": ["app.bsky.feed.post"], "rkey": [rkey]}
    assert server.at(CREATE) == []


def test_another_answer_at_the_key_is_not_this_one(publisher: Bluesky, server: Scripted) -> None:
    wanted = order()
    server.on(READ, there(wanted, answers=ROOT))
    assert publisher.find(wanted) is None


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "InvalidRequest", "message": "Could not find repo"}, 400), Unknown),
        (Say({}, 404), Unknown),
        (Say({}, 500), Unknown),
        (Say({"error": "RateLimitExceeded"}, 429), Unknown),
        (Say({"uri": "at://x"}), Unknown),
        (Say(b"<html>"), Unknown),
        (Say(fault="hang"), Unknown),
        (Say({}, 403), Revoked),
    ],
)
def test_only_a_clear_answer_means_that_it_is_not_there(
    publisher: Bluesky, server: Scripted, say: Say, error: type[PublishError]
) -> None:
    server.on(READ, say)
    with pytest.raises(error):
        publisher.find(order())


def test_settings_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WARMLINE_BLUESKY_WRITE_PASSWORD", raising=False)
    with pytest.raises(SettingsError, match="WARMLINE_BLUESKY_WRITE_PASSWORD"):
        connect(Settings(handle="us.test"))
    with pytest.raises(ValidationError):
        Settings.model_validate({"handle": "us.test", "password": "never here"})


@pytest.mark.parametrize("handle", ["us.test", "US.test"])
def test_a_probe_says_whom_the_password_lets_in(
    server: Scripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handle: str
) -> None:
    monkeypatch.setenv("WARMLINE_BLUESKY_WRITE_PASSWORD", "abcd-efgh-ijkl-mnop")
    server.on(SESSION, Say({"did": US, "handle": "us.test", "active": True}))
    publisher = connect(Settings(handle=handle, base_url=server.url, session_file=str(tmp_path / "s"), timeout_s=0.5))
    assert publisher.probe() == "let in as us.test, to reply"
    publisher.close()


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"did": US, "handle": "another.test"}, Revoked, "another.test"),
        ({"did": US, "handle": "us.test", "active": False, "status": "deactivated"}, Revoked, "deactivated"),
        ({"did": US, "handle": "us.test", "active": False}, Revoked, "switched off"),
        ({"did": US}, Unknown, "whose"),
    ],
)
def test_a_probe_finds_an_account_that_could_not_answer(
    publisher: Bluesky, server: Scripted, said: dict[str, Any], error: type[PublishError], words: str
) -> None:
    server.on(SESSION, Say(said))
    with pytest.raises(error, match=words):
        publisher.probe()


@pytest.mark.contract
class TestContract(PublisherContract):
    platform = "bluesky"
    find_is = "by key"
    spared = frozenset({LOGIN, REFRESH})

    @pytest.fixture
    def server(self) -> Iterator[Scripted]:
        with scripted() as script:
            script.spared = set(self.spared)
            self.let_in(script)
            yield script

    def let_in(self, server: Scripted) -> None:
        server.on(LOGIN, session("first", SECRET))
        server.on(REFRESH, session("second", SECRET))
        server.on(SESSION, Say({"did": US, "handle": "us.test", "active": True}))

    def connect(self, url: str, folder: Path) -> Bluesky:
        password = folder / "password"
        password.write_text(SECRET)
        password.chmod(0o600)
        told = Settings(
            handle="us.test",
            base_url=url,
            timeout_s=HANGS_UP_AFTER_S,
            app_password_file=str(password),
            session_file=str(folder / "session.json"),
        )
        return connect(told)

    def parent(self) -> Mention:
        return parent()

    def accept(self, server: Scripted, answer: Callable[[Say], Say] = lambda say: say) -> None:
        """A server that says no has kept nothing: the publisher looks, and would not believe it otherwise."""
        self.kept: dict[str, dict[str, Any]] = {}
        self.native: list[dict[str, Any]] = [{"uri": f"at://{US}/{POST}/3kzzz", "cid": "c", "value": {"text": "hello"}}]

        def records(asked: Asked) -> Say:
            assert (asked.one("repo"), asked.one("collection")) == (US, POST)
            ours = [{"uri": f"at://{US}/{POST}/{key}", "cid": "c", "value": kept} for key, kept in self.kept.items()]
            newest_first = sorted([*ours, *self.native], key=lambda one: str(one["uri"]), reverse=True)
            return Say({"records": newest_first, "cursor": newest_first[-1]["uri"].rpartition("/")[2]})

        def create(asked: Asked) -> Say:
            say = answer(created(asked))
            if not 400 <= say.status < 500:
                self.kept[asked.body["rkey"]] = asked.body["record"]
            return say

        def read(asked: Asked) -> Say:
            rkey = asked.one("rkey") or ""
            if rkey not in self.kept:
                return NOBODY
            uri = f"at://{asked.one('repo')}/{asked.one('collection')}/{rkey}"
            return Say({"uri": uri, "cid": "bafynew", "value": self.kept[rkey]})

        server.on(CREATE, create)
        server.on(READ, read)
        server.on(LIST, records)

    def taken(self, server: Scripted) -> Sequence[str]:
        return [record["text"] for record in self.kept.values()]

    def said_there(
        self, server: Scripted, text: str, *, to: Literal["them", "others"], by: Literal["us", "sol"]
    ) -> str:
        uri = f"at://{US if by == 'us' else 'did:plc:sol'}/{POST}/{'3kzzzzzzzzz'}{len(self.native):02}"
        reply = {"root": {"uri": ROOT, "cid": "c"}, "parent": {"uri": PARENT if to == "them" else ROOT, "cid": "c"}}
        if by == "us":  # what others say stands in their own repositories
            self.native.append({"uri": uri, "cid": "c", "value": {"text": text, "reply": reply}})
        return uri

    def refusals(self) -> Sequence[Refusal]:
        # As the reference PDS words them.
        return [
            (Say({"error": "InvalidRequest", "message": "Invalid app.bsky.feed.post record"}, 400), "Invalid app.bsky"),
            (Say({"error": "InvalidRecordKey", "message": "Invalid record key"}, 400), "Invalid record key"),
            (Say({"error": "Blocked", "message": "They blocked you"}, 403), "They blocked you"),
        ]

    def test_our_repository_is_read_back_as_far_as_theirs_and_not_for_ever(
        self, publisher: Any, server: Scripted
    ) -> None:
        """Keys sort as time does: the first below the moment of theirs ends it."""
        self.accept(server)

        def page(of: datetime) -> Callable[[Asked], Say]:
            def records(asked: Asked) -> Say:
                number = int(asked.one("cursor") or 0)
                rkey = json.loads(fix(parent(), of - number * timedelta(hours=1)))["rkey"]
                said = {"uri": f"at://{US}/{POST}/{rkey}", "cid": "c", "value": {"text": "hello"}}
                return Say({"records": [said], "cursor": str(number + 1)})

            return records

        server.on(LIST, page(NOW + timedelta(hours=2)))
        assert publisher.answered(self.order()) is None
        assert [asked.one("cursor") for asked in server.at(LIST)] == [None, "1", "2", "3", "4"]
        server.on(LIST, page(NOW + timedelta(days=30)))
        with pytest.raises(Unknown, match="too many"):
            publisher.answered(self.order())
