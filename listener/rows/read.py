"""Mentions from a file: CSV, TSV or JSON lines, one row at a time.

Every record of the file comes out, as a mention or as a bad row with its line: an import can be checked by counting.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from listener.clean import clean_mention
from listener.mention import UNTOLD, Author, Mention
from listener.rows import exported
from listener.rows.dates import first_of_two, parse_time
from listener.rows.records import BadRow, Record, RowsError, header_of, read_records

__all__ = ["COLUMNS", "BadRow", "RowsError", "parse_mapping", "read_rows"]

COLUMNS = (
    "platform", "post_id", "author_handle", "author_name", "author_followers", "text", "url", "posted_at",
    "in_reply_to", "thread_id", "lang", "likes", "reposts", "replies",
)  # fmt: skip
REQUIRED = ("text", "posted_at")
# When a row was posted that does not say so, where none need.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
# What other tools call these: only ever suggested, never guessed.
_OFTEN_CALLED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "text": ("tweet_text", "full_text", "content", "body", "message", "tweet", "comment"),
        "posted_at": ("created_at", "timestamp", "created", "date", "datetime", "time", "published_at"),
    }
)
_WHOLE_FLOAT = re.compile(r"(-?\d+)\.0+\Z")
# 5.70306E+17: a spreadsheet has rounded it, and many rows may now share it.
_ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+\Z")
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Ours to theirs, from "text=tweet_text".

    Raises RowsError for what is no pair, no column of ours, or said twice.
    """
    mapping: dict[str, str] = {}
    for pair in pairs:
        ours, equals, theirs = (part.strip() for part in pair.partition("="))
        if not (ours and equals and theirs):
            raise RowsError(f"cannot read the mapping {pair!r}: write OURS=THEIRS, as in text=tweet_text")
        if ours not in COLUMNS:
            raise RowsError(f"there is no column {ours!r} to map to{_near(ours, COLUMNS)}. Ours: {', '.join(COLUMNS)}")
        if ours in mapping:
            raise RowsError(f"{ours} is mapped twice, to {mapping[ours]!r} and {theirs!r}: keep one")
        mapping[ours] = theirs
    return mapping


def read_rows(
    path: Path, mapping: Mapping[str, str] | None = None, platform: str = UNTOLD, *, dated: bool = True
) -> Iterator[Mention | BadRow]:
    """The file's rows in their order, cleaned. `mapping` is ours to theirs; `platform` is for rows that name none.

    Where dates leave open which number is the day ("03/04/2026") the whole file decides: day first if any row's first
    number is above 12, else month first. A row without a post_id gets one from platform, author, time and text, so
    that importing a file twice adds nothing. With `dated` False a row needs no time, and one that can't be read loses
    nobody: it counts as `UNDATED`. Raises RowsError where the file as a whole can't be read.
    """
    columns = _columns(path, mapping or {}, REQUIRED if dated else REQUIRED[:1])
    return _rows(path, columns, platform, dated)


def _rows(path: Path, columns: Mapping[str, str], platform: str, dated: bool) -> Iterator[Mention | BadRow]:
    day_first: bool | None = None
    for record in read_records(path):
        if isinstance(record, BadRow):
            yield record
            continue
        try:
            if ours := exported.mention_of(record.values):
                yield ours
                continue
        except ValueError as why:
            yield BadRow(record.line, str(why), record.raw)
            continue
        if day_first is None and first_of_two(record.values.get(columns["posted_at"], "")):
            day_first = _day_comes_first(path, columns["posted_at"])
        try:
            row = _Row(record, columns)
            yield _mention(row, platform, _posted_at(row, bool(day_first), dated))
        except ValueError as why:
            yield BadRow(record.line, str(why), record.raw)


