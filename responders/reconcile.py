"""Replies whose fate is unknown: looked for on the platform, and where they can't be found a person is asked.

None is ever sent again by itself. Whoever answers the question says one of three things: it is there, send it again,
or drop it (decide.py).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.archive.trouble import is_trouble
from responders.controls import SOFTWARE
from responders.draft import Draft, Receipt, State
from responders.office import Office
from responders.order import order_for
from responders.outbox import HELD_THERE
from responders.publisher import Order, Postponed, Publisher, Revoked, Unknown
from responders.queue import NotPossible

log = logging.getLogger(__name__)

# A platform's own lists lag behind its writes: absence counts only when seen twice, the second time after this.
SETTLE = timedelta(seconds=60)
# What was not seen twice may still turn up: it is looked for less and less often, for a day.
MOST_LOOKS = 6
LONGEST = SETTLE * 4 ** (MOST_LOOKS - 1)
# Where nobody can look, it is tried less and less often: as long again as its fate is unknown, within these two.
SOONEST, LATEST = timedelta(seconds=20), timedelta(minutes=30)
NOT_SEEN = "; it was looked for {}, and is not to be seen there"
NOT_LOOKED = "; it could not be looked for: {}"


def reconcile(office: Office, publishers: Mapping[str, Publisher]) -> list[Draft]:
    """Look on the platforms for every reply whose fate is unknown; those that were settled, or are asked about now.

    Found: it is sent, and gets its receipt. Not found twice, a settling time apart: a person is asked.
    """
    with writing(office.db):
        # What time it is is asked when nobody else writes any more: an attempt that begins while we wait for that must
        # not look like one from the future.
        office.outbox.give_up_on_the_dead(office.now())
    # What is on the wire at this moment may be there already without a receipt: nothing is looked for beside it.
    on_the_wire = {_platform(office, draft) for draft in office.queue.in_state(State.SENDING)}
    unknown = [one for one in office.queue.in_state(State.UNKNOWN) if _platform(office, one) not in on_the_wire]
    settled = [_look_for(office, draft, publishers) for draft in sorted(unknown, key=lambda one: one.changed_at)]
    return [draft for draft in settled if draft is not None]


def is_asked(draft: Draft) -> bool:
    """Whether it was looked for often enough that only a person can tell now."""
    return draft.state is State.UNKNOWN and draft.looks > 1


def _platform(office: Office, draft: Draft) -> str:
    return office.archive.get(draft.mention_id).mention.platform


def _look_for(office: Office, draft: Draft, publishers: Mapping[str, Publisher]) -> Draft | None:
    if not _is_due(draft, office.now()):
        return None
    try:
        order = order_for(office, draft)
        receipt = _way_to(order.parent.platform, publishers).find(order)
        return _found(office, draft, order, receipt) if receipt else _not_found(office, draft)
    except NotPossible:
        return None  # somebody else settled it meanwhile
    except (Unknown, Revoked, Postponed) as why:
        said = str(why)
        log.warning("draft %d: could not look for it: %s", draft.draft_id, said)
    except Exception as why:
        # One reply is one unit of work: the others are still looked for.
        if is_trouble(why):
            raise
        said = f"unforeseen {type(why).__name__}; the log has the details"
        log.exception("draft %d: unforeseen while looking for it", draft.draft_id)
    _not_looked(office, draft, said)
    return None


def _way_to(platform: str, publishers: Mapping[str, Publisher]) -> Publisher:
    if (publisher := publishers.get(platform)) is None:
        raise Unknown(f"nothing is sent to {platform} with these settings")
    return publisher


def _is_due(draft: Draft, now: datetime) -> bool:
    if draft.look_at is None:
        return draft.looks == 0
    # A clock that ran ahead, and was set right since, makes nobody wait for the time it showed.
    return not now < draft.look_at <= now + LONGEST


def _found(office: Office, draft: Draft, order: Order, receipt: Receipt) -> Draft:
    log.info("draft %d: found on the platform, %s", draft.draft_id, receipt.url or receipt.post_id)
    return office.queue.receive(draft.draft_id, receipt, order.parent.platform, SOFTWARE, office.now())


def _not_looked(office: Office, draft: Draft, why: str) -> None:
    now = office.now()
    unknown_for = max(now - draft.changed_at, SOONEST)
    office.outbox.not_looked(draft, now + min(unknown_for, LATEST), _ended(draft.note) + NOT_LOOKED.format(why))


def _not_found(office: Office, draft: Draft) -> Draft | None:
    now, looks = office.now(), draft.looks + 1
    look_at = now + SETTLE * 4 ** (looks - 1) if looks < MOST_LOOKS else None
    # What the platform's moderators keep may be shown any day: only a person can say that it never will.
    kept_there = office.outbox.last_end(draft.draft_id) == HELD_THERE
    if looks < 2 or kept_there:
        office.outbox.looked(draft, look_at, _ended(draft.note), now)
        return None
    with writing(office.db):
        if (ended := _nothing_may_go(office, draft)) is not None:
            return ended
        asked = office.outbox.looked(draft, look_at, _not_seen(draft.note, looks), now, asks=looks == 2)
    return asked if looks == 2 else None


def _not_seen(note: str, looks: int) -> str:
    """How its sending ended, and how often it was looked for since."""
    return _ended(note) + NOT_SEEN.format("twice" if looks == 2 else f"{looks} times")


def _ended(note: str) -> str:
    """How its sending ended, without what was said since of looking for it."""
    for since in (NOT_SEEN, NOT_LOOKED):
        note = note.partition(since.partition("{")[0])[0]
    return note


def _nothing_may_go(office: Office, draft: Draft) -> Draft | None:
    """The draft ended, where its person asked us to stop, or took back what they said: nobody is asked about it."""
    reason = office.contact.reason_against(draft.mention_id)
    if reason is None and office.archive.get(draft.mention_id).gone_at is not None:
        reason = "they deleted what they said"
    if reason is None or office.outbox.stands_still(draft.draft_id) is not None:
        return None
    why, now = f"it was looked for and not found, and nothing may go to them any more: {reason}", office.now()
    ended = office.queue.move(draft.draft_id, State.SUPERSEDED, "not found", SOFTWARE, why, now)
    office.queue.conclude(draft.mention_id, "no_reply", SOFTWARE, reason, now)
    office.queue.forget_words(draft.mention_id)
    return ended
