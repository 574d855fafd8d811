"""One approved reply out: read the mention once more, claim, send once, write the receipt."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from listener.archive.connect import writing
from listener.source import Source
from responders.before_sending import heed_new_words, may_go
from responders.draft import Draft, State
from responders.office import Office
from responders.order import order_for
from responders.outbox import HELD_THERE, Claim
from responders.publisher import HeldThere, Order, Overruled, Postponed, Publisher, Refused, Revoked, Unknown

log = logging.getLogger(__name__)

# Longer than any publisher's timeouts together: past it, whoever was sending is dead.
LEASE = timedelta(minutes=3)
POSTPONE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=30)
# Refused credentials are for a person to mend; one try in a while notices that they have.
REVOKED_WAIT = timedelta(minutes=15)


def deliver_once(office: Office, publishers: Mapping[str, Publisher], sources: Mapping[str, Source]) -> Draft | None:
    """Send one approved draft if there is one to send, and return it as it stands then.

    None if there was none, or none could be begun while another process sends. Before it goes it is looked whether all
    is as it was when a person approved: what they said, and that none of us answered them meanwhile.
    """
    due = office.outbox.next(list(publishers), office.now())
    if due is None:
        return None
    if may_go(office, due, publishers, sources):
        order = order_for(office, due)  # all that is read for it: after the claim nothing is, that could fail
        if (claim := _claim(office, due, list(publishers))) is not None:
            return _send(office, claim, order, publishers)
    stands = office.queue.get(due.draft_id)
    return stands if stands != due else None


def _claim(office: Office, due: Draft, platforms: Sequence[str]) -> Claim | None:
    """The intent to send it, committed; None where it may not go any more."""
    with writing(office.db):
        heed_new_words(office, office.archive.get(due.mention_id).person_id)
        return office.outbox.claim(platforms, office.now(), LEASE, only=due.draft_id)


def _send(office: Office, claim: Claim, order: Order, publishers: Mapping[str, Publisher]) -> Draft:
    draft, last_look = claim.draft, partial(office.outbox.look_again, claim, office.now)
    approved = replace(order, text=draft.text, key=draft.key, approved_at=draft.approved_at or order.approved_at)
    try:
        return _try_once(
            office, claim, replace(approved, attempted_at=claim.started_at, last_look=last_look), publishers
        )  # fmt: skip
    finally:
        office.outbox.over(claim, office.now())


def _try_once(office: Office, claim: Claim, order: Order, publishers: Mapping[str, Publisher]) -> Draft:
    try:
        receipt = publishers[order.parent.platform].reply(order)
    except Overruled as why:
        return _settle(office, claim, State.APPROVED, str(why), office.now())
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
