"""Discourse: by looking at once, among the latest posts and those that wait for moderators."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_discourse


class Discourse(Contracted):
    """By looking at once, among the latest posts and those that wait for moderators."""

    name, policy, case = "discourse", "by looking at once", test_discourse.TestContract
    secrets: ClassVar = {test_discourse.WRITE_TOKEN: SECRET}

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="40/4")
