"""Kept mentions are read again: what their authors edited is taken over, what they deleted is forgotten.

X wants it gone within 24 hours and Reddit within 48 (their policies as read in 2026, docs/platforms.md); it is what
anyone may expect. How often and how long is `recheck_h`, `recheck_days` and `keep_days` of each source's settings.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.forget import Forgetting
from listener.archive.read import Heard
from listener.clean import clean_mention
from listener.mention import Mention
from listener.settings import SourceSettings
from listener.sift import Sifter
from listener.source import Source, SourceError

log = logging.getLogger(__name__)

SCRUB = timedelta(minutes=15)  # longer than between two looks, so that none is missed
MANY = 10
SOON = timedelta(hours=1)
BATCH = 100  # mentions a unit of work: one call or a few, on any platform


class Rereader:
    """Reads again what is kept from one source."""

    def __init__(self, db: Database, sifter: Sifter, now: Callable[[], datetime]) -> None:
        self._forgetting = Forgetting(db)
        self._sifter = sifter
        self._now = now

    def reread_due(self, source: Source, settings: SourceSettings) -> bool:
        """Read the next mentions that are due; True where more are."""
        now = self._now()
        self._forgetting.scrub(now - SCRUB)
        if settings.keep_days is not None:
            older = self._forgetting.forget_older(source.platform, now - timedelta(days=settings.keep_days), now)
            if older:
                log.info("%s: %d mentions grew too old to keep their words", source.platform, len(older))
        if settings.recheck_h == 0:
            return False
        unread_since = now - timedelta(hours=settings.recheck_h)
        due = self._forgetting.due(
            source.platform, unread_since, now - timedelta(days=settings.recheck_days), BATCH
        )  # fmt: skip
        return bool(due) and self._reread(source, due, unread_since) and len(due) == BATCH

    def _reread(self, source: Source, due: list[Heard], unread_since: datetime) -> bool:
        """Whether these could be read again and were dealt with."""
        try:
            found = self._look(source, [heard.mention for heard in due])
        except SourceError as why:
            log.warning("%s: %d mentions could not be read again: %s", source.platform, len(due), why)
            return False
        told = [heard for heard in due if heard.mention.post_id in found]
        for heard in told:
            self.take_over(heard, found[heard.mention.post_id])
        self._forgetting.checked([heard.mention_id for heard in told], self._now())
        # What could not be told comes again soon, and not at once: it must not keep the others from their turn.
        untold = [heard.mention_id for heard in due if heard not in told]
        self._forgetting.checked(untold, unread_since + SOON)
        return True

    def _look(self, source: Source, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """What the platform shows of these now. Where very many seem gone at once it is asked twice, and must agree.

        An empty answer is how several platforms say that all are gone, and how a bad minute of theirs may look.
        """
        found = source.reread(mentions)
        gone = [mention for mention in mentions if found.get(mention.post_id, mention) is None]
        if len(gone) < MANY or len(gone) * 2 < len(mentions):
            return found
        again = source.reread(gone)
        return {post_id: now for post_id, now in found.items() if now is not None or again.get(post_id, now) is None}

    def take_over(self, heard: Heard, found: Mention | None) -> None:
        """Make the kept mention what the platform shows of it now: None, where it shows nothing any more."""
        if found is None:
            self._forgetting.forget_posts(heard.mention.platform, [heard.mention.post_id], self._now())
            log.info("mention %d was deleted by its author: its words are forgotten", heard.mention_id)
        elif edited(heard, found):
            self._forgetting.revise(heard.mention_id, self._sifter.keep(clean_mention(found)), self._now())
            log.info("mention %d was edited by its author", heard.mention_id)


def edited(heard: Heard, found: Mention) -> bool:
    """Whether what the platform shows now differs from what we keep."""
    return clean_mention(found).text != heard.mention.text
