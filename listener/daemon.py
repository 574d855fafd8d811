"""The ticker: runs each job on its own beat, one bad run never stops the next, and stops cleanly.

APScheduler only ticks. What is due is kept in the database, since a schedule in memory forgets over a restart and
APScheduler's own grace of one second drops a job that comes late (a weekly digest was "skipped every single week").
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A unit of work and its beat. `run` returns True where more is waiting: it is then called again at once."""

    name: str
    every_s: float
    run: Callable[[], bool]


class Daemon:
    """Runs jobs until told to stop; a unit of work that has begun is finished first."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._stopping = threading.Event()
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
            while not self._stopping.is_set() and job.run():
                pass
        except Exception:
            # The isolation of one unit of work: it is logged whole, and the job comes again on its next beat.
            log.exception("%s failed; it is tried again in %g s", job.name, job.every_s)
