"""`warmline export`: what was heard and what became of it, to take away as a table or as JSON lines."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click

from listener.log import printable
from listener.rows.dates import parse_time
from responders.commands.common import as_json, failing_in_one_line, open_office, say, settings_option
from responders.exporting import as_csv, exported
from responders.office import Office

Row = dict[str, object]

JSON_LINES = (".jsonl", ".ndjson", ".json")


def _since(_: click.Context, __: click.Parameter, text: str | None) -> datetime | None:
    try:
        return parse_time(text) if text else None
    except ValueError as why:
        raise click.BadParameter(str(why)) from why


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--jsonl", "--json", "as_jsonl", is_flag=True, help="JSON, one object a line; FILE.jsonl says so too.")
@click.option("--since", callback=_since, metavar="2026-11-01", help="Only what was posted since then (UTC).")
@click.option("--watch", metavar="NAME", help="Only what was heard for this watch.")
@settings_option
@failing_in_one_line
def export(file: Path | None, as_jsonl: bool, since: datetime | None, watch: str | None, settings_path: Path) -> None:
    """Write every mention with its triage, its outcome, our reply and its receipt to FILE, else to standard output.

    As CSV, where an apostrophe stands before a text that a spreadsheet would take for a formula; or as JSON lines.
    `warmline import` takes both back as they were. What its author deleted is there without its words.
    """
    as_jsonl = as_jsonl or (file is not None and file.suffix.lower() in JSON_LINES)
    with open_office(settings_path) as office:
        _known(office, watch)
        rows = exported(office.db, since, watch)
        try:
            if file is None:
                with _standard_output() as out:
                    _write(rows, out, as_jsonl)
                return
            with _in_its_place(file) as out, _progress(office, rows) as bar:
                written = _write(bar, out, as_jsonl)
        except BrokenPipeError:
            raise  # whoever read us has read enough: click ends quietly
        except OSError as why:
            raise click.ClickException(f"cannot write {file or 'it'}: {why.strerror}") from why
    say(f"Wrote {written:,} {'mention' if written == 1 else 'mentions'} to {file}.")


def _known(office: Office, watch: str | None) -> None:
    names = [one.name for one in office.settings.watches]
    if watch is not None and watch not in names:
        raise click.BadParameter(f"there is no watch {watch!r}. There are: {', '.join(names)}", param_hint="--watch")


def _progress(office: Office, rows: Iterator[Row]) -> click._termui_impl.ProgressBar[Row]:
    # All that is kept is an upper bound of what is chosen: counting the chosen would read them twice.
    return click.progressbar(rows, length=office.archive.count(), label="Exporting", file=sys.stderr)


def _write(rows: Iterable[Row], out: TextIO, as_jsonl: bool) -> int:
    """Write them all, and count them."""
    lines = (as_json(row) + "\n" for row in rows) if as_jsonl else as_csv(rows)
    written = 0 if as_jsonl else -1  # a table begins with its columns' names
    for line in lines:
        # A file holds what was said to the letter; a terminal would obey some of it.
        out.write(printable(line, keep="\n") if out.isatty() else line)
        written += 1
    return written


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Standard output as UTF-8, whatever the terminal's own letters are."""
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield out
    finally:
        out.flush()
        out.detach()


@contextmanager
def _in_its_place(file: Path) -> Iterator[TextIO]:
    """A new file that takes this one's place when it is whole. Only its owner may read it: it is full of people."""
    if file.exists() and not file.is_file():  # /dev/null, a named pipe
        with file.open("w", encoding="utf-8", newline="") as out:
            yield out
        return
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as out:
        beside = Path(out.name)
        try:
            yield out  # type: ignore[misc]  # a TextIO in all but name
            out.close()
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
