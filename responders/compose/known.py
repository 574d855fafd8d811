"""What a reply template may know: the person, this message and the brand, as plain values and nothing else.

Everything here was said to us in public, or is in settings.toml. docs/templates.md explains each name to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

from listener.mention import Author
from responders.compose.history import History
from responders.compose.wording import NOT_NAMES
from responders.people import Card
from responders.rendering.names import NAMES

__all__ = ["Brand", "NAMES", "first_name", "person_values"]


@dataclass(frozen=True, slots=True)
class Brand:
    """Who speaks: the name, how replies are signed, and where a person can be reached; empty where there is none."""

    name: str
    signature: str = ""
    help_url: str = ""


def person_values(card: Card, brand: Brand, history: History) -> dict[str, str | bool]:
    """What a template may know of the person, under exactly the names in `NAMES`."""
    return {
        "first_name": first_name(card.author, brand),
        "first_time": card.first_time,
        "returning": not card.first_time,
        "said_before": history.said,
        "said_when": history.when,
        "same_again": history.same_again,
        "answered_before": history.answered,
        "we_said": history.we_said,
        "we_said_when": history.we_said_when,
    }


_ONE_NAME = regex.compile(r"\p{Lu}\p{Ll}+(?:['’-]\p{Lu}\p{Ll}+|\p{Lu}\p{Ll}+)?")
_ASIDE = regex.compile(r"\(.*?\)|\[.*?\]|[|/@•·–—,:].*$|\p{Emoji_Presentation}|\uFE0F|\u200D")


def first_name(author: Author, brand: Brand) -> str:
    """The name one would call this person by, as they write it; empty where the display name may not be a person's.

    In doubt none: to be called nothing is better than to be called wrongly.
    """
    shown = _ASIDE.sub(" ", author.name).split()
    if not 1 <= len(shown) <= 4 or author.name == author.handle:
        return ""
    said = {word.casefold().strip(".'’") for word in shown}
    if said & NOT_NAMES or said & set(brand.name.casefold().split()):
        return ""
    plausible = _ONE_NAME.fullmatch(shown[0]) and len(shown[0]) <= 20
    rest = all(regex.fullmatch(r"[\p{L}\p{M}.'’-]+", word) for word in shown[1:])
    return shown[0] if plausible and rest else ""
