"""What reading X costs, how far a month's money goes, and what listening to a term would come to.

X sells no subscription: every post and profile it hands out is charged, once a UTC day. So each call is metered as it
comes back, and nothing is asked for that the month's cap could not pay.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from listener.budget import USERS, Budget, Pool, Purpose
from listener.source import RateLimited

# docs.x.com, getting-started/pricing, as of this day; US dollars. X says that they may change: mend them here.
PRICED_ON = date(2026, 8, 22)
POST_READ = 0.005
USER_READ = 0.010
OWNED_READ = 0.001  # mentions and posts of the account that owns the app, asked for with a token of that account
COUNT = 0.005  # a request, however much it counts
POST = 0.015
POST_WITH_LINK = 0.200
SUMMONED_REPLY = 0.010

POSTS = "posts"
COUNTS = "counts"
WEEKS_A_MONTH = 365.25 / 12 / 7
FETCH_PAGES = 5

_WHAT = {"search": "searching", "mentions": "reading our mentions", "duty": "anything more"}


@dataclass(frozen=True, slots=True)
class Route:
    """One of X's listings: its rate limit, whom it serves, what an item of it costs, and its page sizes.

    `shows` is how many posts it reaches back, None where it is a time that limits it.
    """

    pool: Pool
    purpose: Purpose
    token: str
    least: int
    shows: int | None = None
    most: int = 100


_QUARTER = timedelta(minutes=15)
# docs.x.com, fundamentals/rate-limits, 22 August 2026: requests in 15 minutes with an app's own bearer token.
# Reach: posts/timelines/integrate of the same day (mentions 800, own posts 3,200); a recent search shows seven days.
SEARCH = Route(Pool("searches of X in 15 minutes", 450, _QUARTER), "search", "next_token", 10)
MENTIONS = Route(Pool("looks at X mentions in 15 minutes", 450, _QUARTER), "mentions", "pagination_token", 5, 800)
OURS = Route(Pool("looks at our X posts in 15 minutes", 10_000, _QUARTER), "mentions", "pagination_token", 5, 3_200)
USER_LOOKUPS = Pool("X profile look-ups in 15 minutes", 300, _QUARTER)
POST_LOOKUPS = Pool("X post look-ups in 15 minutes", 3_500, _QUARTER)
COUNTINGS = Pool("countings of X posts in 15 minutes", 300, _QUARTER)
USAGES = Pool("looks at X usage in 15 minutes", 50, _QUARTER)


class Meter:
    """The month's money: what it still pays for, and a note of everything that was read."""

    def __init__(self, budget: Budget, monthly_usd: float) -> None:
        self.budget = budget
        self.cap = Pool("US dollars a month for X", monthly_usd, "month")

    def affordable(self, usd_each: float, purpose: Purpose, least: int = 1) -> int:
        """How many items the cap still pays for. Raises RateLimited, until next month, for fewer than `least`."""
        count = int(self.budget.left(self.cap, purpose=purpose) / usd_each + 1e-9)
        if count >= least:
            return count
        try:
            self.budget.take(self.cap, least * usd_each, purpose=purpose)
        except RateLimited as why:
            until = f", until {why.retry_at:%d %b %H:%M} UTC" if why.retry_at else ""
            said = f"the monthly cap of ${self.cap.most:g} is used up for {_WHAT[purpose]}{until}"
            raise RateLimited(f"{said}: wait, or raise monthly_usd in [listener.sources.x]", why.retry_at) from why
        return least

    def pages(self, route: Route, usd_each: float) -> tuple[int, int]:
        """How many pages of how many posts one fetch may read. Raises RateLimited where not even the smallest.

        Settled beforehand: a fetch that fails on its third page drops the two that were paid for.
        """
        posts = self.affordable(usd_each, route.purpose, route.least)
        left = {pool: self.budget.left(pool, purpose=route.purpose) for pool in (route.pool, USER_LOOKUPS)}
        for pool, requests in left.items():
            if requests < 1:
                self.budget.take(pool, purpose=route.purpose)  # which says until when
        return max(1, min(FETCH_PAGES, posts // route.most, *map(int, left.values()))), min(route.most, posts)

    def left(self) -> float:
        """What is left of this month's dollars."""
        return self.budget.left(self.cap, purpose="duty")

    def posts(self, stream: str, post_ids: Iterable[str], usd_each: float) -> None:
        """Note the posts that a call handed out."""
        self.budget.charge(self.cap, stream, POSTS, post_ids, usd_each)

    def users(self, stream: str, author_ids: Iterable[str]) -> None:
        """Note the profiles that a call handed out."""
        self.budget.charge(self.cap, stream, USERS, author_ids, USER_READ)

    def count(self, stream: str, request: str) -> None:
        """Note one counting; it is paid by the request, so `request` tells it from any other."""
        self.budget.charge(self.cap, stream, COUNTS, [request], COUNT)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What listening to one term would cost a month at last week's rate, in US dollars, and what would be cheaper.

    `cheaper` names another way to hear as much, and its price. `usd_authors` is the most that profiles can come to: it
    supposes that no one speaks twice within 30 days. `usd_rechecks` is for reading what we keep again once a day, for
    what its author deleted.
    """

    platform: str
    term: str
    posts_a_week: int
    usd_posts: float
    usd_authors: float
    usd_rechecks: float
    cheaper: str

    @property
    def usd_a_month(self) -> float:
        """All of it together."""
        return self.usd_posts + self.usd_authors + self.usd_rechecks


def forecast_of(term: str, posts_a_week: int, recheck_days: float, account: str = "") -> Forecast:
    """The forecast for a term that so many posts a week name. `recheck_days` is 0 where nothing is read again."""
    posts = posts_a_week * WEEKS_A_MONTH
    return Forecast(
        platform="x",
        term=term,
        posts_a_week=posts_a_week,
        usd_posts=posts * POST_READ,
        usd_authors=posts * USER_READ,
        usd_rechecks=posts * POST_READ * recheck_days,
        cheaper=_cheaper(term, account),
    )


def _cheaper(term: str, account: str) -> str:
    """In a few words, what hears the same for less."""
    if account and term.lstrip("@").lower() == account.lower():
        return f"leave it out: `mentions` hears it, from ${OWNED_READ:g} a post"
    return "free: alert mails (mailbox); Bluesky's stream, for what is said there"
