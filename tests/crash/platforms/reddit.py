"""Reddit: by looking, twice, since its lists lag; it has no key and refuses no duplicate."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET, PublisherContract
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_reddit
from tests.servers.reddit_shapes import TOKEN, a_token
from tests.servers.scripted import Scripted


class Reddit(Contracted):
    """By looking, twice, since its lists lag; it has no key and refuses no duplicate."""

    name, policy, case, lags = "reddit", "by looking twice", test_reddit.TestContract, True
    secrets: ClassVar = {test_reddit.SECRET_VARIABLE: SECRET, test_reddit.REFRESH_VARIABLE: SECRET + "-refresh"}
    table: ClassVar = {"approved_on": "2026-05-03", "approved_as": "a reply desk", "subreddits": ["lamps"]}

    def prepare(self, case: PublisherContract, server: Scripted) -> None:
        server.on(TOKEN, a_token())

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="t1_6")
