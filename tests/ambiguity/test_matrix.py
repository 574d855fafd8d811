"""Every way in which it stays open whether a reply was posted, on every platform, through the outbox and back.

Over real sockets, with each platform's publisher and a server in the platform's own shape (its contract's). Whatever
was lost: one POST an attempt, nothing twice, and what stands there ends with its receipt.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from listener.mention import Mention
from listener.poll import Poller
from responders import publishers
from responders.deliver import deliver_once
from responders.draft import Draft, State
from responders.office import Office
from responders.publisher import Publisher
from responders.queue import Held, Seen
from responders.reconcile import SETTLE, reconcile
from tests.ambiguity.faults import FAULTS, Fault
from tests.builders import Clock
from tests.contract import SECRET, PublisherContract
from tests.fakes import FakeSource
from tests.figures import count_figures
from tests.servers.scripted import Scripted, scripted

pytestmark = pytest.mark.contract

PLATFORMS = ("bluesky", "discourse", "github", "lemmy", "mastodon", "plaza", "reddit", "x")
# Where a draft ends that was looked for twice and is not there: it waits for a person, one way or the other.
NOT_THERE = State.UNKNOWN
IN_LIMBO = (State.APPROVED, State.SENDING)  # approved, and nobody is asked about it nor sees to it
SECRETS = (
    "DISCOURSE_WRITE_TOKEN", "GITHUB_WRITE_TOKEN", "LEMMY_WRITE_TOKEN", "MASTODON_WRITE_TOKEN", "PLAZA_WRITE_TOKEN",
    "REDDIT_WRITE_CLIENT_SECRET", "REDDIT_WRITE_REFRESH_TOKEN", "X_WRITE_API_KEY", "X_WRITE_API_SECRET",
    "X_WRITE_ACCESS_SECRET",
)  # fmt: skip


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))  # the servers here date what they take by this machine's clock


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(f"WARMLINE_{name}", SECRET)
    monkeypatch.setenv("WARMLINE_X_WRITE_ACCESS_TOKEN", "900-" + SECRET)


@contextmanager
def speaking(platform: str, folder: Path) -> Iterator[tuple[PublisherContract, Scripted, Publisher]]:
    """The platform's contract, its server, which takes replies and lists them, and the publisher that calls it."""
    module = importlib.import_module(f"tests.responders.publishers.test_{platform}")
    contract: PublisherContract = module.TestContract()
    with scripted() as server, ExitStack() as closing:
        server.spared = set(contract.spared)
        contract.let_in(server)
        publisher = contract.connect(server.url, folder)
        closing.callback(publisher.close)
        contract.accept(server)
        yield contract, server, publisher


def approved(office: Office, poller: Poller, clock: Clock, parent: Mention, text: str) -> Draft:
    """A reply to this mention, approved, its undo window over."""
    (mention_id,) = poller.take_in("test", [parent])
    held = Held(mention_id, text, "api", "question", "normal", parent.posted_at, "help/test", ("hiss",))
    draft = office.queue.hold(held, "warmline", clock())
    seen = Seen(draft.revision, draft.text_sha256)
    key = publishers.fix(parent.platform, parent, clock())
    done = office.queue.approve(
        draft.draft_id, seen, text, "Ana", clock(), to=State.APPROVED, key=key, send_after=clock()
    )
    clock.forward(seconds=21)
    return done


def expected(platform: str, fault: Fault) -> State:
    """Where the draft ends once it was looked for."""
    if fault.posted:
        return State.SENT
    if platform == "reddit" and fault.name == "success that refuses":
        return State.REFUSED  # a definite no, and documented as one
    return NOT_THERE


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_it_ends_in_the_right_state_after_one_post(
    platform: str, fault: Fault, office: Office, poller: Poller, clock: Clock, tmp_path: Path
) -> None:
    with speaking(platform, tmp_path) as (contract, server, publisher):
        draft = approved(office, poller, clock, contract.parent(), contract.text)
        fault.happens(server, platform)
        ways_out, sources = {platform: publisher}, {platform: FakeSource()}
        after = deliver_once(office, ways_out, sources)
        server.release()
        server.spoilt, server.instead = (lambda say: say), None  # the platform is well again
        for _ in range(3):
            reconcile(office, ways_out)
            clock.forward(seconds=SETTLE.total_seconds() + 1)
        settled = office.queue.get(draft.draft_id)
        for _ in range(3):
            deliver_once(office, ways_out, sources)
            clock.forward(minutes=20)
        posts = len(contract.writes(server))
        standing = server.carried_out
        count_figures(
            "ambiguity",
            cases=1,
            posts_on_the_wire=posts,
            twice=max(0, standing - 1),
            forgotten=int((standing > 0 and settled.state is not State.SENT) or settled.state in IN_LIMBO),
        )
        assert after is not None
        assert after.state in (State.UNKNOWN, expected(platform, fault)), after.note
        assert settled.state is expected(platform, fault), settled.note
        assert office.queue.get(draft.draft_id).state is settled.state
        assert posts == 1  # and never again by itself
        assert standing == int(fault.posted)
        receipt = office.inbox.receipt_of(draft.draft_id)
        assert (receipt is not None) == fault.posted
