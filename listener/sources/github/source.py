"""GitHub: issues and pull requests that name us, everywhere; and every comment in repositories that we name.

Its search finds an issue by its comments too, but gives back the issue: so titles and bodies are searched, and comments
elsewhere, discussions and code are not heard. Issues and pull requests are asked for apart, or many a token is refused
(422). Plain HTTP: PyGithub waits and tries again by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from listener.budget import Budget, Pool
from listener.listing import Window, count, listed, page_of, quoted
from listener.mention import Mention
from listener.metered import AccountSettings, PlainSource, bearer
from listener.paging import Page
from listener.source import RateLimited, SourceError
from listener.sources.github.issues import PLATFORM, parse, time_of
from listener.web import Params, Web, read_wait

READ_TOKEN = "WARMLINE_GITHUB_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
ACCESS = f"no account needed; a fine-grained token that may read public repositories, in {READ_TOKEN}, allows far more"
PAGE = 100  # the most at once
SEARCHED = {"issues": "issue", "pulls": "pull-request"}
PART = "part:"  # a token that begins so: the search gave a part, and may be asked again from this second on
VERSION = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
# docs.github.com/rest/search and /rest/using-the-rest-api/rate-limits-for-the-rest-api, read November 2026.
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SEARCHES = {True: Pool("searches", 30, MINUTE), False: Pool("searches", 10, MINUTE)}  # with a token, and without
CALLS = {True: Pool("calls", 5000, HOUR), False: Pool("calls", 60, HOUR)}


class Settings(AccountSettings):
    """`[listener.sources.github]`: `repositories` (owner/name) whose comments are heard, `account` is ours."""

    base_url: str = "https://api.github.com"
    every_s: float = Field(default=120.0, ge=10.0)
    repositories: tuple[str, ...] = ()


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> GitHub:
    """The source, ready to be polled; it has called nobody yet."""
    token = settings.token(READ_TOKEN)
    web = Web(settings.base_url, settings.timeout_s, {**VERSION, **bearer(token)}, judge=judge)
    return GitHub(web, budget, settings, searches, token)


class GitHub(PlainSource[Settings]):
    """GitHub as a source: `issues:TERM` and `pulls:TERM` a term, `comments:OWNER/NAME` a repository.

    The search's index runs late at times: the deep look of every six hours hears what it took in since.
    """

    platform = PLATFORM
    named_by: ClassVar = {"api_path": re.compile(r"/repos/[\w.-]+/[\w.-]+/issues/(comments/)?[0-9]+")}
    # A search may give only a part of its hits: those are kept at once, whatever the next page is like.
    pages = 1

    def streams(self) -> Sequence[str]:
        """The comments that we asked for by name first."""
        named = tuple(f"comments:{repository}" for repository in self._settings.repositories)
        return named + tuple(f"{kind}:{term}" for term in self._searches for kind in SEARCHED)

    def probe(self) -> str:
        """How many calls are left. Raises RateLimited, Unavailable or Revoked."""
        # Asking for one's limits is the one call that counts towards none of them.
        limits = self._web.get_object(CALLS[self._let_in], "/rate_limit", purpose="duty")
        core = (limits.get("resources") or {}).get("core")
        return f"it answers, {count(core, 'remaining')} of {count(core, 'limit')} calls are left this hour"

    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        kind, _, sought = stream.partition(":")
        if kind in SEARCHED:
            return self._found(SEARCHED[kind], sought, token, floor)
        return self._comments(sought, int(token or 1), floor)

    def _found(self, kind: str, term: str, token: str | None, floor: datetime) -> Page:
        """One page of a search, which shows 1,000 hits and no more.

        One that ran out of time leaves holes anywhere: what it gave is heard, and the walk begins again at its newest,
        so that nothing counts as heard in full before a whole answer has come.
        """
        window = _window(token)
        until = "*" if window.until is None else _iso(datetime.fromtimestamp(window.until, UTC))
        query = f"{quoted(term)} in:title,body is:{kind} created:{_iso(floor)}..{until}"
        asked: Params = {"q": query, "sort": "created", "order": "desc", "per_page": PAGE, "page": window.page}
        answer = self._web.get_object(SEARCHES[self._let_in], "/search/issues", asked)
        raws = listed(answer, "items")
        page = page_of(raws, time_of)
        if answer.get("incomplete_results") is True:
            newer = tuple(item for item in page.items if item.at > floor)
            return Page(newer, f"{PART}{int((datetime.now(UTC) + MINUTE).timestamp())}", page.unreadable)
        # A hit that may not be shown is counted all the same: an empty page is the end, whatever the count says.
        more = bool(raws) and len(raws) + (window.page - 1) * PAGE < (count(answer, "total_count") or 0)
        return Page(page.items, window.token_after(page) if more else None, page.unreadable)

    def _comments(self, repository: str, page: int, floor: datetime) -> Page:
        asked: Params = {"sort": "created", "direction": "desc", "since": _iso(floor), "per_page": PAGE, "page": page}
        path = f"/repos/{repository}/issues/comments"
        raws = listed(self._web.get_json(CALLS[self._let_in], path, asked, purpose="mentions"))
        # A page may be shorter than asked for and not the last: only an empty one is the end.
        return page_of(raws, time_of, str(page + 1) if raws else None)

    def _read(self, stream: str, raw: Any) -> Mention:
        return parse(raw, self._settings.us)

    def _now(self, known: Mention) -> Mention | None:
        return parse(self._web.get_post(CALLS[self._let_in], known.extra["api_path"]), self._settings.us)


def judge(status: int, body: Any, said: str, headers: Mapping[str, str]) -> SourceError | None:
    """A 403 may be a limit, the primary or a secondary one, and says so in a header or in words."""
    if status != 403:
        return None
    spent = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers or "rate limit" in said.lower()
    return RateLimited(said, read_wait(headers, datetime.now(UTC))) if spent else None


def _window(token: str | None) -> Window:
    """The window that a token names. Raises RateLimited where it is too early to ask again for what is missing."""
    if token is None or not token.startswith(PART):
        return Window.read(token)
    again_at = datetime.fromtimestamp(int(token.removeprefix(PART)), UTC)
    if datetime.now(UTC) < again_at:
        raise RateLimited("github's search ran out of time and gave a part of what there is: asked again", again_at)
    return Window()


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
