"""What people bring along from other search languages, and what is written here instead.

Looked for as the words they would be here, such signs find nothing, and nobody would ever notice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

# Fields of X, Google, Brandwatch, Talkwalker and Meltwater that have no other name here (those are in fields.ALIASES).
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("since", "until", "after", "before", "date", "when"), "leave it out: a watch hears all from now on"
        ),
        **dict.fromkeys(("title", "intitle", "allintitle", "text", "intext", "content"), "the words alone are enough"),
        **dict.fromkeys(("min_faves", "min_likes", "engagement"), "write likes:>=10"),
        **dict.fromkeys(("min_retweets", "min_replies", "retweets_of"), "leave it out; likes:>=10 there is"),
        **dict.fromkeys(("authorfollowers", "followercount", "reach"), "write followers:>1000"),
        **dict.fromkeys(("filter", "include", "exclude"), "there are has:link and is:reply; reposts are folded anyway"),
        **dict.fromkeys(("hashtag", "hashtags", "tag"), "write #acme"),
        **dict.fromkeys(("to", "mention", "mentions", "at_mentions"), "write @acme, or is:addressed"),
        **dict.fromkeys(("country", "place", "region", "location", "geocode", "near"), "leave it out: few say where"),
        **dict.fromkeys(("inurl", "links"), "write site:acme.com"),
    }
)
_DISTANCE = re.compile(r"(?:o?near|pre|adj|within|w)/\d{1,9}f?|~\d{1,9}", re.IGNORECASE)
_LISTED = re.compile(r"[;；、，]|(?<!\d),|,(?!\d)")
_LEFT = "put it in quotes to look for the signs themselves"
_SINGLE = re.compile(r"['‘’‚‛](\w[^'‘’‚‛]*)['‘’‛](?!\w)")


def instead_of_field(name: str) -> str:
    """What to write instead of a field that other languages have; empty for one that none of them has."""
    return _FIELDS.get(name.lower(), "")


def instead_of(word: str, text: str, at: int) -> tuple[str, int] | None:
    """What to write instead of a word at this place of the query, and how far into the word that is wrong."""
    return next(((f"{said}; or {_LEFT}", shift) for shift, said in _odd(word, text, at)), None)


def _odd(word: str, text: str, at: int) -> Iterable[tuple[int, str]]:
    if word in ("&", "&&", "+"):
        yield 0, f"{word} joins nothing here: a space is enough, or AND"
    if (bar := word.find("|")) >= 0:
        yield bar, "| joins nothing here: either of two is written OR"
    if word[0] == "+" and word[1:2].isalpha():
        yield 0, f"a space is enough for what must be there too: write {word[1:]}"
    if word[0] in "!¬" and word[1:2].isalpha():
        yield 0, f"what is left out is written -{word[1:]}"
    if word[0] in "[{":
        yield 0, "what belongs together stands in ( )"
    if comma := _LISTED.search(word):
        yield comma.start(), f"{comma[0]} joins nothing here: write OR for either of two, a space for both"
    if _DISTANCE.fullmatch(word) and not word.lower().startswith("near"):
        yield 0, "a distance stands between two words: acme NEAR/5 late, or NEAR/5f for this order"
    if (single := _SINGLE.match(text, at)) and re.search(r"\s", single[1]):
        yield 0, 'words side by side stand in double quotes: "night train"'
    if wild := re.search(r"(?<=\w)\?(?=\w)", word):
        yield wild.start(), "a ? stands for no letter here: write each spelling, with OR between them"
