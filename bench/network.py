"""The plaza in a process of its own, so that its work is nobody else's: its file, its address, its stage door."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from listener.plaza.book import Book
from listener.plaza.cast import BRAND
from listener.plaza.world import World
from tests.plaza_server import CONTROL, READ, WRITE

# Our account there is the brand's: the write token speaks as nobody else.
SETTINGS = f"""\
[brand]
name = "Harbourlight"

[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
handles = ["{BRAND}"]

[desk]
port = 0
person = "Ana"

[responders]
undo_s = {{undo_s}}

[listener.sources.plaza]
account = "{BRAND}"
base_url = "{{url}}"
every_s = {{every_s}}
recheck_h = {{recheck_h}}

[responders.publishers.plaza]
account = "{BRAND}"
base_url = "{{url}}"
"""
LATELY = timedelta(minutes=10)
ENVIRON = {"WARMLINE_PLAZA_READ_TOKEN": READ, "WARMLINE_PLAZA_WRITE_TOKEN": WRITE}


@dataclass(frozen=True, slots=True)
class Network:
    """A running plaza."""

    base_url: str
    world: Path
    stage: httpx.Client

    def settings(self, *, undo_s: float = 20, every_s: float = 1, recheck_h: float = 6) -> str:
        """The settings.toml of somebody who listens and answers here."""
        return SETTINGS.format(url=self.base_url, undo_s=undo_s, every_s=every_s, recheck_h=recheck_h)

    def tell(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What the stage door answers."""
        answer = self.stage.post(f"/control/{path}", json=asked)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


def spoken_to_us(text: str) -> str:
    """A text of the bench's as one says it here, to us."""
    text = text.replace("@acmehelp", f"@{BRAND}").replace("Acme", "Harbourlight")
    return text if f"@{BRAND}" in text else f"@{BRAND} {text}"


def write_history(world: Path, posts: Sequence[str], people: int) -> None:
    """A plaza's file in which all this was said, one after the other, in the last minutes.

    All of it lies within the overlap that every poll reads again: whoever listened before hears it as a backlog.
    """
    began = datetime.now(UTC) - LATELY
    with closing(Book(str(world))) as book:
        plaza = World(book)
        with book.together():
            for number, text in enumerate(posts):
                at = began + LATELY * number / len(posts)
                handle = f"person{number * 7919 % people}"
                plaza.add_person(handle)
                plaza.post(handle, text, posted_at=at, received_at=at)


@contextmanager
def running_network(world: Path) -> Iterator[Network]:
    """The plaza that is kept in this file, until the block ends."""
    command = [sys.executable, "-m", "listener.plaza", "--world", str(world), "--empty", "--with-parent", "--port", "0"]
    environ = {**os.environ, **ENVIRON, "WARMLINE_PLAZA_CONTROL_TOKEN": CONTROL}
    process = subprocess.Popen(command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        base_url = process.stdout.readline().split()[-1]
        door = {"Authorization": f"Bearer {CONTROL}"}
        with httpx.Client(base_url=base_url, headers=door, trust_env=False, timeout=30, verify=False) as stage:
            yield Network(base_url, world, stage)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()
