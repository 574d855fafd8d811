"""The only door for foreign text: after it every string can be stored, sent and shown.

One lone surrogate stops SQLite, HTTP and mail alike; one NUL stops PostgreSQL; a megabyte of stacked accents stops the
desk. So each mention passes through here once, at ingest, and nobody behind the door has to think of it again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice

import regex

from listener.mention import Author, Mention

TEXT_MOST = 10_000
NAME_MOST = 200
ID_MOST = 512
URL_MOST = 2_000
LINKS_MOST = 50
EXTRA_KEYS = 50
EXTRA_MOST = 1_000
# SQLite's and PostgreSQL's largest integer.
COUNT_MOST = 2**63 - 1
MARKS_MOST = 8

_SURROGATE = re.compile("[\ud800-\udfff]")
_LONE_SURROGATE = re.compile("[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]")
_LINE_END = re.compile("\r\n?|[\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# One look that tells most texts apart from the few with something to mend.
_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_STACKED_MARKS = regex.compile(rf"(\p{{M}}{{{MARKS_MOST}}})\p{{M}}+")
_SPACES = re.compile(r"\s+")
_WEB_ADDRESS = re.compile(r"(?:https?|at)://\S+\Z", re.IGNORECASE)
_LANG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*\Z")


def clean_text(text: str, most: int = TEXT_MOST) -> str:
    """The text as it can be stored and shown, at most `most` characters; a cut one ends in "…".

    Surrogate pairs are joined and lone ones become U+FFFD, controls but newline and tab go, line ends become \\n, and
    a character keeps at most 8 combining marks. Linear in length; never raises; cleaning twice changes nothing.
    """
    if text.isascii() and len(text) <= most and _ODD.search(text) is None:
        return text
    return _cut(_mend(text, most), most)


def _mend(text: str, most: int) -> str:
    # Mending shortens a text by half at most where it is a text at all; what lies far beyond the cap need not be read.
    if len(text) > 4 * most:
        text = text[: 4 * most] + "…"
    if _ODD.search(text):
        if _SURROGATE.search(text):
            text = _LONE_SURROGATE.sub("\ufffd", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        text = _CONTROL.sub("", _LINE_END.sub("\n", text))
    return text if text.isascii() else _STACKED_MARKS.sub(r"\1", text)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def clean_line(text: str, most: int = NAME_MOST) -> str:
    """The text on one line, without white space around it: a name, a handle, a subject."""
    if len(text) <= most and text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _cut(_SPACES.sub(" ", _mend(text, most)).strip(), most)


def clean_id(post_id: str) -> str:
    """An id on one line. One too long to be real becomes its hash: cut short, two ids could turn into one."""
    if len(post_id) > ID_MOST:
        return "sha256:" + hashlib.sha256(post_id.encode("utf-8", "surrogatepass")).hexdigest()
    return clean_line(post_id, ID_MOST)


def clean_url(url: str) -> str:
    """The address if it is http, https or at and has no white space in it, else ""."""
    line = _mend(url, URL_MOST).strip()
    return line if len(line) <= URL_MOST and _WEB_ADDRESS.match(line) else ""


def clean_mention(mention: Mention) -> Mention:
    """The mention with every foreign string in it cleaned, and every count such as a database can hold."""
    lang = mention.lang and mention.lang.strip()
    return replace(
        mention,
        platform=clean_line(mention.platform),
        post_id=clean_id(mention.post_id),
        author=_clean_author(mention.author),
        text=clean_text(mention.text),
        url=clean_url(mention.url),
        in_reply_to=clean_id(mention.in_reply_to) or None if mention.in_reply_to else None,
        thread_id=clean_id(mention.thread_id) or None if mention.thread_id else None,
        lang=lang if lang and len(lang) <= 35 and _LANG.match(lang) else None,
        likes=_clean_count(mention.likes),
        reposts=_clean_count(mention.reposts),
        replies=_clean_count(mention.replies),
        links=tuple(link for link in map(clean_url, mention.links[:LINKS_MOST]) if link),
        extra=_clean_extra(mention.extra),
    )


def _clean_author(author: Author) -> Author:
    return Author(
        platform=clean_line(author.platform),
        author_id=clean_id(author.author_id),
        handle=clean_line(author.handle).lstrip("@＠ "),
        name=clean_line(author.name),
        followers=_clean_count(author.followers),
        url=clean_url(author.url),
        bot=author.bot,
    )


def _clean_count(count: int | None) -> int | None:
    return count if count is not None and 0 <= count <= COUNT_MOST else None


def _clean_extra(extra: Mapping[str, str]) -> Mapping[str, str]:
    kept = islice(extra.items(), EXTRA_KEYS)
    return {clean_line(key): clean_text(value, EXTRA_MOST) for key, value in kept}
