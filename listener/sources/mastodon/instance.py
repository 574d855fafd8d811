"""One Mastodon server, asked through Mastodon.py, and what it answers, as it came.

Mastodon.py knows the routes and what may be said on them, and makes each request. Answers are read as they came: it
would turn what it can't cast into None without a word, take ids in a Link header for numbers, raise an error over an
odd rate-limit header of a good answer, and take ten times as long over a page (58 ms against 5, version 2.3.3, November
2026). The package itself is handed in: only the platform's own files import it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from listener.budget import Budget, Pool, Purpose
from listener.sdk_session import SdkSession
from listener.source import NotFound, RateLimited, Revoked, Unavailable
from listener.sources.mastodon.statuses import Where, id_of
from listener.web import NOT_JSON, error_for, parse_json, secrets_in, without_secrets

IDS_A_CALL = 20  # statuses by id in one call (since 4.3; more is refused)


class Sdk(NamedTuple):
    """Mastodon.py: its client, and what it raises."""

    client: type[Any]
    failures: tuple[type[Exception], ...]


class Instance:
    """One server, read through Mastodon.py, with our token if it is our own; other servers never see the token."""

    def __init__(
        self, sdk: Sdk, base_url: str, timeout_s: float, budget: Budget, *, token: str | None, ours: str | None
    ) -> None:
        """Opens no connection yet. Raises SettingsError where `base_url` is not an http(s) address."""
        self._line = Line(sdk, base_url, token, _Session(base_url, timeout_s))
        self._budget = budget
        self.has_token = token is not None
        domain = urlsplit(base_url).hostname or ""
        if ours and token:
            domain = ours.partition("@")[2]  # our server's people may live under another name than its web address
        self.where = Where(self._line.host, domain, ours)
        # 300 calls in five minutes, for an account and for an address (docs.joinmastodon.org/api/rate-limits, 2026).
        self._pool = Pool(f"calls to {self.where.host}", 300, timedelta(minutes=5))

    def ask(self, call: Callable[[Any], object], purpose: Purpose) -> Answer:
        """What the server says to this call of Mastodon.py, as it said it.

        Raises RateLimited, Unavailable, Revoked, or NotFound where it says so itself.
        """
        self._budget.take(self._pool, purpose=purpose)
        try:
            return self._line.overhear(call).good()
        except RateLimited as why:
            if why.retry_at is not None:
                self._budget.block(self._pool, why.retry_at)
            raise

    def me(self, purpose: Purpose) -> Mapping[str, Any]:
        """Our account. Raises Revoked where the token belongs to another one than settings.toml names."""
        try:
            said = self.ask(lambda client: client.account_verify_credentials(), purpose).said
        except NotFound as why:
            raise Unavailable(str(why)) from why
        return our_account(said, self.where)

    def statuses(self, ids: Sequence[str], purpose: Purpose) -> dict[str, Mapping[str, Any] | None]:
        """These statuses by their id here, as they are now; None for one that is gone.

        Raises RateLimited, Unavailable or Revoked.
        """
        found: dict[str, Mapping[str, Any] | None] = {}
        for start in range(0, len(ids), IDS_A_CALL):
            found |= self._at_once(ids[start : start + IDS_A_CALL], purpose)
        # A status left out of a list is gone, or the server knows no such list: each is asked for by itself.
        return {one: found[one] if one in found else self._one(one, purpose) for one in ids}

    def close(self) -> None:
        """Let go of connections."""
        self._line.close()

    def _at_once(self, ids: Sequence[str], purpose: Purpose) -> dict[str, Mapping[str, Any]]:
        if len(ids) < 2:
            return {}
        try:
            said = self.ask(lambda client: client.statuses(list(ids)), purpose).said
        except (NotFound, Unavailable):
            return {}
        raws = said if isinstance(said, list) else []
        by_id = {id_of(raw): raw for raw in raws if isinstance(raw, dict)}
        return {one: by_id[one] for one in ids if one in by_id}

    def _one(self, status_id: str, purpose: Purpose) -> Mapping[str, Any] | None:
        try:
            said = self.ask(lambda client: client.status(status_id), purpose).said
        except NotFound:
            return None
        if not isinstance(said, dict) or id_of(said) is None:
            raise Unavailable(f"{self.where.host} gave no status for {status_id}")
        return said


def hidden_from_us(found: Mapping[str, Any], stranger: Instance | None) -> Sequence[str]:
    """Those of the statuses that we did not find and a stranger does: their authors have blocked us.

    Where strangers are shown nothing it can't be told, and what may have been deleted counts as deleted. Raises
    RateLimited or Unavailable.
    """
    missing = [one for one, raw in found.items() if raw is None]
    if stranger is None or not missing:
        return ()
    try:
        return [one for one, raw in stranger.statuses(missing, "duty").items() if raw is not None]
    except Revoked:
        return ()


def our_account(said: Any, where: Where) -> Mapping[str, Any]:
    """The account that a server says our token belongs to.

    Raises Revoked where settings.toml names another one, Unavailable where it is no account.
    """
    acct = said.get("acct") if isinstance(said, dict) else None
    if not isinstance(acct, str) or id_of(said) is None:
        raise Unavailable(f"{where.host} did not say whose token this is")
    if not where.is_ours(acct):
        raise Revoked(f"the token belongs to @{acct}, and settings.toml says handle = {where.ours!r}")
    return dict(said)


class _Session(SdkSession):
    """Our session, which asks for one thing that Mastodon.py has no word for."""

    def prepare_request(self, request: Any) -> Any:
        if request.url.endswith("/api/v1/notifications"):
            # Since 4.3 mentions by strangers, limited accounts or in private can be kept back as "requests".
            request.params = {**request.params, "include_filtered": "true"}
        return super().prepare_request(request)


class Line:
    """A server's address, and Mastodon.py to call it with."""

    def __init__(self, sdk: Sdk, base_url: str, token: str | None, session: SdkSession) -> None:
        self.host = session.host
        self._sdk = sdk
        self._session = session
        self._secrets = secrets_in({"token": token or ""})
        # The session's own timeout holds; `wait` would sleep, and a version check would ask first.
        self._options = {
            "api_base_url": base_url,
            "access_token": token,
            "user_agent": "warmline",
            "ratelimit_method": "throw",
            "version_check_mode": "none",
        }

    def overhear(self, call: Callable[[Any], object]) -> Answer:
        """What the server answers to the request that one call of Mastodon.py makes, as it came.

        Its client is made anew for each call, which is cheap and leaves nothing between threads.
        """
        ear = _Ear(self._session.request)
        client = self._sdk.client(session=ear, **self._options)
        why: BaseException | None = None
        try:
            call(client)
        except self._sdk.failures as failed:
            why = failed.__context__ or failed
        return Answer(self.host, ear.heard, why, self._secrets)

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()


