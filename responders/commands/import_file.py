"""`warmline import`: mentions from a file, on the same road as those that are polled."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import click

from listener.jobs import sifter_from
from listener.log import printable
from listener.mention import UNTOLD, Mention
from listener.poll import Poller
from listener.rows import BadRow, RowsError, parse_mapping, read_rows
from responders.commands.common import failing_in_one_line, json_option, open_office, say, say_json, settings_option
from responders.drafting import draft_new
from responders.office import Office

CHUNK = 500  # rows a transaction: a kill loses at most these, and the next import brings them
MOST_TOLD = 20  # bad rows named one by one; the rest are counted


@dataclass
class Tally:
    """What an import came to so far."""

    rows: int = 0
    new: int = 0
    known: int = 0
    bad: list[BadRow] = field(default_factory=list)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--map", "pairs", multiple=True, metavar="OURS=THEIRS", help="A column by its name in the file; repeat it."
)
@click.option("--platform", default=UNTOLD, show_default=True, help="The platform of rows that name none.")
@settings_option
@json_option
@failing_in_one_line
def import_file(file: Path, pairs: tuple[str, ...], platform: str, settings_path: Path, as_json: bool) -> None:
    """Take the mentions in FILE (CSV, TSV or JSONL); importing it again adds none.

    Columns: platform, post_id, author_handle, author_name, author_followers, text, url, posted_at, in_reply_to,
    thread_id, lang, likes, reposts, replies. Only text and posted_at are required; others are kept beside them.
    For example: --map text=tweet_text --map posted_at=created_at
    """
    tally = Tally()
    try:
        rows = read_rows(file, parse_mapping(pairs), platform)
        with open_office(settings_path) as office:
            drafted = _import(office, file, rows, tally)
    except RowsError as why:
        raise click.ClickException(str(why)) from why
    _tell(file, tally, drafted, as_json)
    sys.exit(1 if tally.bad and not (tally.new or tally.known) else 0)


def _import(office: Office, file: Path, rows: Iterator[Mention | BadRow], tally: Tally) -> int:
    poller = Poller(office.db, sifter_from(office.settings, office.settings_path), office.now)
    before = office.inbox.counts()["held"]
    with _progress(file) as bar:
        while chunk := list(islice(rows, CHUNK)):
            take_in(poller, file.name, chunk, tally)
            bar.update(len(chunk))
        bar.update(max(0, (bar.length or 0) - tally.rows))
    while draft_new(office):
        pass
    return office.inbox.counts()["held"] - before


def take_in(poller: Poller, name: str, rows: Iterable[Mention | BadRow], tally: Tally) -> None:
    """Keep one chunk of rows, and count it."""
    mentions = []
    for row in rows:
        tally.rows += 1
        if isinstance(row, BadRow):
            tally.bad.append(row)
        else:
            mentions.append(row)
    new = len(poller.take_in(f"import {name}", mentions))
    tally.new += new
    tally.known += len(mentions) - new


def _progress(file: Path) -> click._termui_impl.ProgressBar[int]:
    with file.open("rb") as raw:
        lines = sum(block.count(b"\n") for block in iter(lambda: raw.read(1 << 20), b""))
    # Lines are an upper bound of the rows: a quoted text may run over several.
    return click.progressbar(length=max(1, lines), label=f"Importing {printable(file.name)}", file=sys.stderr)


def _tell(file: Path, tally: Tally, drafted: int, as_json: bool) -> None:
    if as_json:
        bad = [{"line": row.line, "reason": row.reason} for row in tally.bad]
        counts: Mapping[str, object] = {"rows": tally.rows, "new": tally.new, "known": tally.known}
        say_json({**counts, "bad": bad, "drafted": drafted})
        return
    for row in tally.bad[:MOST_TOLD]:
        say(f"{file}:{row.line}: {row.reason}", err=True)
    if len(tally.bad) > MOST_TOLD:
        say(f"… and {len(tally.bad) - MOST_TOLD} more bad rows", err=True)
    say(
        f"{tally.rows} rows: {tally.new} new, {tally.known} known already, {len(tally.bad)} bad and skipped; "
        f"{drafted} drafts held for you."
    )
    if tally.new > drafted:
        say("The others were kept without a draft: too old to answer, or not ours to. See: warmline inbox --older")
