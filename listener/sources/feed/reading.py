"""A feed's entries, read by the child process, or the reason why there are none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from listener.mention import Unreadable
from listener.source import Unavailable

BYTES_MOST = 2_000_000
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in plain text, as its feed tells it; `at` is aware UTC, and None where the feed gives no date."""

    entry_id: str
    link: str
    title: str
    text: str
    links: tuple[str, ...]
    author: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says now. `unreadable` are entries that no one can read, and what was left out for its size."""

    title: str
    link: str
    entries: tuple[Entry, ...]
    unreadable: tuple[Unreadable, ...] = ()


def read_feed(body: bytes, content_type: str, url: str, host: str, *, whole: bool, timeout_s: float) -> Feed:
    """The feed in these bytes. Raises Unavailable where they are no feed, or can't be read within `timeout_s`.

    `whole` is False where the bytes are only its beginning: the entry that is cut through is left out, and said to be.
    """
    lines = _in_a_child(body if whole else _to_the_last_entry(body), content_type, url, host, timeout_s)
    about, entries = lines[0], lines[1:]
    if not about["kind"] or (about["wrong"] and not entries):
        raise Unavailable(f"{host} answered with something that is no feed ({about['wrong'] or 'a page?'})")
    unreadable = [Unreadable(entry["raw"], entry["reason"]) for entry in entries if "raw" in entry]
    if about["entries"] > len(entries):
        unreadable.append(_left_out(url, f"only the newest {len(entries)} of {about['entries']} entries were read"))
    if not whole:
        unreadable.append(_left_out(url, f"what follows after {BYTES_MOST:,} bytes was not read"))
    readable = tuple(_entry(entry) for entry in entries if "raw" not in entry)
    return Feed(about["title"], about["link"], readable, tuple(unreadable))


def _in_a_child(body: bytes, content_type: str, url: str, host: str, timeout_s: float) -> list[dict[str, Any]]:
    asked = json.dumps({"content_type": content_type, "url": url}).encode()
    child = subprocess.Popen(  # nosec B603 # our own interpreter and words
        [sys.executable, "-m", "listener.sources.feed.child"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", os.defpath)},
    )  # fmt: skip
    # A clock that kills it, and no wait with a timeout: that one sleeps and looks, over and over.
    clock = threading.Timer(timeout_s, child.kill)
    with child:
        clock.start()
        try:
            said, _ = child.communicate(asked + b"\n" + body)
        finally:
            clock.cancel()
            child.kill()
    if child.returncode != 0:
        raise Unavailable(f"{host}: its feed could not be read: too large, too deep, or it took over {timeout_s:g} s")
    return [json.loads(line) for line in said.splitlines()]


def _to_the_last_entry(body: bytes) -> bytes:
    """The bytes up to the end of the last entry that is whole; all of them where no end is found (UTF-16)."""
    end = max(body.rfind(mark) + len(mark) for mark in (b"</item>", b"</entry>"))
    return body[:end] if end > len(b"</entry>") else body


def _left_out(url: str, what: str) -> Unreadable:
    return Unreadable(f"{url}: {what}", f"the feed is too long: {what}")


def _entry(told: Mapping[str, Any]) -> Entry:
    at = datetime.fromisoformat(told["at"]).astimezone(UTC) if told["at"] else None
    return Entry(told["id"], told["link"], told["title"], told["text"], tuple(told["links"]), told["author"], at)
