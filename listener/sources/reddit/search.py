"""What Reddit's search of posts can say: AND, OR and NOT, phrases, author:, subreddit:; at most 512 characters.

(reddit.com/dev/api, GET /search, and the search help page.) Its words are stemmed, so that a word left out there would
take others with it: NOT is asked of authors and communities alone.
"""

from __future__ import annotations

import re

from listener.query.syntax import ANYTHING, NOTHING, Said, Syntax
from listener.query.tree import And, Cash, Compare, Field, Handle, HostName, Leaf, Node, Not, Or, Raw, Tag, Term
from listener.sources.reddit.posts import PLATFORM

LONGEST = 512
_NAME = re.compile(r"[\w-]{2,24}", re.ASCII)


def _looks_for(leaf: Leaf) -> Said:
    match leaf:
        case Term(text, prefix):
            return ANYTHING if prefix or not _has_words(text) else leaf
        case Raw(text):
            return leaf if _has_words(text) else ANYTHING
        case Handle(text) | Tag(text) | Cash(text):
            return Term(text)
        case Field("from" | "community", value):
            return leaf if _NAME.fullmatch(value) else NOTHING
        case Field("site"):
            return leaf
        case Field() | Compare() | HostName():
            return ANYTHING


def _has_words(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _leaves_out(leaf: Node) -> bool:
    return isinstance(leaf, Field) and leaf.name in ("from", "community")


def _write(node: Node) -> str:
    match node:
        case And(parts):
            return " AND ".join(f"({_write(part)})" if isinstance(part, Or) else _write(part) for part in parts)
        case Or(parts):
            return " OR ".join(f"({_write(part)})" if isinstance(part, And) else _write(part) for part in parts)
        case Not(part):
            return f"NOT {_write(part)}"
        case Field("from", name):
            return f"author:{name}"
        case Field("community", name):
            return f"subreddit:{name}"
        case Field("site", host):
            spelled = host.split(".")
            return f'(site:{host} OR "{host}" OR "{" ".join(spelled)}" OR "{" dot ".join(spelled)}")'
        case Term(text) | Raw(text):
            return '"{}"'.format(" ".join(text.replace('"', " ").split()))
        case _:
            return str(node)


SYNTAX = Syntax(PLATFORM, LONGEST, _looks_for, _leaves_out, _write)
