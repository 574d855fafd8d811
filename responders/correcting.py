"""What a person says that triage should have said: kept, obeyed at once, and the waiting draft follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from listener.archive.connect import writing
from listener.archive.read import Heard
from listener.archive.taught import About
from listener.triage import Intent, Lane, Triage
from responders.draft import State, may_move
from responders.drafting import permit, write_draft
from responders.office import Office
from responders.queue import NotPossible
from responders.resorted import sort_one_anew

# What a person may say. "unscored" is no answer: whoever reads a text can tell how it sounds.
CHOICES: Mapping[About, tuple[str, ...]] = {
    "sentiment": ("positive", "neutral", "negative"),
    "intent": get_args(Intent),
    "lane": get_args(Lane),
}


def said_of(triage: Triage) -> dict[About, str]:
    """What triage says, of each thing that a person may correct."""
    return {"sentiment": triage.sentiment, "intent": triage.intent, "lane": triage.lane}


def correct(
    office: Office, mention_id: int, meant: Mapping[About, str], person: str, *, verb: str = "", sampled: bool = False
) -> None:
    """Keep what a person says a mention is; the same as triage said where they confirm it.

    `verb` is the audit's word for it, where it is none of the usual ones; `sampled` says that it was drawn at random to
    be judged. Raises KeyError for an unknown mention, NotPossible where
    it was never sorted or can't be what they say.
    """
    for about, what in meant.items():
        if what not in CHOICES[about]:
            raise NotPossible(f"{about} can be {', '.join(CHOICES[about])}: not {what!r}")
    now = office.now()
    with writing(office.db):
        heard = office.archive.get(mention_id)
        said = said_of(_sorted(heard))
        changed = {about: what for about, what in meant.items() if said[about] != what}
        for about, what in meant.items():
            office.taught.correct(mention_id, about, what, person, now, sampled=sampled)
        reason = ", ".join(f"{about}: {what}" for about, what in (changed or meant).items())
        office.queue.note(mention_id, verb or ("correct" if changed else "confirm"), person, reason, now)
        _follow(office, heard, changed.get("lane"), person)


def confirm(office: Office, mention_id: int, person: str) -> None:
    """Keep that triage was right, in all that it said. Raises KeyError or NotPossible."""
    with writing(office.db):
        said = said_of(_sorted(office.archive.get(mention_id)))
        correct(office, mention_id, {about: what for about, what in said.items() if what in CHOICES[about]}, person)


def take_back(office: Office, mention_id: int, person: str) -> None:
    """Take back what was last said of a mention's triage. Raises KeyError or NotPossible."""
    with writing(office.db):
        heard = office.archive.get(mention_id)
        about = office.taught.take_back(mention_id)
        if not about:
            raise NotPossible("nobody has said anything of how this was sorted")
        office.queue.note(mention_id, "uncorrect", person, ", ".join(about), office.now())
        now_it_is = _sorted(office.archive.get(mention_id))
        _follow(office, heard, now_it_is.lane if now_it_is.lane != _sorted(heard).lane else None, person)


def is_no_spam(office: Office, mention_id: int) -> bool:
    """Whether a person has said of this very mention that it is no spam."""
    said = office.taught.corrections_of(mention_id).get("lane")
    return said is not None and said.meant != "spam"


def _sorted(heard: Heard) -> Triage:
    if heard.triage is None:
        raise NotPossible("this was never sorted: it is our own, or its words are gone")
    return heard.triage


def _follow(office: Office, heard: Heard, lane: str | None, person: str) -> None:
    """Let the draft stand where its mention now belongs: spam waits for nobody, and what is none waits again."""
    if lane == "spam":
        _leave_aside(office, heard, person)
    elif lane is not None and _sorted(heard).lane == "spam":
        let_wait(office, heard, person)
    if lane is not None and "spam" in (lane, _sorted(heard).lane):
        # Those who say the same were set aside with it, or because it spoke for them.
        office.echoes.look_anew(heard.mention_id, office.now())
    sort_one_anew(office.db, heard.mention_id, office.settings.triage.priority)


def _leave_aside(office: Office, heard: Heard, person: str) -> None:
    draft = office.queue.draft_of(heard.mention_id)
    if draft is not None:
        if not may_move(draft.state, State.SUPERSEDED, "supersede"):
            return  # it has gone out, or may have
        office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", person, "spam", office.now())
    if office.inbox.outcome_of(heard.mention_id) is None:
        office.queue.set_aside(heard.mention_id, "spam")


def let_wait(office: Office, heard: Heard, person: str) -> None:
    """Let a mention that was set aside wait for an answer after all, where we may give one."""
    if office.queue.draft_of(heard.mention_id) or office.inbox.outcome_of(heard.mention_id) or heard.gone_at:
        return
    if permit(office, heard).lets_answer:
        write_draft(office, heard.mention_id, person)
    else:
        office.queue.set_aside(heard.mention_id, "older")
