"""What happened in a week between us and the people who talk about us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from responders.audit import head
from responders.digest.week import (
    Deepened,
    Figures,
    Hole,
    Silence,
    Totals,
    Voice,
    Waits,
    Week,
    count_streams,
    read_deepened,
    read_figures,
    read_holes,
    read_silences,
    read_totals,
    read_voices,
    read_waits,
)

# As many as a person reads through; the desk has the rest.
WAITS_MOST = 8
VOICES_MOST = 3


@dataclass(frozen=True, slots=True)
class Digest:
    """One week, people first. Plain values; `before` is the week before, `streams` how many were listened to at all.

    `head` is that of the audit when the letter was written (empty: nothing was decided yet).
    """

    week: Week
    written_at: datetime
    deepened: tuple[Deepened, ...]
    waits: Waits
    best: tuple[Voice, ...]
    hardest: tuple[Voice, ...]
    figures: Figures
    before: Totals
    holes: tuple[Hole, ...]
    silences: tuple[Silence, ...]
    streams: int
    head: str = ""


def assemble(db: Database, week: Week, now: datetime) -> Digest:
    """The digest of a week as the database has it now."""
    deepened = read_deepened(db, week)
    told = [one.mention_id for one in deepened]
    return Digest(
        week=week,
        written_at=now,
        deepened=deepened,
        waits=read_waits(db, week, WAITS_MOST),
        best=read_voices(db, week, "positive", VOICES_MOST, told),
        hardest=read_voices(db, week, "negative", VOICES_MOST, told),
        figures=read_figures(db, week),
        before=read_totals(db, week.previous),
        holes=read_holes(db, week, now),
        silences=read_silences(db, week),
        streams=count_streams(db, week),
        head=str(last) if (last := head(db)).number else "",
    )
