"""Kind words that are not meant so: beside a failure, or before what somebody has to put up with."""

from __future__ import annotations

from collections.abc import Sequence

from listener.triage.heard import INTERJECTED, Heard, Verdict, opening
from listener.triage.meant import STOPS, warm
from listener.triage.phrases import Found
from listener.triage.shape import SARCASM


def suspect_praise(heard: Heard) -> Verdict:
    if not heard.has("glowing", "sarcasm") or heard.has("mended", "asks"):
        return None
    if heard.has("failure", "waiting", "harsh") and (heard.has("sarcasm") or not warm(heard.cues)):
        quoted = heard.quotes("failure", "waiting", "harsh")
        return "complaint", [f"positive words beside a failure: {SARCASM} ({quoted})"]
    if _imposed_upon(heard):
        return "complaint", [
            f"positive words before what they have to put up with: {SARCASM} ({heard.quotes('imposing')})"
        ]
    return None


def _imposed_upon(heard: Heard) -> bool:
    """Whether a glowing word leads up to an imposition: “Lovely, now I have to …”, “So glad that it wants me to …”."""
    imposing, glowing = heard.cues.get("imposing", ()), heard.cues.get("glowing", ())
    if len(heard.cues.get("praise", ())) > len(imposing) or heard.has("thanks"):
        return False
    return any(_leads_up_to(glow, cue, heard.words.list) for glow in glowing for cue in imposing)


def _leads_up_to(glow: Found, cue: Found, words: Sequence[str]) -> bool:
    """Whether the glow opens the cue's sentence, or is a sentence by itself before it (“Great. Now I have to …”)."""
    between = words[glow.end : cue.first]
    exclaimed = between[:1] in (["."], ["!"])
    return (
        glow.end <= cue.first
        and INTERJECTED.issuperset(words[opening(glow, words) : glow.first])
        and (exclaimed or STOPS.isdisjoint(between))
    )
