"""`warmline triage`: what triage says of a file's mentions, kept nowhere; or of those kept, anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import click
from click._termui_impl import ProgressBar

from listener.archive.connect import writing
from listener.archive.read import Heard
from listener.archive.record import Recorder
from listener.jobs import sifter_from
from listener.log import printable
from listener.mention import UNTOLD, Mention
from listener.poll import Poller
from listener.rows import BadRow, RowsError, parse_mapping, read_rows
from listener.sift import Sifter
from listener.triaged import Triaged
from responders.commands.common import (
    as_json,
    excerpt,
    failing_in_one_line,
    json_option,
    load,
    open_office,
    say,
    settings_option,
)
from responders.drafting import follow_triage
from responders.office import Office
from responders.resorted import sort_anew

CHUNK = 500
LINES_AT_ONCE = 50  # so many are printed together


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option(
    "--map", "pairs", multiple=True, metavar="OURS=THEIRS", help="A column by its name in the file; repeat it."
)
@click.option("--platform", default=UNTOLD, show_default=True, help="The platform of rows that name none.")
@settings_option
@json_option
@failing_in_one_line
def triage(file: Path | None, pairs: tuple[str, ...], platform: str, settings_path: Path, as_json: bool) -> None:
    """With FILE (CSV, TSV or JSONL): triage each row, in order, and keep nothing; with --json one object a line.

    Only a column `text` is needed; of a row that says when it was posted, a time that can't be read loses nothing.

    Without FILE: triage all kept mentions anew, after the watches or the rules have changed.
    """
    if file is None:
        with open_office(settings_path) as office:
            sifter = sifter_from(office.settings, office.settings_path)
            say(f"{anew(office, sifter)} mentions triaged anew")
        return
    sifter = sifter_from(load(settings_path), settings_path)
    try:
        rows = read_rows(file, parse_mapping(pairs), platform, dated=False)
        lines = _lines(sifter, rows, as_json)
        while some := list(islice(lines, LINES_AT_ONCE)):
            say("\n".join(some))
    except RowsError as why:
        raise click.ClickException(str(why)) from why


def _lines(sifter: Sifter, rows: Iterator[Mention | BadRow], in_json: bool) -> Iterator[str]:
    for row in rows:
        if isinstance(row, BadRow):
            yield as_json({"line": row.line, "error": row.reason}) if in_json else f"{row.line}: {row.reason}"
        else:
            one = sifter.keep(row)
            yield as_json(as_object(one)) if in_json else printable(_row(one))


def as_object(one: Triaged) -> dict[str, object]:
    """What triage said, as the JSON that `--json` prints."""
    said, watch = one.triage, best_watch(one)
    return {
        "platform": one.mention.platform,
        "post_id": one.mention.post_id,
        "sentiment": said.sentiment,
        "compound": said.compound,
        "negative": said.negative,
        "unsure": said.unsure,
        "language": said.language,
        "intent": said.intent,
        "intents": list(said.intents),
        "lane": said.lane,
        "priority": said.priority,
        "because": said.because,
        "reasons": list(said.reasons),
        "words": [list(word) for word in said.words],
        "watch": watch,
        "relevance": one.relevance[watch].score if watch and watch in one.relevance else None,
        "watches": list(one.watches),
    }


def best_watch(one: Triaged) -> str | None:
    """The watch that it is most likely about, the first it names where none was judged; None where it names none."""
    judged = [name for name in one.watches if name in one.relevance]
    if judged:
        return max(judged, key=lambda name: one.relevance[name].score)
    return next(iter(one.watches), None)


def _row(one: Triaged) -> str:
    said = one.triage
    return f"{said.priority:6}  {said.lane:9}  {said.sentiment:8}  {excerpt(one.mention.text, 60)}"


def anew(office: Office, sifter: Sifter) -> int:
    """Triage all kept mentions anew, and let the drafts that wait follow. Returns how many there were."""
    Poller(office.db, sifter, office.now).try_quarantined()
    recorder, done = Recorder(office.db), 0
    with _progress(office.archive.count()) as bar:
        for heard in office.archive.every(CHUNK):
            sifter.learn(office.taught)
            before = {one.mention_id: (one, sifter.keep(one.mention)) for one in heard if _has_words(one)}
            with writing(office.db):
                # What was taught, edited or deleted while these were sorted holds: nothing may be written over it.
                known = {} if sifter.learn(office.taught) else before
                now = [one for one in office.archive.after(heard[0].mention_id - 1, len(heard)) if _has_words(one)]
                recorder.sort_anew([(one.mention_id, _sifted(one, known, sifter)) for one in now])
                office.echoes.join_missed([(one.mention_id, one.mention) for one in now])
            done += len(now)
            bar.update(len(heard))
    sort_anew(office.db, office.settings.triage.priority)
    follow_triage(office)
    return done


def _has_words(heard: Heard) -> bool:
    return heard.gone_at is None and not heard.mention.ours


def _sifted(heard: Heard, known: Mapping[int, tuple[Heard, Triaged]], sifter: Sifter) -> Triaged:
    was = known.get(heard.mention_id)
    return was[1] if was is not None and was[0].mention == heard.mention else sifter.keep(heard.mention)


def _progress(length: int) -> ProgressBar[int]:
    return click.progressbar(length=max(1, length), label="Triaging", file=sys.stderr)
