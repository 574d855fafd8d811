"""What a publisher is handed: whom a draft answers, exactly what it says, and what of ours is there already."""

from __future__ import annotations

from datetime import timedelta

from responders.draft import Draft
from responders.looking import CLOCKS_DIFFER
from responders.office import Office
from responders.publisher import Order

# Replies of ours are told apart from one whose fate is unknown for this long back: clocks differ by far less.
KNOWN_FOR = timedelta(days=1)


def order_for(office: Office, draft: Draft) -> Order:
    """The order for a draft, to be sent or looked for: as if begun at its first attempt, or when it was approved."""
    parent = office.archive.get(draft.mention_id).mention
    approved_at = draft.approved_at or draft.changed_at
    first = office.outbox.first_attempt(draft.draft_id) or approved_at
    since = min(first - KNOWN_FOR, parent.posted_at - CLOCKS_DIFFER)
    known = office.outbox.known_posts(parent.platform, since) | set(draft.told_of)
    return Order(parent, draft.text, draft.key, approved_at, first, known)
