"""The HTTP session that a platform's own SDK is given to write with, and what its failures leave certain."""

from __future__ import annotations

from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from listener.sdk_session import SdkSession


class WritingSession(SdkSession):
    """A session that may write: a fresh connection for each request, and never the same write twice."""

    def __init__(self, base_url: str, timeout_s: float, **options: Any) -> None:
        """As SdkSession. Raises SettingsError where `base_url` is not an http(s) address."""
        super().__init__(base_url, timeout_s, **options)
        # A kept connection may be dead already: then the request goes nowhere, and we could not tell.
        self.headers["Connection"] = "close"

    def may(self, verb: str, path: str) -> bool:
        """Whatever the publisher asks for."""
        return True


def never_sent(why: BaseException) -> bool:
    """Whether it is certain that nothing was posted: no connection was ever made."""
    if isinstance(why, requests.ConnectTimeout | requests.exceptions.InvalidURL | requests.exceptions.MissingSchema):
        return True
    cause = why.args[0] if isinstance(why, requests.ConnectionError) and why.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)
