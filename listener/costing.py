"""What each watch cost, what one useful mention cost, and where the month is heading. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from listener.archive.ledger import Cost
from listener.archive.spending import Kept

SEARCH = "search:"
OWN = "our own accounts"  # mentions of us, replies to us, what we said: asked for whatever the watches are
AGAIN = "read again, for deletions"
DROPPED = "no longer watched"
REREAD = "reread"  # what a source calls the stream of what it reads again
PACE = 7  # days whose spending the forecast goes by


@dataclass(frozen=True, slots=True)
class WatchCost:
    """What one watch cost on one platform, in US dollars, and what came of it.

    `kept` mentions matched the watch, or spoke to us; `answered` ones got a reply, sent for us or by hand.
    """

    name: str
    platform: str
    usd: float
    kept: int
    answered: int

    @property
    def usd_per_kept(self) -> float | None:
        """What one mention that was kept cost; None where none was."""
        return self.usd / self.kept if self.kept else None

    @property
    def usd_per_answered(self) -> float | None:
        """What one mention that was answered cost; None where none was."""
        return self.usd / self.answered if self.answered else None


@dataclass(frozen=True, slots=True)
class Month:
    """One platform's calendar month (UTC), in US dollars: paid so far, and its end at the pace of the last 7 days."""

    platform: str
    so_far: float
    by_its_end: float


def per_watch(
    costs: Sequence[Cost], kept: Sequence[Kept], answered: Collection[int], terms: Mapping[str, Sequence[str]]
) -> list[WatchCost]:
    """The costs by watch and platform, the dearest first. `terms` gives each watch's; a shared one is split evenly."""
    usd: dict[tuple[str, str], float] = defaultdict(float)
    for cost in costs:
        names = _paying(cost.stream, terms)
        for name in names:
            usd[name, cost.platform] += cost.usd / len(names)
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for one in kept:
        for name in one.watches if one.stream.startswith(SEARCH) else (OWN,):
            found[name, one.platform].append(one.mention_id)
    rows = (
        WatchCost(name, platform, paid, len(found[name, platform]), sum(n in answered for n in found[name, platform]))
        for (name, platform), paid in usd.items()
    )
    return sorted(rows, key=lambda row: (-row.usd, row.name, row.platform))


def months(costs: Sequence[Cost], now: datetime) -> list[Month]:
    """This month by platform. `costs` go back to its first day and a week at least."""
    return [_month(platform, paid, now) for platform, paid in _by_platform(costs)]


def _month(platform: str, costs: Sequence[Cost], now: datetime) -> Month:
    first = now.astimezone(UTC).date().replace(day=1)
    so_far = sum(cost.usd for cost in costs if cost.day >= first)
    return Month(platform, so_far, so_far + _a_day(costs, now) * ((_end_of_month(now) - now) / timedelta(days=1)))


def needed_since(now: datetime, days: int) -> datetime:
    """From when costs are needed to tell of the last so many days (today is one), of this month and of its pace."""
    today = now.astimezone(UTC).date()
    first = min(first_day(now, max(days, PACE)).date(), today.replace(day=1))
    return datetime.combine(first, time(), UTC)


def first_day(now: datetime, days: int) -> datetime:
    """The midnight (UTC) at which the last so many days began; today is one of them."""
    return datetime.combine(now.astimezone(UTC).date() - timedelta(days=days - 1), time(), UTC)


def _paying(stream: str, terms: Mapping[str, Sequence[str]]) -> Sequence[str]:
    if not stream.startswith(SEARCH):
        return (AGAIN if stream == REREAD else OWN,)
    term = stream.removeprefix(SEARCH)
    return [name for name, own in terms.items() if term in own] or (DROPPED,)


def _by_platform(costs: Sequence[Cost]) -> Iterator[tuple[str, list[Cost]]]:
    for platform in sorted({cost.platform for cost in costs}):
        yield platform, [cost for cost in costs if cost.platform == platform]


def _a_day(costs: Sequence[Cost], now: datetime) -> float:
    """US dollars a day over the last week, or since the first cost where that is less long ago."""
    week = first_day(now, PACE)
    recent = [cost for cost in costs if cost.day >= week.date()]
    if not recent:
        return 0.0
    began = datetime.combine(min(cost.day for cost in costs), time(), UTC)
    # The first hours of an account say little: what they cost is taken for a whole day's.
    days = max((now - max(week, began)) / timedelta(days=1), 1.0)
    return sum(cost.usd for cost in recent) / days


def _end_of_month(now: datetime) -> datetime:
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (first + timedelta(days=32)).replace(day=1)
