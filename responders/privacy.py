"""What was not said to everyone: whoever answers it is told so, wherever it is shown."""

from __future__ import annotations

from listener.mention import Mention

PRIVATE = {
    "direct": "Sent to us privately: a reply must stay private.",
    "private": "Not said to everyone, only to people they chose: a reply must stay private.",
}
BY_HAND = "Answer where only they can read it, not in public."


def how_private(mention: Mention, *, by_hand: bool = False) -> str:
    """What to mind before answering; empty where everyone may read it. `by_hand`: a person posts the reply."""
    words = PRIVATE.get(mention.extra.get("visibility", ""), "")
    return f"{words} {BY_HAND}" if words and by_hand else words
