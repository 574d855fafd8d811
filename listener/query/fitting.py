"""A tree that a platform can say, as searches that are short enough for it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from listener.query.parser import finds_nothing
from listener.query.syntax import Left, Syntax
from listener.query.tree import And, Node, Not, Or, Raw, Term, all_of, any_of

COMBINED = 12  # searches that several choices may come to, each of one with each of the others


def fitting(node: Node, syntax: Syntax, left: Left) -> list[Node]:
    """The node as one search, or as several where one would be too long or can't hold alternatives."""
    if not syntax.has_or:
        return [one for each in _alternatives(node, left) for one in _short_enough(each, syntax, left)]
    return _short_enough(node, syntax, left)


def _short_enough(node: Node, syntax: Syntax, left: Left) -> list[Node]:
    if len(syntax.write(node)) <= syntax.longest:
        return [node]
    match node:
        case Or(parts):
            half = len(parts) // 2
            halves = (any_of(list(parts[:half])), any_of(list(parts[half:])))
            return [one for each in halves for one in _short_enough(each, syntax, left)]
        case And(parts):
            return _shortened(parts, syntax, left)
        case Term(text) | Raw(text) if " " in text.strip():
            # The beginning of a phrase finds all that the whole would; what it finds beside is sifted out here.
            left.parts.append(node)
            return _short_enough(Term(text.strip()[: len(text) * 3 // 4].rpartition(" ")[0].strip()), syntax, left)
        case _:
            left.missed.append(node)
            return []


def _shortened(parts: tuple[Node, ...], syntax: Syntax, left: Left) -> list[Node]:
    """All of these in fewer characters: the longest choice is split into several searches, the rest is left to us."""
    needed = [part for part in parts if not isinstance(part, Not)]
    nots = [part for part in parts if isinstance(part, Not)]
    if len(syntax.write(all_of(needed))) <= syntax.longest:
        return [_filled(needed, nots, syntax, left)]
    plain = [part for part in needed if not isinstance(part, Or) and finds_nothing(part) is None]
    choice = max(needed, key=lambda part: (isinstance(part, Or), len(syntax.write(part))))
    others = [part for part in needed if part is not choice]
    if isinstance(choice, Or) and not (plain and len(syntax.write(all_of(others))) > syntax.longest // 2):
        half = len(choice.parts) // 2
        halves = (list(choice.parts[:half]), list(choice.parts[half:]))
        again = (all_of([any_of(some), *others, *nots]) for some in halves)
        return [one for each in again for one in _short_enough(each, syntax, left)]
    first = plain[0]
    rest = [part for part in (*needed, *nots) if part is not first]
    if len(syntax.write(first)) > syntax.longest:
        left.parts += rest
        return _short_enough(first, syntax, left)
    return [_filled([first], rest, syntax, left)]


def _filled(kept: Sequence[Node], more: Sequence[Node], syntax: Syntax, left: Left) -> Node:
    """These and as many more as there is room for."""
    room = syntax.longest - len(syntax.write(all_of(kept)))
    for part in more:
        length = len(syntax.write(part)) + len(" AND ()")
        if length <= room:
            kept = [*kept, part]
            room -= length
        else:
            left.parts.append(part)
    return all_of(kept)


def _alternatives(node: Node, left: Left) -> list[Node]:
    """The node as lists of words of which any match has one whole."""
    match node:
        case Or(parts):
            return [one for part in parts for one in _alternatives(part, left)]
        case And(parts):
            choices = [part for part in parts if isinstance(part, Or)]
            always: list[Node] = [part for part in parts if not isinstance(part, Or)]
            if not choices:
                return [node]
            each = [_alternatives(choice, left) for choice in choices]
            if prod(map(len, each)) <= COMBINED:
                return [all_of([*always, *some]) for some in product(*each)]
            left.parts += choices if always else choices[1:]
            return [all_of(always)] if always else each[0]
        case _:
            return [node]
