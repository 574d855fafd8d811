"""The weekly digest: what happened between us and the people who talk about us, assembled and made a letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlite_utils import Database

from responders.letter import tell
from responders.plainly import host, wrapped
from responders.week import (
    Deepened,
    Figures,
    Hole,
    Silence,
    Totals,
    Voice,
    Waits,
    Week,
    count_streams,
    read_deepened,
    read_figures,
    read_holes,
    read_silences,
    read_totals,
    read_voices,
    read_waits,
)

# As many as a person reads through; the desk has the rest.
WAITS_MOST = 8
VOICES_MOST = 3


@dataclass(frozen=True, slots=True)
class Digest:
    """One week, people first. Plain values; `before` is the week before, `streams` how many were listened to at all."""

    week: Week
    written_at: datetime
    deepened: tuple[Deepened, ...]
    waits: Waits
    best: tuple[Voice, ...]
    hardest: tuple[Voice, ...]
    figures: Figures
    before: Totals
    holes: tuple[Hole, ...]
    silences: tuple[Silence, ...]
    streams: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """The letter in words: a subject line, the plain part and the HTML part."""

    subject: str
    text: str
    html: str


def assemble(db: Database, week: Week, now: datetime) -> Digest:
    """The digest of a week as the database has it now."""
    deepened = read_deepened(db, week)
    told = [one.mention_id for one in deepened]
    return Digest(
        week=week,
        written_at=now,
        deepened=deepened,
        waits=read_waits(db, week, WAITS_MOST),
        best=read_voices(db, week, "positive", VOICES_MOST, told),
        hardest=read_voices(db, week, "negative", VOICES_MOST, told),
        figures=read_figures(db, week),
        before=read_totals(db, week.previous),
        holes=read_holes(db, week, now),
        silences=read_silences(db, week),
        streams=count_streams(db, week),
    )


def render(digest: Digest, brand_name: str, desk_url: str, folders: Sequence[Path]) -> Rendered:
    """The letter, by `week.txt` and `week.html` in the last of the folders that has them.

    What people wrote goes in as values only: cut, quoted, and escaped in the HTML. A template may use all of
    `Telling`, and `digest` itself. Raises jinja2.TemplateError where a template is missing or broken.
    """
    letter = tell(digest, brand_name, desk_url)
    pages = _environment(folders)
    text, html = (pages.get_template(f"week.{kind}").render(letter=letter, digest=digest) for kind in ("txt", "html"))
    return Rendered(letter.subject, text, html)


def _environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    pages = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in reversed(folders)]),
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(host=host, wrapped=wrapped)
    return pages
