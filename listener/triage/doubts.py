"""When triage is not sure, and why: said as a reason, so that a person looks before anything cheerful is drafted."""

from __future__ import annotations

from listener.triage.heard import AMISS, GLAD, Heard
from listener.triage.shape import UNSURE, Lane

# So near the threshold a text may complain or not.
NEAR = 0.05
# Harsh words, and a model that hardly hears a complaint: one of the two is wrong.
UNCONVINCED = 0.25


def doubt(heard: Heard, lane: Lane) -> tuple[str, ...]:
    """Why this is not sure, as one reason; nothing where it is, or where nobody needs to know."""
    why = _why(heard, lane) if heard.read and heard.about_us and not heard.advert else ""
    return (f"{UNSURE}: {why}",) if why else ()


def _why(heard: Heard, lane: Lane) -> str:
    compound = heard.score.compound or 0.0
    unhappy = lane == "complaint" or (lane == "help" and heard.complains)
    if lane == "praise" and (heard.complains or (heard.has("failure", "harsh", "waiting") and not heard.has("mended"))):
        return "kind words beside what may be a complaint"
    kind = compound >= GLAD or (heard.score.sentiment == "positive" and heard.has("praise"))
    if unhappy and kind and not heard.has("asks"):
        return "kind words beside a failure"
    if lane == "complaint" and heard.cues and heard.complaint < UNCONVINCED:
        return "harsh words, but perhaps no complaint"
    if lane in ("chat", "complaint") and abs(heard.complaint - AMISS) < NEAR and (heard.to_us or heard.named):
        return "may or may not be a complaint"
    return ""
