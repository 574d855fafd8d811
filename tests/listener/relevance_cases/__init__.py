"""Names that are other things too, each with a sentence of context and invented texts on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Case:
    """A name, what the brand of that name is, and what people write about it and about others of its name."""

    name: str
    context: str
    about: tuple[str, ...]
    other: tuple[str, ...]


def cases() -> Iterator[Case]:
    """All of them: in each file the context, then a line a text, + about the brand and - about something else."""
    for path in sorted(Path(__file__).parent.glob("*.txt")):
        context, *lines = path.read_text(encoding="utf-8").splitlines()
        about, other = (tuple(line[2:] for line in lines if line.startswith(sign)) for sign in ("+ ", "- "))
        yield Case(path.stem, context, about, other)
