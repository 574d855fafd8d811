"""From an approval to its receipt, killed everywhere: posted once, as approved, and never forgotten."""

from __future__ import annotations

import pytest

from tests.crash.answering import Answering
from tests.crash.cases import share_of
from tests.crash.naive import post_first, post_improved
from tests.crash.platforms import NAMES
from tests.crash.running import POINTS, tally
from tests.crash.trials import found_out
from tests.figures import record_figure

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("name", NAMES)
def test_wherever_it_dies_a_reply_is_there_once_as_approved_and_is_not_forgotten(name: str) -> None:
    points = share_of(name, POINTS)
    found = tally(name, points)
    record_figure(found["line"])
    assert found["wrong"] == []
    assert [found[figure] for figure in ("twice", "unapproved", "lost", "forgotten")] == [0, 0, 0, 0]
    assert found["tried"] >= points
    assert found["recoveries_killed"] > found["tried"] // 2
    # Most died before they had sent anything, or after all was done: then every reply goes out.
    assert found["good"] > found["tried"]


def test_a_worker_that_posts_first_and_writes_it_down_afterwards_is_found_out() -> None:
    found = found_out(Answering.on("plaza", post_first), "exchange")
    assert found.twice > 0
    assert any("posted twice" in line for line in found.wrong)


def test_a_worker_that_sends_other_words_is_found_out() -> None:
    found = found_out(Answering.on("plaza", post_improved), "exchange")
    assert found.unapproved > 0
    assert any("nobody approved" in line for line in found.wrong)
