"""Renders templates by way of a child process, and says of one that passes a limit which limit it was."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from listener.settings import SettingsError
from responders.rendering.started import CannotRender, Child, Ended

__all__ = ["CannotRender", "Fault", "Renderer", "Sheet", "SHARED", "TemplateError"]

WALL_S = 5.0  # of the clock, for one rendering; far more than its second of computing, since a machine may be busy
STRIKES = 3
SHEETS_MOST = 2_000  # that one child keeps; then it is started anew

# What the child's exit code means: responders/rendering/child.py, which isn't imported here, since it brings Jinja.
PASSED: Mapping[int, str] = {
    -signal.SIGPROF: "it takes more than a second of computing",
    71: "it takes more than 256 MB of memory",
    72: "it makes a longer text than anyone would read",
    73: "it is nested too deeply, or calls itself",
}


class TemplateError(SettingsError):
    """A template that a person must mend; the message names the file, and the line where it is known, and says how."""


class Fault(Exception):
    """What is wrong with a template: the file's `name` in its sheet, the `line` (0 where unknown), and the words."""

    def __init__(self, name: str, line: int, words: str) -> None:
        super().__init__(words)
        self.name = name
        self.line = line


@dataclass(frozen=True, slots=True)
class Sheet:
    """Templates that belong together, by name: a reply's alone, or a letter's, which may include each other."""

    kind: Literal["reply", "letter"]
    sources: Mapping[str, str]
    key: str = field(init=False)

    def __post_init__(self) -> None:
        told = json.dumps([self.kind, sorted(self.sources.items())])
        object.__setattr__(self, "key", hashlib.sha256(told.encode()).hexdigest())


class Renderer:
    """Renders in one child, started when it is first needed and again whenever it is gone. Safe for several threads."""

    def __init__(self, wall_s: float = WALL_S) -> None:
        self._wall_s = wall_s
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._strikes: Counter[tuple[str, str]] = Counter()

    def check(self, sheet: Sheet, name: str) -> None:
        """See that a template can be read. Raises Fault, CannotRender."""
        self._answered(sheet, name, None)

    def render(self, sheet: Sheet, name: str, values: Mapping[str, Any]) -> str:
        """The text that a template makes of these plain values. Raises Fault, CannotRender.

        One that passes a limit three times running is left alone from then on, so that it can't hold up every mention.
        """
        return self._answered(sheet, name, values)

    def close(self) -> None:
        """End the child; the next rendering starts another."""
        with self._lock:
            self._end()

    def _answered(self, sheet: Sheet, name: str, values: Mapping[str, Any] | None) -> str:
        with self._lock:
            if self._strikes[sheet.key, name] >= STRIKES:
                raise Fault(
                    name, 0, f"left alone, since it passed a limit {STRIKES} times running: mend it, and start again"
                )
            try:
                told = self._asked_twice(sheet, name, values)
            except Ended as why:
                self._strikes[sheet.key, name] += 1
                raise Fault(name, 0, self._passed(why)) from why
            self._strikes.pop((sheet.key, name), None)
        if (text := told.get("text")) is None:
            raise Fault(str(told["name"] or name), int(told["line"]), str(told["fault"]))
        return str(text)

    def _asked_twice(self, sheet: Sheet, name: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
        """The answer. Where a child ended and the template may not be to blame, another one is asked.

        It may have been killed from outside, or just gone for want of work, or have been full of other templates.
        """
        try:
            return self._asked(sheet, name, values)
        except Ended as why:
            if why.by_clock or (why.code in PASSED and why.code != 71):
                raise
        return self._asked(sheet, name, values)

    def _asked(self, sheet: Sheet, name: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
        child = self._at_work()
        request = {"key": sheet.key, "name": name, "values": values}
        if sheet.key not in child.known:
            request |= {"kind": sheet.kind, "sources": dict(sheet.sources)}
        try:
            told = json.loads(child.ask(json.dumps(request).encode(), self._wall_s))
        except Ended:
            self._child = None
            raise
        except (ValueError, RecursionError):
            told = None
        except BaseException:  # broken off in the middle: the answer still to come would be taken for the next one's
            self._end()
            raise
        if not isinstance(told, dict) or not ("text" in told or told.keys() >= {"fault", "line", "name"}):
            # What it says is no answer: nothing more is believed of it.
            self._end()
            raise Ended(0, by_clock=False)
        child.known.add(sheet.key)
        return told

    def _at_work(self) -> Child:
        child = self._child
        # A process that was forked off has a child of its own.
        if child is not None and (child.owner != os.getpid() or len(child.known) >= SHEETS_MOST):
            self._end()
        if self._child is None:
            self._child = Child()
        return self._child

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None

    def _passed(self, why: Ended) -> str:
        if why.by_clock:
            return f"it takes more than {self._wall_s:g} s"
        return PASSED.get(why.code, f"the child process that renders it does not survive it (it ended with {why.code})")


# The one of this process: a child for each thread would be as quick and take 20 MB more.
SHARED = Renderer()
atexit.register(SHARED.close)
