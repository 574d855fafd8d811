"""From an approval to its receipt: the few calls of Warmline's own that are made on the way, all of them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.source import Source
from listener.watch import Watch
from responders import decide
from responders.deliver import LEASE, deliver_once
from responders.draft import State
from responders.office import Office
from responders.overtaken import draw_back
from responders.publisher import Publisher
from responders.queue import Held, Seen
from responders.reconcile import SETTLE, reconcile
from responders.settings import Settings
from tests.builders import Clock, an_office, some_settings
from tests.crash.child import Ended, Say, Work
from tests.crash.judging import judge
from tests.crash.platforms import platform
from tests.crash.platforms.platform import Platform
from tests.crash.trials import DATABASE, Answer
from tests.crash.verdict import Verdict
from tests.servers.scripted import Asked
from tests.servers.scripted import Say as ServerSays

UNDO = timedelta(seconds=21)
DEAD_AFTER = LEASE + SETTLE + timedelta(seconds=30)
# Longer than any wait of a few failures, and twice as long each time, as what is unknown is looked for less and less
# often: each round of the recovery sees what the last one put off.
ROUND = timedelta(minutes=10)
MOST_ROUNDS = 10

Publishers = Mapping[str, Publisher]
Readers = Mapping[str, Source]
Deliver = Callable[[Office, Publishers, Readers], object]


def settings_for(platform: Platform) -> Settings:
    """Live, and on this platform only."""
    publishers = {platform.name: {"account": "harbourlight", **platform.table}}
    return some_settings(publishers=publishers, mode="live")


def prepared(folder: Path, platform: Platform, now: datetime) -> None:
    """A database in which every mention of the platform is heard and has a draft that waits."""
    clock = Clock(now)
    with an_office(folder, clock, settings_for(platform)) as office:
        poller = Poller(
            office.db, Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",), ())], Vader()), clock
        )
        for mention, reply in platform.mentions():
            (number,) = poller.take_in("test", [mention])
            lane = office.archive.get(number).triage.lane  # type: ignore[union-attr]  # theirs always has one
            held = Held(number, reply, "api", lane, "normal", mention.posted_at, "", ())
            office.queue.hold(held, "warmline", now)


def answering(folder: Path, platform: Platform, now: datetime, deliver: Deliver) -> Work:
    """Approve all that waits, and deliver it once the undo window is over."""

    def work(say: Say) -> None:
        clock = Clock(now)
        with an_office(folder, clock, settings_for(platform)) as office:
            for draft in office.queue.in_state(State.HELD):
                seen = Seen(draft.revision, draft.text_sha256)
                done = decide.approve(office, draft.draft_id, seen, draft.text, "Ana")
                say(f"approved {done.draft_id} {done.state}")
            clock.now += UNDO
            publishers, readers = {platform.name: platform.connect(folder)}, {platform.name: platform.reader()}
            _deliver(office, publishers, readers, deliver)

    return work


def recovering(folder: Path, platform: Platform, now: datetime, turn: int, deliver: Deliver) -> Work:
    """A daemon that begins once whoever was sending is dead: its jobs, in an order that changes with `turn`.

    Now it begins at once, now when the dead one's lease and the platform's lag are over.
    """

    def work(say: Say) -> None:
        clock = Clock(now + UNDO + (DEAD_AFTER if turn % 2 else timedelta(seconds=1)))
        with an_office(folder, clock, settings_for(platform)) as office:
            _jobs(office, platform, folder, turn, deliver)

    return work


def settling(folder: Path, platform: Platform, now: datetime, turn: int, deliver: Deliver) -> Work:
    """The same, again and again, until nothing changes any more."""

    def work(say: Say) -> None:
        clock = Clock(now + UNDO + DEAD_AFTER + ROUND)
        before: Sequence[object] = ()
        with an_office(folder, clock, settings_for(platform)) as office:
            for turns in range(MOST_ROUNDS):
                _jobs(office, platform, folder, turn, deliver)
                stands = standing(office)
                if stands == before and not _is_looked_for_later(office):
                    return
                before = stands
                clock.now += ROUND * 2**turns
        say("error it never settles")

    return work


def standing(office: Office) -> Sequence[object]:
    """How all that can change by itself stands now."""
    asked = ("SELECT draft_id, state, send_after, looks FROM drafts", "SELECT count(*) FROM decisions",
             "SELECT attempt_id, outcome FROM attempts")  # fmt: skip
    return [tuple(office.db.execute(sql).fetchall()) for sql in asked]


def _is_looked_for_later(office: Office) -> bool:
    return any(draft.look_at is not None for draft in office.queue.in_state(State.UNKNOWN))


def _jobs(office: Office, platform: Platform, folder: Path, turn: int, deliver: Deliver) -> None:
    publishers, readers = {platform.name: platform.connect(folder)}, {platform.name: platform.reader()}
    jobs: Sequence[Callable[[], object]] = (
        lambda: draw_back(office),
        lambda: _deliver(office, publishers, readers, deliver),
        lambda: reconcile(office, publishers),
    )
    orders = list(permutations(jobs))
    for job in orders[turn % len(orders)]:
        job()


def _deliver(office: Office, publishers: Publishers, readers: Readers, deliver: Deliver) -> None:
    """As the daemon's job does: again at once while there was something to send."""
    for _ in range(20):
        if deliver(office, publishers, readers) is None:
            return
    raise AssertionError("there is always something more to send")


@dataclass(frozen=True, slots=True)
class Answering:
    """The case of one publisher. `deliver` is what sends; a test puts a worse one in its place."""

    make: Callable[[str], Platform]
    deliver: Deliver = deliver_once
    name: str = ""
    policy: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def on(cls, name: str, deliver: Deliver = deliver_once) -> Answering:
        """The publisher of this name."""
        make = platform(name)
        one = make("http://127.0.0.1:1")
        return cls(make, deliver, one.name, one.policy, one.secrets)

    def prepare(self, folder: Path, url: str) -> tuple[Work, Answer]:
        one = self.make(url)
        return lambda _: prepared(folder, one, datetime.now(UTC)), one.answer

    def warm(self, folder: Path, url: str) -> None:
        one = self.make(url)
        for opened in (one.connect(folder), one.reader(), an_office(folder, Clock(), settings_for(one))):
            opened.close()

    def attempt(self, folder: Path, url: str, turn: int) -> Replies:
        return Replies(folder, self.make(url), turn, self.deliver)


@dataclass
class Replies:
    """One attempt: replies are approved and delivered, and the platform's lists lag behind until the dying is over.

    Now and then they lag on for so long that a person is asked before they show it.
    """

    folder: Path
    platform: Platform
    turn: int
    deliver: Deliver
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def answer(self, asked: Asked) -> ServerSays:
        return self.platform.answer(asked)

    def works(self) -> tuple[Work, Work, Work]:
        given = (self.folder, self.platform, self.now)
        return (
            answering(*given, self.deliver),
            recovering(*given, self.turn, self.deliver),
            settling(*given, self.turn, self.deliver),
        )

    def between(self, process: int) -> None:
        self.platform.shown = process >= 2
        self.platform.late = self.turn % 4

    def verdict(self, ends: Sequence[Ended]) -> Verdict:
        told = [int(line.split()[0]) for line in ends[0].lines("approved")]
        return judge(self.folder / DATABASE, self.platform, told)
