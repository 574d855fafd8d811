"""Stack Exchange: questions and answers that name us, on Stack Overflow and its sister sites. Listen only.

Its search gives neither authors nor HTML, so what it finds is fetched whole, by id (api.stackexchange.com/docs, 2.3).
Comments can't be searched. Plain HTTP: StackAPI (2024) asks for the list of all sites as soon as it is made.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from pydantic import Field

from listener.budget import Budget, Pool, Purpose
from listener.listing import Window, count, listed, lots, moment, page_of, quoted
from listener.mention import Mention
from listener.metered import PlainSource, TokenSettings
from listener.paging import Page
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.sources.stackexchange.posts import PLATFORM, name_of, parse
from listener.web import Params, Web

READ_TOKEN = "WARMLINE_STACKEXCHANGE_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
ACCESS = f"no account needed; a free key from stackapps.com in {READ_TOKEN} raises 300 calls a day to 10,000"
PAGE = 100  # the most at once, also by ids (docs/paging)
# A day's calls with a key and without, shared with all who ask from this address (docs/throttle).
CALLS = {True: Pool("calls", 10_000, "day"), False: Pool("calls", 300, "day")}
KINDS = ("question", "answer")


class Settings(TokenSettings):
    """`[listener.sources.stackexchange]`: `sites` by their API names (stackoverflow, superuser, …)."""

    base_url: str = "https://api.stackexchange.com"
    every_s: float = Field(default=1800.0, ge=60.0)  # 300 calls a day are spent on four searches twice an hour
    sites: tuple[str, ...] = Field(default=("stackoverflow",), min_length=1)


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> StackExchange:
    """The source, ready to be polled; it has called nobody yet."""
    key = settings.token(READ_TOKEN)
    # The key is no secret (docs/authentication), but it stands in the address: it is not repeated all the same.
    web = Web(settings.base_url, settings.timeout_s, judge=judge, secrets=[key] if key else [])
    return StackExchange(web, budget, settings, searches, key)


class StackExchange(PlainSource[Settings]):
    """Stack Exchange as a source: one stream `search:TERM@SITE` a term and site."""

    platform = PLATFORM
    # Any answer may ask for a pause, and a walk that is broken off begins again: so a page a poll, which is kept.
    # Their index runs late at times: the deep look of every six hours hears what it took in since.
    pages = 1

    def streams(self) -> Sequence[str]:
        """One search a term and site."""
        return tuple(f"search:{term}@{site}" for site in self._settings.sites for term in self._searches)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, a hundred at a time; what is not named as the sites do is left out.

        Raises RateLimited, Unavailable or Revoked.
        """
        now: dict[str, Mention | None] = {}
        named = {one.post_id: its for one in mentions if (its := _named(one)) is not None}
        for site in sorted({site for site, _, _ in named.values()}):
            names = {post_id: (kind, nth) for post_id, (at, kind, nth) in named.items() if at == site}
            posts = self._posts(names.values(), site, "duty")
            for post_id, name in names.items():
                with suppress(Unavailable):  # one that can't be read now can't be told, and the others can
                    now[post_id] = self._web.now(partial(parse, posts[name], site)) if name in posts else None
        return now

    def probe(self) -> str:
        """That it answers, and how many calls are left today. Raises RateLimited, Unavailable or Revoked."""
        answer = self._ask("info", {"site": self._settings.sites[0]}, "duty")
        return f"it answers, {answer.get('quota_remaining')} calls are left today"

    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        """One page of hits, each as the post that it names; what can't be fetched was deleted meanwhile."""
        (term, _, site), window = stream.partition(":")[2].rpartition("@"), Window.read(token)
        asked: Params = {"q": quoted(term), "sort": "creation", "order": "desc", "pagesize": PAGE, "page": window.page}
        times: Params = {"fromdate": int(floor.timestamp()), "todate": window.until, "site": site}
        answer = self._ask("search/excerpts", {**asked, **times}, "search")
        # A hit that names no post can't be fetched: it is set aside as one without a time is.
        hits = page_of(listed(answer, "items"), lambda hit: moment(name_of(hit) and hit["creation_date"]))
        posts = self._posts([name_of(hit.raw) for hit in hits.items], site, "search")
        whole = [replace(hit, raw=posts[name]) for hit in hits.items if (name := name_of(hit.raw)) in posts]
        return replace(hits, items=tuple(whole), next=window.token_after(hits) if answer.get("has_more") else None)

    def _read(self, stream: str, raw: Any) -> Mention:
        return parse(raw, stream.rpartition("@")[2])

    def _posts(self, names: Collection[tuple[str, int]], site: str, purpose: Purpose) -> dict[tuple[str, int], Any]:
        """The posts of these kinds and ids, with their texts, as far as they are there."""
        posts: dict[tuple[str, int], Any] = {}
        asked: Params = {"site": site, "filter": "withbody", "pagesize": PAGE}
        for kind in KINDS:
            for ids in lots([post for its, post in names if its == kind], PAGE):
                found = listed(self._ask(f"{kind}s/{';'.join(map(str, ids))}", asked, purpose), "items")
                posts |= {(kind, post): raw for raw in found if (post := count(raw, f"{kind}_id")) is not None}
        return posts

    def _ask(self, path: str, asked: Params, purpose: Purpose) -> Mapping[str, Any]:
        """One call, and what it says of further ones: `backoff` is for the same method, in seconds (docs/throttle)."""
        paused = Pool(f"calls of {re.sub(r'/[0-9;]+$', '', path)}", 100_000, "day")
        self._budget.take(paused, 0, purpose=purpose)
        calls, now = CALLS[self._let_in], datetime.now(UTC)
        answer = self._web.get_object(calls, f"2.3/{path}", {**asked, "key": self._token}, purpose=purpose)
        if backoff := count(answer, "backoff"):
            self._budget.block(paused, now + timedelta(seconds=backoff))
        if count(answer, "quota_remaining") == 0:
            self._budget.block(calls, calls.window(now, None)[1])
        return answer


def _named(known: Mention) -> tuple[str, str, int] | None:
    """A kept post's site, kind and number; None where it has none, as what a person or a file brought may."""
    name, kind = re.fullmatch(r"([a-z.]+):([0-9]+)", known.post_id), known.extra.get("kind", "")
    return (name[1], kind, int(name[2])) if name and kind in KINDS else None


def judge(_status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """What an error of theirs means: all come with a 400, and an `error_id` of their own (docs/error-handling)."""
    error, words = count(body, "error_id"), body.get("error_message", "") if isinstance(body, dict) else ""
    if error == 502:  # throttle_violation
        wait = re.search(r"(\d+) seconds", str(words))
        return RateLimited(said, datetime.now(UTC) + timedelta(seconds=min(int(wait[1]), 86_400)) if wait else None)
    if error in (401, 402, 403, 405, 406) or (error == 400 and "key" in str(words)):  # they are about who asks
        return Revoked(said)
    return Unavailable(said) if error is not None else None
