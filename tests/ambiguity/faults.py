"""Ways in which it stays open whether a reply was posted, each as every platform would show it on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.servers.reddit_shapes import errors
from tests.servers.scripted import Say, Scripted


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of the one write on this platform, and whether the reply stands there afterwards."""

    name: str
    happens: Callable[[Scripted, str], None]
    posted: bool


def _spoil(said: Callable[[Say, str], Say]) -> Callable[[Scripted, str], None]:
    """The write is carried out, and this is said instead of the answer to it."""

    def happens(server: Scripted, platform: str) -> None:
        server.spoilt = lambda say: said(say, platform)

    return happens


def _instead(said: Callable[[str], Say]) -> Callable[[Scripted, str], None]:
    """The write is not carried out, and this is said to it."""

    def happens(server: Scripted, platform: str) -> None:
        server.instead = said(platform)

    return happens


# A success whose body says that it was none. Reddit documents that; for the others it is what nobody expects.
REFUSED: Mapping[str, Say] = {
    "bluesky": Say({"error": "InvalidRequest", "message": "The record was rejected"}),
    "discourse": Say({"action": "create_post", "success": False, "errors": ["Body is too short"]}),
    "github": Say({"message": "Validation Failed", "errors": [{"field": "body"}]}),
    "lemmy": Say({"error": "locked"}),
    "mastodon": Say({"error": "Validation failed: Text can't be blank"}),
    "plaza": Say({"status": "rejected", "post_id": "zzzzzz"}),
    "reddit": errors(["THREAD_LOCKED", "Comments are locked.", "parent"]),
    "x": Say({"data": None, "errors": [{"detail": "The post was rejected."}]}),
}

# What is said to the second of two requests, where something on the way has sent ours twice: the platform's own words
# where it has some (X, Discourse, the reference PDS), else what another server might say.
SAID_ALREADY: Mapping[str, Say] = {
    "bluesky": Say({"error": "InvalidRequest", "message": "There is already a value at key"}, 400),
    "discourse": Say({"action": "create_post", "errors": ["Body is too similar to what you recently posted"]}, 422),
    "github": Say({"message": "Duplicate comment"}, 403),
    "lemmy": Say({"error": "comment_already_exists"}, 400),
    "mastodon": Say({"error": "Duplicate record"}, 403),
    "plaza": Say({"error": "Forbidden", "message": "You have said this already."}, 403),
    "reddit": errors(["ALREADY_SUB", "that comment has already been submitted", "text"]),
    "x": Say({"detail": "You are not allowed to create a Tweet with duplicate content.", "status": 403}, 403),
}

FAULTS = (
    Fault("accepted then reset", _spoil(lambda *_: Say({"x": "x" * 400}, fault="reset")), posted=True),
    Fault("accepted then 504", _spoil(lambda *_: Say(b"", 504)), posted=True),
    Fault("late answer", _spoil(lambda say, _: Say(say.body, say.status, say.headers, "late")), posted=True),
    Fault("dropped before", _instead(lambda _: Say(fault="drop")), posted=False),
    Fault("success without id", _spoil(lambda say, _: Say({"ok": True}, say.status)), posted=True),
    Fault("success that refuses", _instead(lambda platform: REFUSED[platform]), posted=False),
    Fault("duplicate refused", _spoil(lambda _, platform: SAID_ALREADY[platform]), posted=True),
)
