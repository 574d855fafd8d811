"""A brand, competitor or topic we listen for, and where a text names it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import regex

Kind = Literal["brand", "competitor", "topic"]


@dataclass(frozen=True, slots=True)
class Watch:
    """What to listen for: the terms that name it, our handles there if it is us, and words that mean it is not."""

    name: str
    kind: Kind
    terms: tuple[str, ...]
    handles: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    context: str = ""
    relevance_from: float | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A watch that a mention names, and where: (start, end) in the text; no span where only a link names it."""

    watch: str
    spans: tuple[tuple[int, int], ...] = ()


class Matcher:
    """All watches, compiled once.

    Whole words, whatever the case and the script: "Acme" is in "#ACME" and "Acme's", not in "acmeology".
    """

    def __init__(self, watches: Iterable[Watch]) -> None:
        self._compiled = tuple(_Compiled(watch) for watch in watches)

    def match(self, text: str, links: Sequence[str] = ()) -> tuple[Match, ...]:
        """The watches that the text or a link's host names, in the order they were given."""
        folded = _fold(text)
        hosts = tuple(_labels(link) for link in links)
        found = (compiled.match(text, folded, hosts) for compiled in self._compiled)
        return tuple(match for match in found if match)


class _Compiled:
    """One watch, compiled."""

    def __init__(self, watch: Watch) -> None:
        terms = [term for term in map(str.strip, watch.terms) if term]
        handles = [handle for handle in (handle.strip().lstrip("@") for handle in watch.handles) if handle]
        excluded = [term for term in map(str.strip, watch.exclude) if term]
        self.name = watch.name
        self.hosts = frozenset(label for term in terms for label in _host_names(term))
        self.names = (*map(_term, terms), *map(_handle, handles))
        self.excluded = tuple(map(_term, excluded))

    def match(self, text: str, folded: str, hosts: Iterable[frozenset[str]]) -> Match | None:
        """Where the text names this watch; None where nothing does, or an excluded word stands beside it."""
        spans = [span for name in self.names for span in name.spans(text, folded)]
        if not spans and all(self.hosts.isdisjoint(labels) for labels in hosts):
            return None
        if any(name.spans(text, folded) for name in self.excluded):
            return None
        return Match(self.name, _outermost(spans))


@dataclass(frozen=True, slots=True)
class _Name:
    """A term or handle to look for. Where none of `keys` is in the folded text, the slower pattern need not look."""

    keys: frozenset[str]
    pattern: regex.Pattern[str]

    def spans(self, text: str, folded: str) -> list[tuple[int, int]]:
        if not any(key in folded for key in self.keys):
            return []
        return [found.span() for found in self.pattern.finditer(text)]


def _outermost(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """In order, without those inside or across another: "Acme Air" rather than its "Acme"."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


# Scripts that put no space between words: a neighbour from one of them does not make a word longer.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_LETTER = rf"[\w--[{_UNSPACED}]]"
_UNSPACED_LETTER = regex.compile(rf"[{_UNSPACED}]", regex.V1)
_RUN = regex.compile(r"\w+")
_PIECES = regex.compile(r"[\s'’ʼ]+")


def _term(term: str) -> _Name:
    joined = "".join(_RUN.findall(term))
    forms = dict.fromkeys(map(_spelling, _forms(term)))
    pattern = rf"{_before(term)}(?:{'|'.join(forms)}){_after(term)}"
    if joined and joined != term:  # #AcmeAir for "Acme Air"
        pattern += rf"|(?<=[#@]){regex.escape(joined)}{_after(joined)}"
    keys = {max(_PIECES.split(_fold(form)), key=len) for form in _forms(term)}
    return _Name(frozenset(keys | {_fold(joined)} - {""}), _compile(pattern))


def _handle(handle: str) -> _Name:
    # A full stop goes on only if a letter follows: @acme.example is another name than @acme, "@acme." is not.
    pattern = rf"(?:(?<![\w@])@|(?<!\w)u/){regex.escape(handle)}(?!\w|[.-]\w)"
    return _Name(frozenset({_fold(handle)}), _compile(pattern))


def _compile(pattern: str) -> regex.Pattern[str]:
    # V1 with IGNORECASE folds fully: "STRASSE" is "Straße". The spans stay those of the text as it was written.
    return regex.compile(pattern, regex.V1 | regex.IGNORECASE)


def _spelling(term: str) -> str:
    return r"\s+".join(map(_spelled_word, term.split()))


def _spelled_word(word: str) -> str:
    return "".join("['’ʼ]" if mark in "'’ʼ" else regex.escape(mark, literal_spaces=True) for mark in word)


def _forms(term: str) -> Iterator[str]:
    """One word, several codings: composed, decomposed, and with the Turkish i as any other."""
    yield unicodedata.normalize("NFC", term)
    yield unicodedata.normalize("NFD", term)
    yield _fold(term)


def _fold(text: str) -> str:
    folded = text.casefold()
    return folded if folded.isascii() else folded.replace("i\u0307", "i").replace("ı", "i")


def _before(term: str) -> str:
    return rf"(?<!{_LETTER})" if _bounds_a_word(term[0]) else ""


def _after(term: str) -> str:
    return rf"(?!{_LETTER})" if _bounds_a_word(term[-1]) else ""


def _bounds_a_word(mark: str) -> bool:
    return mark.isalnum() and not _UNSPACED_LETTER.match(mark)


def _host_names(term: str) -> Iterator[str]:
    """How a term would be written in a host's name: "Acme Air" as acmeair and acme-air."""
    words = _RUN.findall(_fold(term))
    yield from ("".join(words), "-".join(words)) if words else ()


def _labels(link: str) -> frozenset[str]:
    """The names in a link's host but its last, the top-level domain."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return frozenset()
    return frozenset(host.casefold().removeprefix("www.").split(".")[:-1])
