"""XRPC, the AT protocol's calls over HTTP, as far as listening goes: queries, and the session they are asked in.

An account may log in 30 times in five minutes and 300 times a day (Bluesky's rate limits, April 2026), so a session is
kept in a file between runs and renewed when it has run out. Beside the two calls that make and renew a session there
is no way to write: listening cannot post.
"""

from __future__ import annotations

import base64
import json
import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
from pydantic import SecretStr

from listener.source import NotFound, OutOfCredits, RateLimited, Revoked, SourceError, Unavailable
from listener.web import (
    NOT_JSON,
    BodyError,
    host_of,
    open_client,
    parse_json,
    read_capped,
    read_wait,
    without_secrets,
)

Params = Mapping[str, str | int | Sequence[str] | None]
NO_PARAMS: Params = {}
# What a server calls an access token that has run out or that it does not know (atproto's auth-verifier, 2026).
STALE = frozenset({"ExpiredToken", "InvalidToken"})
# A token that runs out this soon is renewed first, so that it cannot run out on the way.
MARGIN = timedelta(minutes=2)


class BadRequest(Unavailable):
    """The service will not answer this question (400). `name` is its own word for why, such as RecordNotFound."""

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class TokenRefused(Revoked):
    """The access token has run out, or is not known there: a new session may mend it."""


@dataclass(frozen=True, slots=True)
class Session:
    """Who we are at our server, and the two tokens that prove it, which no repr shows."""

    did: str
    handle: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)

    def lasts_until(self) -> datetime | None:
        """When the access token runs out, as it says itself; None where it can't be read."""
        try:
            claims = self.access.split(".")[1]
            said = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
            return datetime.fromtimestamp(said["exp"], UTC)
        except (IndexError, KeyError, TypeError, ValueError, OverflowError, OSError):
            return None

    def lasts(self, now: datetime) -> bool:
        """Whether the access token is good for the next call. One that can't be read is believed until refused."""
        until = self.lasts_until()
        return until is None or until > now + MARGIN


