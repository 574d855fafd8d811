"""Whatever people and software do, in whatever order: nobody is lost, nothing goes out unapproved, a word holds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from listener.about_us import AboutUs
from listener.archive.forget import Forgetting
from listener.archive.taught import Taught
from listener.jobs import watches
from listener.mention import Mention
from listener.poll import Poller
from listener.recheck import Rereader
from listener.rules import Rule
from listener.sentiment import Vader
from listener.sift import Sifter
from responders import about, correcting, decide
from responders.commands.triage import anew
from responders.controls import SOFTWARE
from responders.deliver import deliver_once
from responders.draft import Draft, State
from responders.drafting import draft_new, write_draft
from responders.office import Office
from responders.overtaken import draw_back
from responders.queue import NotPossible, Seen
from responders.settings import Settings
from tests.builders import Clock, a_mention, an_author, an_office, some_settings
from tests.fakes import FakePublisher, FakeSource

ENDED = (State.DECLINED, State.SUPERSEDED)
COPIED = "the juniper lamp in our hallway went dark after a week and the dimmer hums all night long, has anybody else"
KINDS: dict[str, dict[str, Any]] = {
    "lamp": {"text": "my juniper lamp flickers, is the dimmer broken?"},
    "bush": {"text": "cut the juniper hedge before the birds nest"},
    "gin": {"text": "gin without juniper berries is only vodka"},
    "to us": {"text": "@juniper thank you, lovely lamp", "to_us": True},
    "urgent": {"text": "the juniper lamp caught fire and burned my daughter's hand, she is in hospital"},
    "spam": {"text": "Buy juniper lamps now! 50% off, promo code WIN https://shop.example/a #sale #deal #promo #win"},
    "copy": {"text": f"{COPIED} seen this https://example.org/x"},
    "urgent copy": {"text": f"{COPIED} seen this https://example.org/x it caught fire and burned my hand"},
    "repost": {"text": f"RT @mira: {COPIED} seen this https://example.org/x"},
    "rival": {"text": "glowly lamps are so much nicer"},
    "bot": {"text": "the juniper weather today: sunny", "author": an_author("wx", bot=True)},
}
RULES = (
    Rule("Hedges", "hedge OR berries", no_reply="gardens"),
    Rule("Lamps", "lamp", lane="help", assign="Ben", tags=("lamp",), alert=True),
    Rule("Left", "juniper", no_reply="a test"),
)
NUMBER, ANY = st.integers(0, 40), st.booleans()
WHO = st.sampled_from(("Ana", "Ben"))


@cache
def _settings() -> Settings:
    watched = [
        {"name": "Juniper", "terms": ["juniper"], "handles": ["juniper"], "context": "Juniper makes lamps."},
        {"name": "rival", "kind": "competitor", "terms": ["glowly"]},
    ]
    return Settings.model_validate(some_settings().model_dump() | {"watches": watched})


@cache
def _vader() -> Vader:
    return Vader()


class Desk(RuleBasedStateMachine):
    """A small office in which anything may happen."""

    @initialize(kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=2, max_size=5))
    def open(self, kinds: list[str]) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock, self.publisher, self.source = Clock(), FakePublisher(), FakeSource()
        self.office: Office = an_office(Path(self.folder.name), self.clock, _settings())
        parts = _settings().watches
        self.sifter = Sifter(watches(parts), _vader())
        self.poller = Poller(self.office.db, self.sifter, self.clock)
        self.reader = Rereader(self.office.db, self.sifter, self.clock)
        self.about_us = AboutUs(watches(parts))
        self.heard: list[Mention] = []
        self.asked: set[int] = set()  # drafts that a person asked for
        self.approved: dict[int, str] = {}
        for hours, kind in enumerate(kinds):
            self.hear(kind, hours, drafts=True)

    def teardown(self) -> None:
        if hasattr(self, "office"):
            try:
                self.nobody_is_lost()
            finally:
                self.office.close()
                self.folder.cleanup()

    def pick(self, number: int) -> int:
        return number % len(self.heard) + 1 if self.heard else 0

    def by_person(self, act: Callable[[], object]) -> None:
        self.clock.forward(seconds=5)
        with suppress(NotPossible, KeyError):
            act()

    # What is heard, and what becomes of it there

    @rule(kind=st.sampled_from(sorted(KINDS)), hours=st.integers(0, 20), drafts=ANY)
    def hear(self, kind: str, hours: int, drafts: bool) -> None:
        number = len(self.heard) + 1
        known = {"to_us": False, "author": an_author(f"person{number % 9}"), **KINDS[kind]}
        posted = self.clock() - timedelta(hours=hours)
        mention = a_mention(number, posted_at=posted, **known)
        self.poller.take_in("search", [mention])
        self.heard.append(mention)
        if drafts:
            self.draft()

    @rule()
    def draft(self) -> None:
        self.clock.forward(seconds=1)
        while draft_new(self.office):
            pass

    @rule(number=NUMBER, kind=st.sampled_from(sorted(KINDS)), draws=ANY)
    def author_edits(self, number: int, kind: str, draws: bool) -> None:
        if (mention_id := self.pick(number)) and self.office.archive.get(mention_id).gone_at is None:
            self.clock.forward(seconds=5)
            changed = replace(self.office.archive.get(mention_id).mention, text=str(KINDS[kind]["text"]))
            self.reader.take_over(self.office.archive.get(mention_id), changed)
            self.source.now[changed.post_id] = changed
            if draws:
                self.draw_back()

    @rule(number=NUMBER)
    def author_deletes(self, number: int) -> None:
        if mention_id := self.pick(number):
            self.clock.forward(seconds=5)
            post = self.office.archive.get(mention_id).mention.post_id
            Forgetting(self.office.db).forget_posts("plaza", [post], self.clock())
            self.source.now[post] = None

    # What people say

    @rule(number=NUMBER, relevant=ANY, who=WHO)
    def thumb(self, number: int, relevant: bool, who: str) -> None:
        self.by_person(lambda: about.thumb(self.office, self.pick(number), "Juniper", relevant, who))

    @rule(number=NUMBER, lane=st.sampled_from(correcting.CHOICES["lane"]), who=WHO)
    def correct(self, number: int, lane: str, who: str) -> None:
        self.by_person(lambda: correcting.correct(self.office, self.pick(number), {"lane": lane}, who))

    @rule(number=NUMBER, mood=st.sampled_from(("positive", "negative")))
    def sounds(self, number: int, mood: str) -> None:
        said = {"sentiment": mood, "intent": "question"}
        self.by_person(lambda: correcting.correct(self.office, self.pick(number), said, "Ana"))  # type: ignore[arg-type]

    @rule(number=NUMBER)
    def take_back(self, number: int) -> None:
        self.by_person(lambda: correcting.take_back(self.office, self.pick(number), "Ana"))

    @rule(number=NUMBER, is_spam=ANY)
    def spam(self, number: int, is_spam: bool) -> None:
        act = decide.spam if is_spam else decide.not_spam
        self.by_person(lambda: act(self.office, self.pick(number), "Ana"))

    @rule(at=st.integers(0, 2), state=st.sampled_from(("live", "off", "gone")))
    def manage(self, at: int, state: str) -> None:
        kept = {one.name: one for one in self.office.rules.all()}
        one = kept.get(RULES[at].name)
        if one is None:
            one = self.office.rules.add(RULES[at], "Ana", self.clock())
        if state == "gone":
            self.office.rules.remove(one.rule_id)
        else:
            self.office.rules.set_state(one.rule_id, state, "Ana", self.clock())  # type: ignore[arg-type]

    # What people decide

    def open_draft(self, number: int) -> Draft | None:
        return self.office.queue.draft_of(self.pick(number)) if self.heard else None

    @rule(number=NUMBER, verb=st.sampled_from(("edit", "approve", "decline", "undo")), text=st.sampled_from("ab"))
    def decide(self, number: int, verb: str, text: str) -> None:
        draft = self.open_draft(number)
        if draft is None:
            return
        seen, words = Seen(draft.revision, draft.text_sha256), f"We look into it, {text}. Thank you for telling us!"
        acts: dict[str, Callable[[], object]] = {
            "edit": lambda: decide.edit(self.office, draft.draft_id, seen, words, "Ana"),
            "approve": lambda: decide.approve(self.office, draft.draft_id, seen, words, "Ana"),
            "decline": lambda: decide.decline(self.office, draft.draft_id, "no", "Ana"),
            "undo": lambda: decide.undo(self.office, draft.draft_id, "Ana"),
        }
        self.by_person(acts[verb])
        if (now := self.office.queue.get(draft.draft_id)).state is State.APPROVED:
            self.approved[now.draft_id] = now.text

    @rule(number=NUMBER, verb=st.sampled_from(("write", "no reply", "reopen", "leave alone", "contact")))
    def about_a_mention(self, number: int, verb: str) -> None:
        mention_id = self.pick(number)
        acts: dict[str, Callable[[], object]] = {
            "write": lambda: write_draft(self.office, mention_id, "Ana"),
            "no reply": lambda: decide.no_reply(self.office, mention_id, "in peace", "Ana"),
            "reopen": lambda: decide.reopen(self.office, mention_id, "Ana"),
            "leave alone": lambda: decide.do_not_contact(self.office, mention_id, "asked", "Ana"),
            "contact": lambda: decide.contact_again(self.office, mention_id, "asked", "Ana"),
        }
        before = self.open_draft(number)
        self.by_person(acts[verb])
        after = self.open_draft(number)
        if verb in ("write", "reopen") and after is not None and before is None:
            self.asked.add(after.draft_id)

    # What software does by itself: what was approved stays as it is, or it is said why not

    def by_software(self, act: Callable[[], object]) -> None:
        self.clock.forward(seconds=5)
        words = {one.draft_id: one for one in self.office.queue.in_state(*State) if one.state not in ENDED}
        act()
        for number, was in words.items():
            now = self.office.queue.get(number)
            touched = was.revision > 1 or was.state is not State.HELD or number in self.asked
            gone = self.office.archive.get(was.mention_id).gone_at is not None
            if touched and not gone:
                assert now.text == was.text
                assert now.state not in ENDED or number in self.asked
                assert now.state in (was.state, State.SENDING, State.SENT) or now.note

    @rule()
    def triage_anew(self) -> None:
        self.by_software(lambda: anew(self.office, self.sifter))

    @rule()
    def judge_anew(self) -> None:
        self.by_software(lambda: about.judge_anew(self.office, self.about_us))

    @rule()
    def draw_back(self) -> None:
        self.by_software(lambda: draw_back(self.office))

    @rule()
    def deliver(self) -> None:
        self.clock.forward(seconds=30)
        self.by_software(lambda: deliver_once(self.office, {"plaza": self.publisher}, {"plaza": self.source}))

    # What is promised

    def settled(self) -> None:
        """All that runs by itself has run."""
        self.draft()
        self.judge_anew()
        self.draw_back()

    @rule()
    def nobody_is_lost(self) -> None:
        self.settled()
        for number in range(1, len(self.heard) + 1):
            self.is_somewhere(number)
        assert list(self.office.db.query(_ELSEWHERE_IN_THE_QUEUE)) == []

    def is_somewhere(self, number: int) -> None:
        office, heard = self.office, self.office.archive.get(number)
        if heard.gone_at is not None:
            return
        draft, why = office.queue.draft_of(number), office.inbox.aside_of(number)
        outcome = office.db.execute("SELECT outcome FROM outcomes WHERE mention_id = ?", [number]).fetchone()
        waits = draft is not None and draft.state is not State.SENT
        assert [waits, outcome is not None, why is not None].count(True) == 1, (waits, outcome, why)
        if why is None:
            return
        assert heard.triage is not None
        said = office.taught.corrections_of(number)
        thumbs = Taught(office.db).thumbs_on(number)
        assert not (why == "not_about_us" and thumbs.get("Juniper") is True), "a thumb up is aside"
        assert not (why == "spam" and "lane" in said and said["lane"].meant != "spam"), "no spam, said a person"
        others = [one.mention_id for one in (place.place for place in office.places.of(number, 1000))]
        spoken_for = office.places.taken(number) or office.places.settled(number, heard.mention.posted_at)
        if why == "echo" and not heard.repost:
            assert spoken_for, f"nobody speaks for {number} of {others}"
        free = office.contact.listed(heard.mention.author) is None and not heard.mention.author.bot
        if heard.triage.priority == "urgent" and heard.about_us and free and not heard.repost:
            called = office.places.called_spam(number) or ("lane" in said and said["lane"].meant == "spam")
            assert why == "echo" or (why == "spam" and called), f"urgent, and aside as {why}"

    @invariant()
    def what_is_counted_is_so(self) -> None:
        if not self.heard:
            return
        db = self.office.db
        said = {(row["state"], row["lane"], row["n"]) for row in db.query("SELECT * FROM draft_counts WHERE n != 0")}
        counted = db.query("SELECT state, lane, count(*) AS n FROM drafts GROUP BY 1, 2")
        assert said == {(row["state"], row["lane"], row["n"]) for row in counted}
        marks = {(row["kind"], row["mark"], row["n"]) for row in db.query("SELECT * FROM mark_counts WHERE n != 0")}
        assert marks == {(row["kind"], row["mark"], row["n"]) for row in db.query(_MARKS)}

    @invariant()
    def a_word_holds(self) -> None:
        if not self.heard:
            return
        for row in self.office.db.query(_CORRECTED):
            assert row["meant"] == row["says"]
        for row in self.office.db.query("SELECT about_us, relevant FROM thumbs JOIN mentions USING (mention_id)"):
            assert row["about_us"] == row["relevant"]

    @invariant()
    def nothing_goes_out_unapproved(self) -> None:
        if not self.heard:
            return
        posted = [order.text for order in self.publisher.posted]
        assert set(posted) <= set(self.approved.values())
        (receipts,) = self.office.db.execute("SELECT count(DISTINCT draft_id) FROM receipts").fetchone()
        assert len(posted) == receipts
        by = "SELECT count(*) FROM decisions WHERE verb = 'approve' AND person = ?"
        assert self.office.db.execute(by, [SOFTWARE]).fetchone() == (0,)


_MARKS = """
SELECT 'person' AS kind, person AS mark, count(*) AS n FROM assignments JOIN drafts USING (mention_id)
WHERE state = 'held' GROUP BY 2
UNION ALL SELECT 'tag', tag, count(*) FROM tags JOIN drafts USING (mention_id) WHERE state = 'held' GROUP BY 2
"""

_ELSEWHERE_IN_THE_QUEUE = """
SELECT d.draft_id, d.lane, t.lane, d.unsure, t.unsure, d.turn, t.priority FROM drafts d
JOIN triage t USING (mention_id) JOIN mentions m USING (mention_id)
WHERE d.state = 'held' AND m.gone_at IS NULL
  AND (d.unsure != t.unsure OR d.lane != t.lane OR (d.turn = 0) != (t.priority = 'urgent'))
"""

_CORRECTED = """
SELECT c.meant, CASE c.about WHEN 'lane' THEN t.lane WHEN 'intent' THEN t.intent ELSE t.sentiment END AS says
FROM corrections c JOIN triage t USING (mention_id)
"""

TestPromises = Desk.TestCase
TestPromises.settings = settings(
    max_examples=20,
    stateful_step_count=12,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
