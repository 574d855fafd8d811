"""What a listening process does: one job for each source that is on."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from listener import sources
from listener.archive.connect import connect
from listener.archive.ledger import Ledger
from listener.archive.schema import migrations
from listener.daemon import Job
from listener.poll import Fetched, Polled, Poller, utc_now
from listener.query.translate import translated
from listener.recheck import Rereader
from listener.sentiment import Engine, LexiconError, Mixed, Vader, read_lexicon
from listener.settings import ListenerSettings, SettingsError, SourceSettings, TriagePart, WatchSettings
from listener.sift import Sifter
from listener.source import Source
from listener.watch import Watch

log = logging.getLogger(__name__)

REREAD_EVERY_S = 300.0  # how often it is looked whether anything kept is due to be read again


def listening_jobs(settings: ListenerSettings, path: Path, now: Callable[[], datetime] = utc_now) -> list[Job]:
    """A polling job for each source in the settings. Raises SettingsError, or ArchiveError for a bad database."""
    database = database_path(settings, path)
    connect(database, [migrations]).close()
    sifter = sifter_from(settings, path)
    jobs: list[Job] = []
    for name, source, own in _sources(settings, path, now):
        jobs.append(Job(f"listen: {name}", own.every_s, _Listening(database, source, own.every_s, sifter, now).run))
        again = _Rereading(database, source, own, sifter, now)
        jobs.append(Job(f"read again: {name}", REREAD_EVERY_S, again.run))
    return jobs


def open_sources(
    settings: ListenerSettings, path: Path, only: Sequence[str] = ()
) -> list[tuple[Source, SourceSettings]]:
    """The sources that are on, ready to poll, with their settings; with `only`, those named. Raises SettingsError."""
    unknown = set(only) - set(settings.listener.sources)
    if unknown:
        on = ", ".join(sorted(settings.listener.sources)) or "none"
        raise SettingsError(f"no [listener.sources.{min(unknown)}] in {path}; there are: {on}")
    return [(source, own) for name, source, own in _sources(settings, path) if not only or name in only]


class Judging(Protocol):
    """The part of the settings that says how mentions are judged; both halves of settings.toml have it."""

    @property
    def watches(self) -> tuple[WatchSettings, ...]: ...
    @property
    def triage(self) -> TriagePart: ...


def sifter_from(settings: Judging, path: Path = Path("settings.toml")) -> Sifter:
    """What matches and triages mentions, as the settings at `path` want it. Raises SettingsError for a bad lexicon."""
    return Sifter(watches(settings.watches), _engine(settings.triage, path), settings.triage.priority)


def _engine(part: TriagePart, path: Path) -> Engine:
    try:
        lexicon = read_lexicon(path.parent / part.lexicon) if part.lexicon else {}
    except LexiconError as why:
        raise SettingsError(f"{path}: triage.lexicon: {why}") from why
    return Mixed(lexicon) if part.engine == "mixed" else Vader(lexicon)


def watches(parts: Sequence[WatchSettings]) -> list[Watch]:
    """The watches as the settings give them."""
    return [Watch(**{one.name: getattr(part, one.name) for one in fields(Watch)}) for part in parts]


def _sources(
    settings: ListenerSettings, path: Path, now: Callable[[], datetime] = utc_now
) -> list[tuple[str, Source, SourceSettings]]:
    found = []
    for name, table in settings.listener.sources.items():
        source_settings = sources.FILES.settings_for(name, table, path)
        if source_settings.enabled:
            ledger = Ledger(database_path(settings, path), name, now)
            searches = searched(name, settings.watches)
            found.append((name, sources.connect(name, source_settings, searches, ledger), source_settings))
    return found


def database_path(settings: ListenerSettings, path: Path) -> Path:
    """The database's file: a relative name means beside settings.toml, wherever this is run from."""
    return path.parent / Path(settings.listener.database).expanduser()


def searched(platform: str, parts: Sequence[WatchSettings]) -> list[str]:
    """What to search a platform for, each once: plain terms, and where it has a language of its own (`SYNTAX` in its
    file) what that says of a query. Raises SettingsError where there is no such platform.
    """
    syntax = sources.syntax_of(platform)
    return list(dict.fromkeys(one for part in parts for one in translated(part, syntax).sent))


class _Rereading:
    """One source's second job: what is kept from it is read again."""

    def __init__(
        self, database: Path, source: Source, settings: SourceSettings, sifter: Sifter, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._source = source
        self._settings = settings
        self._sifter = sifter
        self._now = now

    def run(self) -> bool:
        with closing(connect(self._database)) as db:
            return Rereader(db, self._sifter, self._now).reread_due(self._source, self._settings)


class _Listening:
    """One source's job. A unit of work is one stream: a stop waits for no more than that, and a backlog goes on.

    However long a backlog is, the other streams keep their beat. What is long is fetched in one unit and taken in in
    the next, so that what can wait knows of it and gives way. What a stop leaves fetched is fetched again.
    """

    def __init__(
        self, database: Path, source: Source, every_s: float, sifter: Sifter, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._source = source
        self._beat = timedelta(seconds=every_s)
        self._sifter = sifter
        self._now = now
        self._round: deque[str] = deque()
        self._backlog: deque[str] = deque()
        self._fetched: Fetched | None = None
        self._next_round = now()

    def run(self) -> bool:
        # A connection for each unit of work: threads come and go, and SQLite opens in a fraction of a millisecond.
        with closing(connect(self._database)) as db:
            poller = Poller(db, self._sifter, self._now)
            if self._fetched is None:
                heard = self._hear(poller)
                if isinstance(heard, Fetched) and heard.is_long:
                    self._fetched = heard
                    return True
            else:
                heard, self._fetched = self._fetched, None
            self._tell(poller.take(heard) if isinstance(heard, Fetched) else heard)
        return bool(self._round or self._backlog)

    def _hear(self, poller: Poller) -> Fetched | Polled | None:
        """What the next stream says; None where it is told to wait."""
        if not self._round and (not self._backlog or self._now() >= self._next_round):
            self._next_round = self._now() + self._beat
            self._round.extend(self._source.streams())
        stream = (self._round or self._backlog).popleft()
        return poller.fetch(self._source, stream) if poller.is_due(self._source, stream) else None

    def _tell(self, polled: Polled | None) -> None:
        if polled is not None and polled.new:
            log.info("%s %s: %d new", polled.platform, polled.stream, len(polled.new))
        if polled is not None and polled.more and polled.stream not in self._backlog:
            self._backlog.append(polled.stream)
