"""The values that a reply template may name, for who gives them and for the child that checks a template."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

# The names a template may use; docs/templates.md explains each to a person.
NAMES: Mapping[str, tuple[str, ...]] = {
    "person": (
        "first_name", "first_time", "returning", "said_before", "said_when", "same_again", "answered_before", "we_said",
        "we_said_when",
    ),
    "mention": ("detail", "kind", "question", "platform", "lane", "mood"),
    "brand": ("name", "help_url"),
}  # fmt: skip


def meant(word: str, known: Sequence[str]) -> str:
    """What was probably meant, to end a sentence with; empty where nothing is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""
