"""How well we hear by what is in the archive: streams that are refused, fail or fell silent, items set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from listener.archive.connect import ArchiveError, StorageError, look_into
from listener.archive.read import Reading, Stream
from listener.archive.silence import Silence, Unheard, never_heard, silences
from responders.desk.view import ago, span
from responders.doctor.finding import Check, Finding
from responders.doctor.platforms import access
from responders.office import database_path
from responders.settings import Settings

# Far longer than between any two polls: by then it is plain that nobody listens.
IDLE = timedelta(hours=2)


def hearing_checks(settings: Settings, path: Path, now: Callable[[], datetime]) -> Iterator[Check]:
    """One check, of the archive."""
    yield Check("hearing", partial(_hearing, settings, path, now))


def _hearing(settings: Settings, path: Path, now: Callable[[], datetime]) -> Iterable[Finding]:
    on = {name for name, table in settings.listener.sources.items() if table.get("enabled", True) is not False}
    try:
        with closing(look_into(database_path(settings, path))) as db:
            archive = Reading(db)
            streams = [stream for stream in archive.streams() if stream.platform in on]
            silent = [one for one in silences(db, now()) if one.platform in on]
            never = [one for one in never_heard(db, now()) if one.platform in on]
            aside = archive.quarantined()
    except (ArchiveError, StorageError):
        return []  # said where the database is looked at
    return [
        *_idle(on, streams, now()),
        *_failing(streams, now()),
        *(_silent(one, now()) for one in silent),
        *(_never(one, now()) for one in never),
        *_aside(aside),
    ]


def _idle(on: Iterable[str], streams: list[Stream], now: datetime) -> Iterator[Finding]:
    polled = max((stream.polled_at for stream in streams if stream.polled_at), default=None)
    if on and polled is None:
        yield Finding("note", "hearing", "no source was listened to yet", "to listen for good: warmline run")
    elif on and polled is not None and now - polled > IDLE:
        words = f"no source was listened to since {ago(polled, now)}"
        yield Finding("note", "hearing", words, "to listen for good: warmline run")


def _failing(streams: list[Stream], now: datetime) -> Iterator[Finding]:
    """One line for all streams of a platform that fail alike."""
    failing = sorted(
        (stream for stream in streams if stream.state in ("revoked", "unavailable")),
        key=lambda stream: (stream.platform, stream.state, stream.detail),
    )
    for (platform, state, detail), group in groupby(failing, key=lambda one: (one.platform, one.state, one.detail)):
        alike = list(group)
        polled = max((stream.polled_at for stream in alike if stream.polled_at), default=None)
        when = f", last asked {ago(polled, now)}" if polled else ""
        words = f"{', '.join(stream.stream for stream in alike)} could not be heard{when}: {detail}"
        fix = access(platform) if state == "revoked" else f"it is tried again by itself; now: warmline poll {platform}"
        yield Finding("broken", platform, words, fix, "hear")


def _silent(one: Silence, now: datetime) -> Finding:
    words = f"{one.stream} has said nothing new for {span(one.since, now)}; it never paused longer than {_long(one)}"
    return Finding("note", one.platform, words, "look there whether it is really so quiet", "hear")


def _never(one: Unheard, now: datetime) -> Finding:
    words = f"nothing at all was heard in {span(one.since, now)}"
    return Finding(
        "note", one.platform, words, "right for a name that is rarely said; else look at the watches' terms", "hear"
    )


def _long(one: Silence) -> str:
    return span(one.since, one.since + one.usual)


def _aside(count: int) -> Iterator[Finding]:
    if count:
        words = f"{count} that came in could not be read, and were kept raw"
        yield Finding("note", "hearing", words, "a platform may have changed its format: please report it")
