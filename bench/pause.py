"""How soon a pause takes effect while replies go out one after the other: from its commit to the last POST."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.table import Row, tell
from tests.pausing import SETTINGS, pauses
from tests.plaza_server import running_plaza
from tests.running import a_folder

TIMES = 50


def rows() -> Iterator[Row]:
    """A daemon paused from another process at so many random moments."""
    tell(f"{TIMES} pauses at random moments of delivery")
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder, running_plaza() as plaza:
        warmline = a_folder(Path(folder), SETTINGS.format(plaza=plaza.base_url), plaza.environ)
        with warmline.running():
            seen = list(pauses(warmline, plaza, TIMES))
    claimed, late = sum(one.claims_after for one in seen), [one for one in seen if one.posts_after]
    longest = max((one.last_post_s for one in late), default=0.0) * 1000
    yield Row(f"{TIMES} pauses: sends begun after the commit", f"{claimed}; goal 0")
    yield Row("  POSTs under way that arrived after it", f"{len(late)}, {longest:.0f} ms after it at most", "goal 1 s")