class Overheard(Exception):
    """Tells Mastodon.py to leave it at that: the answer is here."""


class _Ear:
    """What Mastodon.py takes for its session: carries its one request there, and keeps the answer for us."""

    def __init__(self, carry: Callable[..., Any]) -> None:
        self._carry = carry
        self.heard: Any = None

    def request(self, method: str, url: str, **options: Any) -> Any:
        self.heard = None
        self.heard = self._carry(method, url, **options)
        raise Overheard


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one call, or why nothing did."""

    host: str
    response: Any
    why: BaseException | None
    secrets: tuple[str, ...]

    @property
    def said(self) -> Any:
        """The parsed body; NOT_JSON where it is none."""
        return NOT_JSON if self.response is None else parse_json(self.response.content)

    def words(self) -> str:
        """The server's own words for what is wrong, on one line, without secrets; empty where it has none."""
        said = self.said
        told = [said.get(name) for name in ("error", "error_description")] if isinstance(said, dict) else []
        line = ": ".join(" ".join(one.split()) for one in told if isinstance(one, str))
        return without_secrets(line, self.secrets)[:300]

    def good(self) -> Answer:
        """This answer, if it is JSON with a 2xx. Raises RateLimited, Unavailable, Revoked or NotFound where not."""
        if self.response is None:
            raise Unavailable(f"{self.host} did not answer: {type(self.why).__name__}") from self.why
        status, said = self.response.status_code, self.said
        if 200 <= status < 300 and said is not NOT_JSON:
            return self
        error = error_for(status, f"{self.host} said {status} {self.words()}".rstrip(), self.response.headers)
        if 200 <= status < 300 or (isinstance(error, NotFound) and not isinstance(said, dict)):
            # Not Mastodon's own "gone", but the page of something in between.
            error = Unavailable(f"{self.host} said {status}, but not in JSON")
        raise error

    def older(self, raws: Sequence[Any]) -> str | None:
        """The place of the next older page: what the Link header says; the last id where there is no such header."""
        links = self.response.links if self.response is not None else {}
        if links:
            asked = parse_qs(urlsplit(links.get("next", {}).get("url", "")).query)
            return next(iter(asked.get("max_id", [])), None)
        return next((found for raw in reversed(raws) if isinstance(raw, dict) and (found := id_of(raw))), None)
