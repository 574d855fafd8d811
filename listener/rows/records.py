"""A file's records as they stand: names and values as text, and the line where each begins."""

from __future__ import annotations

import codecs
import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

RAW_MOST = 20_000
# JSON lines name their columns row by row: so many are looked at to say which there are.
ROWS_FOR_HEADER = 200

_DELIMITED = (".csv", ".tsv")
_JSON = (".jsonl", ".ndjson", ".json")
# What a byte that is no UTF-8 is read as (PEP 383).
_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_BETWEEN = re.compile(r"[\s,]*")
# Numbers stay as they are written: an id of 19 digits is no float.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)
_QUOTED = re.compile(r'"[^"]*"')


class RowsError(Exception):
    """A file, or a mapping of its columns, that can't be used at all; one line that says what to do."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that is no mention: the line where it begins (from 1), why, and as it stands."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its values by column name, the line where it begins (from 1), and as it stands."""

    line: int
    values: Mapping[str, str]
    raw: str


def read_records(path: Path) -> Iterator[Record | BadRow]:
    """Every record of the file, in order. Raises RowsError where it can't be opened or is of no known kind."""
    with _open(path) as file:
        if path.suffix.lower() in _DELIMITED:
            yield from _delimited(file, path)
        else:
            yield from _json(file)


def header_of(path: Path) -> list[str]:
    """The file's column names. Raises RowsError where it can't be opened, is empty or is of no known kind."""
    if path.suffix.lower() in _DELIMITED:
        with _open(path) as file:
            return _header(next(_split(_Lines(file), path), []), path)
    rows = list(islice(read_records(path), ROWS_FOR_HEADER))
    if not rows:
        raise RowsError(f"{path.name} is empty: nothing to import")
    names = dict.fromkeys(name for row in rows if isinstance(row, Record) for name in row.values)
    if not names:
        raise RowsError(f"{path.name} has no row that is a JSON object: expected one object a line")
    return list(names)


def _open(path: Path) -> TextIO:
    if path.suffix.lower() not in _DELIMITED + _JSON:
        raise RowsError(f"cannot tell what {path.name} is: name it .csv, .tsv, .jsonl, .ndjson or .json")
    try:
        with path.open("rb") as file:
            start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise RowsError(f"{path.name} is UTF-16: save it as UTF-8 and try again")
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as why:
        raise RowsError(f"cannot read {path}: {why.strerror}") from why


class _Lines:
    """A file's lines with their numbers; remembers those of the record under way, and can take some back."""

    def __init__(self, file: Iterable[str]) -> None:
        self._file = iter(file)
        self._back: list[str] = []
        self.first = 1
        self.taken: list[str] = []
        self.delimiter = ","

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._back.pop() if self._back else next(self._file)
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """Start a new record."""
        self.first += len(self.taken)
        self.taken = []

    def keep(self, count: int) -> None:
        """Take back all of the record's lines but the first `count`."""
        self._back += reversed(self.taken[count:])
        self.taken = self.taken[:count]

    @property
    def raw(self) -> str:
        """The record as it stands."""
        return _shown("".join(self.taken))


def _shown(text: str) -> str:
    """Raw text that can be stored: bytes that are no UTF-8 as \\udcff."""
    return text[:RAW_MOST].rstrip("\r\n").encode("utf-8", "backslashreplace").decode("utf-8")


def _split(lines: _Lines, path: Path) -> Iterator[list[str]]:
    """The lines' fields, split by what the first line uses most of comma, semicolon and tab."""
    names = _QUOTED.sub("", next(lines, ""))
    lines.keep(0)
    # A field may be as long as it likes: the cap comes with cleaning. The module keeps one limit for everybody.
    csv.field_size_limit(sys.maxsize)
    lines.delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t", key=names.count)
    return csv.reader(lines, delimiter=lines.delimiter)


