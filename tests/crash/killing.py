"""Where a child process dies: it counts its own steps, and the n-th is its last."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Literal

ROOT = Path(__file__).parent.parent.parent
OURS = (f"{ROOT / 'listener'}{os.sep}", f"{ROOT / 'responders'}{os.sep}")

Kind = Literal["line", "statement", "exchange"]


@dataclass
class Steps:
    """The steps of one kind that this process takes. Before the n-th it says where it is, and kills itself."""

    kind: Kind
    last: int  # the step that is not taken any more; 0: none, they are only counted
    say: Callable[[str], None]
    taken: int = 0
    _ours: dict[CodeType, bool] = field(default_factory=dict)

    def begin(self) -> None:
        """Count from now on."""
        if self.kind == "statement":
            self._watch_statements()
        elif self.kind == "line":
            sys.settrace(self._enter)

    def step(self, where: Callable[[], str]) -> None:
        """One step more."""
        self.taken += 1
        if self.taken == self.last:
            self.say(f"died {where()}")
            os.kill(os.getpid(), signal.SIGKILL)

    def _enter(self, frame: FrameType, event: str, _arg: Any) -> Callable[..., Any] | None:
        code = frame.f_code
        ours = self._ours.get(code)
        if ours is None:
            ours = self._ours[code] = code.co_filename.startswith(OURS)
        return self._within if ours else None

    def _within(self, frame: FrameType, event: str, _arg: Any) -> Callable[..., Any]:
        if event == "line":
            self.taken += 1
            if self.taken == self.last:
                self.taken -= 1
                self.step(lambda: f"{Path(frame.f_code.co_filename).relative_to(ROOT)}:{frame.f_lineno}")
        return self._within

    def _watch_statements(self) -> None:
        """Every connection that is opened from now on counts two steps a statement: before it, and after it."""
        # The one place where all of them are opened; typed too narrowly to say so.
        sqlite3.connect = partial(sqlite3.connect, factory=partial(_Connection, steps=self))  # type: ignore[assignment]


class _Cursor(sqlite3.Cursor):
    steps: Steps

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return _around(self.steps, sql, lambda: super(_Cursor, self).execute(sql, *values))

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return _around(self.steps, sql, lambda: super(_Cursor, self).executemany(sql, *values))


class _Connection(sqlite3.Connection):
    """A connection whose statements, commits and rollbacks are steps."""

    def __init__(self, *given: Any, steps: Steps, **named: Any) -> None:
        self._steps = steps
        super().__init__(*given, **named)

    def cursor(self, *_: Any) -> Any:
        made = super().cursor(_Cursor)
        made.steps = self._steps
        return made

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return _around(self._steps, sql, lambda: super(_Connection, self).execute(sql, *values))  # type: ignore[no-any-return]

    def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return _around(self._steps, sql, lambda: super(_Connection, self).executemany(sql, *values))  # type: ignore[no-any-return]

    def commit(self) -> None:
        _around(self._steps, "COMMIT", super().commit)

    def rollback(self) -> None:
        _around(self._steps, "ROLLBACK", super().rollback)


def _around(steps: Steps, sql: str, carried_out: Callable[[], Any]) -> Any:
    words = " ".join(sql.split())[:90]
    steps.step(lambda: f"before {words}")
    done = carried_out()
    steps.step(lambda: f"after {words}")
    return done
