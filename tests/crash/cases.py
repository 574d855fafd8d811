"""All that is tried, by name: every publisher, and three ways in which a source pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tests.crash.answering import Answering
from tests.crash.platforms import NAMES
from tests.crash.trials import Case


def _listening(name: str) -> Case:
    # Loaded only where it is asked for: a small process is quickly forked.
    from tests.crash.listening import Listening
    from tests.crash.networks import NETWORKS

    return Listening.to(NETWORKS[name])


HEARD = ("plaza", "hackernews", "lemmy")
# A publisher for each way to learn what became of a reply dies often; those that look as these do, less often, and so
# do sources: a poll is many times the work of a delivery, and has fewer ways to end.
OFTEN = ("plaza", "bluesky", "x", "reddit")
CASES: Mapping[str, Callable[[], Case]] = {
    **{name: partial(Answering.on, name) for name in NAMES},
    **{f"from-{name}": partial(_listening, name) for name in HEARD},
}


def share_of(name: str, points: int) -> int:
    """How often a case dies, where one for each policy dies `points` times."""
    return points if name in OFTEN else points // 5
