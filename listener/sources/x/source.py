"""X: who speaks to us, what we answered there ourselves, and a search for each term, through tweepy.

Every post read costs money, so everything here is metered (money.py) and nothing is asked for twice: the
people who speak are known from the archive for 30 days, and looked up by number only where they are not. (To have X
send them along, `expansions=author_id`, is likely billed as one profile each a day: $0.010 to a post's $0.005.)
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from pydantic import Field

from listener.budget import Budget, Purpose
from listener.listing import is_number, lots
from listener.mention import Author, Batch, Mention
from listener.paging import Page, walk_back
from listener.query.syntax import Native
from listener.sdk_session import SdkSession
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import RateLimited, Revoked, Unavailable
from listener.sources.x import money
from listener.sources.x.answers import HOSTS, ODD, POST_FIELDS, USER_FIELDS, Answers, is_kind, problems, words_of
from listener.sources.x.line import Line
from listener.sources.x.money import Forecast, Meter, Route, forecast_of
from listener.sources.x.pages import REACH, Place, listed, moved_on, page_of, post_ids, read_on
from listener.sources.x.posts import NO_RETWEETS, last_version, parse, parse_user, query_for

PLATFORM = "x"
ACCESS = "X: make an app at console.x.com, buy credits, and set WARMLINE_X_BEARER_TOKEN to the app's bearer token"
READ_TOKEN = "WARMLINE_X_BEARER_TOKEN"  # noqa: S105 - the variable's name, not the token
SEARCH = "search:"
AT_ONCE = 100  # posts or profiles in one look-up (docs.x.com, posts/lookup and users/lookup, August 2026)
KNOWN_FOR = timedelta(days=30)
GONE = ("resource-not-found", "not-authorized-for-resource")  # deleted; suspended or protected


class Settings(SourceSettings):
    """`[listener.sources.x]`. `account` is our handle there; without it only searches are heard.

    `monthly_usd` caps what reading may cost in a calendar month (UTC). `owned_reads` says that the token is one of
    the account that owns the app: then its mentions and posts cost a fifth. X asks that what its people delete be
    gone within 24 hours: hence `recheck_h` and `keep_days`, and each day that a post is kept costs another read: of
    100 posts a week, kept for 7 days, $15 a month, and for 30 days $65, to $2 for hearing them at all. What the cap
    lets us read no more is forgotten after `forget_unread_h`: nobody knows by then whether it still stands there.
    """

    base_url: str = "https://api.x.com"
    every_s: float = Field(default=300.0, ge=0.2)
    first_look_days: float = Field(default=2.0, gt=0, le=36_500)
    recheck_h: float = Field(default=20.0, ge=0, le=8_760)
    keep_days: float | None = Field(default=7.0, gt=0, le=36_500)
    forget_unread_h: float | None = Field(default=24.0, gt=0, le=8_760)
    account: str = Field(default="", pattern=r"^@?\w{0,15}$")
    monthly_usd: float = Field(default=25.0, gt=0)
    owned_reads: bool = False
    bearer_token_file: str | None = None


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> X:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where the token is missing."""
    token = read_secret(READ_TOKEN, settings.bearer_token_file)
    if token is None:
        raise SettingsError(f"x: set {READ_TOKEN}, or name a file that holds it as bearer_token_file")
    import tweepy

    # At DEBUG tweepy writes the headers of each request into the log, the token among them.
    logging.getLogger("tweepy").setLevel(logging.WARNING)
    client = tweepy.Client(token.get_secret_value(), return_type=requests.Response, wait_on_rate_limit=False)
    session = SdkSession(settings.base_url, settings.timeout_s, instead_of=HOSTS)
    client.session.close()
    client.session = session
    line = Line(session.host, Answers(session, tweepy.TweepyException), budget, token)
    return X(client, line, settings, searches, budget)


def forecasts(settings: Settings, searches: Sequence[str], budget: Budget) -> tuple[Forecast, ...]:
    """What listening to each of these terms would cost a month; the countings cost $0.005 each, and are metered.

    Raises SettingsError where the token is missing, else RateLimited, Unavailable or Revoked.
    """
    source = connect(settings, searches, budget)
    try:
        return tuple(source.forecast(term) for term in searches)
    finally:
        source.close()


