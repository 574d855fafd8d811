"""From a fetch to the archive: what a network shows is kept exactly once, and the cursor never goes past anything else.

The calls of Warmline's own that are made on the way are all here.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from listener import poll
from listener.archive.connect import connect
from listener.archive.ledger import Ledger
from listener.archive.schema import migrations
from listener.mention import Mention
from listener.paging import Walk
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.triaged import Triaged
from listener.watch import Watch
from tests.builders import Clock, a_mention
from tests.contract import NOW
from tests.crash.child import Ended, OnPurpose, Say, Work
from tests.crash.networks import UNBEARABLE, Network
from tests.crash.trials import DATABASE, Answer
from tests.crash.verdict import Verdict
from tests.servers.scripted import Asked
from tests.servers.scripted import Say as ServerSays

STEP = timedelta(minutes=10)
PIECE = 4  # a long batch is kept in pieces of so many; not 500, as 16 posts are all that is said
ROUNDS = 4  # what sifting can't bear is tried three times
# Before the deaths, and what each process finds beside that: further apart than any overlap that is read again.
EARLIER = [NOW - timedelta(hours=hours) for hours in (30, 28, 26)]
BURST = [NOW - timedelta(hours=hours) for hours in range(18, 0, -2)]
FRESH = ([NOW + timedelta(minutes=3), NOW + timedelta(minutes=6)], [NOW + timedelta(minutes=13)])


class Delicate(Sifter):
    """Cannot bear one mention, as an engine might not."""

    def sift(self, mention: Mention) -> Triaged | None:
        if UNBEARABLE in mention.text:
            raise OnPurpose
        return super().sift(mention)


@dataclass(frozen=True, slots=True)
class Listening:
    """The case of one network. `poller` records; a test puts a worse one in its place."""

    make: Callable[[str], Network]
    name: str
    policy: str
    secrets: Mapping[str, str] = field(default_factory=dict)
    poller: type[Poller] = Poller
    sifters: list[Sifter] = field(default_factory=list)

    @classmethod
    def to(cls, make: Callable[[str], Network], poller: type[Poller] = Poller) -> Listening:
        """This network."""
        one = make("http://127.0.0.1:1")
        return cls(make, f"from {one.name}", one.policy, one.secrets, poller)

    def prepare(self, folder: Path, url: str) -> tuple[Work, Answer]:
        earlier = Hearing(folder, self.make(url), Poller, self.sifters[0])
        return earlier.polling(NOW - timedelta(hours=24)), earlier.answer

    def warm(self, folder: Path, url: str) -> None:
        network = self.make(url)
        connect(folder / DATABASE, [migrations]).close()
        network.connect(folder, _ledger(folder, network, NOW)).close()
        sifter = Delicate([Watch("us", "brand", ("lantern",), (), ())], Vader())
        sifter.sift(a_mention(text="my lantern hisses"))  # the models are loaded at the first one
        self.sifters.append(sifter)

    def attempt(self, folder: Path, url: str, turn: int) -> Hearing:
        return Hearing(folder, self.make(url), self.poller, self.sifters[0])


@dataclass
class Hearing:
    """One attempt: a burst is fetched over several pages, and more is said between the deaths."""

    folder: Path
    network: Network
    poller: type[Poller]
    sifter: Sifter
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at in EARLIER:
            self.network.say(at)

    def answer(self, asked: Asked) -> ServerSays:
        return self.network.answer(asked)

    def works(self) -> tuple[Work, Work, Work]:
        return self.polling(NOW), self.polling(NOW + STEP), self.polling(NOW + 2 * STEP, ROUNDS)

    def between(self, process: int) -> None:
        """More is said before each process; and no cursor that one left behind claims what isn't kept."""
        said = {0: BURST, 1: FRESH[0], 2: FRESH[1]}.get(process, [])
        if process:
            self.wrong += _claimed_and_not_kept(self.folder, self.network)
        for at in said:
            self.network.say(at)
        if process == 0:
            self.network.say(NOW - timedelta(hours=5), UNBEARABLE)

    def verdict(self, ends: Sequence[Ended]) -> Verdict:
        with closing(_open(self.folder / DATABASE)) as db:
            kept = _kept(db)
            missing = [f"lost: {post_id}" for post_id in self.network.said if post_id not in kept]
            twice = [f"twice: {post_id}" for post_id, times in kept.items() if times != 1]
            broken = [f"{what}: {n}" for what, sql in _BROKEN.items() if (n := db.execute(sql).fetchone()[0])]
        lost = [*missing, *(line for line in self.wrong if line.startswith("lost"))]
        wrong = [*missing, *twice, *broken, *self.wrong]
        return Verdict(good=len(kept), twice=len(twice), lost=len(lost), wrong=tuple(wrong))

    def polling(self, at: datetime, rounds: int = 1) -> Work:
        def work(say: Say) -> None:
            poll.PIECE = PIECE  # in a process that ends soon
            clock = Clock(at)
            db = connect(self.folder / DATABASE, [migrations])
            poller = self.poller(db, self.sifter, clock)
            source = self.network.connect(self.folder, _ledger(self.folder, self.network, clock()))
            for _ in range(rounds):
                for _ in range(20):
                    polled = poller.poll(source, only=[self.network.stream])
                    if not any(one.more for one in polled):
                        break
                else:
                    say("error there is always more waiting")
                clock.now += STEP
            db.close()

        return work


