"""`python -m tests.crash --points 10000`: as many deaths for every policy, with a table at the end.

A policy is a way to learn what became of a reply; the other publishers and the sources die a fifth as often.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.crash.cases import CASES, share_of
from tests.crash.running import tally
from tests.crash.trials import tried
from tests.crash.verdict import Tally

HEAD = ("case", "policy", "points in all", "tried", "killed in recovery", "good", "twice", "unapproved", "lost",
        "forgotten", "before a person", "s")  # fmt: skip


FIGURES = (
    "points",
    "tried",
    "recoveries_killed",
    "good",
    "twice",
    "unapproved",
    "lost",
    "forgotten",
    "before_a_person",
)
EVERY_S = 10.0


def row(found: Mapping[str, Any]) -> tuple[str, ...]:
    """One line of the table."""
    return (found["name"], found["policy"], *(f"{found[figure]:,}" for figure in FIGURES), f"{found['took_s']:.0f}")


def table(rows: list[tuple[str, ...]]) -> str:
    """The rows under each other."""
    every = [HEAD, *rows]
    wide = [max(len(cells[place]) for cells in every) for place in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(cells, wide, strict=True)) for cells in every)


def main() -> None:
    """Try all cases, as many at a time as there are processors; exit 1 where anything was wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.crash")
    asked.add_argument("--points", type=int, default=int(os.environ.get("WARMLINE_CRASH_POINTS", "10000")))
    asked.add_argument("--case", action="append", choices=sorted(CASES), help="only this one (may be repeated)")
    asked.add_argument("--json", action="store_true", help="what one case came to, as JSON, in this very process")
    given = asked.parse_args()
    if given.json:
        (name,) = given.case
        print(json.dumps(in_json(tried(CASES[name](), given.points, progress=Shown(given.points)))))
        return
    # Whoever names a case wants all of them for it.
    wanted = dict.fromkeys(given.case or (), given.points) or {name: share_of(name, given.points) for name in CASES}
    with ThreadPoolExecutor(os.cpu_count()) as together:
        found = list(together.map(lambda name: told(name, wanted[name]), wanted))
    print(table([row(one) for one in found]))
    wrong = [f"{one['name']}: {line}" for one in found for line in one["wrong"]]
    print("\n".join(wrong[:40]))
    sys.exit(1 if wrong else 0)


def told(name: str, points: int) -> dict[str, Any]:
    """What one case came to, said as soon as it has: all of them take an hour."""
    found = tally(name, points, seen=True)
    print(found["line"], file=sys.stderr, flush=True)
    return found


def in_json(found: Tally) -> dict[str, Any]:
    """What is handed on."""
    return {**asdict(found), "places": len(found.places), "line": found.line()}


@dataclass
class Shown:
    """How far it has got: a line now and then."""

    points: int
    at: float = field(default_factory=time.monotonic)

    def __call__(self, tally: Tally) -> None:
        if time.monotonic() - self.at > EVERY_S:
            self.at = time.monotonic()
            print(f"{tally.name}: {tally.tried:,} of {self.points:,} deaths, {len(tally.wrong)} wrong", file=sys.stderr)


if __name__ == "__main__":
    main()
