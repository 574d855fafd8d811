"""What may be ours in a text that names nobody: without a watch's word or an address, only what sounds like it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from listener.sentiment import SOMEONE
from listener.triage.cues import URGENT
from listener.triage.heard import HARDLY
from listener.triage.phrases import Found, Words

_YOUR = frozenset({"your", "ur", "yours"})
_ME = frozenset({"i", "im", "ive", "ill", "my", "me", "mine", "we", "our", "us"})
I_OR_YOU = _YOUR | _ME | {"you", "u"}
# What is told of oneself is somebody's to answer, however calmly it is told: whoever got a shock from a kettle need not
# complain, and the model of complaints has read of few dangers.
_TOLD = ("abuse", "exposed", "threats", "legal", "fraud", "safety")
# What only a customer leaves.
_A_CUSTOMERS = frozenset(
    {"customer", "contract", "subscription", "membership", "account", "order", "bank", "hotel", "provider"}
)
_PRESSING = (*URGENT, "leaving", "insults")
_CUSTOM = ("buying", "recommends")
# Of those who name nobody it must sound like a complaint, or tell what was done to somebody.
MAY_BE_OURS = 0.3

Cues = Mapping[str, Sequence[Found]]


def ours_of(cues: Cues, words: Words, complaint: float) -> Cues:
    """The cues without others' dangers, farewells and purchases; `complaint` is how probable a complaint is."""
    spoken = set(words.list)
    told = not _ME.isdisjoint(spoken) and not cues.keys().isdisjoint(_TOLD)
    custom = "leaving" in cues and not _A_CUSTOMERS.isdisjoint(spoken)
    if not told and not custom and complaint < (HARDLY if not _YOUR.isdisjoint(spoken) else MAY_BE_OURS):
        cues = _without(_PRESSING, cues)
    return cues if SOMEONE in words.list else _without(_CUSTOM, cues)


def unmistakable(found: Iterable[Found]) -> list[Found]:
    """What is dangerous in whatever language a text seems to be: several words in a row are no other language's."""
    return [cue for cue in found if cue.group in _PRESSING and cue.group != "leaving" and cue.end - cue.first > 1]


def _without(groups: Sequence[str], cues: Cues) -> Cues:
    return cues if cues.keys().isdisjoint(groups) else {name: cue for name, cue in cues.items() if name not in groups}
