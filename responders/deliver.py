"""One approved reply out: read the mention once more, claim, send once, write the receipt.

What is unknown is looked for, never sent blindly.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.source import Source
from responders.before_sending import heed_new_words, may_go
from responders.controls import SOFTWARE
from responders.draft import Draft, Receipt, State
from responders.office import Office
from responders.outbox import Claim
from responders.overtaken import back_again
from responders.publisher import HeldThere, Order, Postponed, Publisher, Refused, Revoked, Unknown

log = logging.getLogger(__name__)

# Longer than any publisher's timeouts together: past it, whoever was sending is dead.
LEASE = timedelta(minutes=3)
# A platform's own lists lag behind its writes: absence counts only when seen twice, the second time after this.
SETTLE = timedelta(seconds=60)
# Replies of ours are told apart from one whose fate is unknown for this long back: clocks differ by far less.
KNOWN_FOR = timedelta(days=1)
HELD_THERE = "held there"  # taken, and kept by the platform's moderators for now
POSTPONE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=30)
# Refused credentials are for a person to mend; one try in a while notices that they have.
REVOKED_WAIT = timedelta(minutes=15)


def deliver_once(office: Office, publishers: Mapping[str, Publisher], sources: Mapping[str, Source]) -> Draft | None:
    """Send one approved draft if there is one to send, and return it as it stands then; None if there was none.

    Before it goes the mention is read again: what its author deleted or edited meanwhile is not answered as if
    nothing had happened.
    """
    due = office.outbox.next(list(publishers), office.now())
    if due is None:
        return None
    claim = _claim(office, due, list(publishers)) if may_go(office, due, sources) else None
    return _send(office, claim, publishers) if claim is not None else office.queue.get(due.draft_id)


def _claim(office: Office, due: Draft, platforms: Sequence[str]) -> Claim | None:
    """The intent to send it, committed; None where it may not go any more."""
    with writing(office.db):
        heed_new_words(office, office.archive.get(due.mention_id).person_id)
        return office.outbox.claim(platforms, office.now(), LEASE, only=due.draft_id)


def _send(office: Office, claim: Claim, publishers: Mapping[str, Publisher]) -> Draft:
    order = _order(office, claim.draft, claim.started_at)
    publisher = publishers[order.parent.platform]
    try:
        receipt = publisher.reply(order)
    except Refused as why:
        return _settle(office, claim, State.REFUSED, f"refused: {why}")
    except Postponed as why:
        return _settle(office, claim, State.APPROVED, f"not sent yet: {why}", _again_at(office, claim, why.retry_at))
    except Revoked as why:
        return _settle(office, claim, State.APPROVED, f"not sent: {why}", office.now() + REVOKED_WAIT)
    except HeldThere as why:
        return _settle(office, claim, State.UNKNOWN, str(why), end=HELD_THERE)
    except Unknown as why:
        return _settle(office, claim, State.UNKNOWN, str(why))
    except Exception as why:
        # One reply is one unit of work. Whatever broke, it may have been after the post went out: unknown.
        log.exception("draft %d: unforeseen while sending", claim.draft.draft_id)
        return _settle(office, claim, State.UNKNOWN, f"unforeseen {type(why).__name__} while sending")
    log.info("draft %d: sent, %s", claim.draft.draft_id, receipt.url or receipt.post_id)
    return office.outbox.delivered(claim, receipt, order.parent.platform, office.now())


def reconcile(office: Office, publishers: Mapping[str, Publisher]) -> list[Draft]:
    """Look on the platforms for every reply whose fate is unknown, and return those that were settled.

    Found: it is sent, and gets its receipt. Not found twice, a settling time apart: it goes back before a person,
    who may approve it again; it is never sent again by itself.
    """
    office.outbox.give_up_on_the_dead(office.now())
    # What is on the wire at this moment may be there already without a receipt: nothing is looked for beside it.
    on_the_wire = {_platform(office, draft) for draft in office.queue.in_state(State.SENDING)}
    unknown = [one for one in office.queue.in_state(State.UNKNOWN) if _platform(office, one) not in on_the_wire]
    settled = [_look_for(office, draft, publishers) for draft in sorted(unknown, key=lambda one: one.changed_at)]
    return [draft for draft in settled if draft is not None]


def _platform(office: Office, draft: Draft) -> str:
    return office.archive.get(draft.mention_id).mention.platform


def _look_for(office: Office, draft: Draft, publishers: Mapping[str, Publisher]) -> Draft | None:
    attempted = office.outbox.first_attempt(draft.draft_id)
    order = _order(office, draft, attempted or draft.changed_at)
    publisher = publishers.get(order.parent.platform)
    if publisher is None:
        return None
    try:
        receipt = publisher.find(order)
    except (Unknown, Revoked, Postponed) as why:
        log.warning("draft %d: could not look for it: %s", draft.draft_id, why)
        return None
    except Exception:
        # One reply is one unit of work: the others are still looked for.
        log.exception("draft %d: unforeseen while looking for it", draft.draft_id)
        return None
    return _found(office, draft, order, receipt) if receipt else _not_found(office, draft)


def _found(office: Office, draft: Draft, order: Order, receipt: Receipt) -> Draft:
    log.info("draft %d: found on the platform, %s", draft.draft_id, receipt.url or receipt.post_id)
    return office.queue.receive(draft.draft_id, receipt, order.parent.platform, "warmline", office.now())


def _not_found(office: Office, draft: Draft) -> Draft | None:
    if office.outbox.last_end(draft.draft_id) == HELD_THERE:
        return None  # it may be shown there any day: only a person can say that it never will
    now = office.now()
    name = f"looked_for:{draft.draft_id}"
    first = office.controls.read(name)
    if not first:
        office.controls.set(name, now.isoformat(), SOFTWARE, now)
        return None
    if now - datetime.fromisoformat(first) < SETTLE:
        return None
    office.controls.set(name, "", SOFTWARE, now)
    note = "its sending broke off, and it was looked for twice and is not on the platform; approve it again to send it"
    with writing(office.db):
        return back_again(office, office.queue.move(draft.draft_id, State.HELD, "not found", SOFTWARE, note, now))


def _again_at(office: Office, claim: Claim, asked_for: datetime | None) -> datetime:
    """When to try again: when the platform says, but never at once, and less and less often."""
    doubled: int = 2 ** min(office.outbox.tries(claim.draft.draft_id) - 1, 10)
    soonest = office.now() + min(POSTPONE * doubled, LONGEST_WAIT)
    return max(asked_for, soonest) if asked_for else soonest


def _settle(
    office: Office, claim: Claim, to: State, detail: str, retry_at: datetime | None = None, end: str = ""
) -> Draft:
    log.warning("draft %d: %s", claim.draft.draft_id, detail)
    return office.outbox.not_delivered(claim, to, detail, office.now(), retry_at, end)


def _order(office: Office, draft: Draft, attempted_at: datetime) -> Order:
    parent = office.archive.get(draft.mention_id).mention
    known = office.outbox.known_posts(parent.platform, attempted_at - KNOWN_FOR)
    return Order(parent, draft.text, draft.key, draft.approved_at or attempted_at, attempted_at, known)
