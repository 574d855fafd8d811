"""Is it about us? A person's word on a mention, what is learned from it, and what becomes of the drafts that wait."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from listener.about_us import AboutUs
from listener.archive.connect import ArchiveError, StorageError, writing
from listener.archive.read import Heard
from listener.archive.record import Recorder
from listener.archive.taught import Taught
from listener.jobs import watches
from listener.relevance import RELEVANT_FROM, Judge, Relevance, threshold_of
from listener.settings import WatchSettings
from responders.controls import SOFTWARE
from responders.draft import State
from responders.drafting import consider, considered_through, is_doubted, leave_aside, permit
from responders.office import Office
from responders.queue import NotPossible

log = logging.getLogger(__name__)

# How many mentions, the last heard first, are judged anew after a thumb: what is older waits no more.
LATELY = 500
CHUNK = 50
LOOKED_BACK = timedelta(days=30)
THROUGH = "judged_through_lesson"
# How the draft of a mention that turned out to be about something else is taken back.
NOT_ABOUT_US = "probably not about us"
Said = Literal["about", "not_about", "taken back"]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a watch has learned, and what that does.

    `up`, `down` count the thumbs; `for_it`, `against` are the words and marks that say most; `scores` says how many of
    the mentions of the last 30 days were judged how, by relevance to the hundredth.
    """

    watch: str
    kind: str
    context: str
    threshold: float
    up: int
    down: int
    for_it: tuple[str, ...]
    against: tuple[str, ...]
    scores: tuple[tuple[float, int], ...]

    @property
    def judged(self) -> int:
        """How many mentions were judged."""
        return sum(count for _, count in self.scores)

    def below(self, threshold: float | None = None) -> int:
        """How many of them are below a threshold, this watch's own where none is given: what it would set aside."""
        least = self.threshold if threshold is None else threshold
        return sum(count for score, count in self.scores if score < least)


@dataclass(frozen=True, slots=True)
class Opinion:
    """How likely a mention is about a watch (None: not judged), from where on that counts, and what a person said."""

    watch: str
    relevance: Relevance | None
    threshold: float
    said: bool | None

    @property
    def doubted(self) -> bool:
        """Whether it is probably not about it."""
        return self.relevance is not None and self.relevance.score < self.threshold

    @property
    def at_once(self) -> bool:
        """Whether a person should see at once what is thought of it: it is doubted, or one of them has spoken."""
        return self.doubted or self.said is not None


def thumb(office: Office, mention_id: int, watch: str, relevant: bool, person: str) -> Said:
    """Keep a person's word on whether a mention is about a watch; the same word again takes it back.

    Its draft follows at once, and those of others like it in a moment. Raises KeyError or NotPossible.
    """
    taught = Taught(office.db)
    said: Said = "about" if relevant else "not_about"
    with writing(office.db):
        heard = office.archive.get(mention_id)
        if heard.gone_at is not None:
            raise NotPossible("they deleted what they said: there is nothing to learn from it any more")
        if watch not in heard.watches:
            raise NotPossible(f"mention {mention_id} was heard for {' and '.join(heard.watches) or 'no watch'}")
        again = taught.thumbs_on(mention_id).get(watch) is relevant
        if again:
            taught.withdraw_thumb(mention_id, watch)
        else:
            taught.thumb(mention_id, watch, relevant, person, office.now())
        reason = f"{watch}, taken back" if again else watch
        office.queue.note(mention_id, said, person, reason, office.now())
        about_us = AboutUs([one for one in watches(office.settings.watches) if one.name in heard.watches])
        about_us.learn(taught)
        _judge_alone(office, about_us, heard, said=True)
    return "taken back" if again else said


def judge_anew(office: Office, about_us: AboutUs) -> bool:
    """Judge the last mentions again where people taught something since, or the settings say something else.

    False: the next beat is soon enough.
    """
    taught = Taught(office.db)
    lessons = f"{taught.lessons()} {_meaning(office.settings.watches)}"
    if office.controls.read(THROUGH) == lessons:
        return False
    about_us.learn(taught)
    names = [watch.name for watch in office.settings.watches]
    lately = office.archive.named_lately(names, LATELY)
    for at in range(0, len(lately), CHUNK):
        with writing(office.db):
            _judge_anew(office, about_us, lately[at : at + CHUNK])
    office.controls.set(THROUGH, lessons, SOFTWARE, office.now())
    return False


