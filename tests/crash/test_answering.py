"""From an approval to its receipt, killed everywhere: posted once, as approved, and never forgotten."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crash.answering import Answering
from tests.crash.naive import post_first
from tests.crash.platforms import NAMES
from tests.crash.trials import tried
from tests.figures import record_figure

ROOT = Path(__file__).parent.parent.parent
POINTS = int(os.environ.get("WARMLINE_CRASH_POINTS", "1000"))

pytestmark = pytest.mark.crash


def tally(case: str, points: int = POINTS) -> dict[str, Any]:
    """What so many deaths come to, in a process that has nothing else loaded: it is forked three times a death."""
    asked = [sys.executable, "-m", "tests.crash", "--case", case, "--points", str(points), "--json"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_wherever_it_dies_a_reply_is_there_once_as_approved_and_is_not_forgotten(name: str) -> None:
    found = tally(name)
    record_figure(found["line"])
    assert found["wrong"] == []
    assert [found[figure] for figure in ("twice", "unapproved", "lost", "forgotten")] == [0, 0, 0, 0]
    assert found["tried"] >= POINTS
    assert found["recoveries_killed"] > found["tried"] // 2
    # Most died before they had sent anything, or after all was done: then every reply goes out.
    assert found["good"] > found["tried"]


def test_a_worker_that_posts_first_and_writes_it_down_afterwards_is_found_out() -> None:
    found = tried(Answering.on("plaza", post_first), 1, kinds=["exchange"])
    assert found.twice > 0
    assert any("posted twice" in line for line in found.wrong)
