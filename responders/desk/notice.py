"""The quiet line after a decision: what happened, to whom, and how to take it back.

An address carries only a known word and a number; the sentence is made here, so a link can put no words in our mouth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from listener.mention import Author
from responders.desk.view import is_number
from responders.draft import Draft, State
from responders.office import Office

SENTENCES = {
    "saved": "Saved. The reply to {who} still waits for approval.",
    "declined": "The reply to {who} is declined.",
    "no_reply": "{who} gets no reply, on purpose.",
    "undone": "Taken back. The reply to {who} waits again.",
    "back": "The reply to {who} waits for you again.",
    "reopened": "{who} is back in the queue.",
    "written": "Here is a draft for {who}.",
    "left_alone": "{who} is on the do-not-contact list. Nothing goes to them any more.",
    "contact_again": "{who} may be contacted again. What was ended stays so until someone reopens it.",
    "not_spam": "{who} is a person, and is not taken for spam any more.",
    "corrected": "Thank you. {who} is sorted as you say.",
    "confirmed": "Thank you. {who} was sorted right.",
    "uncorrected": "Taken back. {who} is sorted as before.",
    "word_added": "The word stands in your lexicon. New mentions are judged by it once Warmline is started again; "
    "“warmline triage” sorts what is kept anew.",
    "word_dismissed": "That word is not proposed any more.",
    "word_proposed": "That word is proposed again where texts speak for it.",
    "about": "Noted: what {who} said is about us. Others like it are judged anew.",
    "not_about": "Noted: what {who} said is not about us. Others like it are judged anew.",
    "taken_back": "What you said about {who}’s words is taken back.",
    "posted": "Thank you. The reply to {who} is recorded as posted.",
    "linked": "{who} is here now.",
    "known": "{who} was here already: this is where it stands.",
    "settled": "Thank you. {who} is settled.",
    "dropped": "Dropped: nothing more is sent to {who}.",
    "paused": "Paused. Nothing goes out until someone resumes it.",
    "resumed": "Sending is allowed again.",
    "assigned": "{who} is marked with who answers.",
    "tagged": "The tags of {who} are changed.",
    "seen": "Thank you. The alerts are put away; the mentions wait where they were.",
    "rule_kept": "The rule is kept as a draft. It changes nothing until you make it live.",
    "rule_live": "The rule is live: what is heard from now on goes by it.",
    "rule_off": "The rule is off.",
    "rule_moved": "The order of the rules is changed.",
    "rule_removed": "The rule is deleted. What it did stays done.",
}
OF_NOBODY = frozenset(word for word, sentence in SENTENCES.items() if "{who}" not in sentence)
TAKEN_BACK_BY = {"declined": "reopen", "no_reply": "reopen", "corrected": "uncorrect", "confirmed": "uncorrect"}


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done, the path that undoes it (empty if none), and the seconds until it can't be undone."""

    words: str
    undo: str = ""
    left_s: int | None = None
    draft_id: int | None = None


def notice_for(office: Office, done: str, of: str) -> Notice | None:
    """The notice an address asks for; None where it asks for none that we know."""
    if done in OF_NOBODY:
        return Notice(SENTENCES[done])
    if not is_number(of):
        return None
    try:
        who = name_of(office.archive.get(int(of)).mention.author)
    except KeyError:
        return None
    if done == "approved":
        return _approved(office, int(of), who)
    if done not in SENTENCES:
        return None
    undo = f"/mentions/{of}/{TAKEN_BACK_BY[done]}" if done in TAKEN_BACK_BY else ""
    return Notice(SENTENCES[done].format(who=who), undo)


def _approved(office: Office, mention_id: int, who: str) -> Notice | None:
    draft = office.queue.draft_of(mention_id)
    if draft is None:
        return None
    undo = f"/mentions/{mention_id}/undo"
    match draft.state:
        case State.APPROVED:
            left_s = None if office.controls.paused() else seconds_left(draft, office.now())
            return Notice(f"Approved for {who}.", undo, left_s, draft.draft_id)
        case State.REHEARSED:
            return Notice(f"Approved for {who}, as practice: nothing was sent.", undo, None, draft.draft_id)
        case State.BY_HAND:
            return Notice(f"Approved for {who}. Now it is yours to post.")
        case State.SENT:
            return Notice(f"The reply to {who} is out.")
        case _:
            return None


def seconds_left(draft: Draft, now: datetime) -> int:
    """Whole seconds until an approved draft may go out."""
    return max(0, math.ceil((draft.send_after - now).total_seconds())) if draft.send_after else 0


def name_of(author: Author) -> str:
    """A person's name, or their handle where they give none, in isolation marks: it can't reorder our sentence."""
    return f"\u2068{author.name or '@' + author.handle}\u2069"
