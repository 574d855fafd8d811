"""`warmline audit`: whatever was decided, edited and sent, and whether anybody has changed it since."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from responders import audit as sealed
from responders.audit_words import in_words
from responders.commands.common import (
    NUMBER,
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
    table,
)


@click.group(invoke_without_command=True)
@click.option("--mention", type=NUMBER, help="Of this mention only.")
@click.option("--last", type=click.IntRange(1, 1_000_000), default=50, show_default=True, help="So many rows.")
@settings_option
@json_option
@click.pass_context
@failing_in_one_line
def audit(ctx: click.Context, mention: int | None, last: int, settings_path: Path, as_json: bool) -> None:
    """The last rows of the audit, the oldest first: who did what, when, and why."""
    if ctx.invoked_subcommand is not None:
        return
    with open_office(settings_path) as office:
        rows = sealed.rows(office.db, last, mention)
    if as_json:
        say_json(rows)
    else:
        table(map(_cells, rows))


def _cells(row: sealed.Row) -> tuple[object, ...]:
    return row["decision_id"], row["at"], row["person"], in_words(row["verb"]), _of(row), row["reason"]


def _of(row: sealed.Row) -> str:
    of = f"mention {row['mention_id']}" if row["mention_id"] else ""
    return f"{of}, revision {row['revision']}" if row["revision"] else of


FIND_OUT = "Find out who has the file, and compare with the heads in your weekly letters: --head …"


@audit.command()
@click.option("--head", "known", default="", help="What a weekly letter named: 1234:9f86d081…")
@settings_option
@json_option
@failing_in_one_line
def verify(known: str, settings_path: Path, as_json: bool) -> None:
    """Go through the whole audit, and name the first row that is not as it was written. Exit 1 where one is not."""
    if known and not sealed.is_head(known):
        raise click.UsageError("--head is written as in the letter: a row's number, a colon, and its seal")
    with open_office(settings_path) as office:
        verdict = sealed.verify(office.db, known)
    if as_json:
        say_json({"rows": verdict.rows, "head": str(verdict.head), "wrong": verdict.wrong})
    elif verdict.wrong:
        say(f"{verdict.wrong[:1].upper()}{verdict.wrong[1:]}. {FIND_OUT}", err=True)
    else:
        say(f"{verdict.rows:,} rows, each as it was written. The head is {verdict.head}")
    sys.exit(1 if verdict.wrong else 0)
