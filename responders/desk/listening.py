"""How well we hear: each platform with its streams, what is unusual about them, and the times that were not heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from listener import sources
from listener.archive.forget import Forgetting
from listener.archive.read import Stream
from listener.archive.silence import Silence, silences
from listener.settings import SettingsError, WatchSettings
from responders.desk.frame import desk_of, show
from responders.office import Office

HOLES = 30
# A round of reading again takes its time; only what is later than this is worth a word.
LATE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Row:
    """One stream: for which watches it listens, since when nothing was missed, and whether it is oddly silent."""

    stream: Stream
    watches: tuple[str, ...]
    complete_since: datetime | None
    silence: Silence | None


@dataclass(frozen=True, slots=True)
class Heard:
    """One platform. `unread` kept posts should have been read again by now, for what their authors took back."""

    platform: str
    rows: tuple[Row, ...]
    unread: int


async def listening(request: Request) -> Response:
    """How well we hear, and whether anything may go out."""
    office = desk_of(request).office
    holes = office.archive.holes()
    return show(
        request,
        "listening.html",
        heard=_platforms(office),
        holes=holes[:HOLES],
        more_holes=len(holes) - HOLES,
        quarantined=office.archive.quarantined(),
    )


def _platforms(office: Office) -> list[Heard]:
    silent = {(one.platform, one.stream): one for one in silences(office.db, office.now())}
    covered = office.archive.covered()
    found = []
    for platform, streams in groupby(office.archive.streams(), key=lambda stream: stream.platform):
        rows = tuple(
            Row(
                one,
                _listens_for(one.stream, office.settings.watches),
                covered.get((platform, one.stream)),
                silent.get((platform, one.stream)),
            )
            for one in streams
        )
        found.append(Heard(platform, rows, _unread(office, platform)))
    return found


def _listens_for(stream: str, watches: tuple[WatchSettings, ...]) -> tuple[str, ...]:
    """The watches whose term a stream asks for: `search:acme`, `tag:acme@social.example`."""
    asked = stream.partition(":")[2].casefold()

    def names(term: str) -> bool:
        return asked == term.casefold() or asked.startswith(f"{term.casefold()}@")

    return tuple(watch.name for watch in watches if any(map(names, watch.terms)))


def _unread(office: Office, platform: str) -> int:
    tables: Mapping[str, Mapping[str, object]] = office.settings.listener.sources
    if platform not in tables:
        return 0
    try:
        own = sources.FILES.settings_for(platform, tables[platform], office.settings_path)
    except SettingsError:
        return 0
    if own.recheck_h == 0:
        return 0
    now = office.now()
    since = now - timedelta(hours=own.recheck_h) - LATE
    return Forgetting(office.db).unread(platform, since, now - timedelta(days=own.recheck_days))
