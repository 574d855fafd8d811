"""Approved is approved, once, and never lost: whatever people, networks, clocks, crashes and restores do in any order.

A world stands beside the database (tests/world.py), and is asked about every write at the moment it begins; after every
step the audit is held against the drafts.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from listener.poll import Poller
from listener.recheck import Rereader
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from responders import decide, restored
from responders.deliver import LEASE, deliver_once
from responders.draft import State
from responders.drafting import draft_new
from responders.office import Office
from responders.overtaken import draw_back
from responders.queue import NotPossible
from responders.reconcile import SETTLE, reconcile
from tests.builders import Clock, a_mention, an_author, an_office
from tests.figures import count_figures
from tests.witness import Witness
from tests.world import FATES, PEOPLE, Crash, Page, Process, Script, WallClock, World

SAID = (
    "@harbourlight the dimmer on my Wren lamp buzzes after an hour. Is that normal?",
    "@harbourlight my lamp arrived broken, what now?",
    "@harbourlight please stop contacting me",
)
TYPED = ("A buzz isn’t how it should sound. Which bulb is in it?", "Thank you for telling us! We look into it today.")
MOMENTS = ("before the write", "before the write", "after the last look", "after the write", "all was read")
KILLED = ("before the write", "after the write", "while settling")
MEANWHILE = (
    "pause",
    "pause",
    "stop",
    "wait",
    "edit",
    "delete",
    "leave",
    "native",
    "others",
    "others",
    "back",
    "on",
    "read",
)
NUMBER, WHO, WHICH, ANY = st.integers(0, 30), st.sampled_from(PEOPLE), st.integers(0, 2), st.booleans()
_VADER = Vader()
_WATCHES = [Watch("us", "brand", ("Harbourlight",), ("harbourlight",), ())]


class Outbox(RuleBasedStateMachine):
    """Three processes on one database, several people, and a network of which anything may be expected."""

    @initialize(kinds=st.lists(st.integers(0, 1), min_size=2, max_size=4))
    def open(self, kinds: list[int]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = self.folder / _an_empty_one()[0]
        self.database.write_bytes(_an_empty_one()[1])
        self.clock = WallClock()
        self.world = World(self.clock)
        self.processes = [Process(self.world, self.an_office) for _ in range(3)]
        self.witness = Witness()
        self.pages: list[Page] = []
        self.backups = 0
        self.counted: dict[str, int] = {"steps": 0, "crashes": 0, "restores": 0}
        for kind in kinds:
            self.hear(kind, len(self.world.said), 0)
            self.approve(len(self.world.said) - 1, 0, "Ana", 0, False, False)

    def an_office(self) -> Office:
        return an_office(self.folder, self.clock)  # type: ignore[arg-type]

    @property
    def office(self) -> Office:
        return self.processes[0].office

    def teardown(self) -> None:
        if not hasattr(self, "processes"):
            return
        try:
            self.all_comes_to_an_end()
        finally:
            for process in self.processes:
                process.office.close()
            shutil.rmtree(self.folder)
            count_figures("outbox machine", **self.counted, writes=self.world.writes, posts=self.world.posted)

    # What is heard

    def take_in(self, process: Process, *post_ids: str) -> None:
        poller = Poller(process.office.db, Sifter(_WATCHES, _VADER), self.clock)
        said = [self.world.said[one] for one in post_ids]
        poller.take_in("search", [one for one in said if one is not None])

    @rule(kind=WHICH, author=st.integers(0, 4), which=WHICH)
    def hear(self, kind: int, author: int, which: int) -> None:
        number = len(self.world.said) + 1
        mention = a_mention(number, text=SAID[kind], author=an_author(f"p{author}"), posted_at=self.clock.true)
        self.world.said[mention.post_id] = mention
        self.take_in(self.processes[which], mention.post_id)
        if kind < 2:
            self.draft(which)

    @rule(which=WHICH)
    def draft(self, which: int) -> None:
        while draft_new(self.processes[which].office):
            pass

    @rule(which=WHICH)
    def draw_back(self, which: int) -> None:
        draw_back(self.processes[which].office)

    def post_of(self, number: int) -> str:
        posts = sorted(self.world.said)
        return posts[number % len(posts)]

    @rule(number=NUMBER, what=st.sampled_from(("edits", "deletes", "blocks", "unblocks")))
    def the_author(self, number: int, what: str) -> None:
        post_id = self.post_of(number)
        said = self.world.said[post_id]
        if what == "edits" and said is not None:
            self.world.said[post_id] = replace(said, text=f"{said.text} (edit {self.counted['steps']})")
        elif what == "deletes":
            self.world.said[post_id] = None
        elif what == "blocks":
            self.world.hidden.add(post_id)
        else:
            self.world.hidden.discard(post_id)

    @rule(number=NUMBER, which=WHICH, obeyed=ANY)
    def read_again(self, number: int, which: int, obeyed: bool) -> None:
        """The hourly look, and, a while later, what follows from it."""
        office, post_id = self.processes[which].office, self.post_of(number)
        mention_id = office.archive.number_of("plaza", post_id)
        if mention_id is None or post_id in self.world.hidden:
            return
        heard = office.archive.get(mention_id)
        if heard.gone_at is None:
            Rereader(office.db, Sifter(_WATCHES, _VADER), self.clock).take_over(heard, self.world.said[post_id])
        if obeyed:
            draw_back(office)

    @rule(number=NUMBER, which=WHICH, heard=ANY)
    def a_colleague_answers_there(self, number: int, which: int, heard: bool) -> None:
        parent = self.post_of(number)
        post = self.world.add(parent, "Hello from the team!", by_hand=True)
        if heard:
            answer = a_mention(
                0, post_id=post.post_id, url=post.receipt().url, author=an_author("harbourlight"), text=post.text,
                in_reply_to=parent, ours=True, to_us=False, posted_at=self.clock.true,
            )  # fmt: skip
            process = self.processes[which]
            Poller(process.office.db, Sifter(_WATCHES, _VADER), self.clock).take_in("own", [answer])
            self.draft(which)

    # What people decide

    def page(self, process: Process, number: int, *, stale: bool = False) -> Page | None:
        """What a person sees who looks now; or an old page that is still open."""
        office, post_id = process.office, self.post_of(number)
        if stale and (old := [page for page in self.pages if page.post_id == post_id]):
            return old[-1] if number % 2 else old[0]
        mention_id = office.archive.number_of("plaza", post_id)
        draft = office.queue.draft_of(mention_id) if mention_id is not None else None
        if mention_id is None or draft is None:
            return None
        asked = office.db.execute(_ASKED_BEFORE, [mention_id]).fetchone() is not None
        words = office.archive.get(mention_id).mention.text
        page = Page(post_id, draft, words, asked or bool(draft.told_of) or draft.state is State.UNKNOWN)
        self.pages.append(page)
        return page

    def by_person(self, act: Callable[[], object]) -> None:
        self.clock.forward(seconds=3)
        with suppress(NotPossible, KeyError):
            act()

    @rule(number=NUMBER, which=WHICH, who=WHO, text=st.integers(0, 2), stale=ANY, waits=ANY)
    def approve(self, number: int, which: int, who: str, text: int, stale: bool, waits: bool) -> None:
        process = self.processes[which]
        if (page := self.page(process, number, stale=stale)) is None:
            return
        typed = (page.draft.text or TYPED[0], *TYPED)[text]

        def act() -> None:
            done = decide.approve(process.office, page.draft.draft_id, page.seen, typed, who)
            self.world.approve(process.office, done, page, typed, who)

        self.by_person(act)
        if waits:
            self.clock.forward(seconds=21)

    @rule(number=NUMBER, which=WHICH, who=WHO, stale=ANY, verb=st.sampled_from(
        ("edit", "undo", "decline", "no reply", "reopen", "leave alone", "contact", "by hand")))  # fmt: skip
    def decide(self, number: int, which: int, who: str, stale: bool, verb: str) -> None:
        office, page = self.processes[which].office, self.page(self.processes[which], number, stale=stale)
        mention_id = office.archive.number_of("plaza", self.post_of(number))
        if mention_id is None:
            return
        acts: dict[str, Callable[[], object]] = {
            "no reply": lambda: decide.no_reply(office, mention_id, "in peace", who),
            "reopen": lambda: decide.reopen(office, mention_id, who),
            "leave alone": lambda: decide.do_not_contact(office, mention_id, "asked", who),
            "contact": lambda: decide.contact_again(office, mention_id, "asked", who),
        }
        if page is not None:
            draft_id, seen = page.draft.draft_id, page.seen
            acts |= {
                "edit": lambda: decide.edit(office, draft_id, seen, TYPED[1], who),
                "undo": lambda: decide.undo(office, draft_id, who),
                "decline": lambda: decide.decline(office, draft_id, "no", who),
                "by hand": lambda: decide.posted_by_hand(office, draft_id, "http://127.0.0.1:8101/posts/h", who),
            }
        self.by_person(acts.get(verb, lambda: None))

    @rule(number=NUMBER, which=WHICH, who=WHO, said=st.sampled_from(("there", "again", "again", "drop")))
    def answer_the_question(self, number: int, which: int, who: str, said: str) -> None:
        process = self.processes[which]
        lost = process.office.queue.in_state(State.UNKNOWN)
        if not lost:
            return
        draft = lost[number % len(lost)]
        heard = process.office.archive.get(draft.mention_id).mention
        page = Page(heard.post_id, draft, heard.text, warned=True)

        def again() -> None:
            done = decide.send_again(process.office, draft.draft_id, who)
            self.world.approve(process.office, done, page, draft.text, who)

        acts: dict[str, Callable[[], object]] = {
            "there": lambda: decide.is_there(process.office, draft.draft_id, "http://127.0.0.1:8101/posts/x", who),
            "again": again,
            "drop": lambda: decide.drop(process.office, draft.draft_id, who),
        }
        self.by_person(acts[said])

    @rule(which=WHICH, who=WHO, on=ANY)
    def pause_or_resume(self, which: int, who: str, on: bool) -> None:
        office = self.processes[which].office
        self.by_person(lambda: decide.pause(office, who) if on else decide.resume(office, who, anyway=True))

    # What the software does, and what happens to it

    @rule(which=WHICH, number=NUMBER)
    def deliver(self, which: int, number: int) -> None:
        self.attempt(which, number, Script())

    @rule(which=WHICH, number=NUMBER, fate=st.sampled_from(FATES))
    def deliver_in_a_bad_network(self, which: int, number: int, fate: str) -> None:
        self.attempt(which, number, Script(fate))

    @rule(which=WHICH, number=NUMBER, fate=st.sampled_from(FATES), killed=st.sampled_from(KILLED))
    def deliver_and_die(self, which: int, number: int, fate: str, killed: str) -> None:
        self.attempt(which, number, Script(fate, killed))

    @rule(which=WHICH, number=NUMBER, fate=st.sampled_from(FATES), killed=st.sampled_from(("", "", *KILLED)),
          moment=st.sampled_from(MOMENTS), meanwhile=st.sampled_from(MEANWHILE))  # fmt: skip
    def deliver_slowly(self, which: int, number: int, fate: str, killed: str, moment: str, meanwhile: str) -> None:
        self.attempt(which, number, Script(fate, killed, moment), meanwhile)

    def attempt(self, which: int, number: int, script: Script, meanwhile: str = "") -> None:
        """Deliver what is due; where nothing is, something is approved first, and mostly a pause is ended."""
        process, other = self.processes[which], (which + 1) % 3
        if process.office.outbox.next(["plaza"], self.clock()) is None:
            if number % 3:
                self.pause_or_resume(other, "Ana", False)
            self.approve(number, other, "Ben", number % 3, False, True)
        self.clock.forward(seconds=5)
        on_its_way = process.office.outbox.next(["plaza"], self.clock())
        post_id = process.office.archive.get(on_its_way.mention_id).mention.post_id if on_its_way else ""
        about = sorted(self.world.said).index(post_id) if post_id in self.world.said else number
        acts: dict[str, Callable[[], object]] = {
            "pause": lambda: self.pause_or_resume(other, "Ben", True),
            "stop": lambda: self.they_ask_us_to_stop(about, other),
            "wait": lambda: self.time_goes_by(200),
            "edit": lambda: self.the_author(about, "edits"),
            "delete": lambda: self.the_author(about, "deletes"),
            "leave": lambda: self.decide(about, other, "Cleo", False, "leave alone"),
            "native": lambda: self.a_colleague_answers_there(about, other, True),
            "others": lambda: self.others_go_on(other),
            "back": lambda: self.the_clock_is_set(-7200),
            "on": lambda: self.the_clock_is_set(7200),
            "read": lambda: (self.the_author(about, "edits"), self.read_again(about, other, True)),
        }
        script.meanwhile = acts.get(meanwhile, lambda: None)
        process.wire.script = script
        try:
            deliver_once(process.office, {"plaza": process.wire}, {"plaza": process.source})
        except Crash:
            self.counted["crashes"] += 1
            process.office.close()
            process.open()
        process.wire.script = Script()
        if number % 4 == 1:  # who still has the page open from before approves by it
            self.approve(about, other, "Cleo", 0, True, True)

    def they_ask_us_to_stop(self, about: int, which: int) -> None:
        post_id = self.post_of(about)
        if (said := self.world.said[post_id]) is not None:
            self.hear(2, int(said.author.handle[1:]), which)
            self.draft(which)

    def others_go_on(self, which: int) -> None:
        """A process stands still for so long that the others take over."""
        other = self.processes[which]
        self.time_goes_by(LEASE.total_seconds() + 1)
        for _ in range(2):
            self.look(which)
            self.time_goes_by(SETTLE.total_seconds() + 1)
        self.answer_the_question(0, which, "Ana", "again")
        self.answer_the_question(1, which, "Ana", "drop")
        self.time_goes_by(25)
        deliver_once(other.office, {"plaza": other.wire}, {"plaza": other.source})

    @rule(which=WHICH)
    def look(self, which: int) -> None:
        process = self.processes[which]
        reconcile(process.office, {"plaza": process.wire})

    @rule(which=WHICH, down=ANY)
    def reads_fail(self, which: int, down: bool) -> None:
        self.processes[which].source.down = down

    @rule(which=WHICH)
    def crash(self, which: int) -> None:
        self.processes[which].office.close()
        self.processes[which].open()

    @rule(seconds=st.sampled_from((1, 30, 61, 200, 3600, 7201, 40_000, 90_000)))
    def time_goes_by(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    @rule(seconds=st.sampled_from((-90_000, -7200, -61, 61, 7200, 90_000)))
    def the_clock_is_set(self, seconds: float) -> None:
        self.clock.off += timedelta(seconds=seconds)

    # Backup and restore

    @rule()
    def back_up(self) -> None:
        with closing(sqlite3.connect(self.folder / "backup.db")) as kept:
            self.office.db.conn.backup(kept)
        self.backups += 1

    @rule()
    def restore(self) -> None:
        """The last backup takes the database's place, with everything stopped; what was said is heard again."""
        if not self.backups:
            return
        for process in self.processes:
            process.office.close()
        for end in ("-wal", "-shm"):
            self.database.with_name(self.database.name + end).unlink(missing_ok=True)
        shutil.copy(self.folder / "backup.db", self.database)
        self.clock.forward(minutes=2)
        for process in self.processes:
            process.open()
        self.pages.clear()  # everybody is signed out by it
        self.witness.begin_anew(self.office)
        restored.after_restore(self.office, "backup.db", self.clock())
        self.take_in(self.processes[0], *sorted(self.world.said))
        self.counted["restores"] += 1

    # What is promised

    @invariant()
    def all_is_well(self) -> None:
        if hasattr(self, "processes"):
            self.counted["steps"] += 1
            self.witness.look(self.office)
            assert not self.world.wrong, self.world.wrong

    def all_comes_to_an_end(self) -> None:
        """With time and a network that works, nothing stays on its way for ever, and no lock is left over."""
        self.witness.look(self.office)
        decide.resume(self.office, "Ana", anyway=True)
        for process in self.processes:
            process.source.down = False
        for _ in range(12):
            self.clock.forward(minutes=31)
            for which, process in enumerate(self.processes):
                self.draft(which)
                draw_back(process.office)
                self.look(which)
                while deliver_once(process.office, {"plaza": process.wire}, {"plaza": process.source}) is not None:
                    self.clock.forward(seconds=1)
        left = self.office.queue.in_state(State.APPROVED, State.SENDING)
        assert left == [], f"on its way for ever: {left}"
        for draft in self.office.queue.in_state(State.UNKNOWN):
            assert draft.looks > 1, f"neither found nor asked about: {draft}"
        self.witness.look(self.office)
        assert not self.world.wrong, self.world.wrong
        # What died leaves its file, and whoever looks next removes it.
        assert list(self.folder.glob("*.sending-*")) == []


@cache
def _an_empty_one() -> tuple[str, bytes]:
    """A database's name, and what a new one holds: made once, since that takes longer than all else."""
    with tempfile.TemporaryDirectory() as folder:
        an_office(Path(folder), Clock()).close()
        (made,) = Path(folder).glob("*.db")
        return made.name, made.read_bytes()


# A person said already that it is not there, or that it may be: whoever approves later goes by that.
_ASKED_BEFORE = """
SELECT 1 FROM decisions
WHERE mention_id = ? AND verb IN ('drop', 'not found', 'send again') AND draft_id IS NOT NULL AND state != 'unknown'
"""
_EVERYDAY: dict[str, Any] = {
    "deadline": None,
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": list(HealthCheck),
    "derandomize": True,
}

TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=20, stateful_step_count=25, **_EVERYDAY)


class TestOutboxForLong(Outbox.TestCase):
    """The same, at length."""

    pytestmark = pytest.mark.crash
    settings = settings(max_examples=360, stateful_step_count=40, **_EVERYDAY)