def _columns(path: Path, mapping: Mapping[str, str], required: Sequence[str]) -> dict[str, str]:
    """Our columns to the file's. Raises RowsError where one that is mapped or required is not in the file."""
    header = header_of(path)
    for ours, theirs in mapping.items():
        if theirs not in header:
            raise RowsError(f"{path.name} has no column {theirs!r} for {ours}{_near(theirs, header)}. {_has(header)}")
    for ours in required:
        if ours not in mapping and ours not in header:
            theirs = next((name for name in _OFTEN_CALLED[ours] if name in header), "")
            theirs = theirs or next(iter(get_close_matches(ours, header, 1)), "THEIRS")
            raise RowsError(f"{path.name} has no column {ours}: try --map {ours}={theirs}. {_has(header)}")
    return {ours: mapping.get(ours, ours) for ours in COLUMNS}


def _near(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, 3)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def _has(header: Sequence[str]) -> str:
    return f"It has: {', '.join(header[:40])}"


def _day_comes_first(path: Path, column: str) -> bool:
    pairs = (first_of_two(record.values.get(column, "")) for record in read_records(path) if isinstance(record, Record))
    return any(pair is not None and pair[0] > 12 for pair in pairs)


@dataclass(frozen=True, slots=True)
class _Row:
    """One record under our names."""

    record: Record
    columns: Mapping[str, str]

    def get(self, ours: str) -> str:
        return self.record.values.get(self.columns[ours], "").strip()

    def count(self, ours: str) -> int | None:
        text = _whole(self.get(ours))
        return int(text.replace(",", "")) if len(text) < 25 and _COUNT.fullmatch(text) else None

    def post_id(self, ours: str) -> str:
        text = _whole(self.get(ours))
        return "" if _ROUNDED.match(text) else text

    def extra(self) -> Mapping[str, str]:
        known = set(self.columns.values())
        return {name: value for name, value in self.record.values.items() if name not in known and value}


def _whole(text: str) -> str:
    """A number without the ".0" that a table of floats has given it."""
    found = _WHOLE_FLOAT.match(text)
    return found[1] if found else text


def _posted_at(row: _Row, day_first: bool, dated: bool) -> datetime:
    """When it was posted. Raises ValueError where the row must say so and doesn't."""
    if dated and not row.get("posted_at"):
        raise ValueError("no posted_at" if row.get("text") else "no text")
    try:
        return parse_time(row.get("posted_at"), day_first)
    except ValueError:
        if dated:
            raise
        return UNDATED


def _mention(row: _Row, platform: str, posted_at: datetime) -> Mention:
    """The row as a mention. Raises ValueError where it has no text."""
    if not row.get("text"):
        raise ValueError("no text")
    platform = row.get("platform") or platform
    post_id = row.post_id("post_id") or _made_up_id(platform, row, posted_at)
    return clean_mention(
        Mention(
            platform=platform,
            post_id=post_id,
            author=_author(platform, post_id, row),
            text=row.get("text"),
            posted_at=posted_at,
            url=row.get("url"),
            in_reply_to=row.post_id("in_reply_to") or None,
            thread_id=row.post_id("thread_id") or None,
            lang=row.get("lang") or None,
            likes=row.count("likes"),
            reposts=row.count("reposts"),
            replies=row.count("replies"),
            extra=row.extra(),
        )
    )


def _made_up_id(platform: str, row: _Row, posted_at: datetime) -> str:
    author = _whole(row.get("author_handle")).lstrip("@") or row.get("author_name")
    named = "\x1f".join((platform, author, posted_at.isoformat(), row.get("text")))
    return "row:" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _author(platform: str, post_id: str, row: _Row) -> Author:
    """Who wrote it. Someone without a handle is nobody we can know again: each such row is a person of its own."""
    handle = _whole(row.get("author_handle")).lstrip("@")
    return Author(
        platform=platform,
        author_id=handle or f"unknown:{post_id}",
        handle=handle or "unknown",
        name=row.get("author_name"),
        followers=row.count("author_followers"),
    )
