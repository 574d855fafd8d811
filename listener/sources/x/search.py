"""What X's recent search can say (docs.x.com, search/integrate/build-a-query and operators, August 2026).

A keyword is matched against the words of a post, without case and accents; so is a phrase. There is no wildcard, no
NEAR, and only single operators may be negated. X's words and ours agree where a word is of letters alone: such words
are left out there, since each post that is read is paid for, and phrases are left out here.
"""

from __future__ import annotations

import re

from listener.query.syntax import ANYTHING, NOTHING, Said, Syntax
from listener.query.tree import And, Cash, Compare, Field, Handle, HostName, Leaf, Node, Not, Or, Raw, Tag, Term
from listener.sources.x.posts import NO_RETWEETS, PLATFORM, QUERY_MOST

_NAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_WORD = re.compile(r"[A-Za-z0-9]+")
# The languages that X and everyone else call by the same two letters.
_LANGUAGES = frozenset({
    "ar", "bg", "bn", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "gu", "hi", "ht",
    "hu", "hy", "is", "it", "ja", "ka", "km", "kn", "ko", "lo", "lt", "lv", "ml", "mr", "my", "ne", "nl", "no", "pa",
    "pl", "ps", "pt", "ro", "ru", "sd", "sk", "sl", "sr", "sv", "ta", "te", "th", "tl", "tr", "ug", "uk", "ur", "vi",
})  # fmt: skip


def _looks_for(leaf: Leaf) -> Said:
    match leaf:
        case Term(text, prefix):
            return ANYTHING if prefix or not _has_words(text) else leaf
        case Raw(text):
            return leaf if _has_words(text) else ANYTHING
        case Handle(name):
            return leaf if _NAME.fullmatch(name) else Term(name)
        case Tag() | Cash():
            return leaf
        case Field(name, value):
            return _field(leaf, name, value)
        case Compare() | HostName():
            return ANYTHING


def _has_words(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _field(leaf: Field, name: str, value: str) -> Said:
    match name:
        case "from":
            return leaf if _NAME.fullmatch(value) else NOTHING
        case "lang":
            return leaf if value in _LANGUAGES else ANYTHING
        case "community":
            return NOTHING
        case "site":
            return leaf
        case _:
            return leaf if str(leaf) in ("is:reply", "has:link") else ANYTHING


def _leaves_out(leaf: Node) -> bool:
    match leaf:
        case Term(text, False):
            return _WORD.fullmatch(text) is not None
        case Field("from" | "lang") | Tag() | Cash():
            return True
        case _:
            return leaf == Field("is", "reply")  # has:links is true of posts with a picture too


def _write(node: Node) -> str:
    match node:
        case And(parts):
            return " ".join(f"({_write(part)})" if isinstance(part, Or) else _write(part) for part in parts)
        case Or(parts):
            return " OR ".join(f"({_write(part)})" if isinstance(part, And) else _write(part) for part in parts)
        case Not(part):
            return f"-{_write(part)}"
        case Term(text):
            plain = _WORD.fullmatch(text) and text.upper() not in ("AND", "OR", "NOT")
            return text if plain else _quoted(text)
        case Raw(text):
            return _quoted(text)
        case Field("site", host):
            spelled = host.split(".")
            return f'(url:"{host}" OR "{" ".join(spelled)}" OR "{" dot ".join(spelled)}")'
        case Field("has", "link"):
            return "has:links"
        case _:
            return str(node)


def _whole(node: Node) -> str:
    # -is:retweet is put behind it, which AND would bind to the last choice alone.
    return f"({_write(node)})" if isinstance(node, Or) else _write(node)


def _quoted(text: str) -> str:
    return '"{}"'.format(" ".join(text.replace('"', " ").replace("\\", " ").split()))


SYNTAX = Syntax(PLATFORM, QUERY_MOST - len(NO_RETWEETS), _looks_for, _leaves_out, _whole)
