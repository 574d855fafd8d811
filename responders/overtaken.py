"""Drafts whose mention its author deleted or edited since: none may go out as if nothing had happened."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.jobs import watches
from listener.recheck import Rereader, edited
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.source import Revoked, Source, SourceError
from responders.controls import SOFTWARE
from responders.draft import Draft, State
from responders.drafting import write_draft
from responders.office import Office
from responders.queue import NotPossible

log = logging.getLogger(__name__)

DELETED = "they deleted what they said"
EDITED = "they edited what they said: read it again"
# Two processes may commit in another order than their clocks say.
CANNOT_LOOK = "it cannot be read again before sending: set up [listener.sources.{}] in settings.toml"
NOT_SHOWN = "they can't be read any more (blocked, or private now): look before you approve it again"
WAIT = timedelta(minutes=1)
REVOKED_WAIT = timedelta(minutes=15)
LOOK_BACK = timedelta(hours=1)
THROUGH = "overtaken_through"


def draw_back(office: Office) -> bool:
    """Take back every draft that what was heard since has overtaken. False: the next beat is soon enough."""
    now = office.now()
    last = office.controls.read(THROUGH)
    since = datetime.fromisoformat(last) - LOOK_BACK if last else now - timedelta(days=36_500)
    for draft, gone in office.queue.overtaken(since):
        try:
            (draw_back_deleted if gone else draw_back_edited)(office, draft)
        except Exception:
            # One draft is one unit of work: the others are still taken back.
            log.exception("draft %d could not be taken back", draft.draft_id)
    office.controls.set(THROUGH, now.isoformat(), SOFTWARE, now)
    return False


def look_again(office: Office, draft: Draft, sources: Mapping[str, Source]) -> Draft | None:
    """The draft as it stands after it had to be kept back; None where its mention reads as it did."""
    heard = office.archive.get(draft.mention_id)
    source = sources.get(heard.mention.platform)
    if source is None:
        return _withdraw(office, draft, CANNOT_LOOK.format(heard.mention.platform))
    try:
        found = source.reread([heard.mention])
    except SourceError as why:
        wait = REVOKED_WAIT if isinstance(why, Revoked) else WAIT
        until = max(getattr(why, "retry_at", None) or office.now(), office.now() + wait)
        office.outbox.postpone(draft, until, f"not sent yet: it could not be read again first ({why})")
        return office.queue.get(draft.draft_id)
    if heard.mention.post_id not in found:
        return _withdraw(office, draft, NOT_SHOWN)
    current = found[heard.mention.post_id]
    if current is not None and not edited(heard, current):
        return None
    sifter = Sifter(watches(office.settings.watches), Vader())
    Rereader(office.db, sifter, office.now).take_over(heard, current)
    return (draw_back_deleted if current is None else draw_back_edited)(office, draft)


def _withdraw(office: Office, draft: Draft, why: str) -> Draft:
    return office.queue.move(draft.draft_id, State.HELD, "withdraw", SOFTWARE, why, office.now())


def draw_back_deleted(office: Office, draft: Draft) -> Draft:
    """End a draft whose mention was deleted: nobody answers words that were taken back."""
    with writing(office.db):
        ended = office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, DELETED, office.now())
        office.queue.conclude(draft.mention_id, "no_reply", SOFTWARE, DELETED, office.now())
        office.queue.forget_words(draft.mention_id)
    return ended


def draw_back_edited(office: Office, draft: Draft) -> Draft:
    """Put a draft whose mention was edited before a person again: written anew, unless a person had worked on it."""
    now = office.now()
    with writing(office.db):
        if draft.state is not State.HELD:
            return office.queue.move(draft.draft_id, State.HELD, "withdraw", SOFTWARE, EDITED, now)
        if draft.revision > 1:
            office.queue.remark(draft, EDITED, SOFTWARE, now)
            return office.queue.get(draft.draft_id)
        ended = office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, EDITED, now)
        try:
            return write_draft(office, draft.mention_id, SOFTWARE)
        except NotPossible:  # what they say now asks for no answer of ours
            office.queue.set_aside(draft.mention_id)
            return ended
