"""The HTTP session that a platform's own SDK is given to write with, and what its failures leave certain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from listener.punctual import PunctualAdapter
from listener.sdk_session import SdkSession


class WritingSession(SdkSession):
    """A session that may write: a fresh connection for each request, and never the same write twice."""

    def __init__(self, base_url: str, timeout_s: float, **options: Any) -> None:
        """As SdkSession. Raises SettingsError where `base_url` is not an http(s) address."""
        super().__init__(base_url, timeout_s, **options)
        # A kept connection may be dead already: then the request goes nowhere, and we could not tell.
        self.headers["Connection"] = "close"

    @contextmanager
    def looking(self, last_look: Callable[[], None]) -> Iterator[None]:
        """Within it the next request asks `last_look` first: on the open connection, before the first byte.

        What it raises comes through as it is, whatever an SDK makes of it: praw and Mastodon.py wrap any exception of
        their session in one of their own (prawcore 4.0.0 requestor.py, Mastodon.py 2.3.3 internals.py).
        """
        against: list[BaseException] = []

        def look() -> None:
            try:
                last_look()
            except BaseException as why:  # whatever it is ends this unit of work: kept, and raised again
                against.append(why)
                raise

        self._look_before(look)
        try:
            yield
        finally:
            self._look_before(None)
            if against:
                raise against[0] from None

    def _look_before(self, look: Callable[[], None] | None) -> None:
        for adapter in self.adapters.values():
            if isinstance(adapter, PunctualAdapter):
                adapter.look_before(look)

    def may(self, verb: str, path: str) -> bool:
        """Whatever the publisher asks for."""
        return True


def never_sent(why: BaseException) -> bool:
    """Whether it is certain that nothing was posted: no connection was made, or no byte was written in time."""
    if isinstance(why, requests.ConnectTimeout | requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return True
    cause = why.args[0] if isinstance(why, requests.ConnectionError) and why.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
