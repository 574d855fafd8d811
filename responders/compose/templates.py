"""The reply templates: read from folders, checked line by line, rendered in a child process with limits.

A template is text with values in it. It can name the values in `known.NAMES`, ask `if`, and use a few filters
(rendering/grammar.py); it can call nothing, loop over nothing and reach no object, so that no template, however made,
can do more than write a text hardly longer than itself. Were it able to, the child's limits would stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from listener.triage.cues import URGENT
from responders.rendering.names import meant
from responders.rendering.renderer import SHARED, CannotRender, Fault, Renderer, Sheet, TemplateError
from responders.rendering.sources import read_source
from responders.shipped import shipped

__all__ = ["CONDITIONS", "LANES", "CannotRender", "Conditions", "Replies", "Reply", "TemplateError"]

LANES = ("help", "complaint", "praise", "question", "chat")
LONGEST_FILE = 10_000  # characters


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a template fits.

    Empty sets and `who` "any" mean that it does not matter. `most` is the longest text it may make, in the platform's
    own measure; `after` are lanes of what they told us before, `danger` is what makes it urgent, `kinds` the detail's.
    `asks` is what the text asks of them: it does not fit those who have said so already.
    """

    moods: frozenset[str] = frozenset()
    who: str = "any"
    most: int | None = None
    needs: frozenset[str] = frozenset()
    urgent: bool = False
    danger: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Where:
    """A file, and how many of its lines stand above the text."""

    path: Path
    above: int

    def error(self, line: int, message: str) -> TemplateError:
        """What is wrong in a line of the text; 0 where it is not known which."""
        return TemplateError(f"{self.path}{f', line {self.above + line}' if line else ''}: {message}")


@dataclass(frozen=True, slots=True)
class Reply:
    """One template: its name, its own wording (`body`), when it fits, its file, and who renders it."""

    name: str
    lane: str
    body: str
    when: Conditions
    where: _Where = field(repr=False, compare=False)
    sheet: Sheet = field(repr=False, compare=False)
    renderer: Renderer = field(repr=False, compare=False)

    def render(self, values: Mapping[str, Mapping[str, str | bool]]) -> str:
        """The text, its lines joined as prose: a line break in the file is a space, an empty line a new paragraph.

        Raises TemplateError where this template passes a limit, CannotRender where none can be rendered.
        """
        try:
            paragraphs = self.renderer.render(self.sheet, self.name, values).split("\n\n")
        except Fault as why:
            raise self.where.error(why.line, str(why)) from why
        return "\n\n".join(filter(None, (" ".join(paragraph.split()) for paragraph in paragraphs)))

    def check(self) -> None:
        """See that its text can be read. Raises TemplateError, CannotRender."""
        try:
            self.renderer.check(self.sheet, self.name)
        except Fault as why:
            told = "; see docs/templates.md for what a template may hold"
            raise self.where.error(why.line, f"{why}{told}") from why


@dataclass(frozen=True, slots=True)
class Replies:
    """All templates by name (`lane/short_code`)."""

    by_name: Mapping[str, Reply]

    @classmethod
    def load(cls, folders: Sequence[Path], renderer: Renderer = SHARED, *, shipped_too: bool = False) -> Replies:
        """Read `<folder>/<lane>/<short_code>.txt` from each folder; a later folder overrides an earlier file by file.

        An empty file takes the earlier one away. A folder that is not there counts as empty. What is not shipped with
        Warmline has its text checked too (and what is, with `shipped_too`): who has no templates of their own starts
        no child for it. Raises TemplateError, CannotRender.
        """
        found: dict[str, Path] = {}
        for folder in folders:
            found |= {f"{path.parent.name}/{path.stem}": path for path in _files(folder)}
        read = (_read(renderer, name, path) for name, path in sorted(found.items()))
        replies = cls({reply.name: reply for reply in read if reply is not None})
        ours = shipped("templates", "replies")
        for reply in replies:
            if shipped_too or not reply.where.path.is_relative_to(ours):
                reply.check()
        return replies

    def __iter__(self) -> Iterator[Reply]:
        return iter(self.by_name.values())

    def body(self, name: str) -> str | None:
        """A template's own wording, as in its file; None where there is no such template."""
        reply = self.by_name.get(name)
        return reply.body if reply else None


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("*/*.txt")):
        if path.parent.name not in LANES:
            raise TemplateError(f"{path}: there is no lane {path.parent.name!r}; the folders are {', '.join(LANES)}")
        yield path


