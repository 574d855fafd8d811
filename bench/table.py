"""The table that is printed: what was measured, its figure, and its ratio to the anchor of the same run."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

COLUMNS = "  {:<48} {:>34} {:>18}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ratio` says what it is a ratio to, or what the goal is."""

    what: str
    figure: str
    ratio: str = ""


def machine() -> str:
    """This machine, as far as it matters for the figures, and the day they were taken."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {datetime.now(UTC):%d %B %Y}, load {os.getloadavg()[0]:.1f} at the start"
    )


def show(row: Row) -> None:
    """Print one line as soon as it is known."""
    print(COLUMNS.format(row.what, row.figure, row.ratio).rstrip(), flush=True)


def tell(words: str) -> None:
    """Say on standard error what is under way, so that nobody wonders."""
    print(f"  … {words}", file=sys.stderr, flush=True)
