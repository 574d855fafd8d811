"""The reply templates: read from folders, checked line by line, compiled once.

A template is text with values in it. It can name the values in `known.NAMES`, ask `if`, and use a few filters; it can
call nothing, loop over nothing and reach no object, so that no template, however made, can do more than write a text
hardly longer than itself.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from listener.settings import SettingsError
from listener.triage.cues import URGENT
from responders.compose.known import NAMES

LANES = ("help", "complaint", "praise", "question", "chat")
LONGEST_FILE = 10_000  # characters


class TemplateError(SettingsError):
    """A template that a person must mend; the message names file and line and says how."""


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
class Reply:
    """One template: its name, its own wording (`body`), when it fits, and the compiled text."""

    name: str
    lane: str
    body: str
    when: Conditions
    template: Template = field(repr=False, compare=False)

    def render(self, values: Mapping[str, Mapping[str, str | bool]]) -> str:
        """The text, its lines joined as prose: a line break in the file is a space, an empty line a new paragraph."""
        paragraphs = self.template.render(values).split("\n\n")
        return "\n\n".join(filter(None, (" ".join(paragraph.split()) for paragraph in paragraphs)))


@dataclass(frozen=True, slots=True)
class Replies:
    """All templates by name (`lane/short_code`)."""

    by_name: Mapping[str, Reply]

    @classmethod
    def load(cls, folders: Sequence[Path]) -> Replies:
        """Read `<folder>/<lane>/<short_code>.txt` from each folder; a later folder overrides an earlier file by file.

        An empty file takes the earlier one away. A folder that is not there counts as empty. Raises TemplateError.
        """
        env = _environment()
        found: dict[str, Path] = {}
        for folder in folders:
            found |= {f"{path.parent.name}/{path.stem}": path for path in _files(folder)}
        loaded = (_read(env, name, path) for name, path in sorted(found.items()))
        return cls({reply.name: reply for reply in loaded if reply is not None})

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


def _read(env: ImmutableSandboxedEnvironment, name: str, path: Path) -> Reply | None:
    try:
        text = path.read_text(encoding="utf-8").lstrip("\ufeff")
    except (OSError, UnicodeDecodeError) as why:
        raise TemplateError(f"{path}: cannot be read ({why}); save it as UTF-8 text") from why
    if not text.strip():
        return None
    if len(text) > LONGEST_FILE:
        raise TemplateError(f"{path}: longer than {LONGEST_FILE} characters; a reply is a few sentences")
    lines = text.splitlines()
    ruled = next((at for at, line in enumerate(lines) if line.strip() == "---"), None)
    if ruled is None:
        raise TemplateError(
            f"{path}, line 1: no line `---` between the conditions and the text; put one above the text"
        )
    conditions = _conditions(lines[:ruled], path)
    leading = next((at for at, line in enumerate(lines[ruled + 1 :]) if line.strip()), 0)
    body = "\n".join(lines[ruled + 1 :]).strip("\n")
    return Reply(name, path.parent.name, body, conditions, _compile(env, body, _Where(path, ruled + 1 + leading)))


@dataclass(frozen=True, slots=True)
class _Where:
    """A file, and how many of its lines stand above the text."""

    path: Path
    above: int

    def error(self, line: int, message: str) -> TemplateError:
        return TemplateError(f"{self.path}, line {self.above + line}: {message}")


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
        raise ValueError(f"there is no condition {key!r}{_meant(key, CONDITIONS)}; there are {', '.join(CONDITIONS)}")
    if key == "max":
        if not value.isdecimal() or int(value) < 1:
            raise ValueError(f"max is a number of characters, not {value!r}")
        return replace(before, most=int(value))
    return _chosen(before, key, [word.strip() for word in value.split(",")])


def _chosen(before: Conditions, key: str, words: Sequence[str]) -> Conditions:
    for word in words:
        if word not in _CHOICES[key]:
            near = _meant(word, _CHOICES[key])
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


def _meant(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


# The text below the rule.

_TEXT_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat,
)  # fmt: skip
_FILTERS = ("lower", "upper", "trim")
_TESTS = ("eq", "ne", "equalto")


def _environment() -> ImmutableSandboxedEnvironment:
    """Jinja with nothing in it but three filters and three tests of its own, and three filters of ours."""
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    env.globals.clear()
    kept = {name: env.filters[name] for name in _FILTERS}
    tests = {name: env.tests[name] for name in _TESTS}
    env.filters.clear()
    env.tests.clear()
    env.filters.update(kept, quoted=quoted, led_by=led_by, capital=capital)
    env.tests.update(tests)
    return env


def quoted(text: str) -> str:
    """The words in quotation marks; in single ones where they hold double ones themselves. Empty stays empty."""
    if not text:
        return ""
    return f"‘{text}’" if any(mark in text for mark in '“”"') else f"“{text}”"


def led_by(text: str, lead: str) -> str:
    """The text with `lead` before it, empty where there is no text: `Hello{{ person.first_name | led_by(" ") }}`."""
    return f"{lead}{text}" if text else ""


def capital(text: str) -> str:
    """The text with its first letter large and the rest as it is (“in March” becomes “In March”)."""
    return text[:1].upper() + text[1:]


def _compile(env: ImmutableSandboxedEnvironment, body: str, where: _Where) -> Template:
    try:
        tree = env.parse(body)
        for node in _walk(tree):
            _check(node, where)
        env.from_string(body)  # as it stands in the file, so that a fault has its line
        return env.from_string(_as_prose(body))
    except TemplateSyntaxError as why:
        raise where.error(why.lineno, f"{why.message}; see docs/templates.md for what a template may hold") from why


def _as_prose(body: str) -> str:
    """The text with each paragraph on one line, so that an `if` on a line of its own leaves no gap behind."""
    return "\n\n".join(" ".join(paragraph.split("\n")) for paragraph in re.split(r"\n[ \t]*\n\s*", body))


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    """The node and all below it, except the bare name inside `person.first_name`."""
    yield node
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _check(node: nodes.Node, where: _Where) -> None:
    if not isinstance(node, _TEXT_NODES):
        kind = type(node).__name__.lower()
        said = _FORBIDDEN.get(kind, f"hold a {kind}")
        raise where.error(node.lineno, f"a template can't {said}; it is text, values and `if`")
    if isinstance(node, nodes.Name):
        raise where.error(node.lineno, f"{node.name!r} alone is no value; the values are {', '.join(_DOTTED)}")
    if isinstance(node, nodes.Getattr):
        said = f"{node.node.name if isinstance(node.node, nodes.Name) else '?'}.{node.attr}"
        if said not in _DOTTED:
            near = _meant(said, _DOTTED)
            raise where.error(node.lineno, f"there is no value {said!r}{near}; the values are {', '.join(_DOTTED)}")


_DOTTED = tuple(f"{owner}.{name}" for owner, names in NAMES.items() for name in names)
_FORBIDDEN = {"call": "call anything", "for": "loop", "assign": "set values", "getitem": "reach into values with []"}
