"""A pause at any moment of continual delivery: what the plaza saw after it was committed."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from responders import decide
from responders.draft import State
from responders.office import Office
from responders.queue import Seen
from responders.settings import read_settings
from tests.plaza_server import PlazaHandle
from tests.running import Warmline, until

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
handles = ["harbourlight"]
[listener.sources.plaza]
account = "harbourlight"
base_url = "{plaza}"
every_s = 0.2
[responders]
undo_s = 0
[responders.publishers.plaza]
account = "harbourlight"
base_url = "{plaza}"
[desk]
port = 0
person = "Ana"
"""
REPLY = "Thank you for telling us. We have it on the bench and write again: {number}."
# Polls that are awaited while paused: the daemon has had all the time it needs to send something if it meant to.
POLLS = 6
# The longest that delivery goes on before it is paused again, once the first reply is out.
GOES_ON_S = 0.08
# So many replies go out between two pauses at most; were there fewer, there would be nothing left to stop.
REPLIES_A_PAUSE = 12


@dataclass(frozen=True, slots=True)
class Paused:
    """One pause: how long after its commit the last POST arrived (0: none did), and what was claimed after it."""

    last_post_s: float
    posts_after: int
    claims_after: int


def pauses(warmline: Warmline, plaza: PlazaHandle, times: int, seed: int = 1) -> Iterator[Paused]:
    """Pause and resume so often, at random moments while the daemon, which runs already, delivers one by one."""
    draw = random.Random(seed)
    path = warmline.folder / "settings.toml"
    with Office.open(read_settings(path), path) as office:
        decide.pause(office, "Ana")
        approve_all(office, plaza, times * REPLIES_A_PAUSE)
        for _ in range(times):
            before = len(plaza.wire_log("POST"))
            decide.resume(office, "Ana")
            until(lambda before=before: len(plaza.wire_log("POST")) > before, "a reply to go out")  # type: ignore[misc]
            threading.Event().wait(draw.uniform(0, GOES_ON_S))
            yield pause_now(office, plaza)


def approve_all(office: Office, plaza: PlazaHandle, count: int) -> None:
    """Have so many people speak to us, and approve a reply to each."""
    for number in range(count):
        plaza.post(f"person{number}", f"@harbourlight lamp number {number} hums, can you help me?")
    until(lambda: office.inbox.counts()["held"] >= count, "a draft for each of them")
    for draft in office.queue.in_state(State.HELD):
        seen = Seen(draft.revision, draft.text_sha256)
        decide.approve(office, draft.draft_id, seen, REPLY.format(number=draft.draft_id), "Ana")


def pause_now(office: Office, plaza: PlazaHandle) -> Paused:
    """Pause, let the daemon go on for some polls, and look what it has sent."""
    decide.pause(office, "Ana")
    committed = time.time()
    polls = len(plaza.wire_log("GET"))
    until(lambda: len(plaza.wire_log("GET")) >= polls + POLLS, "the daemon to go on polling")
    at = datetime.fromtimestamp(committed, UTC)
    late = [came - at for one in plaza.wire_log("POST") if (came := datetime.fromisoformat(one["at"])) > at]
    claims = sum(1 for _ in office.db.execute(_CLAIMED_WHILE_PAUSED))
    return Paused(max((gap.total_seconds() for gap in late), default=0.0), len(late), claims)


# Decisions are numbered as they are committed: whatever stands behind the last pause came after it.
_CLAIMED_WHILE_PAUSED = """
SELECT 1 FROM decisions WHERE verb = 'claim'
  AND decision_id > (SELECT max(decision_id) FROM decisions WHERE verb = 'paused')
"""
