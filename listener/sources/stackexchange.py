"""Stack Exchange: questions and answers that name us, on Stack Overflow and its sister sites. Listen only.

Its search gives neither authors nor HTML, so what it finds is fetched whole, by id (api.stackexchange.com/docs, 2.3).
Comments can't be searched. Plain HTTP: StackAPI (2024) asks for the list of all sites as soon as it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

from pydantic import Field

from listener.budget import Budget, Pool, Purpose
from listener.html_text import read_html
from listener.listing import Window, count, listed, moment, number, page_of, word
from listener.mention import Author, Batch, Mention
from listener.metered import Metered
from listener.paging import Page, walk_back
from listener.settings import SourceSettings, read_secret
from listener.source import RateLimited, Revoked, SourceError, Unavailable
from listener.web import Params, Web

PLATFORM = "stackexchange"
KEY = "WARMLINE_STACKEXCHANGE_KEY"
ACCESS = f"no account needed; a free key from stackapps.com in {KEY} raises 300 calls a day to 10,000"
PAGE = 100  # the most at once, also by ids (docs/paging)
KINDS = ("question", "answer")
HOSTS = {"mathoverflow": "mathoverflow.net"} | {
    name: f"{name}.com" for name in ("stackoverflow", "superuser", "serverfault", "askubuntu", "stackapps")
}
REFUSED = frozenset((401, 402, 403, 405, 406))  # error ids that are about who asks (docs/error-handling)


class Settings(SourceSettings):
    """`[listener.sources.stackexchange]`: `sites` by their API names (stackoverflow, superuser, …)."""

    base_url: str = "https://api.stackexchange.com"
    every_s: float = Field(default=1800.0, ge=60.0)  # 300 calls a day are spent on four searches twice an hour
    sites: tuple[str, ...] = Field(default=("stackoverflow",), min_length=1)
    key_file: str | None = None


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> StackExchange:
    """The source, ready to be polled; it has called nobody yet."""
    secret = read_secret(KEY, settings.key_file)
    key = secret.get_secret_value() if secret else None
    # The key is no secret (docs/authentication), but it stands in the address: it is not repeated all the same.
    web = Web(settings.base_url, settings.timeout_s, judge=judge, secrets=[key] if key else [])
    return StackExchange(Metered(web, budget), budget, key, settings, searches)


class StackExchange:
    """Stack Exchange as a source: one stream `search:TERM@SITE` a term and site."""

    platform = PLATFORM

    def __init__(
        self, web: Metered, budget: Budget, key: str | None, settings: Settings, searches: Sequence[str]
    ) -> None:
        self._web, self._budget, self._key, self._settings, self._searches = web, budget, key, settings, searches
        # Shared with all who ask from this address (docs/throttle, read November 2026).
        self._pool = Pool("calls", 10_000 if key else 300, "day")

    def streams(self) -> Sequence[str]:
        """One search a term and site."""
        return tuple(f"search:{term}@{site}" for site in self._settings.sites for term in self._searches)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this search finds since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        term, _, site = stream.partition(":")[2].rpartition("@")

        def page_after(token: str | None, floor: datetime) -> Page:
            return self._found(term, site, token, floor)

        # Any answer may ask for a pause, and a walk that is broken off begins again: so a page a poll, which is kept.
        # Their index runs late at times: the deep look of every six hours hears what it took in since.
        read, first_look = partial(parse, site=site), self._settings.first_look
        return walk_back(cursor, page_after, read, now=now, pages=1, first_look=first_look)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now. Raises RateLimited, Unavailable or Revoked."""
        ids: dict[tuple[str, str], list[int]] = {}
        for one in mentions:
            ids.setdefault((one.extra["community"], one.extra["kind"]), []).append(int(one.post_id.rpartition(":")[2]))
        now: dict[str, Mention | None] = {}
        for (site, kind), posts in ids.items():
            for start in range(0, len(posts), PAGE):
                some = posts[start : start + PAGE]
                found = self._whole(kind, some, site, "duty")
                read = {post: partial(parse, found[kind, post], site) for post in some if (kind, post) in found}
                now |= {f"{site}:{post}": self._web.now(read[post]) if post in read else None for post in some}
        return now

    def probe(self) -> str:
        """That it answers, and how many calls are left today. Raises RateLimited, Unavailable or Revoked."""
        answer = self._ask("info", {"site": self._settings.sites[0]}, "duty")
        return f"it answers, {answer.get('quota_remaining')} calls are left today"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _found(self, term: str, site: str, token: str | None, oldest: datetime) -> Page:
        window, phrase = Window.read(token), term.replace('"', " ").strip()
        asked: Params = {"q": f'"{phrase}"', "sort": "creation", "order": "desc", "pagesize": PAGE, "page": window.page}
        times: Params = {"fromdate": int(oldest.timestamp()), "todate": window.until, "site": site}
        answer = self._ask("search/excerpts", {**asked, **times}, "search")
        hits = page_of(listed(answer, "items"), lambda hit: moment(number(hit, "creation_date")))
        posts: dict[tuple[str, int], Any] = {}
        for kind in KINDS:
            ids = [name[1] for hit in hits.items if (name := _name(hit.raw)) and name[0] == kind]
            posts |= self._whole(kind, ids, site, "search") if ids else {}
        # What the search names and nobody can fetch was deleted meanwhile.
        named = [(hit, _name(hit.raw)) for hit in hits.items]
        whole = [replace(hit, raw=posts[name] if name else hit.raw) for hit, name in named if not name or name in posts]
        return replace(hits, items=tuple(whole), next=window.token_after(hits) if answer.get("has_more") else None)

    def _whole(self, kind: str, ids: Sequence[int], site: str, purpose: Purpose) -> dict[tuple[str, int], Any]:
        """The posts of one kind, with their texts, as far as they are there."""
        asked: Params = {"site": site, "filter": "withbody", "pagesize": PAGE}
        found = listed(self._ask(f"{kind}s/{';'.join(map(str, ids))}", asked, purpose), "items")
        return {(kind, post): raw for raw in found if (post := count(raw, f"{kind}_id")) is not None}

    def _ask(self, path: str, asked: Params, purpose: Purpose) -> Mapping[str, Any]:
        """One call, and what it says of further ones: `backoff` is for the same method, in seconds (docs/throttle)."""
        method = re.sub(r"/[\d;]+$", "", path)
        paused = Pool(f"calls of {method}", 100_000, "day")
        self._budget.take(paused, 0, purpose=purpose)
        answer = self._web.get_object(self._pool, f"2.3/{path}", {**asked, "key": self._key}, purpose=purpose)
        now = datetime.now(UTC)
        if backoff := count(answer, "backoff"):
            self._budget.block(paused, now + timedelta(seconds=backoff))
        if count(answer, "quota_remaining") == 0:
            self._budget.block(self._pool, self._pool.window(now, None)[1])
        return answer


