"""When triage is not sure, and why: said as a reason, so that a person looks before anything cheerful is drafted."""

from __future__ import annotations

from collections.abc import Sequence

from listener.triage.cues import URGENT
from listener.triage.heard import AMISS, CLEARLY_AMISS, GLAD, Heard
from listener.triage.shape import SARCASM, UNSURE, Lane

# So near the threshold a text may complain or not.
NEAR = 0.05
# In other languages an engine has learnt from few texts, and no cue is there to bear it out.
SURE_UNREAD = 0.6
# And glad it is not from less than this on: a complaint is not to lie among the praise.
GLAD_UNREAD = 0.3
# Harsh words, and a model that hardly hears a complaint: one of the two is wrong.
UNCONVINCED = 0.25


def doubt(heard: Heard, lane: Lane) -> tuple[str, ...]:
    """Why this is not sure, as one reason; nothing where it is, or where nobody needs to know."""
    why = _why(heard, lane) if heard.read and heard.about_us and not heard.advert else ""
    return (f"{UNSURE}: {why}",) if why else ()


def unsure(heard: Heard, lane: Lane, reasons: Sequence[str]) -> bool:
    """Whether a person should look: triage says so, or the engine does and no plain thanks or complaint settles it."""
    if any(UNSURE in reason or SARCASM in reason for reason in reasons):
        return True
    if not heard.read and not heard.cues and abs(heard.score.compound or 0.0) < SURE_UNREAD:
        return True
    return heard.score.unsure and not (_thanked(heard, lane) or heard.complaint >= CLEARLY_AMISS)


def _thanked(heard: Heard, lane: Lane) -> bool:
    return lane == "praise" and heard.has("thanks", "hearty", "mended")


def _why(heard: Heard, lane: Lane) -> str:
    compound = heard.score.compound or 0.0
    unhappy = lane == "complaint" or (lane == "help" and heard.complains)
    if lane == "praise" and (heard.complains or (heard.has("failure", "harsh", "waiting") and not heard.has("mended"))):
        return "kind words beside what may be a complaint"
    kind = compound >= GLAD or (heard.score.sentiment == "positive" and heard.has("praise"))
    if lane == "praise" and heard.score.unsure and not _thanked(heard, lane):
        return "kind words in a mixed tone"
    if unhappy and kind and not heard.has("asks"):
        return "kind words beside a failure"
    if lane == "complaint" and heard.cues and heard.complaint < UNCONVINCED and not heard.has("leaving", *URGENT):
        return "harsh words, but perhaps no complaint"
    if lane in ("chat", "complaint") and abs(heard.complaint - AMISS) < NEAR and (heard.to_us or heard.named):
        return "may or may not be a complaint"
    return ""
