"""What stands against sending a reply: some of it blocks, the rest is for the person to weigh."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from listener.mention import Mention
from responders.compose.wording import content_words
from responders.limits import Limit
from responders.people import Card


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands against a text: a short code for programs, and words that say how to mend it."""

    code: str
    message: str
    blocks: bool


def check(
    text: str,
    mention: Mention,
    card: Card,
    limit: Limit,
    template_text: str | None = None,
    *,
    edited_by_person: bool = False,
) -> tuple[Problem, ...]:
    """All that stands against sending this text as an answer to this mention; empty where nothing does.

    `template_text` is the wording the draft came from: what only the template says does not count as personal.
    `edited_by_person` turns the personal floor into advice, since then somebody has thought about it.
    """
    if not text.strip():
        return (Problem("empty", "there is no text yet: write one, or end the mention with “no reply”", True),)
    return (
        *_too_long(text, limit),
        *_unfilled(text, mention),
        *_odd_links(text),
        *_impersonal(text, mention, card, template_text or "", not edited_by_person),
        *_hidden(text),
        *_other_handles(text, mention),
        *_untold(text, mention),
    )


def _too_long(text: str, limit: Limit) -> Iterator[Problem]:
    length = limit.length(text)
    if length > limit.most:
        over = length - limit.most
        yield Problem(
            "too long", f"{length} {limit.unit}, and {limit.platform} takes {limit.most}: shorten it by {over}", True
        )


_UNFILLED = regex.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\{\w*\}"
    r"|\[(?!sic\])[^\]\[\n]{0,40}\](?!\()"
    r"|<(?!3)[\p{L}][\p{L} _-]{0,30}>"
    r"|\b(?:INSERT|XXX+|TBD|PLACEHOLDER)\b|_{3,}|(?i:lorem ipsum)",
)


def _unfilled(text: str, mention: Mention) -> Iterator[Problem]:
    for found in dict.fromkeys(_UNFILLED.findall(text)):
        # Their own words may look like a gap, and quoting them is meant.
        if found not in mention.text:
            yield Problem("unfilled", f"“{found}” still waits to be filled in: write it out or take it away", True)


_SCHEME = regex.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}:(?=//)|(?:javascript|data|vbscript|file|mailto|tel):)\S+", regex.I
)


def _odd_links(text: str) -> Iterator[Problem]:
    for link in dict.fromkeys(_SCHEME.findall(text)):
        if not regex.match(r"https?://[\p{L}\p{N}\[]", link, regex.I):
            yield Problem("link", f"“{link}” is no web link: give one that begins with https://", True)


def _impersonal(text: str, mention: Mention, card: Card, template_text: str, blocks: bool) -> Iterator[Problem]:
    """The floor: a reply takes up at least one word of theirs, or of what was said between us before."""
    own = content_words(_without_name(text, mention, card))
    own.subtract(content_words(template_text))
    written = {word for word, count in own.items() if count > 0}
    shared = content_words(mention.text).keys() | {word for act in card.acts for word in content_words(act.text)}
    if written.isdisjoint(shared):
        yield Problem(
            "impersonal",
            "this could have been written to anyone: take up one thing they said, or something from before between you",
            blocks,
        )


def _without_name(text: str, mention: Mention, card: Card) -> str:
    """The text without what they are called; to call someone by name is not yet to have heard them."""
    named = {mention.author.handle, *mention.author.name.split(), *card.author.name.split()}
    words = sorted((regex.escape(name) for name in named if name), key=len, reverse=True)
    if not words:
        return text
    # Not kept: a pattern for each person would push out of the package's cache what is used all the time.
    called = regex.compile(rf"@?(?<!\w)(?:{'|'.join(words)})(?!\w)", regex.I, cache_pattern=False)
    unnamed: str = called.sub(" ", text)
    return unnamed


_CLUSTER = regex.compile(r"\X")
_PICTURE = regex.compile(r"\p{Extended_Pictographic}")


def _hidden(text: str) -> Iterator[Problem]:
    """Characters that can't be seen but change what is seen; those that build an emoji are meant."""
    plain = "".join(cluster for cluster in _CLUSTER.findall(text) if not _PICTURE.search(cluster))
    found = dict.fromkeys(char for char in plain if unicodedata.category(char) == "Cf")
    if found:
        named = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, '').title()}".strip() for char in found)
        yield Problem(
            "hidden", f"holds characters that can't be seen: {named}. Type the passage anew if in doubt", False
        )


_HANDLE = regex.compile(r"(?<![\w@./])@(\w[\w.-]*\w(?:@[\w.-]+\w)?)")


def _other_handles(text: str, mention: Mention) -> Iterator[Problem]:
    theirs = mention.author.handle.casefold()
    for handle in dict.fromkeys(_HANDLE.findall(text)):
        if handle.casefold() not in (theirs, theirs.partition("@")[0]):
            yield Problem("handle", f"calls in @{handle}, who is not the author: is that meant?", False)


# Where a reply tells its parent's author of itself only if it names them (docs.joinmastodon.org/user/posting: a mention
# is what notifies). X, Bluesky and Reddit tell whoever is answered, named or not.
_TELLS_ONLY_THE_NAMED = ("mastodon",)


def is_told(text: str, mention: Mention) -> bool:
    """Whether the mention's author will be told of this reply by their platform."""
    if mention.platform not in _TELLS_ONLY_THE_NAMED or not mention.author.handle:
        return True
    return regex.search(rf"(?<![\w@/])@{regex.escape(mention.author.handle)}(?![\w@-]|\.\w)", text, regex.I) is not None


def _untold(text: str, mention: Mention) -> Iterator[Problem]:
    if not is_told(text, mention):
        yield Problem(
            "not told",
            f"does not name @{mention.author.handle}: on {mention.platform.capitalize()} they would not be told of it",
            False,
        )
