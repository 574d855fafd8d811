"""Workers as they are often written, to see that the harness finds out about them. Nothing but a test uses them."""

from __future__ import annotations

from responders.deliver import LEASE
from responders.draft import Draft
from responders.office import Office
from responders.order import order_for
from tests.crash.answering import Publishers, Readers


def post_first(office: Office, publishers: Publishers, _: Readers) -> Draft | None:
    """Send an approved draft, and write down afterwards that it was sent."""
    due = office.outbox.next(list(publishers), office.now())
    if due is None:
        return None
    order = order_for(office, due)
    receipt = publishers[order.parent.platform].reply(order)
    claim = office.outbox.claim(list(publishers), office.now(), LEASE, only=due.draft_id)
    assert claim is not None
    return office.outbox.delivered(claim, receipt, order.parent.platform, office.now())