def _header(fields: list[str], path: Path) -> list[str]:
    if not any(field.strip() for field in fields):
        raise RowsError(f"{path.name} is empty: its first line must name the columns")
    if _NOT_UTF8.search("".join(fields)):
        raise RowsError(f"{path.name} is not UTF-8: save it as UTF-8 and try again")
    names: list[str] = []
    for place, field in enumerate(fields, 1):
        name = field.strip() or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    return names


def _delimited(file: TextIO, path: Path) -> Iterator[Record | BadRow]:
    lines = _Lines(file)
    rows = _split(lines, path)
    names = _header(next(rows, []), path)
    while True:
        lines.begin()
        try:
            fields = next(rows, None)
        except csv.Error as why:
            yield BadRow(lines.first, f"cannot be read: {why}", lines.raw)
            continue
        if fields is None:
            return
        if fields:
            yield _row(lines, fields, names)


def _row(lines: _Lines, fields: list[str], names: list[str]) -> Record | BadRow:
    if len(lines.taken) > 1 and (len(fields) != len(names) or not _is_well_quoted(lines)):
        # A stray quote has swallowed the rows below it: give them back, and lose only the row that opened it.
        lines.keep(1)
        return BadRow(lines.first, 'a quote (") opens in this row and closes nowhere sensible', lines.raw)
    if _NOT_UTF8.search("".join(lines.taken)):
        return BadRow(lines.first, "not UTF-8", lines.raw)
    if len(fields) > len(names):
        reason = f"{len(fields)} columns where the first line names {len(names)}: put quotes round the text"
        return BadRow(lines.first, reason, lines.raw)
    return Record(lines.first, dict(zip(names, fields, strict=False)), lines.raw)


def _is_well_quoted(lines: _Lines) -> bool:
    """Whether the record's quotes open and close where fields begin and end."""
    try:
        return len(list(csv.reader(lines.taken, delimiter=lines.delimiter, strict=True))) == 1
    except csv.Error:
        return False


def _json(file: TextIO) -> Iterator[Record | BadRow]:
    """The records of one array, or of one object a line: the file's first character says which, once for all."""
    lines = ((number, line) for number, line in enumerate(file, 1) if line.strip())
    for number, line in islice(lines, 1):
        if line.lstrip().startswith("["):
            yield from _array(line + file.read(), number)
            return
        yield _object(line, number)
    for number, line in lines:
        yield _object(line, number)


def _object(line: str, number: int) -> Record | BadRow:
    """One line of JSON as a record."""
    if _NOT_UTF8.search(line):
        return BadRow(number, "not UTF-8", _shown(line))
    try:
        return _record(_DECODER.decode(line.strip()), number, line)
    except (ValueError, RecursionError) as why:
        return BadRow(number, f"not JSON: {why}"[:200], _shown(line))


def _array(text: str, line: int) -> Iterator[Record | BadRow]:
    """The items of one JSON array that may span the file."""
    at, counted = text.index("[") + 1, 0
    while True:
        at = _BETWEEN.match(text, at).end()  # type: ignore[union-attr]  # matches the empty string as well
        line += text.count("\n", counted, at)
        counted = at
        if text[at : at + 1] in ("]", ""):
            yield from _beyond(text[at + 1 :], line)
            return
        try:
            item, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as why:
            yield BadRow(line, f"not JSON from here on: {why}"[:200], _shown(text[at : at + RAW_MOST]))
            return
        raw = text[at:end]
        yield BadRow(line, "not UTF-8", _shown(raw)) if _NOT_UTF8.search(raw) else _record(item, line, raw)
        at = end


def _beyond(text: str, line: int) -> Iterator[BadRow]:
    """What stands after the array's end, a line each: nothing of it is read, and so all of it is told."""
    for number, left in enumerate(text.split("\n"), line):
        if left.strip():
            yield BadRow(number, "stands after the ] that ends the array", _shown(left))


def _record(item: Any, line: int, raw: str) -> Record | BadRow:
    if not isinstance(item, dict):
        return BadRow(line, "not a JSON object", _shown(raw))
    return Record(line, {str(name): _as_text(value) for name, value in item.items()}, _shown(raw))


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
