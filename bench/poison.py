"""How long one text can hold up the river: the worst that anyone could post, each cleaned, judged, ruled and kept."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from bench.table import Row, tell
from listener.archive.connect import connect
from listener.archive.rules import Rules
from listener.archive.schema import migrations
from listener.mention import Mention
from listener.poll import Poller
from listener.rules import Rule
from listener.sentiment import Mixed
from listener.sift import Sifter
from tests.poison import WATCHES, poisoned, texts

GOAL_S = 0.25
ROUNDS = 3
CONTEXT = "Acme is an airline, not the cartoon"
# They hold for nothing here, so that each is asked of every text.
CONDITIONS = ('lawyer AND NOT has:link AND "small claims"', "(refund* OR cash*) NEAR/5 zebra*")


def rows() -> Iterator[Row]:
    """A row for each text, the slowest first."""
    tell("poison, with the default engine, a context and rules")
    with (
        tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder,
        closing(connect(Path(folder) / "warmline.db", [migrations])) as db,
    ):
        poller = poller_with_rules(db)
        keep(poller, poisoned("acme is the best that you can have"), "first")  # whatever is read only once
        took = {
            name: min(keep(poller, poisoned(text), f"{name} {number}") for number in range(ROUNDS))
            for name, text in texts().items()
        }
    for name, seconds in sorted(took.items(), key=lambda item: -item[1]):
        yield Row(name, f"{seconds * 1000:,.1f} ms", "" if seconds < GOAL_S else f"goal: {GOAL_S * 1000:.0f} ms")


def poller_with_rules(db: Database) -> Poller:
    """What takes mentions in, with all that can be set up to look at their words."""
    for condition in CONDITIONS:
        Rules(db).add(Rule(condition[:20], condition, tags=("odd",), state="live"), "Ana", datetime.now(UTC))
    return Poller(db, Sifter([replace(watch, context=CONTEXT) for watch in WATCHES], Mixed()))


def keep(poller: Poller, said: Mention, post_id: str) -> float:
    """The CPU seconds that this mention takes from a source's hands until it is in the archive beside its like."""
    said = replace(said, post_id=post_id)
    began = time.process_time()
    kept = poller.take_in("bench", [said])
    took = time.process_time() - began
    assert len(kept) == 1, post_id
    return took
