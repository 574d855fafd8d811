"""`warmline triage`: what triage says of a file's mentions, kept nowhere; or of those kept, anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click._termui_impl import ProgressBar

from listener.archive.record import Recorder, Triaged
from listener.clean import clean_mention
from listener.jobs import sifter_from
from listener.log import printable
from listener.mention import Mention
from listener.rows import BadRow, RowsError, parse_mapping, read_rows
from listener.sift import Sifter
from responders.commands.common import (
    excerpt,
    failing_in_one_line,
    json_option,
    load,
    open_office,
    say,
    settings_option,
)
from responders.drafting import set_spam_aside
from responders.office import Office

CHUNK = 500


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--map", "pairs", multiple=True, metavar="OURS=THEIRS", help="A column by its name in the file; repeat it."
)
@click.option("--platform", default="import", show_default=True, help="The platform of rows that name none.")
@settings_option
@json_option
@failing_in_one_line
def triage(file: Path | None, pairs: tuple[str, ...], platform: str, settings_path: Path, as_json: bool) -> None:
    """With FILE (CSV, TSV or JSONL): triage each row, in order, and keep nothing; with --json one object a line.

    Without FILE: triage all kept mentions anew, after the watches or the rules have changed.
    """
    if file is None:
        with open_office(settings_path) as office:
            say(f"{_anew(office)} mentions triaged anew")
        return
    sifter = sifter_from(load(settings_path), settings_path)
    try:
        for line in _lines(sifter, read_rows(file, parse_mapping(pairs), platform), as_json):
            click.echo(line)
    except RowsError as why:
        raise click.ClickException(str(why)) from why


def _lines(sifter: Sifter, rows: Iterator[Mention | BadRow], as_json: bool) -> Iterator[str]:
    for row in rows:
        if isinstance(row, BadRow):
            yield json.dumps({"line": row.line, "error": row.reason}) if as_json else f"{row.line}: {row.reason}"
        else:
            one = sifter.keep(clean_mention(row))
            yield json.dumps(as_object(one), ensure_ascii=False) if as_json else printable(_row(one))


def as_object(one: Triaged) -> dict[str, object]:
    """What triage said, as the JSON that `--json` prints."""
    said = one.triage
    return {
        "platform": one.mention.platform,
        "post_id": one.mention.post_id,
        "sentiment": said.sentiment,
        "compound": said.compound,
        "lane": said.lane,
        "priority": said.priority,
        "reasons": list(said.reasons),
        "words": [list(word) for word in said.words],
        "watches": list(one.watches),
    }


def _row(one: Triaged) -> str:
    said = one.triage
    return f"{said.priority:6}  {said.lane:9}  {said.sentiment:8}  {excerpt(one.mention.text, 60)}"


def _anew(office: Office) -> int:
    sifter, recorder, done = sifter_from(office.settings, office.settings_path), Recorder(office.db), 0
    with _progress(office.archive.count()) as bar:
        for heard in office.archive.every(CHUNK):
            theirs = [one for one in heard if not one.mention.ours]
            recorder.sort_anew([(one.mention_id, sifter.keep(one.mention)) for one in theirs])
            office.echoes.join_missed([(one.mention_id, one.mention) for one in theirs])
            done += len(theirs)
            bar.update(len(heard))
    office.queue.sort_anew()
    set_spam_aside(office)
    return done


def _progress(length: int) -> ProgressBar[int]:
    return click.progressbar(length=max(1, length), label="Triaging", file=sys.stderr)
