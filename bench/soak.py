"""`python -m bench.soak [--minutes N] [--rate N]`: the real daemon for half an hour at fifty mentions a second.

A real plaza over HTTP, in a process of its own; people who speak, edit and delete; somebody who approves from another
process, so that replies go out all the time; somebody who reads the desk. A line a minute, and a verdict. The daemon's
first tenth of the time is its warm-up: the second part of that (minutes 3 to 5 of 30) is set against the last tenth.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

from bench.bystanders import again_and_again
from bench.desk import Visitor
from bench.network import ENVIRON, running_network
from bench.soak_figures import Sample, reckon, sample, verdict
from bench.soak_people import Approver, Crowd
from bench.table import machine
from responders.office import Office
from responders.settings import read_settings
from tests.running import Daemon, Warmline, a_folder, until

LOOKS_EVERY_S = 2.0
PAGES = ("/", "/pulse", "/mentions/1", "/?lane=help", "/search?q=again", "/aside", "/answered", "/listening")
# How long the daemon may take at the end, when nobody speaks any more, to hear and send what is left.
PATIENCE_S = 300.0
LINE = "{:>6} {:>9} {:>5} {:>8} {:>7} {:>9} {:>8} {:>8} {:>6} {:>7} {:>7}"


def main() -> None:
    """Soak, print, and exit with 1 where a promise was not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=50.0, help="mentions a second")
    parser.add_argument("--approvals", type=float, default=2.0, help="a second")
    parser.add_argument("--traced", action="store_true", help="have the daemon tell every minute what its memory holds")
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="warmline-soak-") as name:
        kept = soaked(Path(name), asked.minutes * 60, asked.rate, asked.approvals, traced=asked.traced)
        if asked.traced:
            print((Path(name) / "traced.txt").read_text())
    sys.exit(0 if kept else 1)


def soaked(folder: Path, seconds: float, rate: float, approvals: float, *, traced: bool) -> bool:
    """Whether every promise was kept over this time."""
    with running_network(folder / "plaza") as network:
        network.tell("posts", {"handle": "ada", "text": "@harbourlight my lamp hums, can you help?"})
        warmline = a_folder(folder, network.settings(undo_s=2), ENVIRON)
        with (
            replace(warmline, module="bench.traced" if traced else "responders").running() as daemon,
            ExitStack() as about,
        ):
            until(lambda: sample(0, daemon.process.pid, folder / "warmline.db").kept, "the first mention")
            crowd = Crowd(network, rate)
            waits = about.enter_context(everyone(crowd, warmline, daemon, approvals))
            samples = list(looked_at(seconds, crowd, daemon, warmline, waits))
            about.close()
            caught_up(samples[-1], daemon, folder)
    return told(samples, folder, crowd)


@contextmanager
def everyone(crowd: Crowd, warmline: Warmline, daemon: Daemon, approvals: float) -> Iterator[list[float]]:
    """Those who speak, approve and read, each in a thread of their own; what the reader waited, in milliseconds."""
    visitor, pages, settings_path = Visitor.sign_in(daemon), cycle(PAGES), warmline.folder / "settings.toml"
    with Office.open(read_settings(settings_path), settings_path) as office:
        approver = Approver(office, crowd)
        with (
            again_and_again(crowd.speak),
            again_and_again(approver.approve, 1 / approvals),
            again_and_again(lambda: visitor.read(next(pages)), 0.5) as waits,
        ):
            yield waits


def looked_at(seconds: float, crowd: Crowd, daemon: Daemon, warmline: Warmline, waits: list[float]) -> Iterator[Sample]:
    """The daemon every few seconds, with a line a minute."""
    heads = ("min", "RSS MB", "fds", "threads", "WAL MB", "kept", "behind", "waiting", "due", "sent", "page ms")
    print(LINE.format(*heads), flush=True)
    began, told_until = time.monotonic(), 0
    while (at := time.monotonic() - began) < seconds:
        one = sample(at, daemon.process.pid, warmline.folder / "warmline.db")
        yield one
        if at >= told_until:
            told_until += 60
            tell(one, crowd.said, waits)
        time.sleep(LOOKS_EVERY_S)


def tell(one: Sample, said: int, waits: list[float]) -> None:
    """The minute's line; `behind` is how much was said and not kept yet."""
    slowest = f"{max(waits):.0f}" if waits else "-"
    waits.clear()
    line = (
        f"{one.at / 60:.1f}", f"{one.rss:.1f}", one.descriptors, one.threads, f"{one.wal:.1f}",
        one.kept, said - one.kept, one.waiting, one.due, one.sent, slowest,
    )  # fmt: skip
    print(LINE.format(*line), flush=True)


def caught_up(last: Sample, daemon: Daemon, folder: Path) -> None:
    """Give the daemon time to hear what was said last, and to send what was approved; the verdict says if it has."""
    database, began = folder / "warmline.db", time.monotonic()
    while time.monotonic() - began < PATIENCE_S:
        time.sleep(LOOKS_EVERY_S)
        if not sample(last.at, daemon.process.pid, database).due and not reckon(folder / "plaza", database).lost:
            break
    print(
        f"  caught up {time.monotonic() - began:.0f} s after the last word; load {os.getloadavg()[0]:.1f}", flush=True
    )


def told(samples: list[Sample], folder: Path, crowd: Crowd) -> bool:
    """Print the verdict, and whether all of it is good."""
    print(f"  {crowd.said} said, {crowd.edited} edited, {crowd.deleted} deleted", flush=True)
    good = True
    for kept, words in verdict(samples, folder / "daemon.log", reckon(folder / "plaza", folder / "warmline.db")):
        print(f"  {'kept  ' if kept else 'BROKEN'} {words}", flush=True)
        good = good and kept
    return good


if __name__ == "__main__":
    main()