def _meaning(parts: Sequence[WatchSettings]) -> str:
    """What the settings say of the watches, as a fingerprint that changes when that does."""
    said = repr([(one.name, one.kind, one.terms, one.domains, one.context, one.relevance_from) for one in parts])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _judge_anew(office: Office, about_us: AboutUs, some: Sequence[Heard]) -> None:
    """Judge these mentions again, and let their drafts follow where that changes whether they are about us."""
    for heard in some:
        try:
            with writing(office.db):
                _judge_alone(office, about_us, heard)
        except (StorageError, ArchiveError):
            raise
        except Exception:
            # One mention is one unit of work: it stays as it was judged before, and the others are judged.
            log.exception("mention %d could not be judged anew", heard.mention_id)


def _judge_alone(office: Office, about_us: AboutUs, heard: Heard, *, said: bool = False) -> None:
    """Judge one mention again; `said`: a person has said of this very one what it is about."""
    matches = [match for match in about_us.matches(heard.mention) if match.watch in heard.watches]
    judged = about_us.judged(heard.mention, matches, heard.triage)
    if judged.relevance == heard.relevance and judged.about_us == heard.about_us:
        return
    # Read before this was begun: nothing may be written beside words that were edited, deleted or sorted anew since.
    if not said and office.archive.get(heard.mention_id) != heard:
        return
    # A watch that can't judge any more, its last thumb withdrawn, has no opinion left.
    reasons = judged.reasons(heard.triage.reasons if heard.triage else ())
    unjudged = dict.fromkeys(heard.relevance.keys() - judged.relevance.keys())
    judging = Recorder(office.db)
    judging.judge_anew(heard.mention_id, {**unjudged, **judged.relevance}, judged.about_us, reasons)
    if (said or judged.about_us != heard.about_us) and heard.mention_id <= considered_through(office):
        _follow(office, office.archive.get(heard.mention_id), said=said)


def _follow(office: Office, heard: Heard, *, said: bool) -> None:
    """Set a waiting mention aside, or bring one back; what a person asked for, worked on or decided stays as it is."""
    if heard.about_us:
        if office.inbox.aside_of(heard.mention_id) == "not_about_us":
            consider(office, heard)
        return
    draft = office.queue.draft_of(heard.mention_id)
    if draft is None or not is_doubted(office, heard):
        return
    untouched = draft.state is State.HELD and draft.revision == 1
    if untouched and (said or office.queue.is_softwares_own(draft)):
        permit(office, heard)
        leave_aside(office, draft, "not_about_us", NOT_ABOUT_US)


def learned(office: Office) -> list[Learned]:
    """What each watch has learned, in the order of the settings."""
    taught, about_us = Taught(office.db), AboutUs(watches(office.settings.watches))
    about_us.learn(taught)
    scores: dict[str, list[tuple[float, int]]] = {}
    for name, relevance, count in taught.scores(office.now() - LOOKED_BACK):
        scores.setdefault(name, []).append((relevance, count))
    return [_learned(watch, about_us.judge, sorted(scores.get(watch.name, ()))) for watch in office.settings.watches]


def _learned(watch: WatchSettings, judge: Judge, scores: Sequence[tuple[float, int]]) -> Learned:
    model = judge.model(watch.name)
    up, down = model.thumbs if model else (0, 0)
    for_it, against = model.strongest() if model else ([], [])
    return Learned(
        watch=watch.name,
        kind=watch.kind,
        context=watch.context,
        threshold=judge.threshold(watch.name),
        up=up,
        down=down,
        for_it=tuple(for_it),
        against=tuple(against),
        scores=tuple(scores),
    )


def opinions(office: Office, heard: Heard) -> list[Opinion]:
    """What is thought of a mention and each watch it was heard for."""
    thumbs = Taught(office.db).thumbs_on(heard.mention_id)
    threshold = {watch.name: threshold_of(watch.relevance_from) for watch in office.settings.watches}
    return [
        Opinion(watch, heard.relevance.get(watch), threshold.get(watch, RELEVANT_FROM), thumbs.get(watch))
        for watch in heard.watches
    ]
