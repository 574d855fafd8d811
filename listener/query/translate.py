"""A query as a platform's own search takes it, and what is left for us to filter.

What is sent may find more than the query, never less: whatever a platform can't say exactly is left out of what is
sent. Where a platform can't look for something at all, the translation says that it is missed there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from listener.query.clauses import Clauses, Watched, clauses_of
from listener.query.explain import in_words
from listener.query.fitting import fitting
from listener.query.forms import form_of
from listener.query.naming import has_capital, likeness, names_in, says_something
from listener.query.parser import finds_nothing
from listener.query.syntax import ANYTHING, NOTHING, Left, Native, Said, Syntax
from listener.query.tree import (
    And,
    Compare,
    Field,
    Handle,
    Leaf,
    Near,
    Node,
    Not,
    Or,
    Raw,
    Term,
    all_of,
    any_of,
    leaves,
)


@dataclass(frozen=True, slots=True)
class Translation:
    """What a platform is asked for a watch, what is filtered here, and what it can't find at all, both in words."""

    sent: tuple[str, ...]
    filtered_here: str = ""
    missed: str = ""


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
    found = _asked(node, names or wanted, syntax) if syntax else _in_terms(node, names or wanted)
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


def _asked(node: Node, names: Node, syntax: Syntax) -> Translation:
    left = Left()
    said = said_by(node, syntax, left)
    if _is_too_little(said, names, syntax):
        # Words are asked for instead of the beginnings of words: what is longer is missed, which is said.
        stemmed = Left()
        with_stems = _with_stems(syntax, frozenset(names_in(names)), stemmed)
        instead = said_by(node, with_stems, stemmed)
        if not _is_too_little(instead, names, with_stems):
            said, left = instead, stemmed
    if isinstance(said, bool) or finds_nothing(said) is not None:
        return Translation((), missed=f"all of it: {in_words(node)}" if said is not NOTHING else "")
    searches = fitting(said, syntax, left)
    sent = tuple(Native(syntax.write(one), node) for one in searches)
    stems = ", ".join(dict.fromkeys(one.text for one in left.stems))
    missed = (f"longer words than these: {stems}" if stems else "", _listed(left.missed))
    return Translation(sent, _listed(left.parts), "; ".join(filter(None, missed)))


def _is_too_little(said: Said, names: Node, syntax: Syntax) -> bool:
    """Whether nothing could be looked for, or only words beside the names: half the platform speaks of what is late."""
    if said is NOTHING:
        return False
    if isinstance(said, bool) or finds_nothing(said) is not None:
        return True
    sayable = [said_by(name, syntax) for name in names_in(names)]
    known = {leaf for name in sayable if not isinstance(name, bool) for leaf in leaves(name)}
    return not (_keeps(said, known) if known else says_something(said))


def _keeps(node: Node, names: set[Leaf]) -> bool:
    """Whether a name is looked for in each of the alternatives."""
    match node:
        case And(parts):
            return any(_keeps(part, names) for part in parts)
        case Or(parts):
            return all(_keeps(part, names) for part in parts)
        case Not() | Near():
            return False
        case _:
            return node in names


def said_by(node: Node, syntax: Syntax, left: Left | None = None) -> Said:
    """What of the query the platform can say: a tree that every match of the query matches too."""
    left = left or Left()
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


def _without(part: Node, syntax: Syntax, left: Left) -> Said:
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


def _with_stems(syntax: Syntax, names: frozenset[Leaf], left: Left) -> Syntax:
    """The same language, where a name's beginning is asked for as a word; each is noted."""

    def looks_for(leaf: Leaf) -> Said:
        if isinstance(leaf, Term) and leaf.prefix and leaf in names:
            left.stems.append(leaf)
            return syntax.looks_for(Term(leaf.text))
        return syntax.looks_for(leaf)

    return replace(syntax, looks_for=looks_for)


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
            found = [(plain_terms(part), part) for part in parts if not isinstance(part, Not)]
            return min(found, key=_how_little)[0] if found else ([], in_words(node))
        case Near(one, other):
            return plain_terms(all_of([one, other]))
        case Term(text) | Raw(text) if not any(map(str.isalnum, text)):
            return [], in_words(node)
        case Term(text, True):
            return [text], f"longer words than {text}"
        case Field("site", value):
            return [value], f"{value} where it is written so that it is no link"
        case Term(text):
            joined = form_of(node).joined
            return [text], f"written as one word: {joined}" if joined else ""
        case Not() | Field() | Compare():
            return [], in_words(node)
        case _:
            return [getattr(node, "text", None) or getattr(node, "name", None) or str(node)], ""


def _how_little(found: tuple[tuple[list[str], str], Node]) -> tuple[bool, bool, bool, bool, int]:
    """What can be looked for comes first, and what not everybody says; exact words before beginnings, names first."""
    (terms, _), part = found
    words = names_in(part)
    all_stems = all(isinstance(leaf, Term) and leaf.prefix for leaf in words)
    likely = min(map(likeness, words), default=0)
    named = all(map(has_capital, words))
    return not terms, not (named or likely), all_stems, not named, -likely


def _listed(parts: Iterable[Node]) -> str:
    return "; ".join(dict.fromkeys(map(in_words, parts)))
