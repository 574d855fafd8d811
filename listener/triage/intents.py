"""What somebody wants: all that was heard, the one that counts first.

A person who was hurt, or who hurts, counts before everything; who leaves before who merely complains; what went wrong
before what is asked for it (the lane says that they ask); whoever needs us before whoever is glad.
"""

from __future__ import annotations

from collections.abc import Iterator

from listener.triage.heard import Heard
from listener.triage.shape import Intent, Lane

# What is heard beside these lanes is what the lane's own rule has weighed and put aside.
_NEEDY: frozenset[Lane] = frozenset({"help", "complaint"})
_OPEN: frozenset[Lane] = frozenset({"help", "complaint", "question"})


def intents(heard: Heard, lane: Lane) -> tuple[Intent, ...]:
    """All intents of a mention that goes into this lane, the one that counts first; ("chat",) where nothing else is."""
    if not heard.about_us:
        return _about_others(heard, lane)
    return tuple(_heard_in(heard, lane)) or ("chat",)


def _about_others(heard: Heard, lane: Lane) -> tuple[Intent, ...]:
    """Of a competitor or a topic only what may become a customer is heard."""
    if lane != "question":
        return ("chat",)
    wanted: list[Intent] = ["question"]
    wanted += ["buying"] if heard.has("buying") else []
    return (*wanted, "recommendation") if heard.has("seeks") else tuple(wanted)


def _heard_in(heard: Heard, lane: Lane) -> Iterator[Intent]:
    needy, asked = lane in _NEEDY, lane in _OPEN
    buys, seeks = heard.has("buying") and asked, heard.has("seeks") and asked and not heard.complains
    checks: tuple[tuple[Intent, bool], ...] = (
        ("abuse", needy and heard.has("abuse", "insults", "threats")),
        ("risk", needy and heard.has("safety", "legal", "exposed", "fraud", "threats")),
        ("leaving", needy and heard.has("leaving")),
        ("complaint", lane == "complaint" or (asked and heard.complains)),
        ("request", lane == "help" and (heard.has("asks") or not heard.complains)),
        ("buying", buys),
        ("recommendation", seeks or (heard.has("recommends") and not needy and lane != "chat")),
        ("question", lane == "question" or (asked and heard.asks and heard.has("question"))),
        ("praise", lane == "praise" or (asked and lane != "complaint" and not heard.complains and _kind(heard))),
    )
    return (intent for intent, heard_it in checks if heard_it)


def _kind(heard: Heard) -> bool:
    return heard.has("praise", "hearty") and heard.score.sentiment == "positive"
