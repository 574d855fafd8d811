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
CASES: Mapping[str, Callable[[], Case]] = {
    **{name: partial(Answering.on, name) for name in NAMES},
    **{f"from-{name}": partial(_listening, name) for name in HEARD},
}
