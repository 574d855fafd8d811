"""Lemmy: posts and comments that one server knows of, found by its search; and what is said to our account.

Written to API v3 (Lemmy 0.19); 1.0 brings a v4 with other names, and still answers v3. Federated posts are dated by
their author's server and turn up late and far down: every six hours we look three days back. Other servers' posts are
heard as far as this one has received them. Plain HTTP: pythorhead logs in and tries again by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field

from listener.budget import Budget, Pool
from listener.listing import count, listed, moment, number, page_of, word
from listener.mention import Author, Batch, Mention
from listener.metered import Metered
from listener.paging import Page, walk_back
from listener.settings import SourceSettings, read_secret
from listener.source import NotFound, RateLimited, Revoked, SourceError, Unavailable
from listener.web import Params, Web

PLATFORM = "lemmy"
TOKEN = "WARMLINE_LEMMY_READ_TOKEN"  # noqa: S105 - the variable's name, not the token
ACCESS = f"no account needed: set base_url; to hear who speaks to yours, put the jwt of a login into {TOKEN}"
PAGE = 50  # the most at once (lemmy 0.19)
# What a server allows is in its /api/v3/site; a fresh one lets everyone read 180 times a minute.
CALLS = Pool("calls", 180, timedelta(minutes=1))
# Each kind of listing has its own newest: mixed in one walk, the slower one would hide what the faster still has.
SEARCHED = {"comments": "Comments", "posts": "Posts"}
ADDRESSED = {"mentions": "user/mention", "replies": "user/replies"}
REFUSED = frozenset(("not_logged_in", "incorrect_login", "site_ban", "banned", "deleted", "private_instance"))


class Settings(SourceSettings):
    """`[listener.sources.lemmy]`: a server, our account there as `name@server`, and its `searches_in_10_min`."""

    base_url: str
    every_s: float = Field(default=300.0, ge=10.0)
    account: str | None = None
    token_file: str | None = None
    searches_in_10_min: int = Field(default=60, ge=1)  # what a fresh server allows


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Lemmy:
    """The source, ready to be polled; it has called nobody yet."""
    token = read_secret(TOKEN, settings.token_file)
    headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
    web = Web(settings.base_url, settings.timeout_s, headers, judge=judge)
    return Lemmy(Metered(web, budget), settings, searches, let_in=token is not None)


class Lemmy:
    """A server as a source: `comments:TERM` and `posts:TERM`; with a token also `mentions` and `replies`."""

    platform = PLATFORM

    def __init__(self, web: Metered, settings: Settings, searches: Sequence[str], *, let_in: bool) -> None:
        self._web, self._settings, self._searches, self._let_in = web, settings, searches, let_in
        self._account = (settings.account or "").lstrip("@").lower()
        self._search_pool = Pool("searches", settings.searches_in_10_min, timedelta(minutes=10))

    def streams(self) -> Sequence[str]:
        """Those who speak to us first."""
        own = tuple(ADDRESSED) if self._let_in else ()
        return own + tuple(f"{kind}:{term}" for term in self._searches for kind in SEARCHED)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        kind, _, term = stream.partition(":")

        def page_after(token: str | None, _floor: datetime) -> Page:
            try:
                return self._page(kind, term, int(token or 1))
            except NotFound as why:
                raise Unavailable(f"{why}: is base_url a Lemmy server?") from why

        def read(raw: Mapping[str, Any]) -> Mention | None:
            return parse(raw, self._account, to_us=kind in ADDRESSED)

        return walk_back(cursor, page_after, read, now=now, first_look=self._settings.first_look)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, asked for one by one. Raises RateLimited, Unavailable or Revoked."""
        return self._web.each_now(mentions, self._now)

    def probe(self) -> str:
        """That the server answers, and whether it knows our token. Raises RateLimited, Unavailable or Revoked."""
        answer = self._web.get_object(CALLS, "/api/v3/site", purpose="duty")
        if self._let_in and not answer.get("my_user"):
            raise Revoked(f"the server answers, but does not know whose token {TOKEN} is: log in again")
        return f"lemmy {answer.get('version')} answers{', and knows our token' if self._let_in else ''}"

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _page(self, kind: str, term: str, page: int) -> Page:
        asked: Params = {"sort": "New", "limit": PAGE, "page": page}
        if kind in ADDRESSED:
            answer = self._web.get_json(CALLS, f"/api/v3/{ADDRESSED[kind]}", asked, purpose="mentions")
        else:
            query: Params = {**asked, "q": term, "type_": SEARCHED[kind], "listing_type": "All"}
            answer = self._web.get_json(self._search_pool, "/api/v3/search", query)
        raws = listed(answer, kind)
        # Nobody says which page is the last, and blocked posts leave gaps: only an empty one is.
        return page_of(raws, lambda raw: moment(raw[_kind(raw)]["published"]), str(page + 1) if raws else None)

    def _now(self, known: Mention) -> Mention | None:
        kind, local = known.extra["kind"], known.extra["local_id"]
        answer = self._web.get_object(CALLS, f"/api/v3/{kind}", {"id": local}, purpose="duty")
        return parse(answer[f"{kind}_view"], self._account, to_us=known.to_us)


def judge(status: int, body: Any, said: str, _headers: Mapping[str, str]) -> SourceError | None:
    """Nearly all of Lemmy's errors are a 400 with a word (crates/utils/src/error.rs, 0.19)."""
    error = body.get("error") if status == 400 and isinstance(body, dict) else None
    if error == "rate_limit_error":
        return RateLimited(said)
    if error in ("couldnt_find_comment", "couldnt_find_post", "couldnt_find_object"):
        return NotFound(said)
    return Revoked(said) if error in REFUSED else None


def parse(raw: Mapping[str, Any], account: str = "", *, to_us: bool = False) -> Mention | None:
    """The mention in a view of a post or a comment; None for one that is deleted. Raises where something is missing."""
    kind = _kind(raw)
    said, post, creator, counts = raw[kind], raw["post"], raw["creator"], raw.get("counts")
    if said.get("deleted") or said.get("removed"):
        return None
    handle = _at_home(creator)
    title = word(post, "name") if kind == "post" else ""
    return Mention(
        platform=PLATFORM,
        post_id=word(said, "ap_id"),
        author=Author(
            PLATFORM,
            word(creator, "actor_id"),
            handle,
            creator.get("display_name") or "",
            url=creator["actor_id"],
            bot=creator.get("bot_account") is True,
        ),
        text=word(said, "content") if kind == "comment" else f"{title}\n\n{said.get('body') or ''}".strip(),
        posted_at=moment(said["published"]),
        url=said["ap_id"],
        # A comment's path names its parents by local numbers ("0.12.34"); of an answer to an answer, no address.
        in_reply_to=post["ap_id"] if kind == "comment" and str(said.get("path")).count(".") == 1 else None,
        thread_id=word(post, "ap_id"),
        likes=count(counts, "score"),
        replies=count(counts, "child_count" if kind == "comment" else "comments"),
        to_us=to_us,
        ours=bool(account) and handle.lower() == account,
        links=tuple(link for link in [said.get("url")] if link),
        extra={"community": _at_home(raw["community"]), "kind": kind, "local_id": str(number(said, "id"))},
    )


def _kind(raw: Mapping[str, Any]) -> str:
    return "comment" if "comment" in raw else "post"


def _at_home(actor: Mapping[str, Any]) -> str:
    """`name@server` of a person or a community."""
    return f"{word(actor, 'name')}@{urlsplit(word(actor, 'actor_id')).netloc}"
