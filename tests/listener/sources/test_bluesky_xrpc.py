"""XRPC over real sockets: sessions are kept, renewed and only then made anew; every fault has one name."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from listener.source import NotFound, RateLimited, Revoked, Unavailable
from listener.sources.bluesky.xrpc import Account, BadRequest, Line, Session, Xrpc
from tests.servers.scripted import Asked, Say, Scripted, scripted

LOGIN = "/xrpc/com.atproto.server.createSession"
REFRESH = "/xrpc/com.atproto.server.refreshSession"
QUERY = "/xrpc/app.bsky.feed.getPosts"
PASSWORD = "abcd-efgh-ijkl-mnop"
EXPIRED = Say({"error": "ExpiredToken", "message": "Token has expired"}, 400)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        script.on(LOGIN, tokens("first"))
        script.on(QUERY, Say({"posts": []}))
        yield script


def tokens(name: str) -> Say:
    return Say({"did": "did:plc:us", "handle": "us.test", "accessJwt": f"{name}-access", "refreshJwt": f"{name}-again"})


def account(server: Scripted, tmp_path: Path, handle: str = "us.test") -> Account:
    return Account(Line(server.url, 2), handle, SecretStr(PASSWORD), str(tmp_path / "state" / "session.json"))


def ask(server: Scripted, account: Account | None = None, timeout_s: float = 2) -> dict[str, object]:
    xrpc = Xrpc(Line(server.url, timeout_s), account)
    try:
        return xrpc.get("app.bsky.feed.getPosts", {"uris": ["at://a", "at://b"], "limit": 5, "cursor": None})
    finally:
        xrpc.close()


def bearer(asked: Asked) -> str:
    return asked.headers["Authorization"]


def jwt(**claims: float) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"head.{middle}.seal"


def test_a_list_is_asked_once_an_item_and_nothing_is_left_out_but_none(server: Scripted) -> None:
    ask(server)
    assert server.asked[0].query == {"uris": ["at://a", "at://b"], "limit": ["5"]}
    assert "Authorization" not in server.asked[0].headers


def test_one_login_serves_many_runs(server: Scripted, tmp_path: Path) -> None:
    for _ in range(3):
        ask(server, account(server, tmp_path))  # as cron does: a new process each time
    assert len(server.at(LOGIN)) == 1
    assert [bearer(asked) for asked in server.at(QUERY)] == ["Bearer first-access"] * 3


def test_the_session_is_ours_alone_to_read(server: Scripted, tmp_path: Path) -> None:
    ask(server, account(server, tmp_path))
    file = tmp_path / "state" / "session.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()
    assert list(file.parent.iterdir()) == [file]


def test_a_session_file_open_to_others_is_not_believed(server: Scripted, tmp_path: Path) -> None:
    ask(server, account(server, tmp_path))
    (tmp_path / "state" / "session.json").chmod(0o644)
    ask(server, account(server, tmp_path))
    assert len(server.at(LOGIN)) == 2
    assert stat.S_IMODE((tmp_path / "state" / "session.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"us.test at elsewhere": {}}', b"\xff\xfe"])
def test_a_damaged_session_file_costs_one_login(server: Scripted, tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "state" / "session.json"
    file.parent.mkdir()
    file.write_bytes(damage)
    file.chmod(0o600)
    ask(server, account(server, tmp_path))
    ask(server, account(server, tmp_path))
    assert len(server.at(LOGIN)) == 1


def test_a_session_is_never_lent_to_another_account(server: Scripted, tmp_path: Path) -> None:
    server.on(LOGIN, tokens("first"), tokens("second"))
    for handle in ("us.test", "others.test", "us.test"):
        ask(server, account(server, tmp_path, handle))
    assert [asked.body["identifier"] for asked in server.at(LOGIN)] == ["us.test", "others.test"]
    assert [bearer(asked)[7:] for asked in server.at(QUERY)] == ["first-access", "second-access", "first-access"]


@pytest.mark.parametrize("refusal", [EXPIRED, Say({"error": "InvalidToken"}, 401)])
def test_a_session_that_ran_out_is_renewed_without_a_login(server: Scripted, tmp_path: Path, refusal: Say) -> None:
    server.on(QUERY, refusal, Say({"posts": ["here"]}))
    server.on(REFRESH, tokens("second"))
    assert ask(server, account(server, tmp_path)) == {"posts": ["here"]}
    assert bearer(server.at(REFRESH)[0]) == "Bearer first-again"
    ask(server, account(server, tmp_path))
    assert bearer(server.at(QUERY)[-1]) == "Bearer second-access"
    assert len(server.at(LOGIN)) == 1


def test_a_refused_renewal_costs_one_login_and_a_refused_login_ends_it(server: Scripted, tmp_path: Path) -> None:
    server.on(QUERY, EXPIRED)
    server.on(REFRESH, EXPIRED)
    server.on(LOGIN, tokens("first"), Say({"error": "AuthenticationRequired", "message": "Invalid password"}, 401))
    with pytest.raises(Revoked, match=r"login as us\.test refused: .*Invalid password"):
        ask(server, account(server, tmp_path))
    assert len(server.at(LOGIN)) == 2


def test_what_another_process_renewed_is_used(server: Scripted, tmp_path: Path) -> None:
    server.on(REFRESH, tokens("second"))
    slow, quick = account(server, tmp_path), account(server, tmp_path)
    stale = slow.session()
    quick.renew(quick.session())
    assert slow.renew(stale).access == "second-access"
    assert len(server.at(REFRESH)) == 1


def test_a_token_about_to_run_out_is_renewed_before_it_is_used(server: Scripted, tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    soon, late = ((now + timedelta(minutes=minutes)).timestamp() for minutes in (1, 60))
    for name, path, expires in (("first", LOGIN, soon), ("second", REFRESH, late)):
        server.on(path, Say({**tokens(name).body, "accessJwt": jwt(exp=expires)}))
    ours = account(server, tmp_path)
    assert ours.fresh(now).access == jwt(exp=late)
    assert ours.fresh(now).access == jwt(exp=late)
    assert len(server.at(REFRESH)) == 1


@pytest.mark.parametrize("odd", ["", "no-dots", "a.b.c", jwt(), "a." + base64.b64encode(b"[]").decode() + ".c"])
def test_a_token_that_says_nothing_is_believed(odd: str) -> None:
    session = Session("did:plc:us", "us.test", odd, "again")
    assert session.lasts_until() is None
    assert session.lasts(datetime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("say", "error"),
    [
        (Say({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429), RateLimited),
        (Say({"error": "Forbidden"}, 403), Revoked),
        (Say({"error": "AuthMissing"}, 401), Revoked),
        (Say({"error": "XRPCNotSupported"}, 404), NotFound),
        (Say({"error": "InvalidRequest", "message": "bad cursor"}, 400), BadRequest),
        (Say({"error": "InternalServerError"}, 500), Unavailable),
        (Say(b"<html>busy</html>", 503), Unavailable),
        (Say(b"<html>hello</html>"), Unavailable),
        (Say(b'{"posts": "\xff\xfe"}'), Unavailable),
        (Say([1, 2]), Unavailable),
        (Say({}, 302, {"Location": "http://127.0.0.1:1/"}), Unavailable),
        (Say(b'{"posts": [' + b" " * 6_000_000 + b"]}"), Unavailable),
        (Say({"posts": ["cut"] * 50}, fault="reset"), Unavailable),
        (Say(fault="hang"), Unavailable),
    ],
)
def test_every_fault_has_one_name(server: Scripted, say: Say, error: type[Exception]) -> None:
    server.on(QUERY, say)
    with pytest.raises(error) as caught:
        ask(server, timeout_s=0.3)
    assert type(caught.value) is error or error is Revoked
    assert len(server.asked) == 1


def test_nobody_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        ask(Scripted("http://127.0.0.1:1"))


def test_too_many_logins_say_until_when(server: Scripted, tmp_path: Path) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=5)
    headers = {"ratelimit-limit": "30", "ratelimit-remaining": "0", "ratelimit-reset": str(int(until.timestamp()))}
    server.on(LOGIN, Say({"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}, 429, headers))
    with pytest.raises(RateLimited) as caught:
        ask(server, account(server, tmp_path))
    assert caught.value.retry_at == until


def test_a_login_that_gives_no_session_is_unavailable(server: Scripted, tmp_path: Path) -> None:
    server.on(LOGIN, Say({"did": "did:plc:us", "handle": "us.test", "accessJwt": ""}))
    with pytest.raises(Unavailable, match="no accessJwt"):
        ask(server, account(server, tmp_path))


def test_a_session_that_cannot_be_kept_says_which_file_to_mend(server: Scripted, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="mend session_file"):
        ask(server, account(server, tmp_path))


def test_no_secret_is_shown_even_when_the_server_quotes_it(server: Scripted, tmp_path: Path) -> None:
    def quoting(asked: Asked) -> Say:
        secret = asked.headers.get("Authorization", "") + json.dumps(asked.body)
        return Say({"error": "AuthenticationRequired", "message": f"you sent {secret}"}, 401)

    server.on(QUERY, quoting)
    server.on(REFRESH, quoting)
    server.on(LOGIN, tokens("first"), quoting)
    ours = account(server, tmp_path)
    shown = [repr(ours), repr(ours.session())]
    with pytest.raises(Revoked) as caught:
        ask(server, ours)
    shown += [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    for secret in (PASSWORD, "first-access", "first-again"):
        assert not any(secret in text for text in shown)