def _ledger(folder: Path, network: Network, now: datetime) -> Ledger:
    return Ledger(folder / DATABASE, network.name, lambda: now)


def _open(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{database}?mode=ro", uri=True)


def _kept(db: sqlite3.Connection) -> dict[str, int]:
    """What is in the archive or, readable, in the quarantine: how often each post is there."""
    found: dict[str, int] = {}
    for (post_id,) in db.execute(_EVERYTHING):
        found[post_id] = found.get(post_id, 0) + 1
    return found


def _claimed_and_not_kept(folder: Path, network: Network) -> Iterator[str]:
    """Posts that the cursor or the coverage say are heard, and that are nowhere; in a copy, so as to change nothing."""
    aside = folder / "aside"
    aside.mkdir(exist_ok=True)
    for file in folder.glob(f"{DATABASE}*"):
        shutil.copyfile(file, aside / file.name)
    with closing(_open(aside / DATABASE)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'cursors'").fetchone():
            return
        kept = _kept(db)
        spans = [span for (cursor,) in db.execute("SELECT cursor FROM cursors") for span in _heard(cursor)]
        covered = db.execute("SELECT heard_from, heard_until FROM coverage WHERE NOT lost").fetchall()
    spans += [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in covered]
    for post_id, at in network.said.items():
        if post_id not in kept and any(since <= at <= until for since, until in spans):
            yield f"lost: {post_id} is claimed to be heard, and is not kept"
    shutil.rmtree(aside)


def _heard(cursor: str | None) -> Iterator[tuple[datetime, datetime]]:
    """What a cursor says is heard: up to where all is, and what the walk under way has passed."""
    walk = Walk.read(cursor)
    if walk.complete_until is not None:
        yield NOW - timedelta(days=20), walk.complete_until
    if walk.oldest is not None and walk.newest is not None:
        yield walk.oldest, walk.newest


_EVERYTHING = """
SELECT post_id FROM mentions
UNION ALL SELECT mention ->> 'post_id' FROM quarantine WHERE mention IS NOT NULL
"""

# Each counts what must not be.
_MENTIONS = "SELECT count(*) FROM mentions WHERE mention_id NOT IN"
_BROKEN = {
    "mentions without triage": f"{_MENTIONS} (SELECT mention_id FROM triage)",
    "mentions without a watch": f"{_MENTIONS} (SELECT mention_id FROM matches)",
    "mentions that search cannot find": f"{_MENTIONS} (SELECT rowid FROM mentions_fts ('lantern'))",
    "triage of nothing": "SELECT count(*) FROM triage WHERE mention_id NOT IN (SELECT mention_id FROM mentions)",
}
