"""Reads a query as a person writes it. AND binds closer than OR, NEAR closer than both; side by side means AND."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from listener.query.error import QueryError
from listener.query.fields import WATCH_FIELDS, FieldRule
from listener.query.lexer import Lexer, Piece, Warned
from listener.query.tree import And, Compare, Field, Near, Node, Not, Or, Words, all_of, any_of

DEEPEST = 40  # parentheses and NOTs inside each other
# Fields that name something to listen to by themselves; the others only narrow down what a word finds.
FINDING = ("from", "site", "community")


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood. `str` writes it with every operator; two that mean the same tree are equal."""

    root: Node
    warnings: tuple[Warned, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return str(self.root)


def parse(text: str, fields: Mapping[str, FieldRule] = WATCH_FIELDS, *, must_find: bool = True) -> Query:
    """The query that a text writes, with these fields allowed; linear in its length.

    With `must_find`, as for a watch, it has to name something to look for. A rule over mentions that were already
    heard (`must_find=False`) may be of fields and NOTs alone. Raises QueryError.
    """
    lexer = Lexer(text, fields)
    parser = _Parser(list(lexer.pieces()), len(text))
    root = parser.whole()
    if must_find and (astray := finds_nothing(root)) is not None:
        raise QueryError(_why_nothing(astray), parser.column_of(astray))
    return Query(root, tuple(lexer.warnings))


def finds_nothing(node: Node) -> Node | None:
    """The part that would match nearly everything there is, so that nothing can be looked for; None where none does."""
    match node:
        case Or(parts):
            return next((astray for part in parts if (astray := finds_nothing(part)) is not None), None)
        case And(parts):
            each = [finds_nothing(part) for part in parts]
            return None if None in each else each[0]
        case Near(left, _):
            return finds_nothing(left)
        case Not() | Compare():
            return node
        case Field(name):
            return None if name in FINDING else node
        case _:
            return None


def _why_nothing(node: Node) -> str:
    what = "what to leave out" if isinstance(node, Not) else f"{node}, which narrows a search down"
    return f"this says only {what}: a query must name something to look for as well, for example acme {node}"


class _Parser:
    def __init__(self, pieces: list[Piece], length: int) -> None:
        self._pieces = pieces
        self._end = length + 1
        self._at = 0
        self._depth = 0
        self._columns: list[tuple[Node, int]] = []

    def whole(self) -> Node:
        if not self._pieces:
            raise QueryError("the query is empty; write a word to look for, for example acme")
        root = self._either()
        if (piece := self._peek()) is not None:
            raise QueryError("this ) closes nothing; take it away, or put a ( before it", piece.column)
        return root

    def column_of(self, node: Node) -> int:
        """Where a part of the tree began."""
        return next((column for known, column in self._columns if known is node), 1)

    def _peek(self) -> Piece | None:
        return self._pieces[self._at] if self._at < len(self._pieces) else None

    def _takes(self, kind: str) -> Piece | None:
        piece = self._peek()
        if piece is None or piece.kind != kind:
            return None
        self._at += 1
        return piece

    def _either(self) -> Node:
        parts = [self._both()]
        while self._takes("OR"):
            parts.append(self._both())
        return any_of(parts)

    def _both(self) -> Node:
        parts = [self._one()]
        while (piece := self._peek()) is not None and piece.kind not in ("OR", ")"):
            self._takes("AND")
            parts.append(self._one())
        return all_of(parts)

    def _one(self) -> Node:
        if not (piece := self._takes("NOT")):
            return self._near()
        inner = self._deeper(piece.column)
        if isinstance(inner, Not):
            return inner.part
        with_not = Not(inner)
        self._columns.append((with_not, piece.column))
        return with_not

    def _deeper(self, column: int) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(f"more than {DEEPEST} parentheses or NOTs inside each other; write it flatter", column)
        inner = self._one()
        self._depth -= 1
        return inner

    def _near(self) -> Node:
        left, column = self._part()
        piece = self._takes("NEAR")
        if piece is None:
            return left
        right, right_column = self._part()
        _check_side(left, column)
        _check_side(right, right_column)
        if (another := self._takes("NEAR")) is not None:
            raise QueryError("NEAR joins two sides; put the pairs in parentheses and AND between them", another.column)
        return Near(left, right, piece.within, piece.ordered)

    def _part(self) -> tuple[Node, int]:
        piece = self._peek()
        if piece is None:
            raise QueryError(self._missing("the end"), self._end)
        if piece.kind == "leaf" and piece.leaf is not None:
            self._at += 1
            self._columns.append((piece.leaf, piece.column))
            return piece.leaf, piece.column
        if piece.kind == "(":
            self._at += 1
            return self._group(piece), piece.column
        raise QueryError(self._missing(piece.text), piece.column)

    def _missing(self, found: str) -> str:
        if self._at == 0:
            what = "closes nothing; take it away" if found == ")" else f"needs something before it: acme {found} lamp"
            return f"{found} {what}"
        before = self._pieces[self._at - 1].text
        if before == "(" and found == ")":
            return "there is nothing in these parentheses; take them away, or write a word inside"
        return f"{before} needs something behind it, not {found}; write a word, a phrase or a ( there"

    def _group(self, opened: Piece) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise QueryError(
                f"more than {DEEPEST} parentheses or NOTs inside each other; write it flatter", opened.column
            )
        inner = self._either()
        if self._takes(")") is None:
            raise QueryError("this ( is never closed; put a ) behind its last word", opened.column)
        self._depth -= 1
        return inner


def _check_side(side: Node, column: int) -> None:
    parts = side.parts if isinstance(side, Or) else (side,)
    if not all(isinstance(part, Words) for part in parts):
        said = "NEAR joins words and phrases, or groups of them: (refund OR money) NEAR/5 (late OR never)"
        raise QueryError(said, column)
