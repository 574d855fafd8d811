"""`warmline correct`: what triage should have said of a mention, typed."""

from __future__ import annotations

from pathlib import Path

import click

from listener.archive.taught import About
from responders import correcting
from responders.commands.common import NUMBER, failing_in_one_line, open_office, say, settings_option
from responders.commands.decisions import as_option
from responders.correcting import CHOICES


@click.command()
@click.argument("mention", type=NUMBER)
@click.option("--sentiment", type=click.Choice(CHOICES["sentiment"]), help="How it sounds.")
@click.option("--intent", type=click.Choice(CHOICES["intent"]), help="What its author wants.")
@click.option("--lane", type=click.Choice(CHOICES["lane"]), help="Where it belongs.")
@click.option("--right", is_flag=True, help="All that triage said is right.")
@as_option
@settings_option
@failing_in_one_line
def correct(
    mention: int,
    sentiment: str | None,
    intent: str | None,
    lane: str | None,
    right: bool,
    person: str | None,
    settings_path: Path,
) -> None:
    """Say what triage should have said of MENTION: it holds at once, and is counted by `warmline judgement`."""
    typed: dict[About, str | None] = {"sentiment": sentiment, "intent": intent, "lane": lane}
    meant = {about: what for about, what in typed.items() if what is not None}
    if right == bool(meant):
        raise click.UsageError("say what it should have been (--sentiment, --intent, --lane), or --right")
    with open_office(settings_path) as office:
        who = person or office.settings.person
        if right:
            correcting.confirm(office, mention, who)
            say("Kept: it was sorted right.")
            return
        correcting.correct(office, mention, meant, who)
        say(f"Kept: {', '.join(f'{about} {what}' for about, what in meant.items())}.")
