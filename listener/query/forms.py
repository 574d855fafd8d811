"""Each kind of word in a query as it is looked for in a folded text: compiled once, found in linear time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from listener.query.fold import Folded, fold, lengthens, stands_alone
from listener.query.tree import Cash, Handle, Raw, Tag, Term, Words

Span = tuple[int, int]

LONGEST_TAG = 100  # characters; nobody writes a longer hashtag
_RUN = regex.compile(r"\w+")
# What may fall out of a name where it is made a hashtag: "Macy's" as #macys, "AT&T" as #att; but "C++" is no #c.
_FALLS_OUT = regex.compile(r"(?:\w|[\s'&.,!:/-])+")
_TAIL = regex.compile(r"[\w--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]*+", regex.V1)


@dataclass(frozen=True, slots=True)
class Form:
    """How a word is looked for.

    `keys`: one of these is in every folded text that holds it. `literal` is looked for as it stands; where that isn't
    enough, `pattern` is. `before` and `after`: no letter may stand there. `joined`: the name as a hashtag or handle.
    """

    keys: tuple[str, ...]
    literal: str
    pattern: regex.Pattern[str] | None = None
    before: bool = False
    after: bool = False
    joined: str = ""
    prefix: bool = False


@lru_cache(maxsize=50_000)
def form_of(word: Words) -> Form:
    """The word, ready to be looked for."""
    match word:
        case Term(text, prefix):
            return _term(fold(text).text.strip(), prefix)
        case Raw(text):
            exact = fold(text).text
            return Form((exact,), exact, before=not stands_alone(exact[0]), after=not stands_alone(exact[-1]))
        case Tag(text):
            return _marked("#" + fold(text).text)
        case Cash(text):
            return _marked("$" + fold(text).text)
        case Handle(name):
            bare = fold(name).text
            return Form((bare,), bare, before=True, after=True)


def _marked(literal: str) -> Form:
    return Form((literal,), literal, before=True, after=True)


def _term(text: str, prefix: bool) -> Form:
    words = text.split()
    before, after = not stands_alone(text[0]), not stands_alone(text[-1])
    if prefix:
        return Form((text,), text, before=before, after=False, prefix=True)
    joined = "".join(_RUN.findall(text)) if _FALLS_OUT.fullmatch(text) else ""
    joined = joined if 1 < len(joined) <= LONGEST_TAG and joined != text else ""
    key = max(words, key=len)
    keys = (key, joined) if joined and key not in joined else (key,)
    pattern = regex.compile(r"\s++".join(map(regex.escape, words))) if len(words) > 1 else None
    return Form(keys, text, pattern, before, after, joined)


def find(word: Words, folded: Folded, original: str) -> list[Span]:
    """Where the word stands, as spans of the folded text, in order."""
    form = form_of(word)
    text = folded.text
    if form.keys[0] not in text and not any(key in text for key in form.keys):
        return []
    match word:
        case Handle():
            return [span for span in _handles(form.literal, text) if _same_script(form.literal, span, folded, original)]
        case Raw(exact):
            spans = _bounded(_each(form.literal, text), form, text)
            return [span for span in spans if original.startswith(exact, folded.span(*span)[0])]
        case Term(prefix=True):
            return [(start, _word_end(text, end)) for start, end in _bounded(_each(form.literal, text), form, text)]
        case Term():
            return [span for span in _names(form, text) if _no_other_handle(form, span, folded, original)]
        case _:
            return _bounded(_each(form.literal, text), form, text)


def _each(literal: str, text: str) -> Iterator[Span]:
    at = text.find(literal)
    while at >= 0:
        yield at, at + len(literal)
        at = text.find(literal, at + 1)


def _bounded(spans: Iterable[Span], form: Form, text: str) -> list[Span]:
    return [
        (start, end)
        for start, end in spans
        if not (form.before and start and lengthens(text[start - 1]))
        and not (form.after and end < len(text) and lengthens(text[end]))
    ]


def _word_end(text: str, at: int) -> int:
    tail = _TAIL.match(text, at)
    return tail.end() if tail else at


def _names(form: Form, text: str) -> list[Span]:
    """The phrase itself, and the name written as one word after # or @."""
    spans = [found.span() for found in form.pattern.finditer(text)] if form.pattern else _each(form.literal, text)
    plain = _bounded(spans, form, text)
    if not form.joined or form.joined not in text:
        return plain
    as_one = [
        (start, end)
        for start, end in _each(form.joined, text)
        if start and text[start - 1] in "#@" and not (end < len(text) and lengthens(text[end]))
    ]
    return sorted({*plain, *as_one})


def _handles(name: str, text: str) -> Iterator[Span]:
    """@name and u/name. A full stop goes on only if a letter follows: @acme.example is another than @acme."""
    for start, end in _each(name, text):
        first = start - 1 if text[start - 1 : start] == "@" else start - 2 if text[start - 2 : start] == "u/" else -1
        if first < 0 or (first and (lengthens(text[first - 1]) or text[first - 1] == "@")):
            continue
        goes_on = text[end : end + 1] in (".", "-", "@") and end + 1 < len(text) and lengthens(text[end + 1])
        if not goes_on and not (end < len(text) and lengthens(text[end])):
            yield first, end


def _no_other_handle(form: Form, span: Span, folded: Folded, original: str) -> bool:
    """Whether a name right behind an @ is written in its own letters: in another script's it is someone else's."""
    start, end = span
    if not start or folded.text[start - 1] != "@":
        return True
    return _same_script(form.literal, (start - 1, end), folded, original)


def _same_script(literal: str, span: Span, folded: Folded, original: str) -> bool:
    start, end = folded.span(*span)
    return not literal.isascii() or original[start:end].isascii()
