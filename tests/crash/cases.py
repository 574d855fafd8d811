"""All that is tried, by name: every publisher, and three ways in which a source pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from tests.crash.answering import Answering
from tests.crash.platforms import NAMES
from tests.crash.trials import Case

CASES: Mapping[str, Callable[[], Case]] = {name: partial(Answering.on, name) for name in NAMES}
