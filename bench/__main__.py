"""`python -m bench [PART …]`: measure this machine, all of it or the parts named."""

from __future__ import annotations

import argparse

from bench import burst, desk, idle, import_file, pause, poison, start, triage, triage_quality, watches
from bench.table import Row, machine, show

PARTS = {
    "triage": triage.rows,
    "poison": poison.rows,
    "watches": watches.rows,
    "import": import_file.rows,
    "desk": desk.rows,
    "start": start.rows,
    "idle": idle.rows,
    "burst": burst.rows,
    "pause": pause.rows,
    "quality": triage_quality.rows,
}


def main() -> None:
    """Print the table, line by line as it is measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure Warmline on this machine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of: {', '.join(PARTS)}; else all")
    asked = parser.parse_args().parts or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        parser.error(f"no part {min(unknown)!r}; there are: {', '.join(PARTS)}")
    print(machine())
    show(Row("what", "figure (texts/s: a CPU second)", "beside"))
    for part in asked:
        for row in PARTS[part]():
            show(row)


if __name__ == "__main__":
    main()
