"""Figures shown at the end of a test run: lines as tests wrote them, and counts added up over all workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

_WORKERS_KEY = "figures"
_lines: list[str] = []
_counts: dict[str, Counter[str]] = {}


def record_figure(line: str) -> None:
    """Show this line at the end of the run, whatever worker the test ran in."""
    if line not in _lines:
        _lines.append(line)


def count_figures(name: str, **counts: int) -> None:
    """Add to the counts of one line, "name: 56 cases, 0 twice"; an underscore in a count's name is a space there."""
    _counts.setdefault(name, Counter()).update(counts)


def shown() -> Iterator[str]:
    """The lines to show, counts first."""
    for name, counts in _counts.items():
        yield f"{name}: " + ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
    yield from _lines


class Figures:
    """The plugin that brings them from the workers (pytest-xdist) to the end of the run."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker hands its figures over as it ends."""
        output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_WORKERS_KEY] = {"lines": _lines, "counts": {name: dict(one) for name, one in _counts.items()}}

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker found; one that crashed has nothing to hand over."""
        told: Mapping[str, Any] = getattr(node, "workeroutput", {}).get(_WORKERS_KEY, {})
        for line in told.get("lines", ()):
            record_figure(line)
        for name, counts in told.get("counts", {}).items():
            count_figures(name, **counts)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print them under a heading of their own."""
        lines = list(shown())
        if lines:
            terminalreporter.section("figures")
            for line in lines:
                terminalreporter.line(line)
