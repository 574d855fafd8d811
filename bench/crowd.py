"""A desk with a crowd before it: recent mentions, each with a held draft, in a database made for one run."""

from __future__ import annotations

import time
from pathlib import Path

from bench.import_file import new_office, take_all
from bench.table import tell
from bench.texts import texts, write_csv
from listener.archive.connect import writing
from listener.archive.read import Heard
from listener.archive.record import Recorder
from listener.mention import Batch
from responders.controls import SOFTWARE
from responders.drafting import permit
from responders.office import Office
from responders.queue import Held

CHUNK = 2_000
# Every so many have a tag.
MARKED = 5
TAG = "shipping"
# As long as a reply usually is. Composing a hundred thousand of them is measured elsewhere, and takes minutes.
REPLY = """\
Number {number}, two weeks without a lamp is long, and you wrote to us twice about it.

We have the address now and are looking at where it stopped. Could you tell us which bulb came with it?"""


def gather(folder: Path, count: int) -> None:
    """The database in this folder: the mentions on the road that every import takes, the drafts held one by one."""
    began = time.perf_counter()
    tell(f"making a desk with {count:,} people waiting: a minute or so")
    file = write_csv(folder / "posts.csv", texts(count))
    with new_office(folder) as office:
        take_all(office, file)
        be_listening(office)
        tell(f"heard, after {time.perf_counter() - began:.0f} s")
        for chunk in office.archive.every(CHUNK):
            hold_all(office, chunk)
        held = office.inbox.counts()["held"]
    assert held == count, f"{held:,} drafts for {count:,} mentions"
    tell(f"{held:,} drafts held, after {time.perf_counter() - began:.0f} s")


def be_listening(office: Office) -> None:
    """Let it be heard from a stream that is asked now and then: a page tells whether that is silent."""
    platform, stream = office.db.execute("SELECT platform, stream FROM mentions LIMIT 1").fetchone()
    Recorder(office.db).record(platform, stream, [], Batch(), office.now())


def hold_all(office: Office, heard: list[Heard]) -> None:
    """A draft for each of these, and a note that they were considered, in one transaction as drafting does it."""
    with writing(office.db):
        for one in heard:
            office.queue.hold(held_for(office, one), SOFTWARE, office.now())
            if one.mention_id % MARKED == 0:
                office.marks.tag(one.mention_id, TAG, SOFTWARE, office.now())
        office.controls.set("drafted_through", str(heard[-1].mention_id), SOFTWARE, office.now())


def held_for(office: Office, one: Heard) -> Held:
    """The draft for one mention, where triage has put it."""
    assert one.triage is not None
    return Held(
        mention_id=one.mention_id,
        text=REPLY.format(number=one.mention_id),
        route=permit(office, one).route,
        lane=one.triage.lane,
        priority=one.triage.priority,
        posted_at=one.mention.posted_at,
        template="help/bench",
        evidence=(),
    )
