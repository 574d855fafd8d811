"""Death by death: a child is killed, its recovery is killed, it recovers, and a verdict is found."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from responders.deliver import deliver_once
from tests.builders import Clock, an_office
from tests.crash.child import Ended, start
from tests.crash.exchange import PHASES, Exchange, Wanted
from tests.crash.judging import Verdict, judge
from tests.crash.killing import Kind
from tests.crash.platforms.platform import Platform
from tests.crash.work import DATABASE, Deliver, answering, fresh_copy, prepared, recovering, settings_for, settling

# In memory where there is such a place: what is tried is what survives a process, and that is the same on a disk.
MEMORY = Path("/dev/shm")  # noqa: S108 - a TemporaryDirectory is made in it


@dataclass(frozen=True, slots=True)
class Point:
    """Where a process dies: at its n-th step of a kind; in an exchange, n names a request and its phase."""

    kind: Kind
    n: int

    def wanted(self) -> Wanted | None:
        """The exchange's part in it."""
        if self.kind != "exchange" or self.n == 0:
            return None
        return Wanted(self.request, PHASES[(self.n - 1) % len(PHASES)])

    @property
    def request(self) -> int:
        """The number of the request that it dies in, from 1."""
        return (self.n - 1) // len(PHASES) + 1

    @property
    def step(self) -> int:
        """The child's own part in it."""
        return self.n if self.kind != "exchange" else 0


@dataclass
class Tally:
    """What all deaths on one platform came to."""

    name: str
    policy: str
    points: int = 0  # that there are in one pass
    tried: int = 0
    recoveries_killed: int = 0
    posted: int = 0
    twice: int = 0
    unapproved: int = 0
    forgotten: int = 0
    before_a_person: int = 0
    wrong: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    took_s: float = 0.0

    def add(self, verdict: Verdict, first: Ended, second: Ended, errors: list[str]) -> None:
        """One death more."""
        self.tried += 1
        self.recoveries_killed += second.killed
        self.posted += verdict.posted
        self.twice += verdict.twice
        self.unapproved += verdict.unapproved
        self.forgotten += verdict.forgotten
        self.before_a_person += verdict.before_a_person
        self.places |= {where for where in (first.where, second.where) if where}
        told = f"died {first.where or first.killed}; recovery died {second.where or second.killed}"
        self.wrong += [f"{line} [{told}]" for line in (*verdict.wrong, *errors)]


@dataclass
class Trial:
    """One platform, one prepared database, and a folder in memory where one death after another is tried."""

    make: Callable[[str], Platform]
    exchange: Exchange
    folder: Path
    deliver: Deliver = deliver_once
    lengths: dict[Kind, int] = field(default_factory=dict)  # of the last recovery that lived, by its kind of steps

    def __post_init__(self) -> None:
        self.now = datetime.now(UTC)
        platform = self.make(self.exchange.url)
        self.tally = Tally(platform.name, platform.policy)
        # In a child as well: the models that sort a mention would make every later fork slow.
        self._prepared = self.folder / "prepared" / DATABASE
        preparing = start(lambda _: prepared(self._prepared.parent, platform, self.now))
        self.exchange.serve(preparing, platform.answer)
        # Loads what is loaded at the first use, in the parent, so that no child spends its time on that.
        publisher, reader = platform.connect(self.folder), platform.reader()
        publisher.close()
        reader.close()
        with an_office(self.folder / "prepared", Clock(self.now), settings_for(platform)):
            gc.collect()
        gc.freeze()

    def die(self, first: Point, second: Point, turn: int) -> bool:
        """One death and what follows. False where the first process reached its end: there are no more points."""
        now = datetime.now(UTC)
        folder = fresh_copy(self._prepared, self.folder / "tried")
        platform = self.make(self.exchange.url)
        platform.shown = False
        died = self._run(platform, answering(folder, platform, now, self.deliver), first)
        there_is_more = died.killed if first.kind != "exchange" else first.request <= self.exchange.requests
        again = self._run(platform, recovering(folder, platform, now, turn), second)
        platform.shown = True
        lived = self._run(platform, settling(folder, platform, now, turn, self.deliver), Point(second.kind, 0))
        self.lengths[second.kind] = again.steps or lived.steps
        told = [int(line.split()[0]) for line in died.lines("approved")]
        errors = [line for end in (died, again, lived) for line in end.lines("error")]
        self.tally.add(judge(folder / DATABASE, platform, told), died, again, errors)
        return there_is_more

    def _run(self, platform: Platform, work: Callable[..., None], point: Point) -> Ended:
        child = start(work, point.kind, point.step)
        return self.exchange.serve(child, platform.answer, point.wanted())

    def count(self) -> Mapping[Kind, int]:
        """How many points of each kind there are in a pass that nobody ends."""
        found: dict[Kind, int] = {}
        for kind in ("line", "statement"):
            folder = fresh_copy(self._prepared, self.folder / "tried")
            platform = self.make(self.exchange.url)
            work = answering(folder, platform, datetime.now(UTC), self.deliver)
            found[kind] = self._run(platform, work, Point(kind, 0)).steps  # type: ignore[index, arg-type]
            found["exchange"] = self.exchange.requests * len(PHASES)
        return found


def tried_on(
    make: Callable[[str], Platform], points: int, deliver: Deliver = deliver_once,
    progress: Callable[[Tally], None] = lambda _: None,
) -> Tally:  # fmt: skip
    """Try at least so many points on one platform, evenly over all there are: each kind until a pass ends by itself.

    Where there are fewer points than that, pass follows on pass, each with other deaths of the recovery.
    """
    began = time.monotonic()
    with _trial(make, deliver) as trial:
        found = trial.count()
        trial.tally.points = sum(found.values())
        turn = 0
        while trial.tally.tried < points:
            stride = max(1, -(-found["line"] // max(1, points - found["statement"] - found["exchange"])))
            for kind, each in (("exchange", 1), ("statement", 1), ("line", stride)):
                n = 1 + turn % each
                while trial.die(Point(kind, n), _moving(trial, turn), turn):  # type: ignore[arg-type]
                    n, turn = n + each, turn + 1
                    progress(trial.tally)
        trial.tally.took_s = time.monotonic() - began
        return trial.tally


def _moving(trial: Trial, turn: int) -> Point:
    """Where the recovery dies, moving along with the first death: mostly at a line, else at a statement or a phase."""
    kind: Kind = ("line", "statement", "line", "exchange", "line")[turn % 5]  # type: ignore[assignment]
    length = len(PHASES) * 3 if kind == "exchange" else trial.lengths.get(kind, 0) or 200
    return Point(kind, 1 + turn * 37 % length)


@contextmanager
def _trial(make: Callable[[str], Platform], deliver: Deliver) -> Iterator[Trial]:
    secrets = make("http://127.0.0.1:1").secrets
    before = dict(os.environ)
    exchange = Exchange()
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        os.environ.update(secrets)
        try:
            yield Trial(make, exchange, Path(folder), deliver)
        finally:
            os.environ.clear()
            os.environ.update(before)
            exchange.close()
