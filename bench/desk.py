"""How long a person at the desk waits for a page, with a hundred thousand people waiting for an answer."""

from __future__ import annotations

import http.client
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from bench import proc
from bench.crowd import TAG, gather
from bench.table import Row
from bench.texts import DAYS, SETTINGS
from listener.settings import PatiencePart
from responders.turns import place_of
from tests.running import Daemon, a_folder

WAITING = 100_000
REQUESTS = 300
WARM_UP = 30
TOGETHER = 8


def rows() -> Iterator[Row]:
    """The desk's pages, asked for by one person; then the queue by several at once."""
    with tempfile.TemporaryDirectory(prefix="warmline-bench-") as folder:
        gather(Path(folder), WAITING)
        with a_folder(Path(folder), SETTINGS, {}).running() as daemon:
            yield from pages(daemon)


def pages(daemon: Daemon) -> Iterator[Row]:
    """Each kind of page, and how long it took."""
    visitor = Visitor.sign_in(daemon)
    numbers = re.findall(r'href="(/mentions/\d+)', visitor.read("/"))
    yield measured(visitor, "desk, queue page", ["/"])
    yield measured(visitor, "desk, queue of one lane", ["/?lane=help"])
    yield measured(visitor, "desk, queue page half way down", [f"/?after={half_way()}"])
    yield measured(visitor, "desk, those we are not sure of", ["/?lane=unsure"])
    yield measured(visitor, "desk, queue of one tag, on a fifth of all", [f"/?tag={TAG}"])
    yield measured(visitor, "desk, mention page", list(dict.fromkeys(numbers)))
    yield measured(visitor, "desk, search for a common word", ["/search?q=again"])
    # Every mention here has a draft, so this page looks at all of them and finds none: the worst it can meet.
    yield measured(visitor, "desk, what was set aside", ["/aside"])
    for name in ("watches", "rules", "judgement", "listening"):
        yield measured(visitor, f"desk, {name}", [f"/{name}"])
    yield measured(visitor, f"desk, queue page, {TOGETHER} people at once", ["/"], TOGETHER)


def half_way() -> str:
    """The token of a page in the middle of those of ordinary priority, as a person gets to it page by page."""
    return place_of("normal", "chat", datetime.now(UTC) - timedelta(days=DAYS / 2), "", "", PatiencePart())


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person with a browser that keeps its connection open."""

    pid: int
    address: str
    cookie: str

    @classmethod
    def sign_in(cls, daemon: Daemon) -> Visitor:
        """By the one-time link that the daemon printed."""
        address = urlsplit(daemon.desk).netloc
        connection = http.client.HTTPConnection(address)
        connection.request("GET", urlsplit(daemon.link).path)
        answer = connection.getresponse()
        assert answer.status == 303, answer.status
        connection.close()
        return cls(daemon.process.pid, address, (answer.getheader("set-cookie") or "").partition(";")[0])

    def read(self, path: str) -> str:
        """The page at this path."""
        connection = http.client.HTTPConnection(self.address)
        page = self.get(connection, path)
        connection.close()
        return page.decode()

    def get(self, connection: http.client.HTTPConnection, path: str) -> bytes:
        """One page, over a connection that stays open."""
        connection.request("GET", path, headers={"Cookie": self.cookie})
        answer = connection.getresponse()
        page = answer.read()
        assert answer.status == 200, (path, answer.status)
        return page

    def waits(self, paths: Sequence[str], requests: int) -> list[float]:
        """Milliseconds from asking to the page's last byte, one request after the other."""
        connection, took = http.client.HTTPConnection(self.address), []
        for path in islice(cycle(paths), requests):
            began = time.perf_counter()
            self.get(connection, path)
            took.append((time.perf_counter() - began) * 1000)
        connection.close()
        return took


def measured(visitor: Visitor, what: str, paths: Sequence[str], people: int = 1) -> Row:
    """p50 and p99 of a page, and the desk's own CPU for it where the system tells."""
    visitor.waits(paths, WARM_UP)
    used = proc.cpu_s(visitor.pid) if proc.is_here() else None
    with ThreadPoolExecutor(people) as crowd:
        each = [REQUESTS // people] * people
        took = [ms for waits in crowd.map(lambda requests: visitor.waits(paths, requests), each) for ms in waits]
    cuts = quantiles(took, n=100)
    cpu = "" if used is None else f"{(proc.cpu_s(visitor.pid) - used) * 1000 / len(took):.1f} ms CPU"
    return Row(what, f"p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms", cpu)