class X:
    """X as a source: `mentions` and `ours` where our account is named, and one stream `search:TERM` a search."""

    platform = PLATFORM

    def __init__(self, client: Any, line: Line, settings: Settings, searches: Sequence[str], budget: Budget) -> None:
        self._client = client
        self._line = line
        self._settings = settings
        self._searches = tuple(searches)
        self._natives = frozenset(one for one in searches if isinstance(one, Native))
        self._meter = Meter(budget, settings.monthly_usd)
        self._handle = settings.account.lstrip("@")
        self._us: Author | None = None

    def streams(self) -> Sequence[str]:
        """`mentions` and `ours`, where we have an account there, and one search a term."""
        own = ("mentions", "ours") if self._handle else ()
        return (*own, *(SEARCH + term for term in self._searches))

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable, Revoked or OutOfCredits."""
        route = self._route(stream)
        us = self._account(stream, route.purpose)
        pages, size = self._meter.pages(route, self._price(route) + money.USER_READ)
        authors: dict[str, Author] = {us.author_id: us} if us else {}

        def page_after(token: str | None, floor: datetime) -> Page:
            return self._page(stream, route, Place.read(token), floor, now, size, authors)

        batch = walk_back(
            cursor,
            page_after,
            lambda raw: parse(raw, authors, us, to_us=route is money.MENTIONS),
            now=now,
            pages=pages,
            first_look=self._settings.first_look,
            # The times are the server's own, so nothing turns up far down the list; to look there would be paid again.
            deep=None,
            reach=REACH if route is money.SEARCH else None,
        )
        return moved_on(batch)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, a hundred a call: $0.005 each that is still there, once a UTC day.

        None for one that was deleted, and for one that X hides now (account suspended or protected); left out what is
        no post's number (one would have X refuse the whole call), and what the month's cap does not pay for. Raises
        RateLimited, Unavailable, Revoked or OutOfCredits where nothing could be told.
        """
        found: dict[str, Mention | None] = {}
        numbered = [one for one in mentions if is_number(one.post_id)]
        for some in lots(numbered, AT_ONCE):
            try:
                found |= self._reread(some[: self._meter.affordable(money.POST_READ, "duty")])
            except RateLimited:
                if not found:
                    raise
                break
        return found

    def forecast(self, term: str) -> Forecast:
        """What listening to a term would cost a month, from X's own count of last week's posts: one request, $0.005.

        Raises RateLimited, Unavailable, Revoked or OutOfCredits.
        """
        self._meter.affordable(money.COUNT, "search")
        count = self._client.get_recent_tweets_count
        body = self._line.ask(money.COUNTINGS, "search", count, self._query(term), granularity="day")
        self._meter.count(SEARCH + term, f"{term} {datetime.now(UTC).isoformat()}")
        try:
            total = int(body["meta"]["total_tweet_count"])
        except ODD as why:
            raise Unavailable(f"{self._line.host} gave no count of posts: {why!r:.200}") from why
        kept = min(self._settings.recheck_days, self._settings.keep_days or self._settings.recheck_days)
        return forecast_of(term, total, kept if self._settings.recheck_h else 0, self._handle)

    def probe(self) -> str:
        """That the token is let in, as whom, and what is left of the month's cap. Raises as `fetch` does."""
        left = f"${self._meter.left():.2f} of this month's ${self._settings.monthly_usd:g} are left"
        if self._handle:
            us = self._look_up_account("probe", "duty")
            return f"let in; @{us.handle} is account {us.author_id}; {left}"
        # tweepy has no method for it (4.17); `_make_request` is what all of its methods are made of.
        usage = self._line.ask(money.USAGES, "duty", self._client._make_request, "GET", "/2/usage/tweets").get("data")
        used = usage.get("project_usage") if isinstance(usage, dict) else None
        return f"let in, without an account of ours; {left}" + (f"; X counts {used} posts read" if used else "")

    def close(self) -> None:
        """Let go of connections."""
        self._line.close()

    def _page(
        self, stream: str, route: Route, place: Place, floor: datetime, now: datetime, size: int,
        authors: dict[str, Author],
    ) -> Page:  # fmt: skip
        """One page, paid for and with its authors known."""
        start = max(floor, now - REACH) if route is money.SEARCH else floor
        if place.before is not None and place.before < start:
            return Page((), None, end_is_limit=True)  # all that was left of this walk lies too long ago by now

        def ask(at: Place) -> Mapping[str, Any]:
            call, who = self._call(stream, route)
            asked = {"max_results": size, "start_time": start, "tweet_fields": POST_FIELDS, **at.asked(route.token)}
            return self._line.ask(route.pool, route.purpose, call, who, **asked)

        place, body = read_on(ask, place)
        self._meter.posts(stream, post_ids(body), self._price(route))
        authors |= self._authors(stream, route.purpose, set(_author_ids(listed(body))) - authors.keys())
        page = page_of(body, place, route.shows)
        return replace(page, end_is_limit=page.end_is_limit or (page.next is None and start > floor))

    def _route(self, stream: str) -> Route:
        return {"mentions": money.MENTIONS, "ours": money.OURS}.get(stream, money.SEARCH)

    def _price(self, route: Route) -> float:
        owned = self._settings.owned_reads and route is not money.SEARCH
        return money.OWNED_READ if owned else money.POST_READ

    def _call(self, stream: str, route: Route) -> tuple[Callable[..., Any], str]:
        if route is money.SEARCH:
            return self._client.search_recent_tweets, self._query(stream.removeprefix(SEARCH))
        listing = self._client.get_users_mentions if route is money.MENTIONS else self._client.get_users_tweets
        return listing, self._us.author_id if self._us else ""

    def _query(self, search: str) -> str:
        return search + NO_RETWEETS if search in self._natives else query_for(search)

    def _account(self, stream: str, purpose: Purpose) -> Author | None:
        """Our account there, looked up once for as long as this connection lasts."""
        if self._handle and self._us is None:
            self._us = self._look_up_account(stream, purpose)
        return self._us

    def _look_up_account(self, stream: str, purpose: Purpose) -> Author:
        self._meter.affordable(money.USER_READ, purpose)
        asked = {"username": self._handle, "user_fields": USER_FIELDS}
        body = self._line.ask(money.USER_LOOKUPS, purpose, self._client.get_user, **asked)
        try:
            us = parse_user(body["data"])
        except ODD as why:
            if any(is_kind(problem, *GONE) for problem in problems(body)):
                said = f"x: there is no account @{self._handle} to be seen ({words_of(body)}): mend account"
                raise Revoked(said) from why
            raise Unavailable(f"{self._line.host} gave no profile of @{self._handle}") from why
        self._meter.users(stream, [us.author_id])
        return us

    def _authors(self, stream: str, purpose: Purpose, author_ids: set[str]) -> dict[str, Author]:
        """These people: from the archive where it met them within 30 days, else from X, at $0.010 each."""
        known = dict(self._meter.budget.authors(author_ids, datetime.now(UTC) - KNOWN_FOR))
        unknown = sorted(author_ids - known.keys())
        for first in range(0, len(unknown), AT_ONCE):
            asked = {"ids": unknown[first : first + AT_ONCE], "user_fields": USER_FIELDS}
            body = self._line.ask(money.USER_LOOKUPS, purpose, self._client.get_users, **asked)
            found = _profiles(body)
            self._meter.users(stream, found)
            known |= found
        return known

    def _reread(self, mentions: Sequence[Mention]) -> dict[str, Mention | None]:
        kept = {mention.post_id: mention for mention in mentions}
        raws, problems_met = self._posts_now(kept)
        # What was edited stands under another id; the words we keep are those of the first.
        edited = {last: post_id for post_id, raw in raws.items() if (last := last_version(raw)) not in raws}
        if (newer := self._newer(edited)) is None:
            newer, raws = {}, {post_id: raw for post_id, raw in raws.items() if post_id not in edited.values()}
        raws |= {edited[last]: {**raw, "id": edited[last]} for last, raw in newer.items() if last in edited}
        found: dict[str, Mention | None] = dict.fromkeys(_gone(problems_met, kept))
        for post_id, raw in raws.items():
            if post_id in kept and (now := _parsed(raw, kept[post_id], self._us)) is not None:
                found[post_id] = now
        return found

    def _newer(self, edited: Mapping[str, str]) -> Mapping[str, Mapping[str, Any]] | None:
        """The later versions, by their own ids; None where they can't be had now, so that it can't be told."""
        try:
            return self._posts_now(edited)[0] if edited else {}
        except RateLimited:
            return None

    def _posts_now(self, wanted: Iterable[str]) -> tuple[dict[str, Mapping[str, Any]], list[Mapping[str, Any]]]:
        """The raw posts by id, and X's word on those it did not hand out."""
        ids = list(wanted)
        self._meter.affordable(money.POST_READ, "duty", len(ids))
        body = self._line.ask(money.POST_LOOKUPS, "duty", self._client.get_tweets, ids, tweet_fields=POST_FIELDS)
        raws = body.get("data")
        if not isinstance(raws, list) and not problems(body):
            raise Unavailable(f"{self._line.host} said nothing about {len(ids)} posts")
        posts: dict[str, Mapping[str, Any]] = {
            raw["id"]: raw for raw in raws or () if isinstance(raw, dict) and isinstance(raw.get("id"), str)
        }
        self._meter.posts("reread", posts, money.POST_READ)
        return posts, problems(body)


