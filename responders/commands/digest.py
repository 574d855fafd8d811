"""`warmline digest`: the week in a letter."""

from __future__ import annotations

from pathlib import Path

import click

from responders.commands.common import failing_in_one_line, open_office, say, settings_option


@click.command()
@settings_option
@failing_in_one_line
def digest(settings_path: Path) -> None:
    """Look."""
