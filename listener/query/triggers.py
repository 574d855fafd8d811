"""What a mention is bound to show where a query matches it: so that only likely queries are asked at all."""

from __future__ import annotations

from typing import Literal, NamedTuple

from listener.query.fold import fold
from listener.query.forms import form_of
from listener.query.hosts import host_names
from listener.query.tree import And, Compare, Field, HostName, Near, Node, Not, Or

Where = Literal["text", "from", "community", "host", "label"]


class Trigger(NamedTuple):
    """Something to be seen without asking: a piece of the folded text, the author, a host or a name in it."""

    where: Where
    what: str


def triggers(node: Node) -> frozenset[Trigger] | None:
    """Things of which any match shows at least one; None where it may match without any."""
    match node:
        case Or(parts):
            each = [triggers(part) for part in parts]
            known = [found for found in each if found is not None]
            return frozenset().union(*known) if len(known) == len(each) else None
        case And(parts):
            return _rarest([triggers(part) for part in parts])
        case Near(left, right):
            return _rarest([triggers(left), triggers(right)])
        case Not() | Compare():
            return None
        case Field(name, value):
            return _of_field(name, value)
        case HostName(term):
            return frozenset(Trigger("label", name) for name in host_names(term))
        case _:
            return frozenset(Trigger("text", key) for key in form_of(node).keys)


def _rarest(each: list[frozenset[Trigger] | None]) -> frozenset[Trigger] | None:
    """The set whose shortest piece is longest: what is long is rare."""
    known = [found for found in each if found is not None]
    return max(known, key=lambda found: (min((_length(one) for one in found), default=0), -len(found)), default=None)


def _length(one: Trigger) -> int:
    return len(one.what) if one.where == "text" else 20


def _of_field(name: str, value: str) -> frozenset[Trigger] | None:
    match name:
        case "from":
            return frozenset({Trigger("from", value.rpartition(":")[2])})
        case "community":
            return frozenset({Trigger("community", value.casefold())})
        case "site":
            label = max(fold(value).text.split("."), key=len)
            return frozenset({Trigger("host", value), Trigger("text", label)})
        case _:
            return None
