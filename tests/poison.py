"""The worst that anyone could post, or put into a file: for tests, and for `python -m bench poison`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from listener.mention import Author, Mention
from listener.watch import Watch

WATCHES = (
    Watch("acme", "brand", ("Acme", "Acme Air"), ("acmehelp",), ("acme bank",)),
    Watch("rival", "competitor", ("Rival's",), ("rival",)),
)
MEGABYTE = 1_000_000


def texts() -> Mapping[str, str]:
    """The texts by name: much longer than any platform lets them be, since an import or a feed may hold anything."""
    return {
        "1 MB of words": "acme good but bad " * (MEGABYTE // 18),
        "1 MB without a space": "a" * MEGABYTE,
        "1 MB of spaces": " " * MEGABYTE + "acme",
        "1 MB of line ends": "\r\n> acme" * (MEGABYTE // 8),
        "10,000 emoji": "😂" * 10_000,
        "10,000 emoji apart": "😂 " * 10_000,
        "families of emoji": "👨‍👩‍👧‍👦" * 1_400,
        "zalgo": "".join(letter + "\u0301\u0302\u0303" * 40 for letter in "acme is late") * 100,
        "only marks": "\u0301" * MEGABYTE,
        "lone surrogates": "\ud83d\udc4d\ud83dacme\udc4d" * 2_000,
        "NULs": "\x00acme\x00" * 2_000,
        "right to left": "\u202e\u2066acme\u2069\u202c" * 1_500,
        "invisible between letters": "\u200b".join("@acmehelp late " * 600),
        "look-alikes of our handle": "@аcmehelp @acmeheIp @ａｃｍｅｈｅｌｐ " * 300,
        "40,000 characters of but": "but " * 10_000,
        "good but": "good but bad " * 800,
        "negations": "not never so :) " * 650,
        "brackets": "(" * 5_000 + ")" * 5_000,
        "square brackets": "[" * 5_000 + "]" * 5_000,
        "captions that never end": "[image: " * 1_250,
        "quotes in quotes": ">" * 10_000,
        "quoted lines": "> acme\n" * 1_400,
        "quotation marks": "“" * 5_000 + "”" * 5_000,
        "one word of 100,000": "acme" * 25_000,
        "apostrophes": "a'" * 5_000,
        "5,000 hashtags": " ".join(f"#acme{n}" for n in range(5_000)),
        "5,000 handles": " ".join(f"@acmehelp{n}" for n in range(5_000)),
        "5,000 times our handle": "@acmehelp " * 5_000,
        "5,000 links": " ".join(f"https://acme.example/{n}" for n in range(5_000)),
        "a link that never ends": "https://" + "a" * 20_000,
        "5,000 times our name": "Acme " * 5_000,
        "our name and Acme Air": "Acme Air " * 1_100,
        "handle of full stops": "@acmehelp" + ".a" * 5_000 + "_",
        "only @": "@" * 10_000,
        "only full stops": "." * 10_000,
        "percent off": "10 % off " * 1_100,
        "digits": "1" * 10_000,
        "codes": "143 (8 8) " * 1_000,
        "marks before a code": "(" * 9_000 + "143",
        "ampersands": "&amp;" * 2_000,
        "questions": "does acme " * 1_000 + "?",
        "every cue": "can't log in please help still waiting how do i get a refund thanks love it " * 130,
        "stretched": "pleeeeease " * 900,
        "İ": "İ" * 10_000,
        "ß": "ß" * 10_000,
        "ﷺ": "ﷺ" * 10_000,
        "no spaces, Chinese": "阿克米" * 3_300,
        "Arabic": "أين طلبي " * 1_100,
        "sarcasm": "great just great " * 600 + "acme is down",
        "sellers": "follow back sign up now use my code 50% off " * 220,
        "our name in many cases": " ".join(_in_many_cases("acmehelp", 1_000)) + " can't log in",
    }


def _in_many_cases(name: str, times: int) -> Iterator[str]:
    for number in range(times):
        yield "".join(mark.upper() if number >> at & 1 else mark for at, mark in enumerate(name))


def poisoned(text: str) -> Mention:
    """A mention that holds the text wherever one may."""
    author = Author("import", "ana", "ana" + text[:100], text)
    links = tuple(word for word in text[:100_000].split(" ")[:60] if "://" in word)
    return Mention("import", "1", author, text, datetime.now(UTC), links=links, extra={"column": text})
