"""Death by death: a process is killed, its recovery is killed, it recovers in peace, and a verdict is found."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from tests.crash.child import Ended, Work, start
from tests.crash.exchange import PHASES, Exchange, Wanted
from tests.crash.killing import Kind
from tests.crash.verdict import Tally, Verdict
from tests.servers.scripted import Asked, Say

# In memory where there is such a place: what is tried is what survives a process, and that is the same on a disk.
MEMORY = Path("/dev/shm")
DATABASE = "warmline.db"
Answer = Callable[[Asked], Say]
KINDS: tuple[Kind, ...] = ("exchange", "statement", "line")


class Attempt(Protocol):
    """One death: a platform of its own, a database of its own, and the work of the three processes."""

    def answer(self, asked: Asked) -> Say:
        """What the platform says to one request."""

    def works(self) -> tuple[Work, Work, Work]:
        """What is done by the process that dies, by its recovery that dies too, and by the one that lives."""

    def between(self, process: int) -> None:
        """Called before each of the three processes (0, 1, 2) starts, and after the last one (3)."""

    def verdict(self, ends: Sequence[Ended]) -> Verdict:
        """How it all came out."""


class Case(Protocol):
    """What is tried: a name, a policy, and how one attempt after another begins."""

    @property
    def name(self) -> str: ...
    @property
    def policy(self) -> str: ...
    @property
    def secrets(self) -> Mapping[str, str]: ...

    def warm(self, folder: Path, url: str) -> None:
        """Load, in this process, what is loaded at first use, so that no child spends its time on that."""

    def prepare(self, folder: Path, url: str) -> tuple[Work, Answer]:
        """What makes the database that every attempt begins with, and what the platform says to it meanwhile."""

    def attempt(self, folder: Path, url: str, turn: int) -> Attempt:
        """A new attempt; `folder` holds its copy of the prepared database."""


@dataclass(frozen=True, slots=True)
class Point:
    """Where a process dies: at its n-th step of a kind; in an exchange, n names a request and its phase."""

    kind: Kind
    n: int

    @property
    def request(self) -> int:
        """The number of the request that it dies in, from 1."""
        return (self.n - 1) // len(PHASES) + 1

    @property
    def wanted(self) -> Wanted | None:
        """The exchange's part in it."""
        return Wanted(self.request, PHASES[(self.n - 1) % len(PHASES)]) if self.kind == "exchange" and self.n else None

    @property
    def step(self) -> int:
        """The child's own part in it."""
        return self.n if self.kind != "exchange" else 0


@dataclass
class Trial:
    """One case, its prepared database, and a folder in memory where one death after another is tried."""

    case: Case
    exchange: Exchange
    folder: Path
    lengths: dict[Kind, int] = field(default_factory=dict)  # of the last recovery that lived, by its kind of steps

    def __post_init__(self) -> None:
        self.tally = Tally(self.case.name, self.case.policy)
        prepared = self.folder / "prepared"
        prepared.mkdir()
        self.case.warm(prepared, self.exchange.url)
        # In a child as well: what it loads would make every later fork slow.
        work, answer = self.case.prepare(prepared, self.exchange.url)
        self.exchange.serve(start(work), answer)
        self._prepared = (prepared / DATABASE).read_bytes()
        gc.collect()
        gc.freeze()

    def die(self, first: Point, second: Point, turn: int) -> bool:
        """One death and what follows. False where the first process reached its end: there are no more points."""
        attempt = self._fresh(turn)
        ends: list[Ended] = []
        there_is_more = False
        for process, (work, point) in enumerate(
            zip(attempt.works(), (first, second, Point(second.kind, 0)), strict=True)
        ):
            attempt.between(process)
            ends.append(self._run(attempt, work, point))
            if process == 0:
                there_is_more = ends[0].killed if first.step else first.request <= self.exchange.requests
        attempt.between(3)
        if counted := ends[1].steps or ends[2].steps:
            self.lengths[second.kind] = counted
        self.tally.add(attempt.verdict(ends), ends)
        return there_is_more

    def count(self) -> dict[Kind, int]:
        """How many points of each kind there are in a pass that nobody ends."""
        found: dict[Kind, int] = {}
        for kind in KINDS:
            attempt = self._fresh(0)
            attempt.between(0)
            ended = self._run(attempt, attempt.works()[0], Point(kind, 0))
            found[kind] = ended.steps or self.exchange.requests * len(PHASES)
        return found

    def _fresh(self, turn: int) -> Attempt:
        folder = self.folder / "tried"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / DATABASE).write_bytes(self._prepared)
        return self.case.attempt(folder, self.exchange.url, turn)

    def _run(self, attempt: Attempt, work: Work, point: Point) -> Ended:
        return self.exchange.serve(start(work, point.kind, point.step), attempt.answer, point.wanted)


def found_out(case: Case, kind: Kind) -> Tally:
    """Try point after point of one kind until anything is wrong, or all are tried."""
    with _trial(case) as trial:
        n = 1
        while trial.die(Point(kind, n), _moving(trial, n), n) and not trial.tally.wrong:
            n += 1
        return trial.tally


def tried(case: Case, points: int, progress: Callable[[Tally], None] = lambda _: None) -> Tally:
    """Try about so many points or more, evenly over all there are: each kind until a pass ends by itself.

    Every phase of every exchange is tried; statements and lines in strides where there are more than are wanted. Where
    there are fewer, pass follows on pass, each with other deaths of the recovery.
    """
    began = time.monotonic()
    with _trial(case) as trial:
        found = trial.count()
        trial.tally.points = sum(found.values())
        strides = _strides(found, points)
        turn = 0
        while turn < points:
            for kind in KINDS:
                n = 1 + turn % strides[kind]
                while trial.die(Point(kind, n), _moving(trial, turn), turn):
                    n, turn = n + strides[kind], turn + 1
                    progress(trial.tally)
        trial.tally.took_s = time.monotonic() - began
        return trial.tally


def _strides(found: Mapping[Kind, int], points: int) -> Mapping[Kind, int]:
    """How many steps of each kind lie between two deaths: half of them at statements, the rest at lines."""
    left = max(2, points - found["exchange"])
    statements = max(1, found["statement"] * 2 // left)
    left -= found["statement"] // statements
    return {"exchange": 1, "statement": statements, "line": max(1, found["line"] // max(1, left))}


def _moving(trial: Trial, turn: int) -> Point:
    """Where the recovery dies, moving along with the first death: mostly at a line, else at a statement or a phase."""
    kind: Kind = ("line", "statement", "line", "exchange", "line")[turn % 5]  # type: ignore[assignment]
    length = len(PHASES) * 3 if kind == "exchange" else trial.lengths.get(kind, 0) or 200
    return Point(kind, 1 + turn * 37 % length)


@contextmanager
def _trial(case: Case) -> Iterator[Trial]:
    before = dict(os.environ)
    exchange = Exchange()
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        os.environ.update(case.secrets)
        try:
            yield Trial(case, exchange, Path(folder))
        finally:
            gc.unfreeze()
            os.environ.clear()
            os.environ.update(before)
            exchange.close()
