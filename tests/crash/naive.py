"""Workers as they are often written, to see that the harness finds out about them. Nothing but a test uses them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from listener.mention import Batch
from listener.poll import Poller
from listener.triaged import Triaged
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


class CursorFirst(Poller):
    """Moves the cursor, and keeps what was heard in another transaction."""

    def _record(
        self, platform: str, stream: str, triaged: Sequence[Triaged], batch: Batch, now: datetime
    ) -> tuple[int, ...]:
        with self._recorder.transaction():
            self._recorder._move_cursor(platform, stream, batch, True, now)
        return super()._record(platform, stream, triaged, batch, now)
