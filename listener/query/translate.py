"""A query as a platform's own search takes it, and what is left for us to filter.

What is sent may find more than the query, never less: whatever a platform can't say exactly is left out of what is
sent. Where a platform can't look for something at all, the translation says that it is missed there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

from listener.query.clauses import Clauses, Watched, clauses_of
from listener.query.explain import in_words
from listener.query.forms import form_of
from listener.query.parser import finds_nothing
from listener.query.tree import And, Compare, Field, Handle, Leaf, Near, Node, Not, Or, Raw, Term, all_of, any_of

# Of a part of a query: it can't be said there, so that everything may be it; or nothing there can be it.
ANYTHING, NOTHING = True, False
COMBINED = 12  # searches that two choices may come to, each of one with each of the other
Said = Node | bool


class Native(str):
    """A search in a platform's own language, where a plain term would be the platform's to quote. `node`: what for."""

    node: Node

    def __new__(cls, text: str, node: Node) -> Native:
        """The search, and the query that it was made from."""
        made = super().__new__(cls, text)
        made.node = node
        return made


@dataclass(frozen=True, slots=True)
class Syntax:
    """What one platform's search can say.

    `looks_for` gives a word or field as it can be looked for there, ANYTHING where it can't be said, NOTHING where no
    post there can have it; `leaves_out` says whether it may stand under a NOT. `write` is a tree in its language, of at
    most `longest` characters. Without `has_or` one search is a list of words, and alternatives are several searches.
    """

    platform: str
    longest: int
    looks_for: Callable[[Leaf], Said]
    leaves_out: Callable[[Node], bool]
    write: Callable[[Node], str]
    has_or: bool = True


@dataclass(frozen=True, slots=True)
class Translation:
    """What a platform is asked for a watch, what is filtered here, and what it can't find at all, both in words."""

    sent: tuple[str, ...]
    filtered_here: str = ""
    missed: str = ""


@dataclass(slots=True)
class _Left:
    """What could not be sent, as it comes up."""

    parts: list[Node] = field(default_factory=list)
    stems: list[Term] = field(default_factory=list)
    missed: list[Node] = field(default_factory=list)


def translated(watch: Watched, syntax: Syntax | None) -> Translation:
    """What is asked for this watch at a platform with this syntax, or with none: then plain terms.

    The terms of a watch without required words are asked as they stand: each is a search of its own, as it always was.
    """
    clauses = clauses_of(watch)
    plain = () if clauses.required else tuple(watch.terms)
    wanted = _wanted(clauses, beside_terms=bool(plain))
    without = [Not(part) for _, part in clauses.without]
    as_one = [form_of(term).joined for term in clauses.terms if form_of(term).joined] if plain else []
    unsaid = f"written as one word: {', '.join(as_one)}" if as_one else ""
    if wanted is None:
        return Translation(plain, _listed(without), unsaid)
    node = all_of([wanted, *without])
    # What is required beside a name is a common word as a rule: nothing to look for by itself.
    names = _wanted(replace(clauses, required=()), beside_terms=bool(plain))
    found = _asked(node, syntax) if syntax else _in_terms(node, names or wanted)
    spare = without if plain else []
    sent = tuple(dict.fromkeys((*plain, *found.sent)))
    here = found.filtered_here or _listed(spare)
    return replace(found, sent=sent, filtered_here=here, missed="; ".join(filter(None, (unsaid, found.missed))))


def _wanted(clauses: Clauses, *, beside_terms: bool) -> Node | None:
    """What is to be looked for: the query, the terms where more is required of them, and our own domains."""
    names = [clauses.query] if clauses.query is not None else []
    names += [] if beside_terms else clauses.terms
    found = [any_of(names)] if names else []
    if found and clauses.required:
        found = [all_of([*found, any_of(list(clauses.required))])]
    domains = [one for one in clauses.ours if isinstance(one, Field)]
    return any_of([*found, *domains]) if found or domains else None


def _asked(node: Node, syntax: Syntax) -> Translation:
    left = _Left()
    said = said_by(node, syntax, left)
    missed = ""
    if said is ANYTHING or (not isinstance(said, bool) and finds_nothing(said) is not None):
        # Nothing of it can be looked for but the beginnings of words: those are asked for as words.
        left = _Left()
        said = said_by(node, _with_stems(syntax, left), left)
        missed = _listed(left.stems) and f"longer words than these: {', '.join(one.text for one in left.stems)}"
    if isinstance(said, bool) or finds_nothing(said) is not None:
        return Translation((), missed=f"all of it: {in_words(node)}" if said is not NOTHING else "")
    searches = _fitting(said, syntax, left)
    sent = tuple(Native(syntax.write(one), node) for one in searches)
    return Translation(sent, _listed(left.parts), "; ".join(filter(None, (missed, _listed(left.missed)))))


def said_by(node: Node, syntax: Syntax, left: _Left | None = None) -> Said:
    """What of the query the platform can say: a tree that every match of the query matches too."""
    left = left or _Left()
    match node:
        case And(parts):
            each = [said_by(part, syntax, left) for part in parts]
            kept = [part for part in each if not isinstance(part, bool)]
            return NOTHING if any(part is NOTHING for part in each) else all_of(kept) if kept else ANYTHING
        case Or(parts):
            each = [said_by(part, syntax, left) for part in parts]
            kept = [part for part in each if not isinstance(part, bool)]
            return ANYTHING if any(part is ANYTHING for part in each) else any_of(kept) if kept else NOTHING
        case Near(one, other):
            left.parts.append(node)
            return said_by(all_of([one, other]), syntax, left)
        case Not(part):
            return _without(part, syntax, left)
        case _:
            said = _looked_for(node, syntax)
            if said is ANYTHING and not _is_there(node, syntax):
                left.parts.append(node)
            return _also_joined(node, said)


