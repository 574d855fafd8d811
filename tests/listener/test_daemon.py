"""The ticker: every job on its beat, none stopped by another, a clean end."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from listener.daemon import Daemon, Job

SOON = 5.0


def test_every_job_runs_at_once_and_one_that_breaks_comes_again() -> None:
    ran, broke = threading.Event(), threading.Semaphore(0)

    def breaking() -> bool:
        broke.release()
        raise RuntimeError("this job is broken")

    daemon = Daemon([Job("breaks", 0.05, breaking), Job("works", 3600, lambda: ran.set() or False)])
    daemon.start()
    assert ran.wait(SOON)
    assert all(broke.acquire(timeout=SOON) for _ in range(2))
    daemon.stop()


def test_a_job_keeps_to_its_own_thread() -> None:
    seen: dict[str, set[int]] = {"one": set(), "other": set()}
    ran = threading.Semaphore(0)

    def on(name: str) -> bool:
        seen[name].add(threading.get_ident())
        ran.release()
        return False

    daemon = Daemon([Job("one", 0.02, lambda: on("one")), Job("other", 0.02, lambda: on("other"))])
    daemon.start()
    assert all(ran.acquire(timeout=SOON) for _ in range(10))
    daemon.stop()
    assert len(seen["one"]) == len(seen["other"]) == len(seen["one"] ^ seen["other"]) / 2 == 1


def test_a_job_with_more_to_do_goes_on_at_once() -> None:
    left, done = [1, 2, 3], threading.Event()

    def work() -> bool:
        left.pop()
        if not left:
            done.set()
        return bool(left)

    daemon = Daemon([Job("work", 3600, work)])
    daemon.start()
    assert done.wait(SOON)
    daemon.stop()


class Backlog:
    """A job with so many units of work waiting, and one that can wait: what that found waiting each time it ran."""

    def __init__(self, units: float) -> None:
        self.left = units
        self.found: list[float] = []
        self._ran, self.over, self.both = threading.Event(), threading.Event(), threading.Event()

    def work(self) -> bool:
        self._ran.wait(0.05)  # time enough for the other, if it takes its turn now
        self._ran.clear()
        self.left -= 1
        return self.left > 0

    def can_wait(self) -> bool:
        self._ran.set()
        self.found.append(self.left)
        (self.over if self.left <= 0 else self.both).set()
        return False

    def daemon(self) -> Daemon:
        return Daemon([Job("work", 3600, self.work), Job("can wait", 0.01, self.can_wait, gives_way=True)])


def test_what_can_wait_waits_while_another_has_more_to_do() -> None:
    backlog = Backlog(8)
    daemon = backlog.daemon()
    daemon.start()
    assert backlog.over.wait(SOON)
    daemon.stop()
    # Before the first unit was done nobody knew that more was waiting.
    assert set(backlog.found) <= {8, 7, 0}


def test_a_backlog_without_end_holds_nobody_up_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.daemon.GIVES_WAY_S", 0.1)
    backlog = Backlog(float("inf"))
    daemon = backlog.daemon()
    daemon.start()
    for _ in range(3):
        assert backlog.both.wait(SOON)
        backlog.both.clear()
    daemon.stop()


def test_whoever_gives_way_does_not_hold_up_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("listener.daemon.GIVES_WAY_S", 3600)
    begun, asked, go_on = threading.Semaphore(0), threading.Event(), threading.Event()

    def endless() -> bool:
        begun.release()
        if asked.is_set():
            go_on.wait(SOON)
        return True

    daemon = Daemon([Job("endless", 3600, endless), Job("can wait", 0.01, lambda: False, gives_way=True)])
    daemon.start()
    assert all(begun.acquire(timeout=SOON) for _ in range(50))
    asked.set()
    stopping = threading.Thread(target=daemon.stop)
    stopping.start()
    go_on.set()
    stopping.join(SOON)
    assert not stopping.is_alive()


def test_stopping_waits_for_the_work_under_way_and_starts_none_after() -> None:
    begun, go_on, finished = threading.Event(), threading.Event(), []

    def work() -> bool:
        begun.set()
        go_on.wait(SOON)
        finished.append(1)
        return True

    daemon = Daemon([Job("work", 0.05, work)])
    daemon.start()
    assert begun.wait(SOON)
    stopping = threading.Thread(target=daemon.stop)
    stopping.start()
    assert stopping.is_alive()
    go_on.set()
    stopping.join(SOON)
    assert (stopping.is_alive(), finished) == (False, [1])


@pytest.fixture
def signals() -> Iterator[None]:
    """Gives the signals back to whoever had them before the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    for number, had in before.items():
        signal.signal(number, had)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("signals")
def test_a_signal_ends_the_wait(number: signal.Signals) -> None:
    daemon = Daemon([])
    daemon.stop_on_signals()
    assert callable(signal.getsignal(number))  # else the next line ends the tests
    daemon.start()
    threading.Timer(0.05, os.kill, (os.getpid(), number)).start()
    daemon.wait()
    daemon.stop()


@pytest.mark.usefixtures("signals")
def test_a_closed_terminal_ends_a_server_that_has_taken_sigterm_over() -> None:
    taken: list[int] = []
    Daemon([]).stop_on_signals()
    signal.signal(signal.SIGTERM, lambda number, _: taken.append(number))
    assert callable(signal.getsignal(signal.SIGHUP))
    os.kill(os.getpid(), signal.SIGHUP)
    assert taken == [signal.SIGTERM]


@pytest.mark.usefixtures("signals")
def test_under_nohup_a_closed_terminal_ends_nothing() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    Daemon([]).stop_on_signals()
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def test_a_full_disk_is_said_once_however_many_jobs_find_it_and_its_end_too(caplog: pytest.LogCaptureFixture) -> None:
    full, beats = threading.Event(), threading.Semaphore(0)
    full.set()

    def keeping() -> bool:
        beats.release()
        if full.is_set():
            why = sqlite3.OperationalError("database or disk is full")
            why.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise why
        return False

    caplog.set_level(logging.INFO, "listener.daemon")
    daemon = Daemon([Job(f"keeps {number}", 0.02, keeping) for number in range(3)])
    daemon.start()
    assert all(beats.acquire(timeout=SOON) for _ in range(15))
    full.clear()
    assert all(beats.acquire(timeout=SOON) for _ in range(15))
    daemon.stop()
    (began, ended) = [record for record in caplog.records if record.name == "listener.daemon"]
    assert "the disk is full" in began.getMessage()
    assert "make room" in began.getMessage()
    assert began.exc_info is None
    assert "can be used again" in ended.getMessage()


def test_a_mistake_of_ours_is_logged_whole(caplog: pytest.LogCaptureFixture) -> None:
    ran = threading.Event()

    def wrong() -> bool:
        ran.set()
        with closing(sqlite3.connect(":memory:")) as db:
            db.execute("SELEKT")
        return False

    daemon = Daemon([Job("wrong", 3600, wrong)])
    daemon.start()
    assert ran.wait(SOON)
    daemon.stop()
    (record,) = [record for record in caplog.records if record.name == "listener.daemon"]
    assert record.exc_info is not None
