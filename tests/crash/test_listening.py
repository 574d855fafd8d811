"""From a fetch to the archive, killed everywhere: every post is kept once, and no cursor goes past one that isn't."""

from __future__ import annotations

import pytest

from tests.crash.cases import HEARD, share_of
from tests.crash.listening import Listening
from tests.crash.naive import CursorFirst
from tests.crash.networks import NETWORKS
from tests.crash.running import POINTS, tally
from tests.crash.trials import found_out
from tests.figures import record_figure

pytestmark = pytest.mark.crash


@pytest.mark.parametrize("name", HEARD)
def test_wherever_it_dies_what_was_said_is_kept_once(name: str) -> None:
    case = f"from-{name}"
    points = share_of(case, POINTS)
    found = tally(case, points)
    record_figure(found["line"])
    assert found["wrong"] == []
    assert (found["twice"], found["lost"]) == (0, 0)
    assert found["tried"] >= points
    assert found["recoveries_killed"] > found["tried"] // 2
    assert found["good"] == found["tried"] * 16  # every post of every attempt


def test_a_recorder_that_moves_the_cursor_first_is_found_out() -> None:
    found = found_out(Listening.to(NETWORKS["plaza"], CursorFirst), "statement")
    assert found.lost > 0
    assert any(line.startswith("lost") for line in found.wrong)