def _read(renderer: Renderer, name: str, path: Path) -> Reply | None:
    text = read_source(path, LONGEST_FILE)
    if not text.strip():
        return None
    lines = text.splitlines()
    ruled = next((at for at, line in enumerate(lines) if line.strip() == "---"), None)
    if ruled is None:
        raise TemplateError(
            f"{path}, line 1: no line `---` between the conditions and the text; put one above the text"
        )
    conditions = _conditions(lines[:ruled], path)
    leading = next((at for at, line in enumerate(lines[ruled + 1 :]) if line.strip()), 0)
    body = "\n".join(lines[ruled + 1 :]).strip("\n")
    where, sheet = _Where(path, ruled + 1 + leading), Sheet("reply", {name: body})
    return Reply(name, path.parent.name, body, conditions, where, sheet, renderer)


# The conditions above the rule.

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "mood": ("positive", "neutral", "negative", "unscored", "any"),
    "who": ("first", "returning", "any"),
    "needs": (
        "detail",
        "substance",
        "question",
        "history",
        "again",
        "promise",
        "unanswered",
        "glad",
        "calm",
        "trouble",
        "mixed",
        "waiting",
        "leaving",
        "irony",
        "fault",
    ),
    "asks": ("thing", "contact", "steps", "now", "wish", "when", "story"),
    "kind": ("thing", "time", "place", "number", "any"),
    "priority": ("urgent", "any"),
    "after": LANES,
    "danger": URGENT,
}
CONDITIONS = (*_CHOICES, "max")


def _conditions(lines: Sequence[str], path: Path) -> Conditions:
    conditions = Conditions()
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            conditions = _condition(conditions, line)
        except ValueError as why:
            raise TemplateError(f"{path}, line {number}: {why}") from why
    return conditions


def _condition(before: Conditions, line: str) -> Conditions:
    """The conditions with one more. Raises ValueError with what to write instead."""
    key, colon, value = (part.strip() for part in line.partition(":"))
    if not colon:
        raise ValueError(f"{key!r} is no condition; write `key: value`, or put `---` above the text")
    if key not in CONDITIONS:
        raise ValueError(f"there is no condition {key!r}{meant(key, CONDITIONS)}; there are {', '.join(CONDITIONS)}")
    if key == "max":
        if not value.isdecimal() or int(value) < 1:
            raise ValueError(f"max is a number of characters, not {value!r}")
        return replace(before, most=int(value))
    return _chosen(before, key, [word.strip() for word in value.split(",")])


def _chosen(before: Conditions, key: str, words: Sequence[str]) -> Conditions:
    for word in words:
        if word not in _CHOICES[key]:
            near = meant(word, _CHOICES[key])
            raise ValueError(f"{key} can't be {word!r}{near}; it is {' or '.join(_CHOICES[key])}")
    if key in ("who", "priority") and len(words) > 1:
        raise ValueError(f"{key} takes one word, not {len(words)}")
    listed = frozenset() if "any" in words else frozenset(words)
    match key:
        case "who":
            return replace(before, who=words[0])
        case "priority":
            return replace(before, urgent=words[0] == "urgent")
        case "mood":
            return replace(before, moods=listed)
        case "kind":
            return replace(before, kinds=listed)
        case "danger":
            return replace(before, danger=listed)
        case "after":
            return replace(before, after=listed)
        case "asks":
            return replace(before, asks=listed)
    return replace(before, needs=listed)
