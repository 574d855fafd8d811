"""`python -m tests.crash --points 10000`: as many deaths on every platform, with a table at the end."""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.crash.platforms import NAMES, platform
from tests.crash.trials import Tally, tried_on

HEAD = ("platform", "policy", "points in all", "tried", "killed in recovery", "posted", "twice", "unapproved",
        "forgotten", "before a person", "s")  # fmt: skip


def row(tally: Tally) -> tuple[str, ...]:
    """One line of the table."""
    figures = (tally.points, tally.tried, tally.recoveries_killed, tally.posted, tally.twice, tally.unapproved,
               tally.forgotten, tally.before_a_person)  # fmt: skip
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
    asked.add_argument("--platform", action="append", choices=NAMES, help="only this one (may be repeated)")
    given = asked.parse_args()
    shown_at = 0.0

    def progress(tally: Tally) -> None:
        nonlocal shown_at
        if sys.stderr.isatty() and time.monotonic() - shown_at > 0.2:
            shown_at = time.monotonic()
            print(f"\r{tally.name}: {tally.tried:,} of {given.points:,}, {len(tally.wrong)} wrong ", end="", file=sys.stderr)

    tallies = [tried_on(platform(name), given.points, progress=progress) for name in given.platform or NAMES]
    print(table([row(tally) for tally in tallies]))
    wrong = [f"{tally.name}: {line}" for tally in tallies for line in tally.wrong]
    print("\n".join(wrong[:40]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
