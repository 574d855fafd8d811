"""A message cut into runs of words that could be quoted, with what must not be said again cut out."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from responders.compose.wording import DETERMINERS, DYING, FAMILY, POSSESSIVES, SENSITIVE, THINGS_THAT_DIE, UNSAYABLE

READ_AT_MOST = 4_000  # characters; what matters in a longer text has been said by then

# In order: the first kind that fits takes the characters. Everything but `word` and `comma` ends a run.
_TOKEN = regex.compile(
    r"""
    (?P<link>
        (?:https?://|www\.)\S+
      | (?<![\w@.-])[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|ly|co|uk|de|gov|edu|me)\b(?:/\S*)?
    )
  | (?P<secret>
        [^\s@]+@[\w-]+(?:\.[\w-]+)+                                   # an email address
      | \+?\(?\d(?:[\s().-]{0,2}\d){6,}                               # seven digits and more: phones, cards, orders
      | \b(?=[A-Z-]*\d[A-Z\d-]*\d)(?=[\d-]*[A-Z])(?![A-Z]{2,3}\d{1,4}\b)[A-Z\d](?:-?[A-Z\d]){5,}\b  # a case code
      | (?i:\b(?:confirmation|conf|pnr|record\ locator|booking|reference|ref)\b(?:[\s:\#.]|number|num|no|code|is)*)
        (?<=[\s:\#.])[A-Z\d]{5,8}\b                                    # what follows “booking ref”
      | \b\d{1,5}\s(?:\p{Lu}\p{L}+\s){1,3}(?i:street|st|road|rd|avenue|ave|lane|drive|blvd)\b
      | \b[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b                          # a postcode
    )
  | (?P<tag>   (?:@(?=\w)|[\#$](?=\p{L}))[\w.-]*\w(?:@[\w.-]*\w)?(?:['’]s\b)?)
  | (?P<word>
        [$£€]?\d+(?:[.,:/]\d+)*(?:[$£€%]|\p{L}+)?(?![\p{L}\d])
      | [\p{L}\p{N}][\p{L}\p{M}\p{N}*]*(?:['’&+-][\p{L}\p{N}][\p{L}\p{M}\p{N}]*|['’](?=\s|$)(?<=s['’]))*
    )
  | (?P<comma> ,(?=\s))
  | (?P<mark>  \S)
    """,
    regex.VERBOSE,
)
_SENTENCE_END = ".?!…;"
OPENING_QUOTES, CLOSING_QUOTES = '“"«', '”"»'
CLAUSE_MARKS = ".?!…;,:–—-()”»"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as they wrote it (`said`), where it stands in the folded text, and its small-letter form (`plain`)."""

    said: str
    start: int
    end: int
    plain: str


@dataclass(frozen=True, slots=True)
class Run:
    """Words with nothing but a space between them.

    `opens` and `closes` tell whether it begins and ends where their clause does, and not at a tag or at something cut
    out. `asks`: the sentence ends in a question mark. `quoted`: they had it in quotation marks.
    """

    words: tuple[Word, ...]
    opens: bool
    closes: bool
    asks: bool
    quoted: bool


def fold(text: str) -> str:
    """The text with each stretch of white space as one space, a line break as one line break; capped."""
    lines = (" ".join(line.split()) for line in text[:READ_AT_MOST].splitlines())
    return "\n".join(line for line in lines if line)


def plain(word: str) -> str:
    """A word for looking up: small letters, straight apostrophe."""
    return unicodedata.normalize("NFKC", word).casefold().replace("’", "'")


def runs(folded: str) -> Iterator[Run]:
    """The runs of a folded text, in order, without oaths, private figures or anything of the kinds not to be repeated.

    A sentence that touches health, grief, belief or politics is left out whole: half of it could still give it away.
    """
    for sentence in sentences(folded):
        if _touches_what_is_private(sentence):
            continue
        asks = bool(sentence) and sentence[-1][0] == "?"
        yield from _runs_of(sentence, folded, asks)


def sentences(folded: str) -> Iterator[list[regex.Match[str]]]:
    """The tokens of each sentence, its closing mark included."""
    sentence: list[regex.Match[str]] = []
    for match in _TOKEN.finditer(folded):
        if sentence and "\n" in folded[sentence[-1].end() : match.start()]:
            yield sentence
            sentence = []
        sentence.append(match)
        if match[0] in _SENTENCE_END:
            yield sentence
            sentence = []
    yield sentence


def unsafe(sentence: Sequence[regex.Match[str]]) -> bool:
    """Whether a sentence can't be said again whole: it holds an oath, a private figure or a matter of that kind."""
    return _touches_what_is_private(sentence) or any(
        token.lastgroup == "secret" or (token.lastgroup == "word" and not _sayable(token)) for token in sentence
    )


def _touches_what_is_private(sentence: Sequence[regex.Match[str]]) -> bool:
    said = [token[0] for token in sentence if token.lastgroup == "word"]
    words = {plain(word) for word in said}
    return bool(words & SENSITIVE) or bool(words & DYING and (words & FAMILY or _somebody_dies(said)))


def _somebody_dies(said: Sequence[str]) -> bool:
    """Whether what dies goes by a name: “since Ellen died”, where things take a “my” or “the” (“my Kindle died”)."""
    return any(
        plain(word) in DYING
        and said[at - 1].istitle()
        and plain(said[at - 1]) not in THINGS_THAT_DIE
        and (at == 1 or plain(said[at - 2]) not in DETERMINERS | POSSESSIVES)
        for at, word in enumerate(said)
        if at
    )


def _runs_of(sentence: list[regex.Match[str]], folded: str, asks: bool) -> Iterator[Run]:
    first = 0
    while first < len(sentence):
        end = _run_end(sentence, first, folded)
        if end > first:
            words = tuple(Word(m[0], m.start(), m.end(), plain(m[0])) for m in sentence[first:end])
            before, after = sentence[:first], sentence[end:]
            quoted = bool(before) and before[-1][0] in OPENING_QUOTES
            unquoted = quoted and bool(after) and after[0][0] in CLOSING_QUOTES
            yield Run(
                words,
                quoted or _breaks(before[::-1]),
                unquoted or (_breaks(after) and not _labels(after)),
                asks,
                quoted,
            )
        first = max(end, first + 1)


def _labels(after: list[regex.Match[str]]) -> bool:
    """Whether a colon follows: what stands before it announces the matter and is not yet the matter."""
    return bool(after) and after[0][0] == ":"


def _run_end(sentence: list[regex.Match[str]], first: int, folded: str) -> int:
    """Where the run that begins at `first` ends; `first` itself where no run begins there."""
    end = first
    while end < len(sentence) and _sayable(sentence[end]):
        if end > first and folded[sentence[end - 1].end() : sentence[end].start()] != " ":
            break
        end += 1
    return end


def _sayable(token: regex.Match[str]) -> bool:
    return token.lastgroup == "word" and plain(token[0]) not in UNSAYABLE and "*" not in token[0]


def _breaks(onward: list[regex.Match[str]]) -> bool:
    """Whether their clause breaks here: at punctuation, or because only tags and links lie between here and its end."""
    if onward and onward[0][0] in CLAUSE_MARKS:
        return True
    return all(token.lastgroup not in ("word", "secret") for token in onward)
