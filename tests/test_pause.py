"""A pause holds from the moment it is committed, however busy delivery is: a real daemon, paused from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pausing import SETTINGS, pauses
from tests.plaza_server import running_plaza
from tests.running import a_folder


@pytest.mark.network
def test_nothing_is_begun_after_a_pause_is_committed(tmp_path: Path) -> None:
    with running_plaza() as plaza:
        warmline = a_folder(tmp_path, SETTINGS.format(plaza=plaza.base_url), plaza.environ)
        with warmline.running():
            seen = list(pauses(warmline, plaza, times=2))
        posted = [post for post in plaza.posts() if post["author"]["handle"] == "harbourlight"]
    assert len(seen) == 2
    assert [one.claims_after for one in seen] == [0, 0]
    # What was claimed before may be on the wire still: one reply, and never later than a second.
    assert all(one.posts_after <= 1 and one.last_post_s < 1 for one in seen), seen
    assert len({post["in_reply_to"] for post in posted}) == len(posted) >= 2
