"""Lemmy: by looking at once, among our own comments."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_lemmy


class Lemmy(Contracted):
    """By looking at once, among our own comments."""

    name, policy, case = "lemmy", "by looking at once", test_lemmy.TestContract
    secrets: ClassVar = {test_lemmy.WRITE_TOKEN: SECRET}

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="https://far.example/comment/42")
