"""A mention that was heard, and the draft that waits for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from listener.poll import Poller
from listener.triage import RANK
from responders.draft import Draft
from responders.office import Office
from responders.queue import Held
from tests.builders import Clock, a_mention
from tests.fakes import FakePublisher

REPLY = "A buzz after an hour isn’t how the dimmer should sound. Which bulb is in it?"


@pytest.fixture
def hold(office: Office, poller: Poller, clock: Clock) -> Callable[..., Draft]:
    """Hear a mention and hold a reply to it."""

    def held(number: int = 1, reply: str = REPLY, rank: int = 1, route: str = "api", **changes: object) -> Draft:
        (mention_id,) = poller.take_in("test", [a_mention(number, **changes)])
        heard = office.archive.get(mention_id)
        assert heard.triage is not None
        priority = sorted(RANK, key=RANK.__getitem__)[rank]
        posted_at = heard.mention.posted_at
        draft = Held(mention_id, reply, route, heard.triage.lane, priority, posted_at, "help/test", ("buzz",))
        return office.queue.hold(draft, "warmline", clock())

    return held


@pytest.fixture
def draft(hold: Callable[..., Draft]) -> Draft:
    return hold()


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()
