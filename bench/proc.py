"""What the kernel says of a running process: its memory and its CPU time. Linux only."""

from __future__ import annotations

import re
from pathlib import Path

PROC = Path("/proc")


def is_here() -> bool:
    """Whether this system can be asked at all."""
    return (PROC / "self" / "smaps_rollup").exists()


def cpu_s(pid: int | str) -> float:
    """CPU seconds of all its living threads, to the nanosecond: a clock tick would round an idle process to nothing."""
    return sum(int(task.read_text().split()[0]) for task in PROC.glob(f"{pid}/task/*/schedstat")) / 1e9


def rss_mb(pid: int | str) -> float:
    """Resident memory in MB, shared pages counted whole."""
    return _mb(PROC / str(pid) / "status", "VmRSS")


def pss_mb(pid: int | str) -> float:
    """Resident memory in MB, shared pages divided among those who share them."""
    return _mb(PROC / str(pid) / "smaps_rollup", "Pss")


def peak_mb(pid: int | str) -> float:
    """The most resident memory so far, in MB. Unlike getrusage's it holds nothing of the process that started it."""
    return _mb(PROC / str(pid) / "status", "VmHWM")


def descriptors(pid: int | str) -> int:
    """How many files and sockets it has open."""
    return len(list((PROC / str(pid) / "fd").iterdir()))


def threads(pid: int | str) -> int:
    """How many threads it has."""
    return len(list((PROC / str(pid) / "task").iterdir()))


def _mb(file: Path, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", file.read_text(), re.MULTILINE)
    assert found, f"{file} has no {name}"
    return int(found[1]) / 1024
