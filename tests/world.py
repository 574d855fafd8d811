"""A pretend network beside the outbox, and what is promised of every write that reaches it.

The world has a time of its own, which only goes forward; the clock that the software reads may be set forward or back.
Whatever is wrong is written down in `wrong`, since what a publisher raises is taken for a fault of the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from listener.mention import Mention
from listener.source import SourceError
from responders.deliver import LEASE
from responders.draft import Draft, Receipt, State, fingerprint
from responders.office import Office
from responders.publisher import Order, Postponed, Refused, Revoked, Unknown
from responders.queue import Seen
from tests.builders import NOON

STORED = frozenset({"posted", "lost", "seen later", "a bug"})
FATES = ("posted", "posted", "posted", "lost", "never arrived", "seen later", "refused", "told to wait", "a bug", "401")
HOLDS = timedelta(hours=24)
PEOPLE = ("Ana", "Ben", "Cleo")
_LAST_APPROVAL = """
SELECT seal FROM decisions WHERE draft_id = ? AND verb IN ('approve', 'send again') ORDER BY decision_id DESC LIMIT 1
"""


class WallClock:
    """What the machine's clock shows: the true time, and how far it is off."""

    def __init__(self) -> None:
        self.true = NOON
        self.off = timedelta(0)

    def __call__(self) -> datetime:
        return self.true + self.off

    def forward(self, **by: float) -> None:
        """Let time go by."""
        self.true += timedelta(**by)


class Crash(BaseException):
    """The process is killed here."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a person has before them: the draft as it was, and the words that it answers."""

    post_id: str
    draft: Draft
    words: str
    warned: bool  # that a reply of ours is there already, or may be

    @property
    def seen(self) -> Seen:
        return Seen(self.draft.revision, self.draft.text_sha256)


@dataclass
class Approval:
    """What a person approved: to which post, which words in answer to which, knowing of another reply or not."""

    page: Page
    text: str
    person: str
    posts: int = 0


@dataclass(frozen=True, slots=True)
class Post:
    """What stands on the network under somebody's post in our name."""

    post_id: str
    parent: str
    text: str
    seen_from: datetime
    by_hand: bool = False  # a colleague wrote it there

    def receipt(self, how: str = "api") -> Receipt:
        return Receipt(self.post_id, f"http://127.0.0.1:8101/posts/{self.post_id}", how)


@dataclass
class World:
    """Everything that was said, ours included, and what people approved, by the seal of its row in the audit."""

    clock: WallClock
    said: dict[str, Mention | None] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)  # posts of those who blocked us
    ours: list[Post] = field(default_factory=list)
    approvals: dict[str, Approval] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    writes: int = 0
    posted: int = 0

    def approve(self, office: Office, draft: Draft, page: Page, text: str, person: str) -> None:
        """A person approved this; its row is in the audit."""
        self.approvals[last_approval(office, draft)] = Approval(page, text, person)

    def under(self, parent: str) -> list[Post]:
        """What of ours can be seen there now."""
        return [post for post in self.ours if post.parent == parent and post.seen_from <= self.clock.true]

    def add(self, parent: str, text: str, lag: timedelta = timedelta(0), *, by_hand: bool = False) -> Post:
        """A post of ours, to be seen after a while."""
        post = Post(f"r{len(self.ours) + 1}", parent, text, self.clock.true + lag, by_hand)
        self.ours.append(post)
        return post

    def look_at(self, process: Process, order: Order, *, stored: bool) -> Approval | None:
        """A write begins: hold everything against it that is promised. The approval that it is by."""
        self.writes += 1
        office, parent = process.office, order.parent.post_id
        found = [one for one in office.queue.in_state(State.SENDING) if _post_of(office, one) == parent]
        approval = self.approvals.get(last_approval(office, found[0])) if found else None
        if approval is None:
            self.wrong.append(f"{parent}: written, and no draft of it is on the wire by a person's approval")
            return None
        page, now = approval.page, self.clock()
        said = {
            "another mention was approved": page.post_id != parent,
            "other words were approved": fingerprint(approval.text) != fingerprint(order.text),
            "approved by no person": approval.person not in PEOPLE,
            "one approval, posted twice": stored and approval.posts > 0,
            "sending is paused": office.controls.paused() is not None,
            "on the do-not-contact list": office.contact.listed(order.parent.author) is not None,
            "approved a day ago": found[0].approved_at is None or now - found[0].approved_at > HOLDS + LEASE,
            "not read again as it was approved": process.source.read.get(parent) != page.words,
            "answered already, and nobody knew": process.source.ours.get(parent, False) and not page.warned,
        }
        self.wrong += [f"{parent}: {what}" for what, is_so in said.items() if is_so]
        return approval

    def store(self, approval: Approval | None, order: Order, lag: timedelta) -> Post:
        """The write arrives."""
        parent = order.parent.post_id
        if approval is None or not approval.page.warned:
            if any(post.parent == parent and not post.by_hand for post in self.ours):
                self.wrong.append(f"{parent}: posted twice")
        elif approval.posts:
            self.wrong.append(f"{parent}: posted twice by one approval")
        if approval is not None:
            approval.posts += 1
        self.posted += 1
        return self.add(parent, order.text, lag)


