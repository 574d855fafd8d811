"""Bluesky: by a record key chosen at approval; a key that is taken answers with an error, as the reference PDS does."""

from __future__ import annotations

from listener.mention import Mention
from tests.contract import SECRET, PublisherContract
from tests.crash.platforms.platform import Contracted, by_sol
from tests.responders.publishers import test_bluesky
from tests.servers.scripted import Asked, Say, Scripted


class Bluesky(Contracted):
    """By a record key chosen at approval; a key that is taken answers with an error, as the reference PDS does."""

    name, policy, case = "bluesky", "by record key", test_bluesky.TestContract

    def prepare(self, case: PublisherContract, server: Scripted) -> None:
        server.on(test_bluesky.LOGIN, test_bluesky.session("first", SECRET))
        server.on(test_bluesky.REFRESH, test_bluesky.session("second", SECRET))

    def answer(self, asked: Asked) -> Say:
        if asked.path == test_bluesky.CREATE and asked.body["rkey"] in self._case.kept:  # type: ignore[attr-defined]
            self.again += 1
            return Say({"error": "InternalServerError", "message": "There is already a value at key"}, 500)
        return super().answer(asked)

    def another(self, first: Mention) -> Mention:
        return by_sol(first, post_id="at://did:plc:sol/app.bsky.feed.post/3ksecond")
