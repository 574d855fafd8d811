"""Secrets struck out of what is said, in whatever form a server or a library repeats them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote, quote_plus

STRUCK = "***"
SHORTEST = 8  # a secret of fewer characters is none, and may stand in any word
SHORTEST_PART = 6  # of one that was cut through

# The variables that hold one, by how their names end.
_VARIABLE = re.compile(r"WARMLINE_\w+_(?:TOKEN|PASSWORD|SECRET|KEY)\Z")
# What a login gives is as secret, and nobody's variable: in a header, in an address, in an answer's body.
_SHOWN = re.compile(
    r"(?i)\b(bearer|basic|\w*access_?token|\w*refresh_?token|accessjwt|refreshjwt|oauth_token|oauth_signature)"
    r"([\\\"':= ]+|%3D|%253D)[^\s\"'\\&,;]{8,}"
)


def strike(said: str, secrets: Iterable[str]) -> str:
    """The text without these secrets: whole, escaped for an address, for HTML or JSON, or cut through at its end."""
    forms = _all_forms(tuple(secrets))
    for form in forms:
        said = said.replace(form, STRUCK)
    for form in forms:
        begins = said.find(form[:SHORTEST_PART], max(0, len(said) - len(form)))
        while begins >= 0:
            if form.startswith(said[begins:]):
                return said[:begins] + STRUCK
            begins = said.find(form[:SHORTEST_PART], begins + 1)
    return said


def strike_shown(said: str) -> str:
    """The text without what stands where tokens stand: behind Bearer, in access_token and the like."""
    return _SHOWN.sub(rf"\1\2{STRUCK}", said)


def secrets_named(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Our secrets in these variables."""
    return tuple(value for name, value in environ.items() if _VARIABLE.match(name) and len(value) >= SHORTEST)


@lru_cache(maxsize=64)
def _all_forms(secrets: tuple[str, ...]) -> tuple[str, ...]:
    """Every form of every secret, the longest first; made once, since every line that is logged asks for them."""
    return tuple(sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True))


def _forms(secret: str) -> Iterator[str]:
    once, plus = quote(secret, safe=""), quote_plus(secret)
    for form in (secret, once, quote(secret), plus, quote(once, safe="")):
        if len(form) >= SHORTEST:
            yield from (form, re.sub("%..", lambda code: code[0].lower(), form))
    yield from (form for form in (html.escape(secret), json.dumps(secret)[1:-1]) if len(form) >= SHORTEST)
