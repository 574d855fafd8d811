"""How long a person waits for `warmline --help`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.table import Row, tell

RUNS = 10
GOAL_MS = 120


def rows() -> Iterator[Row]:
    """Wall and CPU milliseconds from the command to its end, beside a Python that does nothing."""
    tell(f"warmline --help, {RUNS} times")
    script = Path(sys.executable).with_name("warmline")
    ours = [str(script), "--help"] if script.exists() else [sys.executable, "-m", "responders", "--help"]
    pairs = [(took(ours), took([sys.executable, "-c", "pass"])) for _ in range(RUNS)]
    (wall, cpu), bare = (column(pair[0] for pair in pairs), column(pair[1] for pair in pairs))
    yield Row("warmline --help", f"{wall:.0f} ms wall, {cpu:.0f} ms CPU", f"goal < {GOAL_MS} ms")
    yield Row("python -c pass", f"{bare[0]:.0f} ms wall, {bare[1]:.0f} ms CPU", f"help: {cpu / bare[1]:.1f} x its CPU")


def column(times: Iterator[tuple[float, float]]) -> tuple[float, float]:
    """The medians of wall and CPU, each in milliseconds."""
    wall, cpu = zip(*times, strict=True)
    return median(wall) * 1000, median(cpu) * 1000


def took(command: Sequence[str]) -> tuple[float, float]:
    """Wall and CPU seconds of one command, from before it is started until it has ended."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return wall, used.ru_utime + used.ru_stime
