"""A plaza for a test: in threads of the test's own process, on a free port, with a hand on everything.

with running_plaza() as plaza:
    post = plaza.post("ada", "@harbourlight hello", at=...)
    plaza.fault("accept_then_reset")
    ...
    assert [entry["method"] for entry in plaza.wire_log()] == ["POST"]
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx

from listener.plaza.api import Tokens
from listener.plaza.server import Plaza

READ, WRITE, CONTROL = "read-token-of-a-test", "write-token-of-a-test", "control-token-of-a-test"


class PlazaHandle:
    """What a test may do to a plaza, over its stage door as from any other process."""

    read_token = READ
    write_token = WRITE
    control_token = CONTROL

    def __init__(self, plaza: Plaza, client: httpx.Client) -> None:
        self.plaza = plaza
        self.base_url = plaza.base_url
        self._client = client

    @property
    def environ(self) -> dict[str, str]:
        """The variables that Warmline takes its two tokens from."""
        return {"WARMLINE_PLAZA_READ_TOKEN": READ, "WARMLINE_PLAZA_WRITE_TOKEN": WRITE}

    def post(
        self,
        handle: str,
        text: str,
        in_reply_to: str | None = None,
        at: datetime | None = None,
        received_at: datetime | None = None,
        **about: Any,
    ) -> dict[str, Any]:
        """Speak as anybody (who need not exist yet; `name`, `bio`, `followers`, `lang` as you like). The post."""
        times = {"at": at and at.isoformat(), "received_at": received_at and received_at.isoformat()}
        asked = {"handle": handle, "text": text, "in_reply_to": in_reply_to, **times, **about}
        shown: dict[str, Any] = self._control("POST", "/control/posts", asked)
        return shown

    def delete(self, post_id: str) -> None:
        """Take a post down."""
        self._control("POST", "/control/delete", {"post_id": post_id})

    def edit(self, post_id: str, text: str) -> None:
        """Say something else in a post's place, as its author."""
        self._control("POST", "/control/edit", {"post_id": post_id, "text": text})

    def fault(self, name: str, times: int = 1, on: str = "write", seconds: float = 30.0, passing: int = 0) -> None:
        """Have the next `times` reads or writes fail so, once `passing` have gone free; names: plaza/faults.py."""
        asked = {"fault": name, "times": times, "on": on, "seconds": seconds, "passing": passing}
        self._control("POST", "/control/faults", asked)

    def release(self) -> None:
        """Let late answers go."""
        self._control("POST", "/control/release", {})

    def clear(self) -> None:
        """Switch every fault off."""
        self._control("POST", "/control/clear", {})

    def tick(self, at: datetime | None = None) -> list[dict[str, Any]]:
        """Have everything said that is due by then (now); what was said."""
        said: list[dict[str, Any]] = self._control("POST", "/control/tick", {"at": at and at.isoformat()})
        return said

    def posts(self) -> list[dict[str, Any]]:
        """Everything that stands, oldest first."""
        standing: list[dict[str, Any]] = self._control("GET", "/control/posts")
        return standing

    def replies_to(self, post_id: str) -> list[dict[str, Any]]:
        """What stands under a post, oldest first."""
        return [post for post in self.posts() if post["in_reply_to"] == post_id]

    def wire_log(self, method: str | None = None) -> list[dict[str, Any]]:
        """Every API request that arrived (n, at, method, path, body, body_sha256, outcome, post_id), oldest first."""
        arrived = self._control("GET", "/control/wire")
        return [entry for entry in arrived if method in (None, entry["method"])]

    def _control(self, method: str, path: str, asked: dict[str, Any] | None = None) -> Any:
        answer = self._client.request(method, path, json=asked)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        return answer.json()


@contextmanager
def running_plaza(
    *, empty: bool = True, pace: float = 1.0, world: str = ":memory:", port: int = 0, **options: Any
) -> Iterator[PlazaHandle]:
    """A plaza on a free port, without the cast unless `empty=False`."""
    plaza = Plaza(Tokens(READ, WRITE, CONTROL), port=port, world=world, pace=pace, empty=empty, **options)
    plaza.start()
    headers = {"Authorization": f"Bearer {CONTROL}"}
    try:
        # verify=False: there is no TLS here, and loading every root certificate takes longer than most tests.
        with httpx.Client(
            base_url=plaza.base_url, headers=headers, trust_env=False, timeout=10, verify=False
        ) as client:
            yield PlazaHandle(plaza, client)
    finally:
        plaza.close()
