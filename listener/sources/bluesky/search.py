"""What Bluesky's search can say: words and phrases side by side, #tags, from: and domain: (searchPosts, q).

Its syntax is "unspecified" (lexicon app.bsky.feed.searchPosts), and no OR is known: alternatives are searches of their
own. It costs nothing, so that all that is to be left out is left out here, and languages, which it may guess, too.
"""

from __future__ import annotations

import re

from listener.query.syntax import ANYTHING, NOTHING, Said, Syntax
from listener.query.tree import And, Cash, Compare, Field, Handle, HostName, Leaf, Node, Raw, Tag, Term, any_of
from listener.sources.bluesky.posts import PLATFORM

LONGEST = 300
_HANDLE = re.compile(r"[\w-]+(\.[\w-]+)+", re.ASCII)


def _looks_for(leaf: Leaf) -> Said:
    match leaf:
        case Term(text, prefix):
            return ANYTHING if prefix or not _has_words(text) else leaf
        case Raw(text):
            return Term(text) if _has_words(text) else ANYTHING
        case Handle(text) | Cash(text):
            return Term(text)
        case Tag():
            return leaf
        case Field("from", value):
            return leaf if _HANDLE.fullmatch(value) else NOTHING
        case Field("community"):
            return NOTHING
        case Field("site", value):
            spelled = value.split(".")
            return any_of([leaf, Term(value), Term(" ".join(spelled)), Term(" dot ".join(spelled))])
        case Field() | Compare() | HostName():
            return ANYTHING


def _has_words(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _write(node: Node) -> str:
    match node:
        case And(parts):
            return " ".join(map(_write, parts))
        case Field("site", host):
            return f"domain:{host}"
        case Field("from", name):
            return f"from:{name}"
        case Term(text):
            bare = " ".join(text.replace('"', " ").split())
            return bare if bare.isalnum() else f'"{bare}"'
        case _:
            return str(node)


SYNTAX = Syntax(PLATFORM, LONGEST, _looks_for, lambda _: False, _write, has_or=False)


def _in_the_text(leaf: Leaf) -> Said:
    match leaf:
        case Field("from" | "community"):
            return NOTHING  # the stream names nobody: what they say is found by the search for them
        case Field("site"):
            return leaf
        case Field() | Compare():
            return ANYTHING
        case _:
            return leaf


# What Jetstream's events can be asked at once: their words and links.
IN_THE_TEXT = Syntax(PLATFORM, 0, _in_the_text, lambda _: True, str)
