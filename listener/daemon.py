"""The ticker: runs each job on its own beat, one bad run never stops the next, and stops cleanly.

APScheduler only ticks. What is due is kept in the database, since a schedule in memory forgets over a restart and
APScheduler's own grace of one second drops a job that comes late (a weekly digest was "skipped every single week").
"""

from __future__ import annotations

import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from listener.archive.trouble import in_words, is_trouble
from listener.thrift import GIVE_BACK_EVERY_S, give_back

log = logging.getLogger(__name__)

# Whoever gives way to a backlog does so for the first seconds of it; after that both go on side by side.
GIVES_WAY_S = 30.0


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work and its beat. `run` returns True where more is waiting: it is then called again at once.

    One that `gives_way` waits while another has more waiting: all share one interpreter, and what can wait a moment
    would take half of it.
    """

    name: str
    every_s: float
    run: Callable[[], bool]
    gives_way: bool = False


class Daemon:
    """Runs jobs until told to stop; a unit of work that has begun is finished first."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        jobs = [*jobs, Job("give memory back", GIVE_BACK_EVERY_S, give_back)]
        self._stopping = threading.Event()
        self._storage = _Storage()
        self._backlog = _Backlog()
        # A thread for each job, always the same: a platform that hangs holds up nobody else, and the memory that a
        # job's work needs is had from one place each time. Work that wanders makes every thread hold as much.
        self._scheduler = BackgroundScheduler(
            executors={job.name: ThreadPoolExecutor(1) for job in jobs},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for job in jobs:
            beat = IntervalTrigger(seconds=job.every_s, timezone="UTC")
            self._scheduler.add_job(self._run, beat, args=[job], id=job.name, name=job.name, executor=job.name)

    def start(self) -> None:
        """Begin: every job runs once at once, then on its beat."""
        self._scheduler.start(paused=True)
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
        self._scheduler.resume()

    def stop(self) -> None:
        """Start no new unit of work, and wait for those under way."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def wait(self) -> None:
        """Block until stopped, or until SIGTERM, SIGINT or SIGHUP asks for it."""
        while not self._stopping.wait(timeout=3600):
            pass

    def stop_on_signals(self) -> None:
        """Let SIGTERM, SIGINT and SIGHUP end `wait`; the caller then calls `stop`.

        SIGHUP, a closed terminal, is passed on as SIGTERM: a server that has taken that one over in the meantime, and
        knows no SIGHUP, then ends as well. Where it is ignored, as under nohup, it stays so.
        """

        def asked(number: int, _frame: FrameType | None) -> None:
            log.info("%s: finishing the work under way, then stopping", signal.Signals(number).name)
            self._stopping.set()

        signal.signal(signal.SIGTERM, asked)
        signal.signal(signal.SIGINT, asked)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))

    def _run(self, job: Job) -> None:
        try:
            while self._unit_of(job):
                pass
        except Exception as why:
            # The isolation of one unit of work: it is logged whole, and the job comes again on its next beat. Where the
            # disk is full each of them fails each second, for one reason that is said once.
            if is_trouble(why):
                self._storage.failed(job.name, why)
                return
            log.exception("%s failed; it is tried again in %g s", job.name, job.every_s)
        finally:
            self._backlog.note(job.name, more=False)

    def _unit_of(self, job: Job) -> bool:
        """One unit of a job's work; whether more is waiting."""
        if job.gives_way:
            self._backlog.give_way()
        if self._stopping.is_set():
            return False
        more = job.run()
        self._storage.worked(job.name)
        self._backlog.note(job.name, more=more and not job.gives_way)
        return more


class _Backlog:
    """Which jobs have more waiting, and since when any has.

    One that begins right after another is the same: whoever gave way to that is not held up again and again.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._behind: set[str] = set()
        self._since = self._ended = -math.inf

    def note(self, job: str, *, more: bool) -> None:
        """This job has more waiting, or none."""
        with self._changed:
            was_behind, now = bool(self._behind), time.monotonic()
            if more:
                self._behind.add(job)
            else:
                self._behind.discard(job)
            if self._behind and not was_behind and now > self._ended + GIVES_WAY_S:
                self._since = now
            elif was_behind and not self._behind:
                self._ended = now
                self._changed.notify_all()

    def give_way(self) -> None:
        """Wait until no job has more waiting, or the first seconds of that are over."""
        with self._changed:
            while self._behind and (left := self._since + GIVES_WAY_S - time.monotonic()) > 0:
                self._changed.wait(left)


class _Storage:
    """Says once that the database can't be used, whatever number of jobs finds it out, and once that it can again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failing: set[str] = set()
        self._said: set[str] = set()

    def failed(self, job: str, why: Exception) -> None:
        """Note that this job could not use it; what was said already is not said again."""
        with self._lock:
            self._failing.add(job)
            words = in_words(why)
            if words in self._said:
                return
            self._said.add(words)
        log.error("nothing can be kept now, and so nothing is sent: %s. It goes on by itself once that is over", words)

    def worked(self, job: str) -> None:
        """Note that this job was done; it is over once each that had failed was."""
        with self._lock:
            self._failing.discard(job)
            if self._failing or not self._said:
                return
            self._said.clear()
        log.info("the database can be used again: everything goes on")
