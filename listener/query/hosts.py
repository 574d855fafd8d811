"""Hosts: of links, and as people write them in a text so that nobody clicks: acme[.]com, hxxps://acme.com."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

import regex

from listener.query.fold import LETTER, fold

_DOT = r"(?:\.|\s?\[(?:\.|dot)\]\s?|\s?\((?:\.|dot)\)\s?|\s?\{\.\}\s?| dot )"
_RUN = regex.compile(r"\w+")


@lru_cache(maxsize=4_096)
def host_of(link: str) -> str:
    """A link's host in lower case, without www; empty where it has none."""
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return ""


def suffixes(host: str) -> Iterator[str]:
    """A host and all that it stands under: shop.acme.com, acme.com, com."""
    while host:
        yield host
        host = host.partition(".")[2]


def labels(host: str) -> list[str]:
    """The names in a host but its last, the top-level domain."""
    return host.split(".")[:-1]


@lru_cache(maxsize=20_000)
def host_names(term: str) -> frozenset[str]:
    """How a term would be written in a host's name: "Acme Air" as acmeair and acme-air."""
    words = _RUN.findall(fold(term).text)
    return frozenset({"".join(words), "-".join(words)} if words else ())


@lru_cache(maxsize=4_096)
def written(host: str) -> regex.Pattern[str]:
    """A host in a folded text, subdomains before it allowed; not in an address of mail, nor as part of another host.

    Nor as the name before an @: https://acme.com@evil.example leads to evil.example.
    """
    spelled = _DOT.join(regex.escape(label) for label in fold(host).text.split("."))
    return regex.compile(rf"(?<!{LETTER}|[@-]){spelled}(?!{LETTER}|[@-]|{_DOT}\w)", regex.V1)
