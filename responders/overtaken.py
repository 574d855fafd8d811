"""Drafts that what was heard since has overtaken: what they answer was deleted or edited, or turned out to be ours.

None may go out as if nothing had happened.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.archive.trouble import is_trouble
from responders.controls import SOFTWARE
from responders.draft import Draft, State, may_move
from responders.drafting import consider, permit, write_draft
from responders.office import Office
from responders.queue import NotPossible
from responders.resorted import sort_one_anew

log = logging.getLogger(__name__)

DELETED = "they deleted what they said, or it grew too old to be kept"
EDITED = "they edited what they said: read it again"
SAID_BEFORE = "they deleted something they had said before: see that this no longer speaks of it"
SPOKE_TO_US = "they spoke to us, as it turned out"
THROUGH = "overtaken_through"
TOO_OLD = "{} approved it more than {:g} hours ago: read both again, and approve it if it still fits"
SET_BACK = "{} approved it at a time that has not come yet, since the clock was set back: approve it once more"
CLOCKS_STEP = timedelta(hours=1)  # a clock that is set back by less only lengthens the wait
WORDS_LAST = timedelta(days=1)  # what they said before they edited it, beside the draft that answered it
# Two processes may commit in another order than their clocks say.
LOOK_BACK = timedelta(minutes=1)


def draw_back(office: Office) -> bool:
    """Take back every draft that what was heard since has overtaken. False: the next beat is soon enough."""
    now = office.now()
    last = office.controls.read(THROUGH)
    since = datetime.fromisoformat(last) - LOOK_BACK if last else now - timedelta(days=36_500)
    found = office.queue.overtaken(since)
    addressed = [(number, look_anew) for number in office.archive.addressed(since)]
    addressed += [(number, look_anew) for number in office.archive.regrouped(since)]
    for mention_id, obey in [*((one, let_go if gone else take_in) for one, gone in found), *addressed]:
        try:
            with writing(office.db):
                obey(office, mention_id)
        except Exception as why:
            # One mention is one unit of work: the others' drafts are still taken back.
            if is_trouble(why):
                raise
            log.exception("what became of mention %d could not be obeyed", mention_id)
    for draft in office.queue.in_state(State.APPROVED):
        if not withdraw_if_old(office, draft):
            with writing(office.db):
                _take_back_if_void(office, draft.draft_id)
    office.queue.forget_old_words(now - WORDS_LAST)
    if found or addressed:
        office.controls.set(THROUGH, now.isoformat(), SOFTWARE, now)
    return False


def let_go(office: Office, mention_id: int) -> None:
    """Obey a deletion: nobody answers words that were taken back, and no draft goes on quoting them."""
    draft = office.queue.draft_of(mention_id)
    if draft is not None and may_move(draft.state, State.SUPERSEDED, "supersede"):
        office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, DELETED, office.now())
        office.queue.conclude(mention_id, "no_reply", SOFTWARE, DELETED, office.now())
    office.queue.forget_words(mention_id)
    heard = office.archive.get(mention_id)
    for other in office.queue.open_for(heard.person_id):
        if heard.gone_at is not None and other.changed_at < heard.gone_at:
            _anew(office, other, SAID_BEFORE)


def take_in(office: Office, mention_id: int) -> None:
    """Obey an edit: what they say now may ask us to stop, and what was drafted speaks of other words."""
    heard = office.archive.get(mention_id)
    permit(office, heard)
    draft = office.queue.draft_of(mention_id)
    if draft is None:
        consider(office, heard)  # what set the old words aside may say nothing of the new ones
    elif heard.changed_at is not None and draft.changed_at < heard.changed_at:
        _anew(office, draft, EDITED)
        weights = office.settings.triage.priority
        sort_one_anew(office.db, mention_id, weights)  # a person's own text stays, and may be pressing now


def look_anew(office: Office, mention_id: int) -> None:
    """Consider a mention again that turned out to be said to us, or by us, or that no other stands for any more."""
    heard, draft = office.archive.get(mention_id), office.queue.draft_of(mention_id)
    if draft is None or heard.mention.ours:
        consider(office, heard)
    elif permit(office, heard).route != draft.route and draft.state is State.HELD:
        _anew(office, draft, SPOKE_TO_US)


def withdraw_if_old(office: Office, draft: Draft) -> bool:
    """Take back an approval that is older than the settings let it hold; whether it was.

    Who approved a day ago had another day before them: the person may have been helped, or the news have changed.
    """
    holds = timedelta(hours=office.settings.responders.approval_holds_h)
    if draft.approved_at is None or office.now() - draft.approved_at <= holds:
        return False
    with suppress(NotPossible):  # it went out, or was taken back, meanwhile
        why = TOO_OLD.format(draft.approved_by, holds / timedelta(hours=1))
        office.queue.put_back(draft.draft_id, why, SOFTWARE, office.now())
    return True


def _take_back_if_void(office: Office, draft_id: int) -> None:
    """Take back an approval that could never be carried out: it would wait for ever, and nobody would see why.

    What was on the wire while its mention was edited or deleted, and came back to wait, is met by nothing else.
    """
    draft = office.queue.get(draft_id)
    if draft.state is not State.APPROVED or draft.approved_at is None:
        return
    heard = office.archive.get(draft.mention_id)
    reworded = draft.read_as is not None and draft.read_as != heard.mention.text
    if heard.gone_at is not None:
        let_go(office, draft.mention_id)
    elif reworded or (heard.changed_at is not None and heard.changed_at > draft.approved_at):
        _anew(office, draft, EDITED)
    elif draft.approved_at > office.now() + CLOCKS_STEP:
        _anew(office, draft, SET_BACK.format(draft.approved_by))


def _anew(office: Office, draft: Draft, why: str) -> None:
    """Put a draft before a person once more: written anew, unless a person had worked on it or approved it."""
    now = office.now()
    if draft.state is State.HELD and draft.revision == 1:
        asked_by = office.queue.made_by(draft)
        office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, why, now)
        office.queue.forget_words(draft.mention_id)
        try:
            write_draft(office, draft.mention_id, asked_by)
        except NotPossible:  # what they say now asks for no answer of ours
            office.queue.set_aside(draft.mention_id)
            office.echoes.look_anew(draft.mention_id, now)
    elif draft.state is State.HELD or may_move(draft.state, State.HELD, "withdraw"):
        if draft.state is State.HELD:
            office.queue.remark(draft, why, SOFTWARE, now)
        else:
            office.queue.put_back(draft.draft_id, why, SOFTWARE, now)
