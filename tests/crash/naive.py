"""Workers as they are often written, to see that the harness finds out about them. Nothing but a test uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from listener.mention import Batch
from listener.poll import Poller
from listener.triaged import Triaged
from responders.deliver import LEASE, deliver_once
from responders.draft import Draft, Receipt
from responders.office import Office
from responders.order import order_for
from responders.publisher import Order, Publisher
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


def post_improved(office: Office, publishers: Publishers, readers: Readers) -> Draft | None:
    """Send what was approved, with a word of its own after it."""
    return deliver_once(office, {name: Improving(one) for name, one in publishers.items()}, readers)


class Improving:
    """A publisher that knows better."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def __getattr__(self, name: str) -> Any:
        return getattr(self._publisher, name)

    def reply(self, order: Order) -> Receipt:
        return self._publisher.reply(replace(order, text=f"{order.text} Thanks!"))


class CursorFirst(Poller):
    """Moves the cursor, and keeps what was heard in another transaction."""

    def _record(
        self, platform: str, stream: str, triaged: Sequence[Triaged], batch: Batch, now: datetime
    ) -> tuple[int, ...]:
        self._recorder.record(platform, stream, (), batch, now)
        return super()._record(platform, stream, triaged, batch, now)
