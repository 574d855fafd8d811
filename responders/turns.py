"""When somebody's turn comes: urgent ones first, then by when they should be answered. Pure."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta

from listener.archive.connect import stamp
from listener.settings import PatiencePart, PriorityPart
from listener.triage import RANK, Priority
from listener.triage.priority import priority_at

_PLACE = re.compile(r"[01]~\d{4}-\d\d-\d\dT[\d:.]{12}Z~\d{4}-\d\d-\d\dT[\d:.]{12}Z~[0-9a-f]{16}")


def lifted(priority: Priority, points: int, more: int, weights: PriorityPart) -> Priority:
    """The priority with what lies between us added: high at the most, and never less than triage said."""
    return max(priority, priority_at(points + more, weights), key=RANK.__getitem__)


def due_at(priority: Priority, lane: str, posted_at: datetime, patience: PatiencePart) -> datetime:
    """When they should have been answered, from when they spoke. Who waits long so overtakes who came later."""
    if priority == "urgent":
        return posted_at
    hours: float = getattr(patience, priority)
    return posted_at + timedelta(hours=min(hours, patience.praise) if lane == "praise" else hours)


def place_of(
    priority: Priority, lane: str, posted_at: datetime, platform: str, post_id: str, patience: PatiencePart
) -> str:
    """A place in the queue, as text that sorts: urgent or not, due, posted, and a fingerprint of the post.

    None of it tells who was heard first, so that the same mentions stand in the same order however they came; and the
    fingerprint names nobody, so that nothing of it has to be forgotten.
    """
    post = hashlib.sha256(f"{platform}/{post_id}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    due = due_at(priority, lane, posted_at, patience)
    return f"{int(priority != 'urgent')}~{stamp(due)}~{stamp(posted_at)}~{post}"


def is_place(text: str) -> bool:
    """Whether this is a place in the queue, as `place_of` writes them."""
    return _PLACE.fullmatch(text) is not None
