"""How long a reply may be on each platform, counted as that platform counts it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import regex

_GRAPHEME = regex.compile(r"\X")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\uFE0F|\u20E3|\p{Regional_Indicator}{2}")
_LINK = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_LINK_TAIL = ".,;:!?…)]}'’"
# A name with a dot is a link to X even without https://. Which endings count is X's list, so we only ever count up.
_BARE_LINK = regex.compile(
    r"(?<![\w@.-])[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,24}(?:/[^\s]*)?", regex.IGNORECASE
)
_FAR_HANDLE = re.compile(r"(@\w[\w.-]*)@[\w.-]+\w")


def _characters(text: str) -> int:
    return len(text)


def _bluesky(text: str) -> int:
    """Graphemes; or a tenth of the bytes where that is more, since the record's second limit is 3000 bytes."""
    in_bytes = -(-len(text.encode("utf-8", "surrogatepass")) // 10)
    return max(len(_GRAPHEME.findall(text)), in_bytes)


def _mastodon(text: str) -> int:
    """Graphemes; a link is 23 whatever its length, and of @name@server only @name is counted."""
    shortened = _links_at_23(_FAR_HANDLE.sub(r"\1", text))
    return len(_GRAPHEME.findall(shortened))


def _x(text: str) -> int:
    """Weight over 100: Latin and its neighbours 1, all else 2, an emoji 2 however it is built, a link 23."""
    composed = _links_at_23(unicodedata.normalize("NFC", text))
    short_bare = sum(max(0, 23 - len(found)) for found in _BARE_LINK.findall(composed))
    return short_bare + sum(_weight(grapheme) for grapheme in _GRAPHEME.findall(composed))


def _weight(grapheme: str) -> int:
    if _EMOJI.search(grapheme):
        return 2
    return sum(1 if any(low <= ord(char) <= high for low, high in _X_LIGHT) else 2 for char in grapheme)


# twitter-text, config/v3.json: these code points weigh 100 of 100, every other 200.
_X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))


def _links_at_23(text: str) -> str:
    """The text with each http link replaced by 23 letters; punctuation after a link is not part of it."""

    def shorten(found: re.Match[str]) -> str:
        link = found[0].rstrip(_LINK_TAIL)
        return "x" * 23 + found[0][len(link) :]

    return _LINK.sub(shorten, text)


@dataclass(frozen=True, slots=True)
class Limit:
    """The longest reply a platform takes: `most` in its own `unit`, which `length` counts."""

    platform: str
    most: int
    unit: str = "characters"
    measure: Callable[[str], int] = field(default=_characters, repr=False)

    def length(self, text: str) -> int:
        """The text's length as the platform counts it."""
        return self.measure(text)

    def holds(self, text: str) -> bool:
        """Whether the platform would take a text this long."""
        return self.length(text) <= self.most


# Looked up in November 2026; a platform that changes its figure is mended here and nowhere else.
# bluesky   lexicon app.bsky.feed.post: text maxGraphemes 300, maxLength 3000 (bytes).
# x         twitter-text config/v3.json: maxWeightedTweetLength 280, transformedURLLength 23, emojiParsingEnabled.
# mastodon  docs.joinmastodon.org, "Posting": 500 characters, links 23, only the local part of a handle; a server may
#           allow more, none allows less.
# reddit    comments: 10,000 characters (40,000 is for posts).
# discourse  site setting max_post_length, as it comes; a forum may set another.
# lemmy     comments: 10,000 characters.
# github    issue comments: 65,536 characters.
# hackernews  no figure is published and nothing is posted there for you: this one is ours, for replies made by hand.
# plaza     the pretend network's own rule.
_LIMITS: Mapping[str, Limit] = {
    limit.platform: limit
    for limit in (
        Limit("bluesky", 300, "graphemes", _bluesky),
        Limit("x", 280, "weighted characters", _x),
        Limit("mastodon", 500, "characters", _mastodon),
        Limit("reddit", 10_000),
        Limit("discourse", 32_000),
        Limit("lemmy", 10_000),
        Limit("github", 65_536),
        Limit("hackernews", 2_000),
        Limit("plaza", 500),
    )
}


def limit_for(platform: str) -> Limit:
    """The platform's limit; 500 characters where we know of none."""
    return _LIMITS.get(platform) or Limit(platform, 500)
