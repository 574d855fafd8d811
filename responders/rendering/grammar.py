"""What a reply template may hold: values by name, `if`, a few filters. It can call nothing, loop over nothing, reach
no object.

Read in the rendering child, so it imports only what that needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responders.rendering.names import NAMES, meant


def environment() -> ImmutableSandboxedEnvironment:
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


def compiled(env: ImmutableSandboxedEnvironment, body: str) -> Template:
    """The template in this text. Raises TemplateSyntaxError, with the line in the text as it stands in its file."""
    for node in _walk(env.parse(body)):
        _check(node)
    try:
        return env.from_string(_as_prose(body))
    except TemplateSyntaxError:
        env.from_string(body)  # the same fault, where the lines are the file's
        raise


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


_TEXT_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.CondExpr,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Concat,
)  # fmt: skip
_FILTERS = ("lower", "upper", "trim")
_TESTS = ("eq", "ne", "equalto")
_DOTTED = tuple(f"{owner}.{name}" for owner, names in NAMES.items() for name in names)
_FORBIDDEN = {"call": "call anything", "for": "loop", "assign": "set values", "getitem": "reach into values with []"}


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


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _TEXT_NODES):
        kind = type(node).__name__.lower()
        said = _FORBIDDEN.get(kind, f"hold a {kind}")
        raise TemplateSyntaxError(f"a template can't {said}; it is text, values and `if`", node.lineno)
    if isinstance(node, nodes.Name):
        words = f"{node.name!r} alone is no value; the values are {', '.join(_DOTTED)}"
        raise TemplateSyntaxError(words, node.lineno)
    if isinstance(node, nodes.Getattr):
        said = f"{node.node.name if isinstance(node.node, nodes.Name) else '?'}.{node.attr}"
        if said not in _DOTTED:
            words = f"there is no value {said!r}{meant(said, _DOTTED)}; the values are {', '.join(_DOTTED)}"
            raise TemplateSyntaxError(words, node.lineno)
