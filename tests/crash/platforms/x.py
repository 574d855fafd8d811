"""X: by looking, twice, since its lists lag; and it refuses the same words twice."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_x
from tests.servers.scripted import Asked, Say


class X(Contracted):
    """By looking, twice, since its lists lag; and it refuses the same words twice."""

    name, policy, case, lags = "x", "by looking twice; duplicates refused", test_x.TestContract, True
    secrets: ClassVar = {f"WARMLINE_X_WRITE_{name}": SECRET for name in test_x.KEYS} | {
        "WARMLINE_X_WRITE_ACCESS_TOKEN": "900-" + SECRET
    }

    def answer(self, asked: Asked) -> Say:
        if (
            asked.verb == "POST"
            and asked.path == test_x.POSTS
            and any(asked.body["text"] == one.text for one in self.posts)
        ):
            self.again += 1
            return test_x.forbidden(test_x.DUPLICATE)
        return super().answer(asked)

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="42")
