"""Whether a text is English enough for an English lexicon. Small on purpose: it only refuses what is clearly not."""

from __future__ import annotations

import re

# Enough of a long text to tell.
CHARACTERS_MOST = 2_000
# What platforms say where they know no language: ISO 639's und, zxx, mul and X's codes for posts of only tags or links.
_NO_LANGUAGE = frozenset({"", "und", "zxx", "mul", "qam", "qct", "qht", "qme", "qst", "art"})
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_OTHER_LETTER = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
# The small words that hold a sentence together.
_ENGLISH = (
    "the and is are was were you your i it its of to for with this that my we they he she have has had not be "
    "been do does did but what when how why where who can could would will just from at by so if or out up there "
    "their our get got all about after again never an as which than then them us very too here please thanks"
)
_SPANISH = (
    "el los las una que de del y en por con es está están esta este esto pero muy más mas como cuando porque yo "
    "tú su sus lo le les qué ya nada todo todos hay ser soy tengo tiene hoy sin sobre también para quiero hace "
    "estoy eso eres bien cada vez hacer tan te se ni gracias nunca siempre"
)
_PORTUGUESE = (
    "os um uma não nao em na pra isso esse essa mas muito mais quando eu você voce vc meu minha seu sua tem ter "
    "foi hoje sem já só vai ele ela são da das dos tá até mesmo como quero fazer estou que de e o ao nem gente "
    "bom nos pq pelo pela ainda agora está obrigado obrigada"
)
_FRENCH = (
    "le la les un des du et est dans pour avec pas je tu il elle nous vous ils ce cette ces mais très plus quand "
    "qui sur au aux suis sont ai mon ses ça moi toi une ne que c'est j'ai sa bien fait tout tous être faire merci "
    "de en y va trop quoi rien"
)
_ITALIAN = (
    "il lo gli uno di che non è per ti ci più come quando perché perche questo questa anche ho hai ha della del "
    "alla nel tutto oggi una le e la un sono se da con delle degli dalla poi solo fare stato tutti fa molto già "
    "grazie ora sempre"
)
_GERMAN = (
    "der das und ist ich du er sie wir ihr ein eine einen nicht zu mit auf für von dem den im auch aber wie wenn "
    "dass mir mich dich es bei nach noch nur schon sich wird sind bin habe hat kein keine dann gut heute immer "
    "jetzt ganz wieder oder vom zum zur über sehr uns mein meine alle hab einfach mehr doch danke warum"
)
# Thanks and greetings that tell a language by themselves: a kind word is often all there is.
_TELLING = frozenset(
    {"merci", "beaucoup", "bonjour", "bonsoir", "livraison", "gracias", "muchas", "hola", "pedido", "obrigado"}
    | {"obrigada", "danke", "vielen", "lieferung", "grazie", "mille", "ottimo", "buongiorno", "spedizione"}
)
_ENGLISH_WORDS = frozenset(_ENGLISH.split())
_FOREIGN_WORDS = frozenset(f"{_SPANISH} {_PORTUGUESE} {_FRENCH} {_ITALIAN} {_GERMAN}".split()) - _ENGLISH_WORDS


def is_english(text: str, lang: str | None) -> bool:
    """Whether an English lexicon can read this: the platform's word for it, then the script, then the small words.

    In doubt it says yes: a short English text has no small words either.
    """
    said = _WORD.match(lang.lower()) if lang else None
    primary = said.group() if said else ""
    if primary != "en" and primary not in _NO_LANGUAGE:
        return False
    if not text.isascii() and not _mostly_latin(text):
        return False
    return primary == "en" or not _clearly_foreign(text)


def _mostly_latin(text: str) -> bool:
    others = len(_OTHER_LETTER.findall(text[:CHARACTERS_MOST]))
    return others == 0 or 2 * others <= sum(map(str.isalpha, text[:CHARACTERS_MOST]))


def _clearly_foreign(text: str) -> bool:
    text = text[:CHARACTERS_MOST].lower()
    # The quick look, which spares most texts the careful one.
    if _FOREIGN_WORDS.isdisjoint(text.split()) and _TELLING.isdisjoint(_WORD.findall(text)):
        return False
    words = set(_WORD.findall(text))
    english = len(words & _ENGLISH_WORDS)
    foreign = len(words & (_FOREIGN_WORDS | _TELLING)) + len(words & _TELLING)
    accented = any("ß" <= mark < "\u0250" and mark.isalpha() for mark in text)
    return foreign + accented >= 2 and foreign > 2 * english
