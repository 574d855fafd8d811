"""A piece of work in a process of its own, forked with everything imported, and what it said before it ended."""

from __future__ import annotations

import gc
import logging
import os
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from tests.crash.killing import Kind, Steps

Say = Callable[[str], None]
Work = Callable[[Say], None]


class OnPurpose(Exception):
    """What a trial lets go wrong; that Warmline logs it as an error is as it should be."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: killed, or by itself after so many steps; and the lines that it said."""

    killed: bool
    said: tuple[str, ...]

    def lines(self, about: str) -> list[str]:
        """What it said under this heading."""
        return [line.removeprefix(f"{about} ") for line in self.said if line.startswith(f"{about} ")]

    @property
    def where(self) -> str:
        """Where it killed itself; empty where it didn't."""
        return next(iter(self.lines("died")), "")

    @property
    def steps(self) -> int:
        """How many steps it took; 0 where it did not live to tell."""
        return int(next(iter(self.lines("steps")), "0"))


@dataclass
class Child:
    """A running child. `pipe` gives what it says, and then its end: nobody else holds the other side."""

    pid: int
    pipe: int
    heard: bytes = b""

    def kill(self) -> None:
        """End it, as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)

    def listen(self) -> bool:
        """Take in what it says; False at its end."""
        more = os.read(self.pipe, 65_536)
        self.heard += more
        return bool(more)

    def ended(self) -> Ended:
        """How it ended. Raises AssertionError where it broke instead of being killed."""
        _, status = os.waitpid(self.pid, 0)
        os.close(self.pipe)
        said = tuple(self.heard.decode(errors="replace").splitlines())
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, "\n".join(said)
        return Ended(killed, said)


def start(work: Work, kind: Kind = "line", last: int = 0) -> Child:
    """Fork a child that does `work` and dies at its step `last` of this kind (0: never)."""
    out, into = os.pipe()
    with warnings.catch_warnings():
        # The parent may have threads (pytest-xdist's); the child touches nothing of theirs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(out)
        _live(work, kind, last, into)
    os.close(into)
    return Child(pid, out)


def _live(work: Work, kind: Kind, last: int, into: int) -> None:
    """The child's whole life: it never returns."""
    gc.disable()

    def say(line: str) -> None:
        os.write(into, f"{line}\n".encode())

    try:
        _log_to(say)
        steps = Steps(kind, last, say)
        steps.begin()
        work(say)
        say(f"steps {steps.taken}")
        os._exit(0)
    except BaseException:  # noqa: BLE001 - whatever it was, a child must not come back as a second test run
        os.write(into, traceback.format_exc().encode())
        os._exit(70)


class _Errors(logging.Handler):
    def __init__(self, say: Say) -> None:
        super().__init__(logging.ERROR)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        why = record.exc_info[1] if record.exc_info else None
        if isinstance(why, OnPurpose):
            return
        self._say(f"error {record.getMessage()}: {why!r}"[:600].replace("\n", " "))


def _log_to(say: Say) -> None:
    """Errors are said, the rest is nobody's business: half of all that is tried here goes wrong on purpose."""
    root = logging.getLogger()
    root.handlers = [_Errors(say)]
    root.setLevel(logging.ERROR)
