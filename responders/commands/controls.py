"""`warmline pause | resume`: the switch that stops all sending."""

from __future__ import annotations

from pathlib import Path

import click

from responders import decide
from responders.commands.common import failing_in_one_line, open_office, say, settings_option


@click.command()
@click.argument("reason", nargs=-1)
@settings_option
@failing_in_one_line
def pause(reason: tuple[str, ...], settings_path: Path) -> None:
    """Stop all sending at once, with a REASON; it holds over restarts until someone resumes."""
    with open_office(settings_path) as office:
        decide.pause(office, office.settings.person, " ".join(reason))
        say("Paused: nothing is sent until: warmline resume")


@click.command()
@click.option(
    "--anyway", is_flag=True, help="Also while replies are looked for that a restored backup knows nothing of."
)
@settings_option
@failing_in_one_line
def resume(anyway: bool, settings_path: Path) -> None:
    """Allow sending again."""
    with open_office(settings_path) as office:
        decide.resume(office, office.settings.person, anyway=anyway)
        say("Sending is allowed again.")
