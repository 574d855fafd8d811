"""`warmline login`: a one-time link for the desk."""

from __future__ import annotations

from pathlib import Path

import click

from responders.commands.common import failing_in_one_line, open_office, settings_option
from responders.desk.session import new_link


@click.command()
@settings_option
@click.option("--as", "person", help="The name beside what is decided; else as [desk] person says.")
@click.option("--address", help="The desk's address, where it isn't the one in the settings.")
@failing_in_one_line
def login(settings_path: Path, person: str | None, address: str | None) -> None:
    """Print a link that signs in at the desk, once, within a day."""
    with open_office(settings_path) as office:
        desk = office.settings.desk
        token = new_link(office.db, person or office.settings.person, office.now())
        click.echo(f"{address or f'http://{desk.host}:{desk.port}'}/login/{token}")