class Line:
    """One server, called politely: timeouts on everything, no proxies, no redirects, no retries.

    Each way in which a call can end has one name, and no token or password is ever in what is raised.
    """

    def __init__(self, base_url: str, timeout_s: float) -> None:
        """Opens no connection yet. Raises SettingsError where `base_url` is not an http(s) address."""
        self.base_url = base_url
        self.host = host_of(base_url)
        self._timeout_s = timeout_s
        self._client = open_client(base_url, timeout_s)

    def get(self, query: str, token: str | None = None, params: Params = NO_PARAMS) -> dict[str, Any]:
        """What the server answers to a query. Raises BadRequest, NotFound, RateLimited, Revoked or Unavailable."""
        asked = {name: value for name, value in params.items() if value is not None}
        return self._call("GET", query, token, params=asked)

    def open_session(
        self,
        how: Literal["createSession", "refreshSession"],
        token: str | None = None,
        login: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """A session's tokens: the only thing that is ever posted from here. Raises as `get` does."""
        return self._call("POST", f"com.atproto.server.{how}", token, json=login)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _call(self, verb: str, method: str, token: str | None, **sent: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with self._client.stream(verb, f"xrpc/{method}", headers=headers, **sent) as answer:
                said = parse_json(read_capped(answer, self._timeout_s))
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            raise Unavailable(f"{self.host} did not answer: {type(why).__name__}") from None
        except BodyError as why:
            raise Unavailable(f"{self.host}: {why}") from None
        if not answer.is_success:
            raise self._refusal(answer, said, (token or "", (sent.get("json") or {}).get("password", "")))
        if said is NOT_JSON or not isinstance(said, dict):
            raise Unavailable(f"{self.host} said {answer.status_code}, but not a JSON object")
        return said

    def _refusal(self, answer: httpx.Response, said: Any, secrets: Sequence[str]) -> SourceError:
        named = said if isinstance(said, dict) else {}
        name = str(named.get("error") or "")
        # Some servers quote the request back at us.
        words = without_secrets(f"{name} {named.get('message') or ''}", [secret for secret in secrets if secret])
        line = " ".join(f"{self.host} said {answer.status_code} {words}".split())[:300]
        match answer.status_code:
            case 429:
                return RateLimited(line, read_wait(answer.headers, datetime.now(UTC)))
            case 401:
                return TokenRefused(line)
            case 400 if name in STALE:
                return TokenRefused(line)
            case 400:
                return BadRequest(line, name)
            case 402:
                return OutOfCredits(line)
            case 403:
                return Revoked(line)
            case 404 | 410:
                return NotFound(line)
            case _:
                return Unavailable(line)


class Xrpc:
    """One XRPC service, asked as our account if there is one. It has queries only."""

    def __init__(self, line: Line, account: Account | None = None) -> None:
        """Without an account only what is public is answered."""
        self._line = line
        self._account = account

    def get(self, query: str, params: Params = NO_PARAMS) -> dict[str, Any]:
        """What the service answers to a query such as `app.bsky.feed.getPosts`.

        A list among the parameters is sent once an item; None is left out. Raises BadRequest, NotFound, RateLimited,
        Revoked or Unavailable.
        """
        try:
            return self._get(query, params)
        except TokenRefused as why:
            raise Revoked(str(why)) from None  # a new session was no better: a person must mend it

    def close(self) -> None:
        """Let go of the connections."""
        self._line.close()

    def _get(self, query: str, params: Params) -> dict[str, Any]:
        if self._account is None:
            return self._line.get(query, params=params)
        session = self._account.session()
        try:
            return self._line.get(query, session.access, params)
        except TokenRefused:
            return self._line.get(query, self._account.renew(session).access, params)


class Account:
    """Our account at its own server, and the session it is used in: kept, renewed, and only then logged in anew."""

    def __init__(self, line: Line, handle: str, password: SecretStr, session_file: str) -> None:
        """`password` is an app password; `session_file` need not exist, and may be shared with other accounts."""
        self._line = line
        self._handle = handle
        self._password = password
        self._file = Path(session_file).expanduser()
        # Another account, or the same one elsewhere, must never be mistaken for this one.
        self._whose = f"{handle} at {line.base_url}"
        self._session: Session | None = None

    def session(self) -> Session:
        """The session in use, else the one kept in the file, else a new one.

        Raises Revoked where the login is refused, RateLimited or Unavailable where there is no answer.
        """
        self._session = self._session or self._kept() or self._log_in()
        return self._session

    def fresh(self, now: datetime) -> Session:
        """A session whose access token will outlast the next call. Raises as `session` does."""
        session = self.session()
        return session if session.lasts(now) else self.renew(session)

    def renew(self, stale: Session) -> Session:
        """A session in place of one that was refused or has run out. Raises as `session` does."""
        latest = self._kept() or stale
        if latest.access != stale.access and latest.lasts(datetime.now(UTC)):
            self._session = latest  # another process of ours has renewed it already
            return latest
        try:
            answer = self._line.open_session("refreshSession", latest.refresh)
        except (Revoked, BadRequest):
            self._session = self._log_in()
        else:
            self._session = self._keep(answer)
        return self._session

    def _log_in(self) -> Session:
        login = {"identifier": self._handle, "password": self._password.get_secret_value()}
        try:
            return self._keep(self._line.open_session("createSession", login=login))
        except BadRequest as why:
            raise Revoked(f"login as {self._handle} refused: {why}") from None
        except Revoked as why:
            raise Revoked(f"login as {self._handle} refused: {why}") from None

    def _keep(self, answer: Mapping[str, Any]) -> Session:
        try:
            names = ("did", "handle", "accessJwt", "refreshJwt")
            session = Session(*(_words_in(answer, name) for name in names))
        except ValueError as why:
            raise Unavailable(f"{self._line.host} gave no session: {why}") from None
        try:
            _write_private(self._file, json.dumps(_sessions_in(self._file) | {self._whose: asdict(session)}))
        except OSError as why:
            # Going on without would log in at every poll, and be locked out by noon.
            raise Unavailable(f"cannot keep the session in {self._file} ({why.strerror}): mend session_file") from None
        return session

    def _kept(self) -> Session | None:
        try:
            return Session(**_sessions_in(self._file)[self._whose])
        except (KeyError, TypeError):
            return None


def _words_in(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value or not value.isascii():
        raise ValueError(f"no {name} in the answer")
    return value


def _sessions_in(file: Path) -> dict[str, Any]:
    """The sessions in a file that only we can read; none where it is missing, damaged or open to others."""
    try:
        if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return {}
        sessions = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return sessions if isinstance(sessions, dict) else {}


def _write_private(file: Path, text: str) -> None:
    """Put the text in place whole, readable by its owner alone. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(beside).replace(file)
    except OSError:
        Path(beside).unlink(missing_ok=True)
        raise
