"""What stands between praw and Reddit: its rate limiter, its retries and its session, in a way that never sleeps.

Nothing here imports praw: these take the places of parts of prawcore 4.0.0, which has no settings for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from listener.sdk_session import SdkSession
from listener.source import NotFound, Revoked, SourceError, Unavailable
from listener.sources.reddit.posts import SITE
from listener.web import error_for, parse_json, read_wait

API = "https://oauth.reddit.com"
TOKEN_PATH = "/api/v1/access_token"  # noqa: S105 - an address
# OAuth's words for a refusal that stays one (RFC 6749 section 5.2); server_error and the like pass.
NOT_LET_IN = ("invalid_grant", "invalid_client", "unauthorized_client", "access_denied", "invalid_scope")
# Reasons in a 403 that a community is not for us to read; our credentials are as good as before.
CLOSED = ("private", "banned", "quarantined", "gold_only")


class Answer(Protocol):
    """What we look at in an answer of requests."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...
    @property
    def is_redirect(self) -> bool: ...


class NoSuccess(Exception):
    """An answer with another status than success; `stale` where our token may merely have run out."""

    def __init__(self, answer: Answer, *, stale: bool) -> None:
        super().__init__(f"HTTP {answer.status_code}")
        self.answer = answer
        self.stale = stale


class NoAnswer(Exception):
    """No answer that can be read. `cause` is what broke: of requests, where the connection did."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class Gate:
    """Stands where prawcore has its rate limiter: every answer passes here first, and nobody sleeps.

    The status is looked at here, since prawcore's own errors break on a Retry-After that is a date, on a redirect that
    names no address and on a WWW-Authenticate they don't know (prawcore 4.0.0, exceptions.py and util.py).
    """

    def __init__(self, authorizer: Any, errors: Any, on_wait: Callable[[datetime], None]) -> None:
        """`errors` are prawcore's own, handed in since prawcore is loaded only once the source is on."""
        self.left = "what is left of its allowance it does not say"
        self.tokens: tuple[str, ...] = ()  # what must not be repeated
        self._authorizer = authorizer
        self._errors = errors
        self._on_wait = on_wait

    def call(
        self,
        *,
        method: str,
        url: str,
        request_function: Callable[..., Answer],
        set_header_callback: Callable[[], dict[str, str]],
        **options: Any,
    ) -> Answer:
        """The answer to one request, with our token. Raises SourceError where there is none, NoSuccess."""
        had_token = self._authorizer.is_valid()
        answer = request_function(method, url, headers=self._token(set_header_callback), **options)
        self._note_limits(answer)
        refused = answer.status_code == 401
        if refused:
            self._authorizer.access_token = None
        if answer.status_code not in (200, 201, 202):
            raise NoSuccess(answer, stale=refused and had_token)
        return answer

    def _token(self, fetch: Callable[[], dict[str, str]]) -> dict[str, str]:
        try:
            headers = fetch()
            self.tokens = tuple(filter(None, [self._authorizer.access_token]))
            return headers
        except self._errors.ResponseException as why:
            self._note_limits(why.response)
            raise _no_token(why.response) from None
        except self._errors.OAuthException as why:
            refused = why.error in NOT_LET_IN
            raise Revoked(f"no token: {why.error}") if refused else Unavailable("no token could be had") from None
        except (self._errors.PrawcoreException, KeyError, TypeError, ValueError, AttributeError, RecursionError) as why:
            cause = getattr(why, "original_exception", why)
            raise Unavailable(f"no token could be had: {type(cause).__name__}") from None

    def _note_limits(self, answer: Answer) -> None:
        """Keep what is left of our allowance, and pass on until when we are to wait."""
        left, reset = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("remaining", "reset"))
        used_up = bool(re.fullmatch(r"0+(\.\d*)?", left))  # it counts in tenths; below one, nothing is left
        if re.fullmatch(r"[\d.]+ [\d.]+", f"{left} {reset}"):
            self.left = f"{left} queries left for {reset} s"
        until = read_wait(answer.headers, datetime.now(UTC)) if used_up or answer.status_code == 429 else None
        if until is not None:
            self._on_wait(until)


class OneTry:
    """Stands where prawcore has its retries: there are none, and so no pauses between them."""

    def sleep(self) -> None:
        """Never."""

    def should_retry_on_failure(self) -> bool:
        """Never: whether to ask again is the poll loop's business, and a POST that failed may have been heard."""
        return False


class TwoHosts:
    """What praw's requestor takes for its session: tokens are asked for at one host, all else at another."""

    def __init__(self, api: SdkSession, login: SdkSession) -> None:
        self.host = api.host
        # praw writes our user agent in here, for both.
        self.headers = login.headers = api.headers
        self._ask, self._log_in = api.request, login.request
        self._sessions = (api, login)

    def request(self, method: str, url: str, **options: Any) -> Answer:
        """As requests' own."""
        send = self._log_in if url.startswith(SITE) else self._ask
        return send(method, url, **options)

    def close(self) -> None:
        """Let go of connections."""
        for session in self._sessions:
            session.close()


def login_session(base_url: str, login_url: str | None, timeout_s: float) -> SdkSession:
    """The session for tokens alone: at Reddit's own site, at `login_url`, or where `base_url` is, if elsewhere."""
    at = login_url or (SITE if base_url == API else base_url)
    path = urlsplit(at).path.rstrip("/") + TOKEN_PATH
    return SdkSession(at, timeout_s, instead_of={urlsplit(SITE).netloc}, logins={path})


def _no_token(answer: Answer) -> SourceError:
    """Why no token was given. The words are left out: they may quote what we sent, which is nothing but secrets."""
    said = f"no token: {answer.status_code} at {TOKEN_PATH}"
    # 400 is what a refresh token gets that was withdrawn (RFC 6749 section 5.2).
    error = Revoked(said) if answer.status_code == 400 else error_for(answer.status_code, said, answer.headers)
    return Unavailable(said) if isinstance(error, NotFound) else error


def is_closed(answer: Answer) -> bool:
    """Whether a 403 is about one community, and not about us."""
    body = parse_json(answer.content)
    return answer.status_code == 403 and isinstance(body, dict) and body.get("reason") in CLOSED


def words_in(answer: Answer) -> str:
    """Reddit's own words for what is wrong, on one line; empty where it has none."""
    parsed = parse_json(answer.content)
    body = parsed if isinstance(parsed, dict) else {}
    said = [body[name] for name in ("reason", "message", "explanation", "error") if isinstance(body.get(name), str)]
    return " ".join(": ".join(dict.fromkeys(said)).split())[:300]
