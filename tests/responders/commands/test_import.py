"""`warmline import`: none lost, none doubled, whatever happens half-way."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.running import until

NOW = datetime.now(UTC)
REAL = Path(__file__).parents[4] / "shared" / "data" / "airline_A.csv"


def a_file(folder: Path, rows: int, days_ago: int = 0, **columns: Any) -> Path:
    path = folder / "mentions.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, ["tweet", "when", "author_handle", *columns])
        out.writeheader()
        for number in range(rows):
            said = f"@harbourlight my Wren number {number} flickers,\nevery evening at {number % 12}"
            when = (NOW - timedelta(days=days_ago, minutes=number)).isoformat()
            out.writerow({"tweet": said, "when": when, "author_handle": f"p{number % 50}", **columns})
    return path


MAP = ("--map", "text=tweet", "--map", "posted_at=when")


def test_every_row_is_kept_and_the_same_file_again_adds_none(
    settings: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    path = a_file(settings.parent, 1200, days_ago=90)
    told = read("import", str(path), *MAP)
    assert (told["rows"], told["new"], told["known"], told["bad"]) == (1200, 1200, 0, [])
    again = read("import", str(path), *MAP)
    assert (again["new"], again["known"], again["drafted"]) == (0, 1200, 0)


def test_bad_rows_are_named_by_line_and_the_good_ones_kept(
    settings: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    path = settings.parent / "mentions.csv"
    path.write_text(
        "text,posted_at\n"
        '"@harbourlight two lines\nof one text",2026-11-01\n'
        "no date at all,\n"
        "@harbourlight fine,2026-11-02\n"
        ",2026-11-03\n",
        encoding="utf-8",
    )
    result = warmline("import", str(path))
    assert "mentions.csv:4:" in result.stderr
    assert "mentions.csv:6:" in result.stderr
    assert "4 rows: 2 new, 0 known already, 2 bad" in result.stdout


def test_imported_mentions_take_the_same_way_as_polled_ones(
    settings: Path, read: Callable[..., Any], warmline: Callable[..., Result]
) -> None:
    path = a_file(settings.parent, 3, platform="twitter", url="https://x.example/1", campaign="autumn")
    assert read("import", str(path), *MAP)["drafted"] == 3
    card = read("inbox")[0]
    assert (card["platform"], card["route"]) == ("twitter", "by_hand")
    told = read("show", str(card["mention_id"]))
    assert told["heard"]["mention"]["extra"]["campaign"] == "autumn"
    assert told["heard"]["watches"] == ["harbourlight"]
    assert "flickers" in told["draft"]["text"] or told["draft"]["evidence"]


def test_it_works_without_settings(folder: Path, warmline: Callable[..., Result], read: Callable[..., Any]) -> None:
    assert read("import", str(a_file(folder, 2)), *MAP)["new"] == 2
    assert len(read("inbox")) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--map", "text=twet"), "tweet"),
        (("--map", "txt=tweet"), "text"),
        (("--map", "text"), "text=tweet_text"),
        ((), "--map"),
    ],
)
def test_a_wrong_map_says_what_to_do(
    folder: Path, warmline: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    result = warmline("import", str(a_file(folder, 2)), *words, expect=1)
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.crash
def test_killed_half_way_and_repeated_none_is_lost_or_doubled(settings: Path, read: Callable[..., Any]) -> None:
    path = a_file(settings.parent, 6000, days_ago=90)
    command = [sys.executable, "-m", "responders", "import", str(path), *MAP]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    quiet = subprocess.DEVNULL
    killed = subprocess.Popen(command, cwd=settings.parent, env=env, stdout=quiet, stderr=quiet)
    until(lambda: killed.poll() is not None or kept(settings.parent) >= 1000, "the import to be half-way")
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = kept(settings.parent)
    told = read("import", str(path), *MAP)
    assert (told["new"], told["known"]) == (6000 - before, before)
    assert kept(settings.parent) == 6000


def kept(folder: Path) -> int:
    import sqlite3

    if not (folder / "warmline.db").exists():
        return 0
    db = sqlite3.connect(folder / "warmline.db", timeout=5)
    try:
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'mentions'").fetchone()
        return int(db.execute("SELECT count(*) FROM mentions").fetchone()[0]) if tables else 0
    finally:
        db.close()


@pytest.mark.skipif(not REAL.exists(), reason="the set of real mentions is not beside this checkout")
@pytest.mark.optional
def test_seven_thousand_real_mentions_all_arrive(settings: Path, read: Callable[..., Any]) -> None:
    pairs = ("post_id=id", "author_handle=author", "posted_at=created_at")
    words = [word for pair in pairs for word in ("--map", pair)]
    told = read("import", str(REAL), "--platform", "twitter", *words)
    assert (told["rows"], told["new"], told["bad"]) == (7319, 7319, [])
    assert read("import", str(REAL), "--platform", "twitter", *words)["new"] == 0
