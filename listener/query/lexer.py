"""A query's text in pieces: words and fields as leaves of the tree, and the operators between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from listener.query.error import QueryError
from listener.query.fields import ALIASES, FieldRule, unknown, value_of
from listener.query.fold import fold, stands_alone
from listener.query.habits import instead_of
from listener.query.tree import Cash, Compare, Field, Handle, Leaf, Raw, Sign, Tag, Term

_QUOTES = '"“”„«»「」『』'  # any closes what any opens: each language has them another way round
_PARENTHESES = {"(": "(", ")": ")", "（": "(", "）": ")"}
_SPACE = re.compile(r"\s+")
_FIELD = re.compile(r"([A-Za-z_]+)[:：]")
_WORD = re.compile(rf"[^\s()（）{_QUOTES}]+")
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)([{_QUOTES}]?)")
_RAW = re.compile(r'"([^"]*)("?)|“([^”"]*)(”?)|`([^`]*)(`?)|([^\s()"“”`]+)()')
_NEAR = re.compile(r"NEAR(?:/(\d{1,9})(f?))?(?![^\s()（）])")
_HANDLE = re.compile(r"@(\w(?:[\w.-]*\w)?(?:@\w(?:[\w.-]*\w)?)?)")
_REDDITOR = re.compile(r"/?u/([\w-]+)", re.IGNORECASE)
_MARKED = re.compile(r"[#$](\w+)")
_NUMBER = re.compile(r"(>=|<=|>|<|=)(\d{1,12})([km]?)", re.IGNORECASE)
FURTHEST = 100  # words
# What a wildcard's beginning must have at least, so that it doesn't find half the language.
LETTERS, UNSPACED_LETTERS = 3, 2

Kind = Literal["(", ")", "AND", "OR", "NOT", "NEAR", "leaf"]
_OPERATORS: Mapping[str, Kind] = {"AND": "AND", "OR": "OR", "NOT": "NOT"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece. `leaf` stands only with kind "leaf", `within` and `ordered` only with "NEAR"."""

    kind: Kind
    text: str
    column: int
    leaf: Leaf | None = None
    within: int = 0
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that may not be meant: where, and what to write for the other thing."""

    message: str
    column: int


class Lexer:
    """Reads one query. `warnings` fill up as the pieces are read."""

    def __init__(self, text: str, fields: Mapping[str, FieldRule]) -> None:
        self._text = text
        self._fields = fields
        self._at = 0
        self.warnings: list[Warned] = []

    def pieces(self) -> Iterator[Piece]:
        """The pieces in order. Raises QueryError."""
        while True:
            if space := _SPACE.match(self._text, self._at):
                self._at = space.end()
            if self._at >= len(self._text):
                return
            yield self._next(self._at)

    def _next(self, at: int) -> Piece:
        first = self._text[at]
        if first in _PARENTHESES:
            self._at += 1
            return Piece("(" if _PARENTHESES[first] == "(" else ")", first, at + 1)
        if first in _QUOTES:
            return self._leaf(at, self._phrase(at))
        if near := _NEAR.match(self._text, at):
            return self._near(near)
        if first == "-":
            self._at += 1
            if at + 1 >= len(self._text) or self._text[at + 1].isspace() or self._text[at + 1] == ")":
                raise QueryError("a - stands right before what it leaves out, without a space: -word", at + 1)
            return Piece("NOT", "-", at + 1)
        if found := _FIELD.match(self._text, at):
            return self._leaf(at, self._field(found))
        return self._word(at)

    def _leaf(self, at: int, leaf: Leaf) -> Piece:
        return Piece("leaf", self._text[at : self._at], at + 1, leaf)

    def _take(self, found: re.Match[str] | None) -> str:
        if found is None:  # every character begins a piece of some kind
            raise QueryError("this can't be read; put it in quotes", self._at + 1)
        self._at = found.end()
        return found[0]

    def _phrase(self, at: int) -> Term:
        found = _QUOTED.match(self._text, at)
        before = self._text[at - 1 : at]
        self._take(found)
        if found is None or not found[2]:
            if before.strip() and before not in "(（-":
                raise QueryError("this quote closes nothing; put one before the first word of the phrase too", at + 1)
            raise QueryError("this quote is never closed; put another after the last word of the phrase", at + 1)
        if before.isalnum():
            said = 'a phrase begins here, in the middle of a word; to look for the signs themselves: raw:`Toys"R"Us`'
            self.warnings.append(Warned(said, at + 1))
        if "*" in found[1]:
            said = "a * in quotes is a sign like any other; without quotes plug* finds what begins so"
            self.warnings.append(Warned(said, at + 1 + found[0].index("*")))
        return _term(" ".join(found[1].split()), at + 1)

    def _near(self, found: re.Match[str]) -> Piece:
        self._take(found)
        column = found.start() + 1
        if found[1] is None:
            raise QueryError("NEAR needs a number of words: NEAR/5 finds both within five words", column)
        if not 1 <= int(found[1]) <= FURTHEST:
            raise QueryError(f"NEAR takes 1 to {FURTHEST} words: NEAR/5", column + 5)
        return Piece("NEAR", found[0], column, within=int(found[1]), ordered=bool(found[2]))

    def _field(self, found: re.Match[str]) -> Leaf:
        self._take(found)
        column, name = found.start() + 1, found[1].lower()
        if name == "raw":
            return self._raw(column)
        if name in ("http", "https", "hxxp", "hxxps"):
            raise QueryError("to find links to a page's host write site:acme.com", column)
        name = name if name in self._fields else ALIASES.get(name, name)
        rule = self._fields.get(name)
        if rule is None:
            raise QueryError(unknown(found[1], self._fields), column)
        value = self._value(rule, found[1])
        return _compared(name, rule, value, column) if rule.kind == "number" else _field(name, rule, value, column)

    def _value(self, rule: FieldRule, name: str) -> str:
        if quoted := _QUOTED.match(self._text, self._at):
            if not quoted[2]:
                raise QueryError("this quote is never closed; put another after the value", self._at + 1)
            self._take(quoted)
            return " ".join(quoted[1].split())
        word = _WORD.match(self._text, self._at)
        if word is None:
            raise QueryError(f"{name}: needs a value right behind it: {rule.example}", self._at + 1)
        return self._take(word)

    def _raw(self, column: int) -> Raw:
        found = _RAW.match(self._text, self._at)
        if found is None:
            raise QueryError('raw: needs the exact signs right behind it: raw:"C++"', column)
        self._take(found)
        exact = next(part for part in found.group(1, 3, 5, 7) if part is not None)
        if found.lastindex != 8 and not any(found.group(2, 4, 6)):
            raise QueryError('raw: has a quote that is never closed: raw:"C++"', column + 4)
        if not fold(exact).text.strip():
            raise QueryError('raw: has nothing to look for: raw:"C++"', column + 4)
        return Raw(exact)

    def _word(self, at: int) -> Piece:
        word = self._take(_WORD.match(self._text, at))
        if (kind := _OPERATORS.get(unicodedata.normalize("NFKC", word))) is not None:
            return Piece(kind, word, at + 1)
        if word.startswith("NEAR/"):
            raise QueryError("NEAR needs a number of words: NEAR/5 finds both within five words", at + 1)
        if odd := instead_of(word, self._text, at):
            raise QueryError(odd[0], at + 1 + odd[1])
        self._warn_of(word, at + 1)
        return self._leaf(at, _leaf_of(word, at + 1))

    def _warn_of(self, word: str, column: int) -> None:
        if word in ("and", "or", "not", "And", "Or", "Not") or re.fullmatch(r"near(/\d+f?)?", word, re.IGNORECASE):
            said = f"“{word}” is looked for as a word; as an operator it is written {word.upper()}"
            self.warnings.append(Warned(said, column))
        elif word[0] in "–—−" and len(word) > 1:
            self.warnings.append(Warned(f"a long dash leaves nothing out; write -{word[1:]}", column))
        elif word[-1] in ".?:…" and word[0].isalnum():
            said = f"this is looked for with the {word[-1]} behind it; without: {word.rstrip('.?:…')}"
            self.warnings.append(Warned(said, column))


def _leaf_of(word: str, column: int) -> Leaf:
    word = unicodedata.normalize("NFKC", word[0]) + word[1:] if word[0] in "＃＠＄" else word
    if "*" in word:
        return _prefix(word, column)
    if account := _REDDITOR.fullmatch(word):
        return Handle(account[1])
    if word[0] == "@":
        if found := _HANDLE.fullmatch(word):
            return Handle(found[1])
        raise QueryError('@ is followed by an account\'s name: @acme. For the signs themselves: raw:"…"', column)
    if word[0] in "#$":
        if found := _MARKED.fullmatch(word):
            return Tag(found[1]) if word[0] == "#" else Cash(found[1])
        raise QueryError(f'{word[0]} is followed by one word: {word[0]}acme. For the signs themselves: raw:"…"', column)
    return _term(word, column)


def _term(text: str, column: int) -> Term:
    if not fold(text).text.strip():
        raise QueryError("there is nothing to look for in these quotes; write a word or a phrase", column)
    return Term(text)


def _prefix(word: str, column: int) -> Term:
    stem = word[:-1]
    if "*" in stem or not word.endswith("*"):
        at = column + word.index("*")
        raise QueryError("a * may stand at the end of a word only: plug* finds plugs and plugin", at)
    letters = sum(sign.isalnum() for sign in stem)
    enough = UNSPACED_LETTERS if stem and all(map(stands_alone, stem)) else LETTERS
    if letters < enough or not stem[0].isalnum():
        raise QueryError(f"a * needs at least {enough} letters before it: plug*", column)
    return Term(stem, prefix=True)


def _field(name: str, rule: FieldRule, value: str, column: int) -> Field:
    try:
        return Field(name, value_of(name, rule, value))
    except ValueError as why:
        raise QueryError(str(why), column) from None


def _compared(name: str, rule: FieldRule, value: str, column: int) -> Compare:
    found = _NUMBER.fullmatch(value)
    if found is None:
        raise QueryError(f"{name}: takes >, >=, <, <= or = and a number: {rule.example}", column)
    signs: Mapping[str, Sign] = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "="}
    size = {"k": 1_000, "m": 1_000_000}.get(found[3].lower(), 1)
    return Compare(name, signs[found[1]], int(found[2]) * size)
