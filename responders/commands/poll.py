"""`warmline poll`: listen once, now."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue

import click

from listener.archive.connect import connect
from listener.archive.trouble import in_words, is_trouble
from listener.jobs import open_sources, sifter_from
from listener.poll import Polled, Poller
from listener.recheck import Rereader
from listener.settings import SourceSettings
from listener.source import Source, Unavailable
from responders.commands.common import failing_in_one_line, json_option, open_office, say, say_json, settings_option
from responders.drafting import draft_new
from responders.office import Office, database_path
from responders.overtaken import draw_back

log = logging.getLogger(__name__)


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@settings_option
@json_option
@failing_in_one_line
def poll(sources: tuple[str, ...], settings_path: Path, as_json: bool) -> None:
    """Hear what is new on every source that is on, or on those named, and draft for it.

    What is kept from them and due to be read again, for what its author deleted or edited, is read again as well.
    """
    with open_office(settings_path, needed=True) as office:
        polled = []
        for one in _poll(office, settings_path, sources):
            polled.append(one)
            if not as_json:
                say(_line(one), err=one.error is not None)
            if one.new:
                _answer(office)  # before a platform that is slow has answered
        _answer(office)
    if as_json:
        say_json([_as_told(one) for one in polled])
    elif not polled:
        say("No source is on. Name one under [listener.sources.…] in settings.toml.", err=True)
    sys.exit(1 if any(one.error for one in polled) else 0)


def _answer(office: Office) -> None:
    draw_back(office)
    while draft_new(office):
        pass


def _poll(office: Office, settings_path: Path, only: tuple[str, ...]) -> Iterator[Polled]:
    """What each stream came to, as it comes: a platform that is slow or down holds up nobody else."""
    settings = office.settings
    listening = settings.listening
    sifter = sifter_from(settings, settings_path)
    opened = open_sources(listening, settings_path, only)
    told: SimpleQueue[Polled | None] = SimpleQueue()

    def hear(source: Source, own: SourceSettings) -> None:
        try:
            with closing(connect(database_path(settings, settings_path))) as db:
                for one in _until_done(Poller(db, sifter, office.now), source):
                    told.put(one)
                while Rereader(db, sifter, office.now).reread_due(source, own):
                    pass
        except Exception as why:
            # One source is one unit of work: what nobody foresaw there is told, and the others are heard and answered.
            if is_trouble(why):
                said = in_words(why)
            else:
                log.exception("%s: unforeseen", source.platform)
                said = f"unforeseen {type(why).__name__}; the log has the details"
            told.put(Polled(source.platform, "all", error=Unavailable(said)))
        finally:
            told.put(None)
            source.close()

    with ThreadPoolExecutor(max(1, len(opened))) as threads:
        for source, own in opened:
            threads.submit(hear, source, own)
        ended = 0
        while ended < len(opened):
            one = told.get()
            if one is None:
                ended += 1
            else:
                yield one


def _until_done(poller: Poller, source: Source) -> Iterator[Polled]:
    """Every stream once, and those with a backlog again until it is heard."""
    polled = poller.poll(source, asked=True)
    yield from polled
    while backlog := [one.stream for one in polled if one.more]:
        polled = poller.poll(source, only=backlog, asked=True)
        yield from polled


def _line(one: Polled) -> str:
    name = f"{one.platform} {one.stream}"
    if one.error is not None:
        return f"{name}: could not be heard: {one.error}"
    beside = [f"{one.unmatched} about something else"] if one.unmatched else []
    beside += [f"{one.unreadable} unreadable, kept raw"] if one.unreadable else []
    beside += ["more is waiting"] if one.more else []
    return f"{name}: {len(one.new)} new of {one.fetched}" + "".join(f", {word}" for word in beside)


def _as_told(one: Polled) -> dict[str, object]:
    return {
        "platform": one.platform,
        "stream": one.stream,
        "new": len(one.new),
        "mention_ids": one.new,
        "fetched": one.fetched,
        "unmatched": one.unmatched,
        "unreadable": one.unreadable,
        "more": one.more,
        "error": str(one.error) if one.error else None,
    }
