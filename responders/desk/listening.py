"""How well we hear: each platform with its streams, what is unusual about them, and the times that were not heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from listener import sources
from listener.archive.forget import Forgetting
from listener.archive.read import Stream
from listener.archive.silence import Silence, never_heard, silences
from listener.jobs import searched
from listener.settings import SettingsError, WatchSettings
from responders.desk.frame import desk_of, show
from responders.office import Office
from responders.restored import still_to_look_for

HOLES = 30
# A round of reading again takes its time; only what is later than this is worth a word.
LATE = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Row:
    """One stream, or several that fail alike: for which watches, since when nothing was missed, if oddly silent."""

    stream: Stream
    names: tuple[str, ...]
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
        never={one.platform: one.since for one in never_heard(office.db, office.now())},
        holes=holes[:HOLES],
        more_holes=len(holes) - HOLES,
        quarantined=office.archive.quarantined(),
        looked_for=still_to_look_for(office),
    )


def _platforms(office: Office) -> list[Heard]:
    silent = {(one.platform, one.stream): one for one in silences(office.db, office.now())}
    covered = office.archive.covered()
    found = []
    for platform, streams in groupby(office.archive.streams(), key=lambda stream: stream.platform):
        rows = []
        searches = _searches(platform, office.settings.watches)
        for _, alike in groupby(sorted(streams, key=_how), key=_how):
            one, *others = alike
            names = (one.stream, *(other.stream for other in others))
            watching = _listens_for(names, searches)
            key = (platform, one.stream)
            rows.append(Row(one, names, watching, covered.get(key), silent.get(key)))
        found.append(Heard(platform, tuple(rows), _unread(office, platform)))
    return found


def _how(stream: Stream) -> tuple[str, str, str]:
    """What streams have in common that fail alike; each that is heard stands for itself."""
    return ("", "", stream.stream) if stream.state == "listening" else (stream.state, stream.detail, "")


def _searches(platform: str, watches: Sequence[WatchSettings]) -> Mapping[str, Sequence[str]]:
    """What each watch asks the platform for, in lower case, its terms included."""
    known = platform in sources.FILES.names()
    return {
        watch.name: [one.casefold() for one in (*watch.terms, *(searched(platform, [watch]) if known else ()))]
        for watch in watches
    }


def _listens_for(streams: Sequence[str], searches: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The watches whose search one of the streams is: `search:acme`, `tag:acme@social.example`."""
    asked = [stream.partition(":")[2].casefold() for stream in streams]

    def named(search: str) -> bool:
        return any(words == search or words.startswith(f"{search}@") for words in asked)

    return tuple(name for name, own in searches.items() if any(map(named, own)))


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
