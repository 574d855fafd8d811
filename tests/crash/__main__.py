"""`python -m tests.crash --points 10000`: as many deaths on every platform, with a table at the end."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import asdict, dataclass

from tests.crash.cases import CASES
from tests.crash.trials import tried
from tests.crash.verdict import Tally

HEAD = ("case", "policy", "points in all", "tried", "killed in recovery", "good", "twice", "unapproved", "lost",
        "forgotten", "before a person", "s")  # fmt: skip


def row(tally: Tally) -> tuple[str, ...]:
    """One line of the table."""
    figures = (tally.points, tally.tried, tally.recoveries_killed, tally.good, tally.twice, tally.unapproved,
               tally.lost, tally.forgotten, tally.before_a_person)  # fmt: skip
    return (tally.name, tally.policy, *(f"{figure:,}" for figure in figures), f"{tally.took_s:.0f}")


def table(rows: list[tuple[str, ...]]) -> str:
    """The rows under each other."""
    every = [HEAD, *rows]
    wide = [max(len(cells[place]) for cells in every) for place in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(cells, wide, strict=True)) for cells in every)


def main() -> None:
    """Try them one platform after another; exit 1 where anything was wrong."""
    asked = argparse.ArgumentParser(prog="python -m tests.crash")
    asked.add_argument("--points", type=int, default=int(os.environ.get("WARMLINE_CRASH_POINTS", "10000")))
    asked.add_argument("--case", action="append", choices=sorted(CASES), help="only this one (may be repeated)")
    asked.add_argument("--json", action="store_true", help="the tallies as JSON, a line each")
    given = asked.parse_args()
    tallies = [tried(CASES[name](), given.points, progress=Shown(given.points)) for name in given.case or CASES]
    if given.json:
        print(
            "\n".join(
                json.dumps({**asdict(tally), "places": len(tally.places), "line": tally.line()}) for tally in tallies
            )
        )
        return
    print(table([row(tally) for tally in tallies]))
    wrong = [f"{tally.name}: {line}" for tally in tallies for line in tally.wrong]
    print("\n".join(wrong[:40]))
    sys.exit(1 if wrong else 0)


@dataclass
class Shown:
    """How far it has got, on a terminal."""

    points: int
    at: float = 0.0

    def __call__(self, tally: Tally) -> None:
        if sys.stderr.isatty() and time.monotonic() - self.at > 0.2:
            self.at = time.monotonic()
            print(
                f"\r{tally.name}: {tally.tried:,} of {self.points:,}, {len(tally.wrong)} wrong ",
                end="",
                file=sys.stderr,
            )


if __name__ == "__main__":
    main()
