"""A long batch is sifted by two processes: this one from its start, a worker from its end, until they meet.

Sifting is all computing, and one interpreter computes on one core. The worker is started for one batch and ended with
it: it takes memory for seconds only, and knows just what the sifter knows then. Whatever becomes of it, everything is
sifted: what it brings is taken, and the rest is done here.
"""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from listener.mention import Mention
from listener.sift import Sift
from listener.sift_worker import Brought
from listener.triaged import Triaged

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[1]
# A worker is up in about a second, in which a core sifts a thousand or two.
LONG = 2_000
PIECE = 200
# For the last piece that a worker is at, which is a tenth of a second's work.
PATIENCE_S = 20.0


@contextmanager
def in_two(mentions: Sequence[Mention], sift: Sift) -> Iterator[Sift]:
    """What to sift these mentions with, one after the other and each once: `sift` itself where a worker is no help."""
    if len(mentions) < LONG or _cores() < 2:
        yield sift
        return
    shared = _Shared(mentions, sift)
    helping = threading.Thread(target=shared.have_help, name="sift in two")
    helping.start()
    try:
        yield shared.sift
    finally:
        shared.end()
        helping.join()


class _Shared:
    """A batch in pieces, taken from both ends. `sift` is called by one thread, `have_help` by another."""

    def __init__(self, mentions: Sequence[Mention], sift: Sift) -> None:
        self._mentions = mentions
        self._sift = sift
        self._asked = 0
        self._piece: Brought = {}
        self._changed = threading.Condition()
        self._ours, self._workers = 0, -(-len(mentions) // PIECE)  # where both ends are
        self._brought: dict[int, Brought] = {}
        self._worker: subprocess.Popen[bytes] | None = None
        self._ended = False

    def sift(self, mention: Mention) -> Triaged | None:
        """The next one, as the worker brought it, or sifted here."""
        number, place = divmod(self._asked, PIECE)
        self._asked += 1
        if place == 0:
            self._piece = self._next(number)
        return self._piece[place] if place in self._piece else self._sift(mention)

    def have_help(self) -> None:
        """Start the worker, and let it sift from the end."""
        try:
            here, there = socket.socketpair()
            with Connection(here.detach()) as line:
                self._start(there)
                line.send(self._sift)
                line.recv()
                while (number := self._last()) is not None:
                    line.send(self._mentions[number * PIECE : (number + 1) * PIECE])
                    self._bring(number, line.recv())
        except Exception as why:  # noqa: BLE001 - whatever keeps the worker away, all is sifted without it
            if not self._ended:
                log.warning("sifting goes on without a second process: %s", str(why) or type(why).__name__)
        finally:
            self.end()

    def end(self) -> None:
        """Have the worker ended; whoever waits for it waits no longer."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
            if self._worker:
                self._worker.kill()
                self._worker.wait()

    def _start(self, there: socket.socket) -> None:
        with there, self._changed:
            if not self._ended:
                self._worker = subprocess.Popen(  # noqa: S603 - our own program, by this Python  # nosec B603
                    [sys.executable, "-m", "listener.sift_worker", str(there.fileno())],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    cwd=ROOT, pass_fds=[there.fileno()], start_new_session=True,
                    env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", os.defpath)},
                )  # fmt: skip

    def _next(self, number: int) -> Brought:
        """The piece as the worker brought it; empty where it is to be sifted here."""
        with self._changed:
            if number < self._workers:
                self._ours = number + 1
                return {}
            self._changed.wait_for(lambda: number in self._brought or self._ended, PATIENCE_S)
            return self._brought.pop(number, {})

    def _last(self) -> int | None:
        """The last piece that nobody has taken."""
        with self._changed:
            if self._ended or self._workers <= self._ours:
                return None
            self._workers -= 1
            return self._workers

    def _bring(self, number: int, brought: Brought) -> None:
        with self._changed:
            self._brought[number] = brought
            self._changed.notify_all()


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
