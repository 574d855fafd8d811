"""Reads a template's file, and no more of it than a template can be."""

from __future__ import annotations

from pathlib import Path

from responders.rendering.renderer import TemplateError


def read_source(path: Path, longest: int) -> str:
    """The text in the file. Raises TemplateError where it is no file, no UTF-8, or over `longest` characters."""
    if not path.is_file():  # a pipe would be waited for, a device read for ever
        raise TemplateError(f"{path}: is no file")
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(longest + 1)
    except (OSError, UnicodeDecodeError) as why:
        raise TemplateError(f"{path}: cannot be read ({why}); save it as UTF-8 text") from why
    if len(text) > longest:
        raise TemplateError(f"{path}: longer than {longest:,} characters")
    return text
