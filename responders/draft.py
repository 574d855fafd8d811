"""What a draft is and how it may move. Pure: no clock, no database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a draft stands."""

    HELD = "held"  # waits for a person
    APPROVED = "approved"  # a person said yes to exactly this text; waits out the undo window
    REHEARSED = "rehearsed"  # approved in shadow mode: practice, never sent
    BY_HAND = "by_hand"  # approved, but a person must post it: the platform forbids us the API
    DECLINED = "declined"
    ESCALATED = "escalated"  # waits for another person
    SUPERSEDED = "superseded"  # someone answered first, or the mention changed
    SENDING = "sending"  # on the wire: the intent is committed, the answer is not
    SENT = "sent"
    REFUSED = "refused"  # the platform said no, in words; nothing was posted
    UNKNOWN = "unknown"  # it may be out there: looked for, never sent again blindly


# Every move there is. A guarded UPDATE in queue.py carries each out; none happens outside this table.
MOVES: Mapping[State, frozenset[State]] = {
    State.HELD: frozenset(
        {State.APPROVED, State.REHEARSED, State.BY_HAND, State.DECLINED, State.ESCALATED, State.SUPERSEDED}
    ),
    State.ESCALATED: frozenset({State.HELD, State.DECLINED, State.SUPERSEDED}),
    State.APPROVED: frozenset({State.SENDING, State.HELD, State.SUPERSEDED}),
    State.REHEARSED: frozenset({State.HELD, State.SUPERSEDED}),
    State.BY_HAND: frozenset({State.SENT, State.HELD, State.SUPERSEDED}),
    # Back to approved only where it is certain that nothing was posted: told to wait, or never connected.
    State.SENDING: frozenset({State.SENT, State.REFUSED, State.UNKNOWN, State.APPROVED}),
    State.REFUSED: frozenset({State.HELD}),
    State.UNKNOWN: frozenset({State.SENT, State.HELD}),
    State.SENT: frozenset(),
    State.DECLINED: frozenset({State.HELD}),
    State.SUPERSEDED: frozenset(),
}


def may_move(old: State, new: State) -> bool:
    """Whether a draft may go from one state to the other."""
    return new in MOVES[old]


def fingerprint(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hex: what approval names and delivery compares."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it stands now. `key` is what the publisher fixed at approval; `send_after` ends the undo window."""

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


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a reply is on the platform. `how`: by the API, found there afterwards, or posted by hand."""

    post_id: str
    url: str
    how: str = "api"
