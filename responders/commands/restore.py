"""`warmline restore`: go back to a backup, paused, with what may have been sent since to be looked for."""

from __future__ import annotations

import logging
from pathlib import Path

import click

from listener.log import start_logging
from responders.commands.common import failing_in_one_line, json_option, load, say, say_json, settings_option
from responders.restoring import restore_from


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@settings_option
@json_option
@failing_in_one_line
def restore(file: Path, settings_path: Path, as_json: bool) -> None:
    """Put the backup FILE in the database's place; what was there is kept beside it under a dated name.

    Stop warmline run first. Sending is paused afterwards, until: warmline resume
    """
    start_logging(logging.ERROR)
    done = restore_from(load(settings_path), settings_path, file)
    if as_json:
        say_json(done)
        return
    say(f"{done.database} is as it was on {done.made_at:%Y-%m-%d at %H:%M} UTC, from {file}.")
    if done.replaced is not None:
        say(f"What was there before is kept: {done.replaced}")
    say("Sending is paused. What people decided since then is not in it.")
    if done.kept_on is None:
        say("Who asked since then not to be contacted is not in it either: what was there before can't be read.")
    elif done.kept_on:
        say(f"On the do-not-contact list since then, and kept on it: {done.kept_on}.")
    if done.perhaps_sent:
        say(f"Replies that may have gone out since, and are looked for before anything is sent: {done.perhaps_sent}.")
    say("Start it (warmline run), look at the desk, then: warmline resume")
