"""One unit of polling: fetch a stream, clean, match, triage and record what it says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlite_utils import Database

from listener.archive.forget import Forgetting
from listener.archive.quarantine import Quarantine, Struck
from listener.archive.read import Reading
from listener.archive.record import Recorder
from listener.archive.taught import Taught
from listener.archive.trouble import is_trouble
from listener.clean import clean_mention
from listener.mention import Batch, Mention, Unreadable
from listener.sift import Sift, Sifter
from listener.sift_in_two import in_two
from listener.source import NotFound, OutOfCredits, RateLimited, Revoked, Source, SourceError, Unavailable
from listener.triaged import Triaged

log = logging.getLogger(__name__)

# After the first failure half a minute, doubling, at most half an hour: a platform's bad hour costs few calls.
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=30)
# Refused credentials are for a person to mend; asking once an hour costs nothing and notices that they have.
REVOKED_WAIT = timedelta(hours=1)
# Credits are bought by a person too; `warmline poll` asks at once.
UNPAID_WAIT = timedelta(hours=12)
# So many are kept at once: a tenth of a second, in which nobody else can write.
PIECE = 500

Done = TypeVar("Done")


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one stream said, not taken in yet."""

    source: Source
    stream: str
    batch: Batch
    at: datetime

    @property
    def is_long(self) -> bool:
        """Whether to take it in is the work of seconds."""
        return len(self.batch.mentions) > 2 * PIECE


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll of one stream came to."""

    platform: str
    stream: str
    new: tuple[int, ...] = ()
    fetched: int = 0
    unmatched: int = 0
    unreadable: int = 0
    more: bool = False
    error: SourceError | None = None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What became of a long batch's beginning: what is new, what could not be sifted, how many matched a watch."""

    new: tuple[int, ...] = ()
    poison: tuple[Unreadable, ...] = ()
    matched: int = 0


