"""Kept mentions are read again: what their authors edited is taken over, what they deleted is forgotten.

X wants it gone within 24 hours and Reddit within 48 (their policies as read in 2026, docs/platforms.md); it is what
anyone may expect. How often and how long is `recheck_h`, `recheck_days` and `keep_days` of each source's settings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import ArchiveError, StorageError
from listener.archive.forget import Forgetting
from listener.archive.read import Heard
from listener.archive.taught import Taught
from listener.clean import clean_mention
from listener.mention import Mention
from listener.settings import SourceSettings
from listener.sift import Sifter
from listener.source import OutOfCredits, RateLimited, Source, SourceError

log = logging.getLogger(__name__)

BATCH = 100  # mentions a unit of work: one call or a few, on any platform
ALONE = 20  # of a batch that fails, so many are asked for one by one; the others' turn comes next
FEW = 3  # where so many in a row can't be read, it is the platform that is down
SOON = timedelta(hours=1)  # when what could not be told is tried again
# Where so many seem gone within the hour, and more than half, a bad minute of theirs is as likely: not believed before
# a second look says the same.
MANY = 10
SECOND_LOOK = timedelta(minutes=5)


class Rereader:
    """Reads again what is kept from one source."""

    def __init__(self, db: Database, sifter: Sifter, now: Callable[[], datetime]) -> None:
        self._forgetting = Forgetting(db)
        self._sifter = sifter
        self._taught = Taught(db)
        self._now = now

    def reread_due(self, source: Source, settings: SourceSettings) -> bool:
        """Read the next mentions that are due; True where more are."""
        now = self._now()
        self._forgetting.scrub(now)
        if settings.keep_days is not None:
            older = self._forgetting.forget_older(source.platform, now - timedelta(days=settings.keep_days), now)
            if older:
                log.info("%s: %d mentions grew too old to keep their words", source.platform, len(older))
        if settings.recheck_h == 0:
            return False
        due = self._forgetting.due(
            source.platform,
            now - timedelta(hours=settings.recheck_h),
            now - timedelta(days=settings.recheck_days),
            now - SOON,
            BATCH,
        )
        return bool(due) and self._reread(source, settings, due)

    def _reread(self, source: Source, settings: SourceSettings, due: Sequence[Heard]) -> bool:
        """Whether it makes sense to go on: these could be dealt with, and there may be more."""
        tried = due
        try:
            found = source.reread([heard.mention for heard in due])
        except (RateLimited, OutOfCredits) as why:
            log.warning("%s: %d mentions could not be read again: %s", source.platform, len(due), why)
            self._forget_unread(source.platform, settings, why)
            return False
        except (ArchiveError, StorageError):
            raise
        except Exception:
            # One mention is one unit of work, and one of them may be all that is wrong: it must not stop the others.
            log.debug("%s: %d mentions can't be read again together", source.platform, len(due), exc_info=True)
            tried, found = _one_by_one(source, due)
            if not found:
                self._forgetting.tried(_numbers(tried), self._now())
                return False
        calm = self._settle(source.platform, tried, found)
        return calm and (len(due) == BATCH or len(tried) < len(due))

    def _settle(self, platform: str, tried: Sequence[Heard], found: Mapping[str, Mention | None]) -> bool:
        """Obey what was told of these. False where so many seem gone that the platform had better be left in peace."""
        now = self._now()
        told = [heard for heard in tried if heard.mention.post_id in found]
        gone = [heard for heard in told if found[heard.mention.post_id] is None]
        doubted = self._doubted(platform, told, gone, now)
        done = [
            heard for heard in told if heard not in doubted and self._taken_over(heard, found[heard.mention.post_id])
        ]
        self._forgetting.checked(_numbers(done), now)
        self._forgetting.missed(_numbers(doubted), now)
        # What could not be told comes again soon, and not at once: it must not keep the others from their turn.
        self._forgetting.tried(_numbers(heard for heard in tried if heard not in done and heard not in doubted), now)
        if doubted:
            log.warning("%s: %d mentions seem gone at once; they are looked at again", platform, len(doubted))
        return not doubted

    def _doubted(self, platform: str, told: Sequence[Heard], gone: Sequence[Heard], now: datetime) -> list[Heard]:
        """Those of the gone that are not believed yet. One or a few, or what was gone a while ago too, always is.

        An empty answer is how several platforms say that all are gone, and how a bad minute of theirs may look.
        """
        first_seen = [one for one in gone if one.missing_at is None or one.missing_at > now - SECOND_LOOK]
        if not first_seen:
            return []
        told_lately, gone_lately = self._forgetting.lately(platform, now - SOON)
        many = len(gone) + gone_lately
        return first_seen if many >= MANY and many * 2 > len(told) + told_lately else []

    def _taken_over(self, heard: Heard, found: Mention | None) -> bool:
        try:
            self.take_over(heard, found)
        except (ArchiveError, StorageError):
            raise
        except Exception:
            # One mention is one unit of work: what sifting itself could not bear is tried again later.
            log.exception("mention %d: what it is now could not be taken over", heard.mention_id)
            return False
        return True

    def _forget_unread(self, platform: str, settings: SourceSettings, why: RateLimited | OutOfCredits) -> None:
        """Forget what nobody will know in time to be there still, where the platform obliges us to (SourceSettings)."""
        now = self._now()
        until = why.retry_at if isinstance(why, RateLimited) else None
        if settings.forget_unread_h is None or until is None or until <= now + SOON:
            return
        late = now - timedelta(hours=settings.forget_unread_h)
        if gone := self._forgetting.forget_unread(platform, late, now):
            log.warning("%s: %d mentions are forgotten: they can't be read again in time", platform, len(gone))

    def take_over(self, heard: Heard, found: Mention | None) -> None:
        """Make the kept mention what the platform shows of it now: None, where it shows nothing any more."""
        if found is None:
            self._forgetting.forget_posts(heard.mention.platform, [heard.mention.post_id], self._now())
            log.info("mention %d was deleted by its author: its words are forgotten", heard.mention_id)
        elif edited(heard, found):
            self._sifter.learn(self._taught)
            self._forgetting.revise(heard.mention_id, self._sifter.keep(clean_mention(found)), self._now())
            log.info("mention %d was edited by its author", heard.mention_id)


def _one_by_one(source: Source, due: Sequence[Heard]) -> tuple[list[Heard], dict[str, Mention | None]]:
    """Those that were tried, and what the platform shows of them; where the first few fail alike, no more are tried."""
    tried: list[Heard] = []
    found: dict[str, Mention | None] = {}
    for heard in due[:ALONE]:
        if len(tried) >= FEW and not found:
            break
        try:
            found |= source.reread([heard.mention])
        except (RateLimited, OutOfCredits):
            break
        except SourceError as why:
            log.warning("mention %d could not be read again: %s", heard.mention_id, why)
        except (ArchiveError, StorageError):
            raise
        except Exception:
            # One mention is one unit of work: what no adapter foresaw leaves the others their turn.
            log.exception("mention %d could not be read again: unforeseen", heard.mention_id)
        tried.append(heard)
    return tried, found


def _numbers(some: Iterable[Heard]) -> list[int]:
    return [heard.mention_id for heard in some]


def edited(heard: Heard, found: Mention) -> bool:
    """Whether what the platform shows now differs from what we keep."""
    return clean_mention(found).text != heard.mention.text
