"""The web addresses in a text in Markdown, or in none at all."""

from __future__ import annotations

import re

# One that stands in brackets of its own, as in (see https://…), ends before they close; one with a pair in it keeps it.
_LINK = re.compile(r"https?://(?:[^\s<>\[\]()\"`]|\([^\s<>\[\]()\"`]*\))+", re.IGNORECASE)
_ENDS = ".,;:!?*_~|'\\"  # what a sentence, or Markdown's own marks, put behind an address


def links_in(text: str) -> list[str]:
    """Every address in the text once, in order: bare, in angle brackets, or behind words. Linear in length."""
    found = (link.rstrip(_ENDS).replace("\\_", "_") for link in _LINK.findall(text))
    return list(dict.fromkeys(link for link in found if link.partition("://")[2]))
