"""What the daemon costs while nobody speaks: `warmline run` with the desk, on an empty plaza."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import proc
from bench.table import Row, tell
from bench.texts import SETTINGS
from tests.plaza_server import running_plaza
from tests.running import a_folder

# The start itself, with its first round of every job, is no part of idling.
SETTLE_S = 3.0
WATCH_S = 12.0
# How often a real network is asked by default; the plaza of a demo is asked every two seconds.
EVERY_S = (60, 2)

PLAZA = """
[listener.sources.plaza]
account = "acmehelp"
base_url = "{url}"
every_s = {every_s}

[responders.publishers.plaza]
account = "acmehelp"
base_url = "{url}"
"""


def rows() -> Iterator[Row]:
    """Resident memory after the first rounds, and CPU over some seconds, polling seldom and often."""
    if not proc.is_here():
        tell("the idle daemon: skipped, there is no /proc here")
        return
    for every_s in EVERY_S:
        tell(f"the idle daemon for {SETTLE_S + WATCH_S:.0f} s, asking every {every_s} s")
        rss, pss, cpu = watched(every_s)
        if every_s == EVERY_S[0]:
            yield Row("idle daemon, memory", f"{rss:.0f} MB RSS, {pss:.0f} MB PSS")
        yield Row(f"idle daemon, one source asked every {every_s} s", f"{cpu:.2%} of a core")


def watched(every_s: float) -> tuple[float, float, float]:
    """MB of RSS and PSS, and the share of a core it used."""
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder, running_plaza() as plaza:
        settings = SETTINGS + PLAZA.format(url=plaza.base_url, every_s=every_s)
        with a_folder(Path(folder), settings, plaza.environ).running() as daemon:
            pid = daemon.process.pid
            time.sleep(SETTLE_S)
            used, began = proc.cpu_s(pid), time.perf_counter()
            time.sleep(WATCH_S)
            share = (proc.cpu_s(pid) - used) / (time.perf_counter() - began)
            return proc.rss_mb(pid), proc.pss_mb(pid), share
