"""A query in plain words: in one line, and as a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from listener.query.tree import And, Cash, Compare, Field, Handle, HostName, Near, Node, Not, Or, Raw, Sign, Tag, Term

_SIGNS: Mapping[Sign, str] = MappingProxyType(
    {">": "more than", ">=": "at least", "<": "fewer than", "<=": "at most", "=": "exactly"}
)
_FLAGS: Mapping[str, str] = MappingProxyType(
    {
        "is:reply": "a reply",
        "is:addressed": "said to us",
        "has:link": "with a link",
        "has:question": "with a question mark",
    }
)


def in_words(node: Node) -> str:
    """What a mention must be to match, in one line."""
    match node:
        case And(parts):
            return ", and ".join(map(_inside, parts))
        case Or(parts):
            return " or ".join(map(_inside, parts))
        case Not(part):
            return f"not {_inside(part)}"
        case Near(left, right, within, ordered):
            how = f"at most {within} words before" if ordered else f"within {within} words of"
            return f"{_inside(left)} {how} {_inside(right)}"
        case Field():
            return _field(node)
        case Compare(name, sign, number):
            return f"{_SIGNS[sign]} {number:,} {name}"
        case _:
            return _words(node)


def _inside(part: Node) -> str:
    return f"({in_words(part)})" if isinstance(part, And | Or | Near) else in_words(part)


def _words(word: Term | Raw | Tag | Cash | Handle | HostName) -> str:
    match word:
        case Term(text, True):
            return f"a word that begins with “{text}”"
        case Term(text):
            return f"the phrase “{text}”" if " " in text else f"the word “{text}”"
        case Raw(text):
            return f"“{text}” in exactly these signs"
        case Tag(text):
            return f"the hashtag #{text}"
        case Cash(text):
            return f"the cashtag ${text}"
        case Handle(name, platform):
            return f"the account @{name}" + (f" named on {platform}" if platform else "")
        case HostName(term):
            return f"a link to a host called like “{term}”"


def _field(field: Field) -> str:
    known = _FLAGS.get(str(field))
    if known:
        return known
    name, value = field.name, field.value
    platform, _, handle = value.rpartition(":")
    return {
        "from": f"written by @{handle}" + (f" on {platform}" if platform else ""),
        "lang": f"in the language “{value}”",
        "site": f"a link to {value}, or that name in the text",
        "platform": f"on {value}",
        "community": f"in the community “{value}”",
    }.get(name, f"{name} is {value}")


def as_tree(node: Node, depth: int = 0) -> Iterator[str]:
    """The same as lines, each part indented under what joins it."""
    indent = "  " * depth
    match node:
        case And(parts) | Or(parts):
            yield indent + ("all of these:" if isinstance(node, And) else "any of these:")
            for part in parts:
                yield from as_tree(part, depth + 1)
        case Not(part) if isinstance(part, And | Or | Near):
            yield f"{indent}not:"
            yield from as_tree(part, depth + 1)
        case Near(left, right, within, ordered):
            yield f"{indent}within {within} words{', in this order' if ordered else ''}:"
            yield from as_tree(left, depth + 1)
            yield from as_tree(right, depth + 1)
        case _:
            yield indent + in_words(node)
