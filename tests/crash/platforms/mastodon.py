"""Mastodon: by looking at once: its idempotency key is sent, and not relied on; this server ignores it."""

from __future__ import annotations

from typing import ClassVar

from listener.mention import Mention
from tests.contract import SECRET, PublisherContract
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_mastodon
from tests.servers.scripted import Scripted


class Mastodon(Contracted):
    """By looking at once: its idempotency key is sent, and not relied on; this server ignores it."""

    name, policy, case = "mastodon", "by looking at once", test_mastodon.TestContract
    secrets: ClassVar = {test_mastodon.WRITE_VARIABLE: SECRET}

    def prepare(self, case: PublisherContract, server: Scripted) -> None:
        case.host = self.url.removeprefix("http://")  # type: ignore[attr-defined]

    def another(self, first: Mention) -> Mention:
        return by_sol(
            first, post_id="https://reef.example/users/sol/statuses/6", extra={**first.extra, "status_id": "7"}
        )
