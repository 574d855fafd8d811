"""`warmline costs`: what each watch cost, and what a useful mention cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from listener import costing, sources
from listener.archive.ledger import Ledger
from listener.archive.ledger import costs as costs_since
from listener.archive.spending import kept_since
from listener.costing import Month, WatchCost
from listener.jobs import searched
from listener.settings import SourceSettings
from listener.source import SourceError
from responders import publishers
from responders.commands.common import (
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
    table,
)
from responders.desk.view import platform as named
from responders.office import Office, database_path

# Who charges for reading, as their documents say; all other platforms are free to hear.
PRICES: Mapping[str, str] = {
    "x": "X charges for reading: $0.005 a post, $0.01 a person, $0.001 a post that speaks to you"
    " (docs.x.com, pay-per-use pricing, August 2026)"
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was paid over so many days, in US dollars.

    `watches` is for reading, `replies` for what was posted, by platform: how many, and what they cost by the price
    list. `caps` are a month's, as far as settings name one.
    """

    days: int
    since: datetime
    watches: Sequence[WatchCost]
    months: Sequence[Month]
    caps: Mapping[str, float]
    replies: Mapping[str, tuple[int, float]]


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far back, today included."
)
@click.option("--forecast", is_flag=True, help="Ask what each search would cost a month; the question has a price too.")
@settings_option
@json_option
@failing_in_one_line
def costs(days: int, forecast: bool, settings_path: Path, as_json: bool) -> None:
    """What each watch cost where reading is charged for, what a useful mention cost, and where the month is heading.

    A term that several watches share is split evenly between them. Mentions from free platforms are not counted in.
    """
    with open_office(settings_path) as office:
        report = _report(office, days)
        try:
            expected = list(_forecasts(office)) if forecast else []
        except SourceError as why:
            raise click.ClickException(str(why)) from why
    if as_json:
        say_json(_as_object(report, expected))
        return
    _tell(report)
    if forecast:
        _tell_forecasts(expected)


def _report(office: Office, days: int) -> Report:
    now = office.now()
    since = costing.first_day(now, days)
    paid = costs_since(office.db, costing.needed_since(now, days))
    recent = [cost for cost in paid if cost.day >= since.date()]
    kept = kept_since(office.db, {cost.platform for cost in recent}, since)
    answered = office.inbox.answered([one.mention_id for one in kept])
    platforms = [name for name, _ in _settings_on(office)]
    terms = {
        watch.name: [one for platform in platforms for one in searched(platform, [watch])]
        for watch in office.settings.watches
    }
    watches = costing.per_watch(recent, kept, answered, terms)
    return Report(days, since, watches, costing.months(paid, now), dict(_caps(office)), _replies(office, since))


def _replies(office: Office, since: datetime) -> Mapping[str, tuple[int, float]]:
    """What we posted where posting has a price (`price_of` in its publisher's file)."""
    found: dict[str, tuple[int, float]] = {}
    for platform, text in office.inbox.sent_since(since):
        known = platform in publishers.FILES.names()
        price_of = getattr(publishers.FILES.load(platform), "price_of", None) if known else None
        if price_of is not None:
            sent, usd = found.get(platform, (0, 0.0))
            found[platform] = sent + 1, usd + price_of(text)
    return found


def _caps(office: Office) -> Iterator[tuple[str, float]]:
    for name, settings in _settings_on(office):
        cap = getattr(settings, "monthly_usd", None)
        if isinstance(cap, int | float):
            yield name, float(cap)


def _settings_on(office: Office) -> Iterator[tuple[str, SourceSettings]]:
    for name, part in office.settings.listener.sources.items():
        settings = sources.FILES.settings_for(name, part, office.settings_path)
        if settings.enabled:
            yield name, settings


def _forecasts(office: Office) -> Iterator[Any]:
    """What each search would cost, from every source that is on and can say. Raises SourceError, SettingsError."""
    database = database_path(office.settings, office.settings_path)
    for name, settings in _settings_on(office):
        forecasts = getattr(sources.FILES.load(name), "forecasts", None)
        if forecasts is not None:
            yield from forecasts(settings, searched(name, office.settings.watches), Ledger(database, name, office.now))


def _tell(report: Report) -> None:
    if not (report.watches or report.months or report.replies):
        say("Nothing was paid yet.")
        for price in PRICES.values():
            say(f"{price}. Everything else Warmline hears is free.")
        return
    if report.watches:
        say(f"Paid for reading {_span(report)}:\n")
        table([("", "on", "paid", "kept", "each", "answered", "each"), *map(_row, report.watches)])
    else:
        say(f"Nothing was paid {_span(report)}.")
    for platform, (sent, usd) in report.replies.items():
        each = f"{_usd(usd / sent)} each"
        say(f"{sent} {'reply' if sent == 1 else 'replies'} posted on {named(platform)}: about {_usd(usd)}, {each}.")
    say("")
    for month in report.months:
        say(_month_in_words(month, report.caps.get(month.platform)))


def _span(report: Report) -> str:
    return "today" if report.days == 1 else f"since {report.since:%-d %b %Y} ({report.days} days)"


def _row(cost: WatchCost) -> tuple[object, ...]:
    each, answered = _usd(cost.usd_per_kept), _usd(cost.usd_per_answered)
    return cost.name, named(cost.platform), _usd(cost.usd), cost.kept, each, cost.answered, answered


def _usd(amount: float | None) -> str:
    """An amount as people write it; small ones with the digits that say something."""
    if amount is None:
        return "-"
    return f"${amount:,.2f}" if amount >= 0.1 or amount == 0 else f"${amount:.3f}"


def _month_in_words(month: Month, cap: float | None) -> str:
    so_far = f"{named(month.platform)} this month: {_usd(month.so_far)}"
    ahead = f"about {_usd(month.by_its_end)} by its end, at the pace of the last {costing.PACE} days"
    if cap is None:
        return f"{so_far}; {ahead}."
    if month.so_far >= cap:
        return f"{so_far} of {_usd(cap)}: all that you allowed. Reading there rests until the month is over."
    warning = ". That is more than you allow: reading will stop before" if month.by_its_end > cap else ""
    return f"{so_far} of the {_usd(cap)} you allow; {ahead}{warning}."


def _tell_forecasts(expected: Sequence[Any]) -> None:
    say("")
    if not expected:
        say("No source that is on charges for searching: there is nothing to forecast.")
        return
    say("What each search would cost, by what was posted in the last week:\n")
    table(
        [
            ("", "posts a week", "a month", "cheaper"),
            *((one.term, f"{one.posts_a_week:,.0f}", _usd(one.usd_a_month), one.cheaper) for one in expected),
        ]
    )


def _as_object(report: Report, expected: Sequence[Any]) -> dict[str, object]:
    each = [
        {"name": cost.name, "platform": cost.platform, "usd": cost.usd, "kept": cost.kept, "answered": cost.answered,
         "usd_per_kept": cost.usd_per_kept, "usd_per_answered": cost.usd_per_answered}
        for cost in report.watches
    ]  # fmt: skip
    months = [
        {"platform": month.platform, "usd_so_far": month.so_far, "usd_by_its_end": month.by_its_end,
         "usd_allowed": report.caps.get(month.platform)}
        for month in report.months
    ]  # fmt: skip
    forecasts = [{**asdict(one), "usd_a_month": one.usd_a_month} for one in expected]
    replies = [{"platform": name, "sent": sent, "usd": usd} for name, (sent, usd) in report.replies.items()]
    told = {"watches": each, "replies": replies, "months": months, "forecasts": forecasts}
    return {"days": report.days, "since": report.since, **told}
