"""A child that is killed (SIGKILL) at one statement or line of its work, and leaves what such a one leaves."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any


class Counted(sqlite3.Connection):
    """Counts the statements of all connections of a process, and ends the process before one of them."""

    dies_at = 0
    seen = 0

    def execute(self, *args: Any) -> sqlite3.Cursor:
        _step(Counted)
        return super().execute(*args)

    def executescript(self, *args: Any) -> sqlite3.Cursor:
        _step(Counted)
        return super().executescript(*args)

    def commit(self) -> None:
        _step(Counted)
        super().commit()


def _step(counter: Any) -> None:
    counter.seen += 1
    if counter.seen == counter.dies_at:
        os.kill(os.getpid(), signal.SIGKILL)


def at_statement(number: int, work: Callable[[], object]) -> bool:
    """Whether a child that does this work was killed before its statement of this number; False: it had fewer."""

    def doomed() -> None:
        really = sqlite3.connect
        sqlite3.connect = lambda *args, **kwargs: really(*args, factory=Counted, **kwargs)  # type: ignore[assignment]
        Counted.dies_at, Counted.seen = number, 0
        work()

    return _dies(doomed)


def at_line(number: int, files: frozenset[str], work: Callable[[], object]) -> bool:
    """As `at_statement`, before each line that is run in these files."""

    class Lines:
        dies_at = number
        seen = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            _step(Lines)
        return trace

    def doomed() -> None:
        sys.settrace(trace)
        work()
        sys.settrace(None)

    return _dies(doomed)


def _dies(work: Callable[[], object]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - a child never goes back into the tests
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the child failed by itself; what it said stands above"
    return False


def points(dies: Callable[[int], bool], most: int = 100_000) -> Iterator[int]:
    """Each point in turn, after the child died there; ends when one came through, and fails where none ever does."""
    for number in range(1, most):
        if not dies(number):
            return
        yield number
    raise AssertionError("the child was killed each time: it never came to its end")


def file_of(module: Any) -> str:
    """The file of a module, as frames name it."""
    return str(Path(module.__file__))