def _gone(met: Iterable[Mapping[str, Any]], kept: Mapping[str, Mention]) -> list[str]:
    said = [problem for problem in met if is_kind(problem, *GONE)]
    named = {str(problem.get(name)) for problem in said for name in ("resource_id", "value")}
    return [post_id for post_id in kept if post_id in named]


def _parsed(raw: Mapping[str, Any], kept: Mention, us: Author | None) -> Mention | None:
    """The post as it is now, by whom we know it; None where it can't be read, so that it can't be told."""
    try:
        now = parse(raw, {kept.author.author_id: kept.author}, us, to_us=kept.to_us)
    except ODD:
        return None
    return now and replace(now, ours=kept.ours, to_us=kept.to_us)


def _author_ids(raws: Iterable[Any]) -> Iterable[str]:
    for raw in raws:
        if isinstance(raw, dict) and isinstance(author := raw.get("author_id"), str) and author:
            yield author


def _profiles(body: Mapping[str, Any]) -> dict[str, Author]:
    """The profiles X handed out, by id; one it does not show, or that can't be read, is left out."""
    found = {}
    profiles = body.get("data")
    for raw in profiles if isinstance(profiles, list) else ():
        try:
            author = parse_user(raw)
        except ODD:
            continue
        found[author.author_id] = author
    return found
