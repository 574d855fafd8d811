"""The week's letter on paper: a plain part and an HTML part, from templates/digest/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responders.digest.assemble import Digest
from responders.digest.letter import tell
from responders.digest.plainly import host, wrapped


@dataclass(frozen=True, slots=True)
class Rendered:
    """The letter in words: a subject line, the plain part and the HTML part."""

    subject: str
    text: str
    html: str


def render(digest: Digest, brand_name: str, desk_url: str, folders: Sequence[Path]) -> Rendered:
    """The letter, by `week.txt` and `week.html` in the last of the folders that has them.

    What people wrote goes in as values only: cut, quoted, and escaped in the HTML. A template may use all of
    `Telling`, and `digest` itself. Raises jinja2.TemplateError where a template is missing or broken.
    """
    letter = tell(digest, brand_name, desk_url)
    pages = _environment(folders)
    text, html = (pages.get_template(f"week.{kind}").render(letter=letter, digest=digest) for kind in ("txt", "html"))
    return Rendered(letter.subject, text, html)


def is_markup(name: str | None) -> bool:
    """Whether values are escaped in this template: in all but plain text, whatever else a file is called.

    (Jinja's own choice by suffix leaves `part.html.j2` open.)
    """
    return not (name or "").endswith(".txt")


def _environment(folders: Sequence[Path]) -> ImmutableSandboxedEnvironment:
    pages = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([str(folder) for folder in reversed(folders)]),
        autoescape=is_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters.update(host=host, wrapped=wrapped)
    return pages