@dataclass
class Script:
    """How the next attempt goes: what becomes of it, where the process is killed, what others do meanwhile and when."""

    fate: str = "posted"
    killed: str = ""
    moment: str = ""
    meanwhile: Callable[[], None] = lambda: None

    def at(self, moment: str) -> None:
        if self.moment == moment:
            self.moment = ""
            self.meanwhile()

    def dies(self, moment: str) -> bool:
        return self.killed == moment


class Wire:
    """One process's way out into the world."""

    platform = "plaza"
    limit = 500

    def __init__(self, world: World, process: Process) -> None:
        self.world, self.process, self.script = world, process, Script()

    def length(self, text: str) -> int:
        return len(text)

    def reply(self, order: Order) -> Receipt:
        self.script.at("before the write")
        self._die("before the write")
        order.last_look()
        fate = self.script.fate
        approval = self.world.look_at(self.process, order, stored=fate in STORED)
        self.script.at("after the last look")
        lag = timedelta(hours=2) if fate == "seen later" else timedelta(0)
        post = self.world.store(approval, order, lag) if fate in STORED else None
        self.script.at("after the write")
        self._die("after the write")
        errors: Mapping[str, Exception] = {
            "refused": Refused("422: no"),
            "told to wait": Postponed("429"),
            "401": Revoked("401"),
            "a bug": RuntimeError("a bug of ours"),
        }
        if post is None or fate != "posted":
            raise errors.get(fate, Unknown(fate))
        return post.receipt()

    def _die(self, moment: str) -> None:
        if self.script.dies(moment):
            self.process.dying = True
            raise Crash(moment)

    def find(self, order: Order) -> Receipt | None:
        there = self.world.under(order.parent.post_id)
        found = (post for post in there if post.text == order.text and post.post_id not in order.known)
        return next((post.receipt("found") for post in found), None)

    def answered(self, order: Order) -> Receipt | None:
        there = [post for post in self.world.under(order.parent.post_id) if post.post_id not in order.known]
        self.script.at("all was read")
        return there[0].receipt() if there else None

    def probe(self) -> str:
        return "let in"

    def close(self) -> None:
        pass


class Shown:
    """What one process is shown when it reads posts again."""

    platform = "plaza"

    def __init__(self, world: World, process: Process) -> None:
        self.world, self.process = world, process
        self.read: dict[str, str | None] = {}
        self.ours: dict[str, bool] = {}
        self.down = False

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        if self.down:
            raise SourceError("503")
        shown = {one.post_id: self.world.said.get(one.post_id) for one in mentions}
        shown = {post_id: now for post_id, now in shown.items() if post_id not in self.world.hidden}
        for one in mentions:
            current = shown.get(one.post_id)
            self.read[one.post_id] = current.text if current else None
            # What of ours stands there at this moment can be seen, by whoever looks.
            self.ours[one.post_id] = bool(self.world.under(one.post_id))
        return shown


class Process:
    """One of those that work on the database: an office, a way out and eyes of its own."""

    def __init__(self, world: World, open_office: Callable[[], Office]) -> None:
        self.world, self._open = world, open_office
        self.dying = False
        self.open()

    def open(self) -> None:
        """Begin, or begin anew after a crash."""
        self.dying = False
        self.office = self._open()
        self.office.db.execute("PRAGMA synchronous = OFF")  # a process is killed here, never the machine
        self.wire, self.source = Wire(self.world, self), Shown(self.world, self)
        outbox = self.office.outbox
        over, end = outbox.over, outbox._end

        def until_dead(claim: object, now: datetime) -> None:
            """The dead give nothing back; the system closes their files."""
            claim.lock._open() if self.dying else over(claim, now)  # type: ignore[attr-defined, arg-type]

        def ends(*settled: object) -> None:
            end(*settled)  # type: ignore[arg-type]
            self.wire._die("while settling")

        outbox.over, outbox._end = until_dead, ends  # type: ignore[method-assign, assignment]


def last_approval(office: Office, draft: Draft) -> str:
    """The seal of the row that says who approved it last; empty where there is none."""
    found = office.db.execute(_LAST_APPROVAL, [draft.draft_id]).fetchone()
    return str(found[0]) if found else ""


def _post_of(office: Office, draft: Draft) -> str:
    return office.archive.get(draft.mention_id).mention.post_id
