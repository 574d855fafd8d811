"""Ten thousand mentions at once, heard by the real daemon: how long until all are kept, and who waits meanwhile."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles

from bench import proc
from bench.bystanders import approving_along, reading_along
from bench.desk import Visitor
from bench.network import ENVIRON, Network, running_network, spoken_to_us, write_history
from bench.one_batch import BEGAN, COUNT, NOW
from bench.table import Row, tell
from bench.texts import crowded
from listener.archive.connect import look_into
from tests.running import Daemon, a_folder, until

GOAL_S = 10
# A machine that others share may be slow; what takes longer than this has failed.
PATIENCE_S = 300.0


def rows() -> Iterator[Row]:
    """As one batch of a source, and as the backlog that a pager works off."""
    if not proc.is_here():
        tell("ten thousand at once: skipped, there is no /proc here")
        return
    tell(f"{COUNT:,} mentions in one poll")
    yield from heard("in one poll", one_batch=True)
    tell(f"{COUNT:,} mentions as one stream's backlog")
    yield from heard("as a backlog", one_batch=False)


def heard(how: str, *, one_batch: bool) -> Iterator[Row]:
    """The rows of one of the two ways."""
    with (
        tempfile.TemporaryDirectory(prefix="warmline-bench-") as name,
        running_network(Path(name) / "plaza") as network,
    ):
        folder = Path(name)
        # Somebody speaks to us before all that: whose draft is what is approved, again and again, meanwhile.
        network.tell("posts", {"handle": "ada", "text": spoken_to_us("my lamp hums, can you help?")})
        warmline = a_folder(folder, network.settings(undo_s=600, every_s=0.2), ENVIRON)
        module = "bench.one_batch" if one_batch else "responders"
        if one_batch:
            warmline("poll")
        with replace(warmline, module=module).running() as daemon:
            yield from measured(how, daemon, folder, lambda: begin(network, folder, one_batch=one_batch))


def begin(network: Network, folder: Path, *, one_batch: bool) -> Callable[[], float]:
    """Have it said; what tells when the first of it was asked for."""
    if one_batch:
        (folder / NOW).touch()
        return lambda: float(until(lambda: (folder / BEGAN).exists() and (folder / BEGAN).read_text(), "the fetch"))
    write_history(network.world, [spoken_to_us(text) for text in crowded(COUNT)], COUNT // 2)
    began = time.time()
    return lambda: began


def measured(how: str, daemon: Daemon, folder: Path, start: Callable[[], Callable[[], float]]) -> Iterator[Row]:
    """Kept within so many seconds, considered within so many; and what the others waited for meanwhile."""
    database = folder / "warmline.db"
    until(lambda: progress(database).drafts, "the first draft")
    visitor, pid = Visitor.sign_in(daemon), daemon.process.pid
    visitor.read("/")
    with reading_along(visitor) as pages, approving_along(folder / "settings.toml", 1) as approvals:
        began, used = start(), proc.cpu_s(pid)
        until(lambda: progress(database).mentions > COUNT, "all of them kept", PATIENCE_S)
        kept, used = time.time() - began(), proc.cpu_s(pid) - used
        until(lambda: progress(database).considered > COUNT, "all of them considered", PATIENCE_S)
        done = time.time() - began()
    yield Row(
        f"{COUNT:,} mentions {how}: kept and triaged", f"{kept:.1f} s; goal {GOAL_S}", f"{used:.1f} s CPU, {load()}"
    )
    yield Row("  and each considered for a draft", f"{done:.1f} s")
    yield Row("  the daemon's memory at most", f"{proc.peak_mb(pid):.0f} MB RSS; goal 300")
    yield Row("  the desk's queue meanwhile", waits(pages), "goal p95 150 ms")
    yield Row("  an approval from another process meanwhile", waits(approvals), "goal about 1 s")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the daemon has got."""

    mentions: int
    considered: int
    drafts: int


def progress(database: Path) -> Progress:
    """As the database says it now."""
    db = look_into(database)
    try:
        return Progress(*db.execute(_PROGRESS).fetchone())
    finally:
        db.close()


def waits(ms: Sequence[float]) -> str:
    """The waiting times in a few words."""
    if len(ms) < 2:
        return "-"
    cuts = quantiles(ms, n=20)
    return f"p50 {cuts[9]:.0f}, p95 {cuts[18]:.0f}, most {max(ms):.0f} ms"


def load() -> str:
    """How busy the machine is with whatever it does."""
    return f"load {os.getloadavg()[0]:.1f}"


_PROGRESS = """
SELECT (SELECT count(*) FROM mentions), coalesce((SELECT value FROM controls WHERE name = 'drafted_through'), 0) + 0,
  (SELECT count(*) FROM drafts)
"""