def judge(_status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """What an error of theirs means: all of them come with a 400, and an `error_id` of their own."""
    error, words = count(body, "error_id"), body.get("error_message", "") if isinstance(body, dict) else ""
    if error == 502:  # throttle_violation
        wait = re.search(r"(\d+) seconds", str(words))
        return RateLimited(said, datetime.now(UTC) + timedelta(seconds=min(int(wait[1]), 86_400)) if wait else None)
    if error in REFUSED or (error == 400 and "key" in str(words)):
        return Revoked(said)
    return Unavailable(said) if error is not None else None


def parse(raw: Mapping[str, Any], site: str) -> Mention:
    """The mention in a question or an answer. Raises where something needed is missing."""
    kind = "answer" if "answer_id" in raw else "question"
    post, question = number(raw, f"{kind}_id"), number(raw, "question_id")
    body, links = read_html(word(raw, "body"))
    return Mention(
        platform=PLATFORM,
        post_id=f"{site}:{post}",
        author=_author(raw.get("owner") or {}, site, post),
        text=body if kind == "answer" else f"{unescape(word(raw, 'title'))}\n\n{body}",
        posted_at=moment(number(raw, "creation_date")),
        url=f"https://{HOSTS.get(site, f'{site}.stackexchange.com')}/{kind[0]}/{post}",
        in_reply_to=f"{site}:{question}" if kind == "answer" else None,
        thread_id=f"{site}:{question}",
        likes=count(raw, "score"),
        replies=count(raw, "answer_count"),
        links=tuple(dict.fromkeys(links)),
        extra={"community": site, "kind": kind},
    )


def _author(owner: Mapping[str, Any], site: str, post: int) -> Author:
    """Who wrote it; one who has left (user_type does_not_exist) keeps at most a name."""
    name = unescape(owner.get("display_name") or "") or "somebody who left"
    user = owner.get("user_id")
    author_id = f"{site}:{user}" if isinstance(user, int) else f"{site}:of {post}"
    # User -1 is the Community user, which is their own software.
    return Author(PLATFORM, author_id, name, url=owner.get("link") or "", bot=user == -1)


def _name(hit: Any) -> tuple[str, int] | None:
    """Kind and id of the post that a hit stands for; None where it doesn't say."""
    kind = hit.get("item_type")
    post = hit.get(f"{kind}_id")
    return (kind, post) if kind in KINDS and isinstance(post, int) else None
