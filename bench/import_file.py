"""How fast `warmline import` takes a file in, and how much memory it needs for a large one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench import proc
from bench.clock import beside_the_first, cpu_s
from bench.table import Row, tell
from bench.texts import texts, write_csv, write_settings
from bench.triage import each
from listener.jobs import sifter_from
from listener.poll import Poller
from listener.rows import read_rows
from responders.commands.import_file import CHUNK, Tally, take_in
from responders.drafting import draft_new
from responders.office import Office
from responders.settings import read_settings

TEXTS = 5_000
FEW, MANY = 1_000, 50_000
VADER = """
[triage]
engine = "vader"
"""

# The command as it is typed, which then says how much memory it has held at most.
IMPORT = """
import sys
from bench.proc import peak_mb
from responders.__main__ import main
try:
    main(["import", *sys.argv[1:]])
finally:
    print(peak_mb("self"))
"""


def rows() -> Iterator[Row]:
    """Import end to end beside raw VADER, and the peak memory of the command itself."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    tell(f"import of {TEXTS:,} rows, with each engine, with and without drafting")
    posts = texts(TEXTS)
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        file = write_csv(Path(folder) / "posts.csv", posts)
        yield from beside_the_first(
            {
                "vaderSentiment, raw (again)": each(SentimentIntensityAnalyzer().polarity_scores, posts),
                "import, vader: read, triage, store, index, group": lambda: importing(file, VADER),
                "import, mixed: the same": lambda: importing(file),
                "import, mixed, and a draft held for each": lambda: importing(file, drafting=True),
            },
            TEXTS,
        )
        yield from memory(Path(folder))


def importing(file: Path, more: str = "", *, drafting: bool = False) -> float:
    """CPU seconds of taking the file into a new database, in the command's own chunks; `more` settings."""
    with tempfile.TemporaryDirectory(dir=file.parent) as folder, new_office(Path(folder), more) as office:

        def import_and_draft() -> None:
            take_all(office, file)
            while drafting and draft_new(office):
                pass

        return cpu_s(import_and_draft)


def new_office(folder: Path, more: str = "") -> Office:
    """An office over a new database in this folder."""
    settings_path = write_settings(folder, more)
    return Office.open(read_settings(settings_path), settings_path)


def take_all(office: Office, file: Path) -> None:
    """Take the whole file in; nothing may be bad or lost on the way, or the figure would mean nothing."""
    poller = Poller(office.db, sifter_from(office.settings, office.settings_path), office.now)
    rows, tally = read_rows(file), Tally()
    while chunk := list(islice(rows, CHUNK)):
        take_in(poller, file.name, chunk, tally)
    assert tally.new == tally.rows > 0, tally


def memory(folder: Path) -> Iterator[Row]:
    """The most that `warmline import` held, for a small file and a large one: it must not grow with the file."""
    if not proc.is_here():
        tell("peak memory: skipped, there is no /proc here")
        return
    tell(f"import of {MANY:,} rows as a command, drafts included")
    few, many = (peak_of_import(folder, count) for count in (FEW, MANY))
    yield Row(f"peak memory of an import of {MANY:,} rows", f"{many:.0f} MB", f"{many / few:.2f} x {FEW:,} rows")


def peak_of_import(folder: Path, count: int) -> float:
    """Peak memory in MB of `warmline import` on a file of `count` rows, into a database of its own."""
    here = folder / f"rows-{count}"
    here.mkdir()
    file, settings_path = write_csv(here / "posts.csv", texts(count)), write_settings(here)
    command = [sys.executable, "-c", IMPORT, str(file), "--settings", str(settings_path), "--json"]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return float(done.stdout.split()[-1])
