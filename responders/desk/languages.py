"""The English names of languages, by their ISO 639-1 codes. Those that people write posts in; no others are guessed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_NAMES = """
af Afrikaans; am Amharic; ar Arabic; az Azerbaijani; be Belarusian; bg Bulgarian; bn Bengali; bs Bosnian; ca Catalan;
cs Czech; cy Welsh; da Danish; de German; el Greek; en English; eo Esperanto; es Spanish; et Estonian; eu Basque;
fa Persian; fi Finnish; fr French; ga Irish; gl Galician; gu Gujarati; ha Hausa; he Hebrew; hi Hindi; hr Croatian;
hu Hungarian; hy Armenian; id Indonesian; is Icelandic; it Italian; ja Japanese; ka Georgian; kk Kazakh; km Khmer;
kn Kannada; ko Korean; ku Kurdish; ky Kyrgyz; la Latin; lb Luxembourgish; lo Lao; lt Lithuanian; lv Latvian;
mg Malagasy; mk Macedonian; ml Malayalam; mn Mongolian; mr Marathi; ms Malay; mt Maltese; my Burmese; nb Norwegian;
ne Nepali; nl Dutch; nn Norwegian; no Norwegian; pa Punjabi; pl Polish; ps Pashto; pt Portuguese; ro Romanian;
ru Russian; si Sinhala; sk Slovak; sl Slovenian; so Somali; sq Albanian; sr Serbian; sv Swedish; sw Swahili; ta Tamil;
te Telugu; th Thai; tl Tagalog; tr Turkish; uk Ukrainian; ur Urdu; uz Uzbek; vi Vietnamese; xh Xhosa; yo Yoruba;
zh Chinese; zu Zulu
"""
NAMES: Mapping[str, str] = MappingProxyType(dict(pair.split(maxsplit=1) for pair in _NAMES.split(";")))


def language(code: str) -> str:
    """The language's name in English; "another language (xx)" where we know none for its code."""
    primary = code.lower().replace("_", "-").partition("-")[0]
    return NAMES.get(primary) or f"another language ({primary[:8]})"
