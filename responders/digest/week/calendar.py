"""ISO weeks in a time zone, and which week's letter is due at a moment. Pure: no clock, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_DAYS: tuple[Day, ...] = get_args(Day)
_NAME = re.compile(r"(\d{4})-W(\d{2})")


class WeekError(ValueError):
    """A week or a time zone that does not exist; the message says what to type instead."""


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, Monday to Sunday, as the clocks of one place have it."""

    year: int
    number: int
    zone: str = "UTC"

    def __post_init__(self) -> None:
        zone_named(self.zone)
        # The years that `datetime` can turn into UTC and back, with a week to spare on either side.
        if not 1970 <= self.year <= 9000 or self.number < 1:
            raise WeekError(f"{self.name} is not a week: type the year and the ISO week, like 2026-W47")
        last = date(self.year, 12, 28).isocalendar().week
        if self.number > last:
            raise WeekError(f"{self.name} does not exist: the last week of {self.year} is {self.year}-W{last}")

    @classmethod
    def parse(cls, text: str, zone: str = "UTC") -> Week:
        """The week that `2026-W47` names. Raises WeekError."""
        found = _NAME.fullmatch(text.strip().upper())
        if found is None:
            raise WeekError(f"{text!r} is not a week: type the year and the ISO week, like 2026-W47")
        return cls(int(found[1]), int(found[2]), zone)

    @classmethod
    def current(cls, now: datetime, zone: str = "UTC") -> Week:
        """The week that `now` lies in, by the clocks of the zone."""
        year, number, _ = now.astimezone(zone_named(zone)).isocalendar()
        return cls(year, number, zone)

    @property
    def previous(self) -> Week:
        """The week before."""
        return self._holding(self.monday - timedelta(days=7))

    @property
    def next(self) -> Week:
        """The week after."""
        return self._holding(self.monday + timedelta(days=7))

    def _holding(self, day: date) -> Week:
        year, number, _ = day.isocalendar()
        return Week(year, number, self.zone)

    @property
    def name(self) -> str:
        """`2026-W47`: sorts as text in order of time."""
        return f"{self.year:04d}-W{self.number:02d}"

    @property
    def monday(self) -> date:
        """The date it begins on."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def starts(self) -> datetime:
        """Monday 00:00 in the zone: the week's first instant. Aware; subtract only after turning it into UTC."""
        return self.at("monday", time(0))

    @property
    def ends(self) -> datetime:
        """Monday 00:00 of the week after: no part of this week any more."""
        return self.next.starts

    def at(self, day: Day, clock: time) -> datetime:
        """The instant when the zone's clocks show this time on this day.

        A time that the clocks skip in spring is taken by the offset before the change, one that they show twice in
        autumn is the first: so there is one such instant every week, never none and never two.
        """
        on = self.monday + timedelta(days=_DAYS.index(day))
        return datetime.combine(on, clock, zone_named(self.zone))

    @property
    def label(self) -> str:
        """The dates in words: `16 to 22 November 2026`."""
        first, last = self.monday, self.monday + timedelta(days=6)
        end = f"{last.day} {last:%B} {last.year}"
        if first.year != last.year:
            return f"{first.day} {first:%B} {first.year} to {end}"
        if first.month != last.month:
            return f"{first.day} {first:%B} to {end}"
        return f"{first.day} to {end}"


def zone_named(name: str) -> ZoneInfo:
    """The time zone of this IANA name. Raises WeekError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as why:  # not found; a path; a folder of zones, such as "Europe"
        raise WeekError(f"{name!r} is not a time zone: name one like Europe/Berlin or UTC") from why


def due_week(now: datetime, day: Day, clock: time, zone: str, started_at: datetime) -> tuple[Week, datetime] | None:
    """The full week that a letter is due about at `now`, and since when; None before the first such moment.

    A pure function of time: the scheduler may tick as it likes, sleep, or wake after a month. It gives the last week
    that is due and none of those missed before it: a stack of old letters is no use to anybody.
    """
    this = Week.current(now, zone)
    # A late local time can be the week after in a zone far west of a clock that was set wrong: walk, do not assume.
    while (due_at := this.at(day, clock).astimezone(UTC)) > now:
        this = this.previous
    return (this.previous, due_at) if due_at >= started_at else None
