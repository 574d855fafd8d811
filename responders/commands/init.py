"""`warmline init`: the example settings.toml, to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from responders.shipped import shipped


@click.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False), default=Path("settings.toml"))
def init(path: Path) -> None:
    """Write the example settings to PATH, never over a file that is there."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(shipped("settings.toml").read_text(encoding="utf-8"))
    except FileExistsError as why:
        raise click.ClickException(f"{path} is there already and was left as it is") from why
    except OSError as why:
        raise click.ClickException(f"cannot write {path}: {why.strerror}") from why
    click.echo(f"Wrote {path}. Put your brand and its watches in it, then: warmline poll")
