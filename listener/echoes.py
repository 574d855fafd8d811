"""Whether two posts say the same: what they share if they do, and how alike their words are. Pure.

Two people who both write "thanks @acme" are two people, and each deserves an answer. So the same words make one of two
posts only where one person said them twice, where somebody passed them on, where they are a text long enough that
nobody comes upon it twice by chance, or where they stand beside the same link.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from listener.mention import Mention
from listener.triage.quotes import own_words, passed_on

# How many words of one's own it takes. To say "thank you so much" twice is to say it twice in two talks; fewer words
# are never one post, and those of a short reply hang on what it answers.
LEAST = 3
LEAST_ANYWHERE = 6  # by the same name on another platform, or in a reply
LEAST_BESIDE_A_LINK = 5
LEAST_COMPARED = 8
LEAST_OF_OTHERS = 12  # by somebody else
# Alike: of all pairs of neighbouring words in either text, so many stand in both. A word changed in twelve leaves 0.69.
ALIKE = 0.65
PASSED_ON = 0.9  # of the words passed on, in the longer text: a repost may be cut short
# Two who both add something of their own to the same phrase are two people; a word, or one in twenty, is an alteration.
OWN_MOST = 0.05
# A text is compared with those that share one of its rarest runs of words. "Rarest" is by hash, so always the same.
RUN = 4
RUNS = 3
WORDS_MOST = 600
# What comes by these is an article: a title, and under it as much of it as each of them shows.
PAGES = ("feed", "mailbox", "link")
POSTS = 1 << 62  # SQLite's integers have a sign and 63 bits

_LINK = re.compile(r"(?:https?://|www\.|\b(?:t\.co|bit\.ly)/)\S+", re.IGNORECASE)
_WORD = re.compile(r"@\w[\w.@-]*|[a-z0-9]+")
_NAMES = frozenset({"via", "by", "from", "cc"})  # and then whom it is from
_NAME = re.compile(r"\w+")
_APOSTROPHE = re.compile("(?<=\\w)['’ʼ](?=\\w)")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
# Where words are written without spaces each character stands for half a word.
_ANY_WORD = regex.compile(
    rf"@\w[\w.@-]*|[{_UNSPACED}]\p{{M}}*|[\p{{L}}\p{{N}}--[{_UNSPACED}]][\p{{L}}\p{{N}}\p{{M}}--[{_UNSPACED}]]*",
    regex.V1,
)
_UNSPACED_WORD = re.compile(f"[{_UNSPACED}]")
_SPACE = re.compile(b" ")
_TRACKING = re.compile(r"[?&#].*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said, and who said it first: a repost's words are those of whom it names. `size` counts words."""

    who: str
    words: tuple[str, ...]
    size: float
    repost: bool


@dataclass(frozen=True, slots=True)
class Print:
    """What stands for a post when it is compared: numbers out of which nobody reads its words.

    Posts that share one of `keys` say the same; those that share one of `runs` are worth comparing. `passed_on` is
    the id of the post that this one passes on, where the platform names it.
    """

    keys: tuple[int, ...]
    runs: tuple[int, ...]
    passed_on: str
    repost: bool


def said_in(text: str, handle: str, *, repost: bool = False) -> Said:
    """Who said what. `repost`: the platform says that it passes on what another said."""
    found = passed_on(text)
    if found is not None:
        handle, text = found
    words = words_of(text if repost or found else own_words(text))
    return Said(bare(handle), words, _size(words), repost or found is not None)


def words_of(text: str) -> tuple[str, ...]:
    """The words without case, links, whom they are addressed to, # marks, punctuation and emoji."""
    text = text.replace("&amp;", "&") if "&" in text else text
    text = _LINK.sub(" ", text) if "://" in text or "." in text else text
    if text.isascii():
        words = _WORD.findall(text.lower().replace("'", ""))
    else:
        folded = _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())
        words = _ANY_WORD.findall(_APOSTROPHE.sub("", folded))
    return tuple(_of_whom_it_speaks(words) if "@" in text else words)[:WORDS_MOST]