def _also_joined(leaf: Leaf, said: Said) -> Said:
    """With a name that may be written as one hashtag or handle looked for in that way too: "Acme Air", acmeair."""
    if isinstance(said, bool) or not isinstance(leaf, Term) or leaf.prefix:
        return said
    joined = form_of(leaf).joined
    return any_of([said, Term(joined)]) if joined else said


def _looked_for(leaf: Leaf, syntax: Syntax) -> Said:
    """As the platform's syntax has it; what another platform alone can have is nowhere here."""
    match leaf:
        case Field("platform", value):
            return ANYTHING if value == syntax.platform else NOTHING
        case Field("from", value) if value.rpartition(":")[0] not in ("", syntax.platform):
            return NOTHING
        case Field("from", value):
            return syntax.looks_for(Field("from", value.rpartition(":")[2]))
        case Handle(name, platform):
            return syntax.looks_for(Handle(name)) if platform in ("", syntax.platform) else NOTHING
        case _:
            return syntax.looks_for(leaf)


def _is_there(leaf: Leaf, syntax: Syntax) -> bool:
    """Whether every post there has it: the platform itself."""
    return leaf == Field("platform", syntax.platform)


def _without(part: Node, syntax: Syntax, left: _Left) -> Said:
    match part:
        case Or(parts):
            return said_by(all_of([Not(one) for one in parts]), syntax, left)
        case Not(inner):
            return said_by(inner, syntax, left)
        case And() | Near():
            left.parts.append(Not(part))
            return ANYTHING
    said = _looked_for(part, syntax)
    if said is NOTHING:
        return ANYTHING  # nothing there has it, so that there is nothing to leave out
    if _is_there(part, syntax):
        return NOTHING
    if not isinstance(said, bool) and syntax.leaves_out(said):
        return Not(said)
    left.parts.append(Not(part))
    return ANYTHING


def _with_stems(syntax: Syntax, left: _Left) -> Syntax:
    """The same language, where the beginning of a word is asked for as a word; each is noted."""

    def looks_for(leaf: Leaf) -> Said:
        if isinstance(leaf, Term) and leaf.prefix:
            left.stems.append(leaf)
            return syntax.looks_for(Term(leaf.text))
        return syntax.looks_for(leaf)

    return replace(syntax, looks_for=looks_for)


def _fitting(node: Node, syntax: Syntax, left: _Left) -> list[Node]:
    """The node as one search, or as several where one would be too long or can't hold alternatives."""
    if not syntax.has_or:
        return [one for each in _alternatives(node, left) for one in _short_enough(each, syntax, left)]
    return _short_enough(node, syntax, left)


def _short_enough(node: Node, syntax: Syntax, left: _Left) -> list[Node]:
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


def _shortened(parts: tuple[Node, ...], syntax: Syntax, left: _Left) -> list[Node]:
    """All of these in fewer characters: what is to be left out goes first, then the longest choice is split."""
    longest = max(parts, key=lambda part: (isinstance(part, Not), isinstance(part, Or), len(syntax.write(part))))
    others = [part for part in parts if part is not longest]
    if isinstance(longest, Or):
        half = len(longest.parts) // 2
        halves = (longest.parts[:half], longest.parts[half:])
        return [one for some in halves for one in _short_enough(all_of([any_of(list(some)), *others]), syntax, left)]
    left.parts.append(longest)
    if finds_nothing(all_of(others)) is not None:  # it was the only one that can be looked for by itself
        return _short_enough(longest, syntax, left)
    return _short_enough(all_of(others), syntax, left)


def _alternatives(node: Node, left: _Left) -> list[Node]:
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


def _in_terms(node: Node, names: Node) -> Translation:
    """Plain terms of which any match has one, for a platform that is asked for nothing else; `names` are where from."""
    terms, missed = plain_terms(names)
    sent = set(terms)
    parts = node.parts if isinstance(node, And) else (node,)
    rest = [part for part in parts if not _is_sent(part, sent)]
    return Translation(tuple(dict.fromkeys(terms)), _listed(rest), missed)


def _is_sent(part: Node, sent: set[str]) -> bool:
    """Whether these terms are all there is to a part."""
    leaves = part.parts if isinstance(part, Or) else (part,)
    return all(isinstance(leaf, Term) and not leaf.prefix and leaf.text in sent for leaf in leaves)


def plain_terms(node: Node) -> tuple[list[str], str]:
    """Terms of which every match shows at least one, and in words what such terms can't find."""
    match node:
        case Or(parts):
            each = [plain_terms(part) for part in parts]
            missed = dict.fromkeys(why for _, why in each if why)
            return [term for terms, _ in each for term in terms], "; ".join(missed)
        case And(parts):
            each = [plain_terms(part) for part in parts if not isinstance(part, Not)]
            return min(each, key=_how_good, default=([], in_words(node)))
        case Near(one, other):
            return min((plain_terms(one), plain_terms(other)), key=_how_good)
        case Term(text, True):
            return [text], f"longer words than {text}"
        case Field("site", value):
            return [value], f"{value} where it is written so that it is no link"
        case Not() | Field() | Compare():
            return [], in_words(node)
        case _:
            return [getattr(node, "text", None) or getattr(node, "name", None) or str(node)], ""


def _how_good(found: tuple[list[str], str]) -> tuple[bool, bool, bool, int, int]:
    """What finds everything comes first, then names, which have a capital, then what is fewer and longer searches."""
    terms, missed = found
    common = not all(term[:1].isupper() for term in terms)
    return not terms, bool(missed), common, len(terms), -min(map(len, terms), default=0)


def _listed(parts: Iterable[Node]) -> str:
    return "; ".join(dict.fromkeys(map(in_words, parts)))
