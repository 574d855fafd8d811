"""What the commands share: finding the settings, opening the office, one-line errors, safe output."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from listener.archive.connect import ArchiveError, StorageError
from listener.archive.trouble import in_words
from listener.log import printable, start_logging
from listener.settings import SettingsError
from responders.compose.templates import TemplateError
from responders.office import Office
from responders.queue import NotPossible
from responders.restored import heed_copy
from responders.settings import Settings, read_settings

NUMBER = click.IntRange(1, 2**63 - 1)  # what SQLite can number

P = ParamSpec("P")
R = TypeVar("R")

DEFAULT = Path("settings.toml")

settings_option = click.option(
    "--settings",
    "settings_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="WARMLINE_SETTINGS",
    default=DEFAULT,
    show_default=True,
    help="The settings file.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")


def failing_in_one_line(command: Callable[P, R]) -> Callable[P, R]:
    """Every foreseen error as one line on standard error that says what to do, and exit code 1."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except (SettingsError, ArchiveError, NotPossible, TemplateError) as why:
            raise click.ClickException(printable(str(why), keep="\n")) from why
        except StorageError as why:
            raise click.ClickException(f"nothing was changed: {in_words(why)}") from why
        except KeyError as why:
            raise click.ClickException(printable(str(why.args[0]))) from why

    return run


def load(settings_path: Path, *, needed: bool = False) -> Settings:
    """The settings; the defaults where the usual file is not there and not `needed`. Raises SettingsError."""
    if settings_path == DEFAULT and not settings_path.exists():
        if needed:
            raise SettingsError(
                "there is no settings.toml here. Make one: warmline init. Or look around: warmline demo"
            )
        return read_settings(None)
    return read_settings(settings_path)


def open_office(settings_path: Path, *, needed: bool = False) -> Office:
    """The office the settings describe. Raises SettingsError, ArchiveError or TemplateError."""
    # What went wrong is said by the command itself; only what nobody foresaw is logged beside it.
    start_logging(logging.ERROR)
    office = Office.open(load(settings_path, needed=needed), settings_path)
    heed_copy(office)
    return office


def say(text: str = "", *, err: bool = False) -> None:
    """Print lines; control characters that foreign text may hold are shown, not obeyed."""
    click.echo(printable(text, keep="\n"), err=err)


def say_json(value: object) -> None:
    """Print one JSON value: dataclasses as objects, times as ISO 8601."""
    click.echo(as_json(value, indent=2))


def as_json(value: object, indent: int | None = None) -> str:
    """The value as JSON that a terminal shows safely: what would steer it is written as an escape."""
    written = json.dumps(value, default=_plain, ensure_ascii=False, indent=indent)
    return _BEYOND_ASCII.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], written)


_BEYOND_ASCII = re.compile(r"[^\n -~]")


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")


def excerpt(text: str, width: int = 72) -> str:
    """The text on one line, cut to `width` characters."""
    line = " ".join(text.split())
    return line if len(line) <= width else line[: width - 1].rstrip() + "…"


def writer(handle: str) -> str:
    """A handle in a column: "@mira", cut where it would push everything else off the line."""
    return excerpt(f"@{handle}", 24)


def ago(then: datetime, now: datetime) -> str:
    """How long ago, in words."""
    seconds = max(0, int((now - then).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def table(rows: Iterable[Any], under: Sequence[str] = ()) -> None:
    """Rows of words, in columns; with `under`, a line below each row that has one."""
    kept = [[printable(str(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)] if kept else []
    for row, more in zip_longest(kept, under, fillvalue=""):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if more:
            click.echo(f"    {printable(more)}")
