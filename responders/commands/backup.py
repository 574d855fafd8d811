"""`warmline backup`: the whole database in one file, made while everything runs."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic

import click

from listener.archive.backup import back_up, examine
from listener.archive.copying import Told
from listener.poll import utc_now
from responders.commands.common import failing_in_one_line, json_option, load, say, say_json, settings_option
from responders.office import database_path

COUNTED = ("mentions", "drafts")
LARGE = 50_000_000  # bytes: what is copied in less than a second needs no progress


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--over", is_flag=True, help="Write over FILE where it is there already.")
@settings_option
@json_option
@failing_in_one_line
def backup(file: Path | None, over: bool, settings_path: Path, as_json: bool) -> None:
    """Copy the database as it is now to FILE (else to a dated name beside it), and read the copy from end to end.

    The daemon, the desk and other commands go on meanwhile. FILE can be read by you alone: it holds what people said.
    """
    began, now = monotonic(), utc_now()
    database = database_path(load(settings_path), settings_path)
    target = file or database.with_name(f"{database.stem}-{now:%Y%m%d-%H%M%S}{database.suffix or '.db'}")
    back_up(database, target, now, over=over, told=_progress(database))
    rows = examine(target, (), COUNTED).rows
    size, took_s = target.stat().st_size, round(monotonic() - began, 2)
    if as_json:
        counted = {table: rows.get(table, 0) for table in COUNTED}
        say_json({"file": str(target), "made_at": now, "bytes": size, **counted, "took_s": took_s})
        return
    held = ", ".join(f"{rows.get(table, 0):,} {table}" for table in COUNTED)
    say(f"{target}: {size / 1_000_000:,.1f} MB, {held}; it took {took_s:,.1f} s and was read from end to end.")
    say(f"To go back to it: warmline restore {target}")


def _progress(database: Path) -> Told | None:
    """What tells a person who waits at a terminal how far it is; None where nobody does, or hardly has to."""
    if not sys.stderr.isatty() or not database.exists() or database.stat().st_size < LARGE:
        return None

    def told(written: int, most: int) -> None:
        click.echo(f"\r{written / 1_000_000:,.0f} of about {most / 1_000_000:,.0f} MB", err=True, nl=False)

    return told
