"""Lemmy: posts and comments that one server knows of, found by its search; and what is said to our account.

Written to API v3 (Lemmy 0.19). Lemmy 1.0 answers only a part of it: no inbox, no second page of a search, no comment
read again (LemmyNet/lemmy#6120, and crates/api/routes_v3 in 2026). It can't be relied on there, and the probe says so.
Federated posts are dated by their author's server and turn up late and far down: every six hours we look three days
back. Other servers' posts are heard as far as this one has received them. Plain HTTP: pythorhead logs in and tries
again by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from listener.budget import Budget, Pool
from listener.listing import listed, page_of
from listener.mention import Mention
from listener.metered import AccountSettings, PlainSource, bearer
from listener.paging import Page
from listener.source import NotFound, RateLimited, Revoked, SourceError, Unavailable
from listener.sources.lemmy.posts import PLATFORM, parse, time_of
from listener.web import Params, Web

READ_TOKEN = "WARMLINE_LEMMY_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
ACCESS = f"no account needed: set base_url; to hear who speaks to yours, put the jwt of a login into {READ_TOKEN}"
PAGE = 50  # the most at once (lemmy 0.19)
# What a server allows is in its /api/v3/site; these are the defaults of its table local_site_rate_limit (0.19).
CALLS = Pool("calls", 180, timedelta(minutes=1))
SEARCHES = Pool("searches", 60, timedelta(minutes=10))
# Each kind of listing has its own newest: mixed in one walk, the slower one would hide what the faster still has.
SEARCHED = {"comments": "Comments", "posts": "Posts"}
ADDRESSED = {"mentions": "user/mention", "replies": "user/replies"}
# What their words mean; nearly all of them come with a 400 (crates/utils/src/error.rs, 0.19).
MEANS: Mapping[str, type[SourceError]] = {
    "rate_limit_error": RateLimited,
    **dict.fromkeys(("couldnt_find_comment", "couldnt_find_post", "couldnt_find_object"), NotFound),
    **dict.fromkeys(("not_logged_in", "incorrect_login", "site_ban", "banned", "deleted", "private_instance"), Revoked),
}


class Settings(AccountSettings):
    """`[listener.sources.lemmy]`: `base_url` is a server, `account` ours there as `name@server`."""

    every_s: float = Field(default=300.0, ge=10.0)


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Lemmy:
    """The source, ready to be polled; it has called nobody yet."""
    token = settings.token(READ_TOKEN)
    web = Web(settings.base_url, settings.timeout_s, bearer(token), judge=judge)
    return Lemmy(web, budget, settings, searches, token)


class Lemmy(PlainSource[Settings]):
    """A server as a source: `comments:TERM` and `posts:TERM`; with a token also `mentions` and `replies`."""

    platform = PLATFORM
    named_by: ClassVar = {"kind": re.compile("post|comment"), "local_id": re.compile("[0-9]+")}

    def streams(self) -> Sequence[str]:
        """Those who speak to us first."""
        own = tuple(ADDRESSED) if self._let_in else ()
        return own + tuple(f"{kind}:{term}" for term in self._searches for kind in SEARCHED)

    def probe(self) -> str:
        """That the server answers, and whether it knows our token. Raises RateLimited, Unavailable or Revoked."""
        answer = self._web.get_object(CALLS, "/api/v3/site", purpose="duty")
        if not str(answer.get("version")).startswith("0."):
            raise Unavailable(f"lemmy {answer.get('version')} can't be heard yet: it answers a part of API v3 only")
        if self._let_in and not answer.get("my_user"):
            raise Revoked(f"the server answers, but does not know whose token {READ_TOKEN} is: log in again")
        return f"lemmy {answer.get('version')} answers{', and knows our token' if self._let_in else ''}"

    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        kind, _, term = stream.partition(":")
        asked: Params = {"sort": "New", "limit": PAGE, "page": int(token or 1)}
        if kind in ADDRESSED:
            answer = self._web.get_json(CALLS, f"/api/v3/{ADDRESSED[kind]}", asked, purpose="mentions")
        else:
            query: Params = {**asked, "q": term, "type_": SEARCHED[kind], "listing_type": "All"}
            answer = self._web.get_json(SEARCHES, "/api/v3/search", query)
        raws = listed(answer, kind)
        # Nobody says which page is the last, and blocked posts leave gaps: only an empty one is.
        following = str(int(token or 1) + 1) if raws else None
        return page_of(raws, time_of, following)

    def _read(self, stream: str, raw: Any) -> Mention | None:
        return parse(raw, self._settings.us, to_us=stream in ADDRESSED)

    def _now(self, known: Mention) -> Mention | None:
        kind = known.extra["kind"]
        answer = self._web.get_post(CALLS, f"/api/v3/{kind}", {"id": known.extra["local_id"]})
        return parse(answer[f"{kind}_view"], self._settings.us, to_us=known.to_us)


def judge(status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """What one of their errors means. A 404 without a word is no post that is gone, but no Lemmy, or a later one."""
    error = body.get("error") if isinstance(body, dict) else None
    if status == 404 and error is None:
        return Unavailable(said)
    meant = MEANS.get(str(error)) if status == 400 else None
    return meant(said) if meant else None