class Poller:
    """Carries mentions from a source into the archive. One stream failing never holds up another."""

    def __init__(self, db: Database, sifter: Sifter, now: Callable[[], datetime] = utc_now) -> None:
        self._recorder = Recorder(db)
        self._reading = Reading(db)
        self._forgetting = Forgetting(db)
        self._taught = Taught(db)
        self._quarantine = Quarantine(db)
        self._sifter = sifter
        self._now = now

    def poll(self, source: Source, *, only: Collection[str] = (), asked: bool = False) -> list[Polled]:
        """Poll each stream that is due, or `only` these, once. `asked` (a person typed it) polls those told to wait."""
        streams = [stream for stream in source.streams() if not only or stream in only]
        return [self._poll_stream(source, stream) for stream in streams if asked or self.is_due(source, stream)]

    def is_due(self, source: Source, stream: str) -> bool:
        """Whether this stream may be asked now: no platform and no failure has told us to wait."""
        known = self._reading.stream(source.platform, stream)
        if known is None or known.next_at is None:
            return True
        # A clock that ran ahead, and was set right since, makes nobody wait for the time it showed.
        return known.next_at <= self._now() or (known.polled_at is not None and known.polled_at > self._now())

    def fetch(self, source: Source, stream: str) -> Fetched | Polled:
        """What a stream says now, or what became of it where it could not be heard."""
        now = self._now()

        def heard() -> Fetched:
            return Fetched(
                source, stream, source.fetch(stream, self._reading.cursor(source.platform, stream), now), now
            )

        return self._isolated(source, stream, now, heard)

    def take(self, fetched: Fetched) -> Polled:
        """Clean, match, triage and record what was fetched."""
        return self._isolated(fetched.source, fetched.stream, fetched.at, lambda: self._take(fetched))

    def take_in(self, stream: str, mentions: Sequence[Mention]) -> tuple[int, ...]:
        """Keep mentions that were brought by hand, matched or not, and return the ids that were new."""
        self._sifter.learn(self._taught)
        fresh = self._recorder.unheard([clean_mention(mention) for mention in mentions])
        triaged, poison = _sifted(fresh, self._sifter.keep)
        return self._recorder.add(stream, triaged, poison, self._now())

    def try_quarantined(self) -> tuple[int, ...]:
        """Sift once more all that could be read and not sifted, and return the ids that are kept now."""
        self._sifter.learn(self._taught)
        return self._try_again(self._quarantine.every(), self._sifter.keep)

    def _poll_stream(self, source: Source, stream: str) -> Polled:
        fetched = self.fetch(source, stream)
        return self.take(fetched) if isinstance(fetched, Fetched) else fetched

    def _isolated(self, source: Source, stream: str, now: datetime, work: Callable[[], Done]) -> Done | Polled:
        """What the work comes to, or that it failed: that is noted, and stops no other stream."""
        try:
            return work()
        except OutOfCredits as why:
            # Nothing on this platform is free: the whole source stops, rather than each stream finding out alone.
            for other in source.streams():
                self._note_failure(source.platform, other, why, now)
            return Polled(source.platform, stream, error=why)
        except SourceError as why:
            return self._note_failure(source.platform, stream, why, now)
        except Exception as why:
            # One stream is one unit of work. What nobody foresaw is in the log, and on the page of what is heard.
            if is_trouble(why):
                raise
            log.exception("%s %s: unforeseen", source.platform, stream)
            odd = Unavailable(f"unforeseen {type(why).__name__}; the log has the details")
            return self._note_failure(source.platform, stream, odd, now)

    def _take(self, fetched: Fetched) -> Polled:
        platform, stream, batch = fetched.source.platform, fetched.stream, fetched.batch
        self._sifter.learn(self._taught)
        again = self._try_again(self._quarantine.to_try(platform, stream), self._sifter.sift, platform)
        fresh = self._recorder.unheard([clean_mention(mention) for mention in batch.mentions])
        last = max(0, len(fresh) - 1) // PIECE * PIECE
        with in_two(fresh, self._sifter.sift) as sift:
            ahead = self._take_ahead(platform, stream, fresh[:last], sift, fetched.at)
            triaged, poison = _sifted(fresh[last:], sift)
        batch = replace(batch, unreadable=(*batch.unreadable, *ahead.poison, *poison))
        new = ahead.new + self._record(platform, stream, triaged, batch, fetched.at)
        if batch.unreadable:
            log.warning("%s %s: %d items could not be read; kept raw", platform, stream, len(batch.unreadable))
        return Polled(
            platform,
            stream,
            again + new,
            fetched=len(batch.mentions),
            unmatched=len(fresh) - ahead.matched - len(triaged) - len(ahead.poison) - len(poison),
            unreadable=len(batch.unreadable),
            more=batch.more,
        )

    def _take_ahead(self, platform: str, stream: str, mentions: Sequence[Mention], sift: Sift, now: datetime) -> _Ahead:
        """Sift and keep what comes before a long batch's last piece, a piece at a time.

        Kept all at once it would hold up everyone else who writes. Should it break off here, the cursor has not moved,
        and the next poll finds these kept already and goes on.
        """
        ahead = _Ahead()
        for start in range(0, len(mentions), PIECE):
            triaged, poison = _sifted(mentions[start : start + PIECE], sift)
            new = self._recorder.record_ahead(platform, stream, triaged, now)
            ahead = _Ahead(ahead.new + new, ahead.poison + poison, ahead.matched + len(triaged))
        return ahead

    def _try_again(self, struck: Sequence[Struck], sift: Sift, by: str = "") -> tuple[int, ...]:
        """Sift what could not be sifted before: what bears it now is kept, and what doesn't has one strike more."""
        new: tuple[int, ...] = ()
        for one in struck:
            triaged, poison = _sifted(self._recorder.unheard([one.mention]), sift)
            if poison:
                self._quarantine.strike(one.quarantine_id)
                continue
            with self._recorder.transaction():
                new += self._recorder.add(one.stream, triaged, (), self._now(), by)
                self._quarantine.release(one.quarantine_id)
        return new

    def _record(
        self, platform: str, stream: str, triaged: Sequence[Triaged], batch: Batch, now: datetime
    ) -> tuple[int, ...]:
        """Keep the batch, and obey what it says was deleted: one transaction, as the cursor moves past both."""
        with self._recorder.transaction():
            new = self._recorder.record(platform, stream, triaged, batch, now)
            gone = self._forgetting.forget_posts(platform, batch.gone, now)
            gone += self._forgetting.forget_authors(platform, batch.gone_authors, now)
        if gone:
            log.info("%s %s: %d kept mentions were deleted by their authors", platform, stream, len(gone))
        return new

    def _note_failure(self, platform: str, stream: str, why: SourceError, now: datetime) -> Polled:
        known = self._reading.stream(platform, stream)
        failures = known.failures if known else 0
        state, next_at = _what_next(why, failures, now)
        self._recorder.failed(platform, stream, state, str(why), next_at, now)
        log.warning("%s %s: %s", platform, stream, why)
        return Polled(platform, stream, error=why)


def _sifted(mentions: Sequence[Mention], sift: Sift) -> tuple[list[Triaged], tuple[Unreadable, ...]]:
    """Those that are kept, sifted; and those that sifting itself could not bear, to be kept raw."""
    kept: list[Triaged] = []
    poison: list[Unreadable] = []
    for mention in mentions:
        try:
            sifted = sift(mention)
        except Exception as why:
            # One mention is one unit of work: it is set aside whole, and the others go on.
            log.exception("%s %s: could not be triaged", mention.platform, mention.post_id)
            poison.append(Unreadable(repr(mention), f"triage: {type(why).__name__}", mention))
        else:
            kept += [sifted] if sifted else []
    return kept, tuple(poison)


def _what_next(why: SourceError, failures: int, now: datetime) -> tuple[str, datetime]:
    """The stream's state after a failure, and when to try again."""
    wait = min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    if isinstance(why, OutOfCredits):
        return "revoked", now + UNPAID_WAIT
    if isinstance(why, Revoked):
        return "revoked", now + REVOKED_WAIT
    if isinstance(why, RateLimited):
        return "waiting", why.retry_at or now + wait
    if isinstance(why, NotFound):
        return "unavailable", now + LONGEST_WAIT
    return "unavailable", now + wait
