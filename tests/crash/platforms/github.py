"""GitHub: by looking at once, among an issue's comments."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_github


class GitHub(Contracted):
    """By looking at once, among an issue's comments."""

    name, policy, case = "github", "by looking at once", test_github.TestContract
    secrets: ClassVar = {test_github.WRITE_TOKEN: SECRET}

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="sol/lamps#40:42")
