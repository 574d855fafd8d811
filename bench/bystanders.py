"""Who goes on working while the daemon is busy: somebody who reads the desk, and one who approves from elsewhere."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.desk import Visitor
from responders import decide
from responders.office import Office
from responders.queue import Seen
from responders.settings import read_settings

# A person who turns pages as fast as this is a fast one, and a process that decides so often a script.
EVERY_S = 0.05


@contextmanager
def reading_along(visitor: Visitor, path: str = "/") -> Iterator[list[float]]:
    """Milliseconds that a page took, again and again until the block ends."""
    connection = http.client.HTTPConnection(visitor.address)
    try:
        with again_and_again(lambda: visitor.get(connection, path)) as took:
            yield took
    finally:
        connection.close()


@contextmanager
def approving_along(settings_path: Path, mention_id: int) -> Iterator[list[float]]:
    """Milliseconds that an approval took, and taking it back, through a connection that is not the daemon's."""
    with Office.open(read_settings(settings_path), settings_path) as office:

        def turn_about() -> None:
            draft = office.queue.draft_of(mention_id)
            assert draft is not None
            if draft.approved_by:
                decide.undo(office, draft.draft_id, "Ben")
            else:
                decide.approve(office, draft.draft_id, Seen(draft.revision, draft.text_sha256), draft.text, "Ben")

        with again_and_again(turn_about) as took:
            yield took


@contextmanager
def again_and_again(work: Callable[[], object], every_s: float = EVERY_S) -> Iterator[list[float]]:
    """How long each turn of the work took, in milliseconds; fails where one of them did."""
    took: list[float] = []
    over = threading.Event()

    def keep_on() -> None:
        while not over.wait(every_s):
            began = time.perf_counter()
            work()
            took.append((time.perf_counter() - began) * 1000)

    with ThreadPoolExecutor(1) as alone:
        working = alone.submit(keep_on)
        try:
            yield took
        finally:
            over.set()
        working.result()
