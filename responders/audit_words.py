"""What a row of the audit says in words, after the name of who did it: "Ana approved it"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        # a draft's ways (draft.py)
        "hold": "drafted a reply",
        "edit": "edited it",
        "remark": "noted what is to be said of the draft",
        "approve": "approved it",
        "undo": "took the approval back",
        "withdraw": "withdrew the approval",
        "decline": "declined it",
        "no_reply": "chose to send no reply",
        "escalate": "asked a colleague",
        "claim": "began to send it",
        "deliver": "got no receipt for it",
        "sent": "sent it",
        "late answer": "heard of it after all",
        "never sent": "found that it had not gone out",
        "not found": "looked for it twice, and asks",
        "not there": "looked, and it was not there",
        "send again": "said that it is not there, and approved it once more",
        "drop": "dropped it",
        "restore": "looks for it, since a backup was restored",
        "supersede": "took the draft back",
        # how a mention ended without one of ours, or waits again
        "answered": "noted that it was answered",
        "declined": "declined to answer",
        "reopen": "opened it again",
        # what was said of a mention
        "correct": "corrected how it was sorted",
        "confirm": "confirmed how it was sorted",
        "uncorrect": "took back what was said of how it was sorted",
        "about": "said what it is about",
        "not_about": "said what it is not about",
        "spam": "set it aside as spam",
        "not spam": "said that this is a person",
        "assign": "said who answers",
        "unassign": "said that anybody may answer",
        "tag": "put a tag on it",
        "untag": "took a tag off",
        "alert": "rang the bell",
        # of its author
        "do not contact": "put them on the do-not-contact list",
        "may contact": "took them off the do-not-contact list",
        # of everything
        "paused": "paused sending",
        "not paused": "let sending go on",
        "restored": "restored a backup",
    }
)


def in_words(verb: str) -> str:
    """The verb in words; as it stands where a later Warmline has written one that this one does not know."""
    return WORDS.get(verb, verb)
