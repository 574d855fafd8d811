"""What a draft is and how it may move. Pure: no clock, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, get_args

# Why a mention is kept without a draft: too old or not ours to answer, advertising and bots, probably not about us, the
# same as another one, by a rule of the manager's.
Aside = Literal["older", "spam", "not_about_us", "echo", "rule"]
ASIDE: tuple[Aside, ...] = get_args(Aside)


class State(StrEnum):
    """Where a draft stands."""

    HELD = "held"  # waits for a person
    APPROVED = "approved"  # a person said yes to exactly this text; waits out the undo window
    REHEARSED = "rehearsed"  # approved in shadow mode: practice, never sent
    BY_HAND = "by_hand"  # approved, but a person must post it: the platform forbids us the API
    DECLINED = "declined"
    ESCALATED = "escalated"  # waits for another person
    SUPERSEDED = "superseded"  # someone answered first, the mention changed, or they asked us to stop
    SENDING = "sending"  # on the wire: the intent is committed, the answer is not
    SENT = "sent"
    REFUSED = "refused"  # the platform said no, in words; nothing was posted
    UNKNOWN = "unknown"  # it may be out there: looked for, never sent again blindly


# The same in a person's words, for a sentence that begins with "it is".
STANDS: Mapping[State, str] = {
    State.HELD: "waiting for a decision",
    State.APPROVED: "approved",
    State.REHEARSED: "approved as practice",
    State.BY_HAND: "yours to post by hand",
    State.DECLINED: "declined",
    State.ESCALATED: "waiting for a colleague",
    State.SUPERSEDED: "overtaken",
    State.SENDING: "on its way",
    State.SENT: "sent",
    State.REFUSED: "refused",
    State.UNKNOWN: "perhaps sent",
}

_TAKEN_BACK = frozenset({State.APPROVED, State.REHEARSED, State.BY_HAND, State.REFUSED, State.ESCALATED})
_OPEN = frozenset({State.HELD, State.ESCALATED})

# Every move there is: what each verb may make of a draft, and out of which states. A guarded UPDATE in queue.py carries
# each out; none happens outside this table. A person never acts on a draft that may be out there but by the one
# question that `unknown` asks, and what is on the wire belongs to the outbox alone.
VERBS: Mapping[str, tuple[frozenset[State], frozenset[State]]] = {
    # by a person
    "approve": (frozenset({State.HELD}), frozenset({State.APPROVED, State.REHEARSED, State.BY_HAND})),
    "decline": (_OPEN, frozenset({State.DECLINED})),
    "no_reply": (_OPEN, frozenset({State.DECLINED})),
    "escalate": (frozenset({State.HELD}), frozenset({State.ESCALATED})),
    "undo": (_TAKEN_BACK, frozenset({State.HELD})),
    "withdraw": (_TAKEN_BACK, frozenset({State.HELD})),  # an edit voids the approval
    # the three answers to the question whether a reply is out there; the first is `sent`
    "send again": (frozenset({State.UNKNOWN}), frozenset({State.APPROVED})),
    "drop": (frozenset({State.UNKNOWN}), frozenset({State.DECLINED})),
    # by the outbox
    "claim": (frozenset({State.APPROVED}), frozenset({State.SENDING})),
    # Back to approved only where it is certain that nothing was posted: told to wait, or never connected.
    "deliver": (frozenset({State.SENDING}), frozenset({State.REFUSED, State.UNKNOWN, State.APPROVED})),
    "sent": (frozenset({State.SENDING, State.UNKNOWN, State.BY_HAND}), frozenset({State.SENT})),
    # Nothing may go to them any more: what can't be found is not asked about.
    "not found": (frozenset({State.UNKNOWN}), frozenset({State.SUPERSEDED})),
    # Given up, and then its process woke, and knows that it had not written anything yet.
    "never sent": (frozenset({State.UNKNOWN}), frozenset({State.APPROVED})),
    # What may have gone out since a backup was made is looked for before anything is sent.
    "restore": (frozenset({State.APPROVED, State.SENDING}), frozenset({State.UNKNOWN})),
    # an answer that came after the attempt had been given up and not found
    "late answer": (frozenset({State.HELD, State.APPROVED}), frozenset({State.UNKNOWN})),
    # by what was heard, or by a person who puts someone on the do-not-contact list: all that is certainly not out there
    # and not on the wire
    "supersede": (_TAKEN_BACK | {State.HELD}, frozenset({State.SUPERSEDED})),
}


def may_move(old: State, new: State, verb: str) -> bool:
    """Whether this verb may take a draft from one state to the other."""
    out_of, into = VERBS.get(verb, (frozenset(), frozenset()))
    return old in out_of and new in into


def fingerprint(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex: what approval names and delivery compares."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it stands now. `key` is what the publisher fixed at approval; `send_after` ends the undo window.

    `read_as` is what they had said when a person approved; `told_of` the posts of ours there that the person was told
    of; `looks` how often it was looked for in vain since its fate is unknown (of one that is approved: how often it
    could not be told whether it may go), and `look_at` when it is looked for next.
    """

    draft_id: int
    mention_id: int
    revision: int
    text: str
    text_sha256: str
    state: State
    route: str
    template: str
    evidence: tuple[str, ...]
    note: str
    key: str | None
    approved_by: str | None
    approved_at: datetime | None
    send_after: datetime | None
    made_at: datetime
    changed_at: datetime
    read_as: str | None = None
    told_of: tuple[str, ...] = ()
    looks: int = 0
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a reply is on the platform. `how`: by the API, found there afterwards, or posted by hand."""

    post_id: str
    url: str
    how: str = "api"