def _of_whom_it_speaks(words: list[str]) -> Iterator[str]:
    """The words without the handles they are addressed to or come from; others are names among the words."""
    first, end = 0, len(words)
    while first < end and words[first][0] == "@":
        first += 1
    while end > first and words[end - 1][0] == "@":
        end -= 1
        end -= end > first and words[end - 1] in _NAMES
    for at in range(first, end):
        word = words[at]
        if word == "via" and words[at + 1 : at + 2] and words[at + 1][0] == "@":
            continue
        if word[0] != "@":
            yield word
        elif words[at - 1] != "via":
            yield _NAME.match(word, 1)[0]  # type: ignore[index]  # a handle begins with a word


def bare(handle: str) -> str:
    """A handle as it may be on any platform: without a server's name and case. Nobody's where it is not known."""
    name = handle.lstrip("@").partition("@")[0].removesuffix(".bsky.social").casefold()
    return "" if name == "unknown" else name


def print_of(mention: Mention) -> Print:
    """What stands for a mention when it is compared."""
    original = mention.extra.get("repost_of", "")
    said = said_in(mention.text, mention.author.handle, repost=bool(original))
    if original and passed_on(mention.text) is None:
        said = Said("", said.words, said.size, repost=True)  # whom it passes on is known by the post's id alone
    return Print(
        tuple(_keys(mention, said, original)),
        tuple(runs_of(said.words)) if said.size >= LEAST_COMPARED else (),
        original,
        said.repost,
    )


def _keys(mention: Mention, said: Said, original: str) -> Iterator[int]:
    if original:
        yield post_key(mention.platform, original)
    if (
        said.who
        and said.size < LEAST_OF_OTHERS
        and said.size >= (LEAST_ANYWHERE if mention.in_reply_to and not said.repost else LEAST)
    ):
        where = "" if said.size >= LEAST_ANYWHERE else mention.platform
        yield key_of("who", said.who, where, *said.words)
    if said.size >= LEAST_OF_OTHERS:
        yield key_of("words", *said.words)
    title = words_of(mention.text.partition("\n")[0]) if mention.platform in PAGES else said.words
    is_title = _size(title) >= LEAST_BESIDE_A_LINK and (said.size < LEAST_OF_OTHERS or title != said.words)
    if is_title and (link := _first_link(mention)):
        yield key_of("link", link, *title)


def _first_link(mention: Mention) -> str:
    found = mention.links[0] if mention.links else next(iter(_LINK.findall(mention.text)), "")
    address = found.lower().partition("://")[2] or found.lower()
    return _TRACKING.sub("", address).removeprefix("www.").rstrip("/.,)")


def post_key(platform: str, post_id: str) -> int:
    """The key that is shared by those who pass a post on; above all others."""
    return key_of("post", platform, post_id) | POSTS


def key_of(*parts: str) -> int:
    """A number for these words in this order, the same in every process; above those of `runs_of`."""
    told = hashlib.blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(told, "big") >> 3 | 1 << 61


def runs_of(words: Sequence[str]) -> list[int]:
    """A few runs of neighbouring words, as 32-bit numbers: those with the smallest, so that like texts choose alike."""
    text = " ".join(words).encode("utf-8", "surrogatepass")
    starts = [0, *(space.end() for space in _SPACE.finditer(text)), len(text) + 1]
    return sorted({zlib.crc32(text[first : end - 1]) for first, end in zip(starts, starts[RUN:], strict=False)})[:RUNS]


def alike(one: Said, other: Said) -> bool:
    """Whether two texts are the same but for a word here or there. A figure that differs is another matter."""
    same_person = bool(one.who) and one.who == other.who
    if not same_person and min(one.size, other.size) < LEAST_OF_OTHERS:
        return False
    mine, theirs = set(pairwise(one.words)), set(pairwise(other.words))
    shared = len(mine & theirs)
    if same_person and (one.repost or other.repost) and shared >= PASSED_ON * min(len(mine), len(theirs)):
        return True
    added = min(_beyond(one.words, other.words), _beyond(other.words, one.words))
    if not same_person and added > max(1, OWN_MOST * min(one.size, other.size)):
        return False
    return shared >= ALIKE * len(mine | theirs) and _figures(one.words) == _figures(other.words)


def _beyond(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words of a text are not in the other."""
    return (Counter(words) - Counter(others)).total()


def _figures(words: Iterable[str]) -> set[str]:
    return {word for word in words if any(map(str.isdigit, word))}


def _size(words: Sequence[str]) -> float:
    return len(words) - sum(_UNSPACED_WORD.match(word) is not None for word in words if word > "\u0e00") / 2
