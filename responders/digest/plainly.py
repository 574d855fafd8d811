"""Says counts, times, names and foreign texts plainly, for a letter. Pure; English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from listener.clean import clean_line
from listener.mention import Author
from responders.platform_names import platform_name

_SMALL = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# Marks that turn the reading order of everything after them, and letters that are there to be unseen.
_BENDING = re.compile("[\u200b\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def number(n: int) -> str:
    """Up to twelve in words, beyond in digits: `no`, `three`, `1,204`."""
    return _SMALL[n] if 0 <= n < len(_SMALL) else f"{n:,}"


def count(n: int, one: str, many: str = "") -> str:
    """The number with its noun: `one person`, `twelve people`, `1,204 mentions`."""
    return f"{number(n)} {one if n == 1 else many or one + 's'}"


def capital(text: str) -> str:
    """The text with its first letter large, and the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(parts: Iterable[str], join: str = "and") -> str:
    """`a, b and c`."""
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} {join} {last}" if first else last


def lasting(span: timedelta) -> str:
    """How long, in the largest unit that says enough: `40 minutes`, `31 hours`, `six days`, `three weeks`."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 1:
        return "less than a minute"
    for size, most, unit in ((1, 90, "minute"), (60, 48 * 60, "hour"), (1440, 21 * 1440, "day")):
        if minutes < most:
            return count(minutes // size, unit)
    return count(minutes // (7 * 1440), "week")


def compared(now: int, before: int) -> str:
    """How a count stands to the one of the week before, in words with both figures left to see."""
    if before == 0:
        return "none the week before" if now else "as in the week before"
    if now == before:
        return "as many as the week before"
    return f"{abs(now - before):,} {'more' if now > before else 'fewer'} than the week before ({before:,})"


def quoted(text: str, most: int = 280) -> str:
    """A foreign text on one line between quotation marks, cut after a whole word where it is longer than `most`."""
    return f"“{cut(text, most)}”"


def cut(text: str, most: int) -> str:
    """A foreign text on one line, without marks that bend what stands beside it, cut after a whole word."""
    line = _BENDING.sub("", clean_line(text, 10_000))
    if len(line) <= most:
        return line
    head = line[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[most // 2 :] else head).rstrip(" ,;:.") + "…"


def called(who: Author) -> str:
    """What to call a person: `Anna Lind (@anna.example)`, or the handle alone."""
    name, handle = cut(who.name, 60), cut(who.handle, 60)
    return f"{name} (@{handle})" if name and name.casefold() != handle.casefold() else f"@{handle}"


def platform_in_words(platform: str) -> str:
    """The platform as people write it; an imported file may call it anything."""
    return platform_name(cut(platform, 30))
