"""Triage: how a mention sounds, what its author needs, how pressing that is, and why."""

from listener.triage.shape import (
    ADVERTISEMENT,
    LOSS,
    NEWS,
    OTHERS,
    PERSONAL,
    RANK,
    SARCASM,
    TO_OTHERS,
    UNREAD,
    UNSURE,
    Intent,
    Lane,
    Priority,
    Triage,
)
from listener.triage.sorting import Triager

__all__ = [
    "ADVERTISEMENT",
    "LOSS",
    "NEWS",
    "OTHERS",
    "PERSONAL",
    "RANK",
    "SARCASM",
    "TO_OTHERS",
    "UNREAD",
    "UNSURE",
    "Intent",
    "Lane",
    "Priority",
    "Triage",
    "Triager",
]
