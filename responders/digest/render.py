"""The week's letter on paper: a plain part and an HTML part, from templates/digest/, rendered in a child process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from responders.digest.assemble import Digest
from responders.digest.letter import tell
from responders.digest.week import Week
from responders.rendering.renderer import SHARED, Fault, Renderer, Sheet, TemplateError
from responders.rendering.sources import read_source

NAMES = ("week.txt", "week.html")
SUFFIXES = (".txt", ".html", ".j2", ".jinja")  # what is taken for a template; the rest of a folder is not read
LONGEST_FILE = 200_000  # characters
FILES_MOST = 50


@dataclass(frozen=True, slots=True)
class Rendered:
    """The letter in words: a subject line, the plain part and the HTML part."""

    subject: str
    text: str
    html: str


def render(
    digest: Digest, brand_name: str, desk_url: str, folders: Sequence[Path], renderer: Renderer = SHARED
) -> Rendered:
    """The letter, by `week.txt` and `week.html` in the last of the folders that has them.

    What people wrote goes in as values only: cut, quoted, and escaped in the HTML. A template may use all of
    `Telling`, and `digest` itself, as plain values (times in ISO 8601, spans in seconds). Raises TemplateError where a
    template is missing, broken or passes a limit, CannotRender where none can be rendered.
    """
    letter = tell(digest, brand_name, desk_url)
    paths = dict(_found(folders))
    sheet = _sheet(paths)
    values = {"letter": plain(letter), "digest": plain(digest)}
    try:
        text, html = (renderer.render(sheet, name, values) for name in NAMES)
    except Fault as why:
        raise _told(why, paths) from why
    return Rendered(letter.subject, text, html)


def check(folders: Sequence[Path], renderer: Renderer = SHARED) -> None:
    """See that the letter's templates can be read. Raises TemplateError, CannotRender."""
    paths = dict(_found(folders))
    sheet = _sheet(paths)
    try:
        for name in paths:
            renderer.check(sheet, name)
    except Fault as why:
        raise _told(why, paths) from why


def plain(value: object) -> Any:
    """The value as texts, numbers, lists and dicts, which is all that leaves for the child."""
    if isinstance(value, Week):
        return {"name": value.name, "label": value.label, **_fields(value)}
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"a {type(value).__name__} is nothing for a template")


def _fields(value: Any) -> dict[str, Any]:
    return {one.name: plain(getattr(value, one.name)) for one in fields(value)}


def _found(folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Each template by its name below its folder, those of a later folder after the earlier ones'."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix in SUFFIXES:
                yield path.relative_to(folder).as_posix(), path


def _sheet(paths: Mapping[str, Path]) -> Sheet:
    if len(paths) > FILES_MOST:
        folder = list(paths.values())[-1].parent
        raise TemplateError(f"{folder}: more than {FILES_MOST} templates for one letter")
    return Sheet("letter", {name: read_source(path, LONGEST_FILE) for name, path in paths.items()})


def _told(why: Fault, paths: Mapping[str, Path]) -> TemplateError:
    line = f", line {why.line}" if why.line else ""
    return TemplateError(f"{paths.get(why.name, why.name)}{line}: {why}")
