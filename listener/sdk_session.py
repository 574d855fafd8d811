"""The HTTP session that a platform's own SDK is given: our address and timeouts, and no way to write.

Left to themselves the SDKs wait for ever (tweepy), for 300 s (Mastodon.py) or as long as they like (praw's `timeout`
has no effect), read a body of any size, follow redirects with our token in hand, and know one host only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests

from listener.punctual import PunctualAdapter
from listener.settings import SettingsError
from listener.web import MAX_BODY, host_of

CHUNK = 65_536


class BodyTooLong(requests.RequestException):
    """An answer longer than MAX_BODY."""


class SdkSession(requests.Session):
    """A session that reads: GET alone, and POST where a session's own token is asked for (`logins`)."""

    def __init__(
        self, base_url: str, timeout_s: float, *, instead_of: Collection[str] = (), logins: Collection[str] = ()
    ) -> None:
        """`instead_of` are the hosts that the SDK has built in: what it sends there goes to `base_url`.

        Raises SettingsError where `base_url` is not an http(s) address.
        """
        super().__init__()
        self.host = host_of(base_url)
        self._base = urlsplit(base_url)
        self._timeout_s = timeout_s
        self._instead_of = frozenset(instead_of)
        self._logins = frozenset(logins)
        self.trust_env = False  # no proxy and no .netrc may see our tokens
        for scheme in ("https://", "http://"):
            self.mount(scheme, PunctualAdapter(max_retries=0))

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """What the platform answers to one request.

        Raises requests.RequestException, and PermissionError where it would be a write.
        """
        verb, address = _text(method).upper(), self._at_base(_text(url))
        if not self.may(verb, urlsplit(address).path):
            raise PermissionError(f"{verb} {address}: listening cannot post")
        options |= {"timeout": self._timeout_s, "allow_redirects": False, "stream": True}
        answer = super().request(verb, address, *args, **options)
        try:
            body = _read_capped(answer)
        finally:
            answer.close()
        # requests' own name for a body that was read: it offers no other way to cap one.
        answer._content, answer._content_consumed = body, True
        return answer

    def may(self, verb: str, path: str) -> bool:
        """Whether this session carries such a request."""
        return verb in ("GET", "HEAD") or (verb == "POST" and path.rstrip("/") in self._logins)

    def _at_base(self, url: str) -> str:
        asked = urlsplit(url)
        if asked.hostname not in self._instead_of:
            if asked.netloc != self._base.netloc:
                raise SettingsError(f"a request to {asked.hostname}, which is not {self.host}, was not sent")
            return url
        path = self._base.path.rstrip("/") + asked.path
        return urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))


def _text(value: str | bytes) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value


def _read_capped(answer: requests.Response) -> bytes:
    body = bytearray()
    for chunk in answer.iter_content(CHUNK):
        body += chunk
        if len(body) > MAX_BODY:
            raise BodyTooLong(f"the answer is longer than {MAX_BODY:,} bytes")
    return bytes(body)
