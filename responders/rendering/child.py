"""The rendering child: templates and plain values on standard input, texts on standard output, within limits.

A process of its own, since a template may be anyone's: where it goes round for ever or swells up, this child is killed,
another is started, and nothing else is hurt. It has no secrets (its environment is bare), calls nobody, and once it has
begun it can open no file. It is started by `responders.rendering.started`, lives through many renderings, and ends by
itself when nobody asks it for a while, or when who started it is gone.

Each message, either way, is four bytes of length (big-endian) and that much JSON. A request names a sheet (`key`), and
brings its `kind` and `sources` the first time; `name` is the template in it, and `values` what to render it with, or
null to have it checked only. The answer is a `text`, or a `fault` with its `line` and the `name` of the file.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responders.rendering import grammar
from responders.rendering.layout import host, wrapped

CPU_S = 1.0  # of computing, for each rendering with the compiling it needs
MEMORY = 256_000_000  # bytes of address space; an idle child takes 25 MB of it, and 20 MB of memory
OUTPUT_MOST: Mapping[str, int] = {"reply": 100_000, "letter": 2_000_000}  # characters
IDLE_S = 180.0
FAULT_MOST = 500  # characters of what is told about a template

# Exit codes: what was too much.
TOO_LARGE, TOO_LONG, TOO_DEEP = 71, 72, 73

# What Python and Jinja import in the middle of their work, or `lock_in` would be in their way.
LATER = ("jinja2.debug", "pprint", "textwrap", "encodings.unicode_escape", "encodings.idna", "encodings.ascii")

Find = Callable[[str], Template]


def main() -> None:
    """Say that it is ready, then answer until nobody asks."""
    for name in LATER:
        importlib.import_module(name)
    lock_in()
    sheets: dict[str, tuple[str, Find]] = {}
    say({"ready": True})
    while (asked := hear()) is not None:
        say(answer(asked, sheets))


def lock_in() -> None:
    """Set the limits that hold for the child's whole life. Raises ValueError or OSError where they can't be set."""
    # macOS takes no limit of address space, or takes it and does not hold it: there the output's and the clock's stand.
    with contextlib.suppress(ValueError, OSError) if sys.platform == "darwin" else contextlib.nullcontext():
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        memory = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # the pipes are open; nothing else opens
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The clock's signal kills, whatever our parent does with its own.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def hear() -> dict[str, Any] | None:
    """The next request; None where none comes for long, or whoever asks is gone."""
    if not select.select([0], [], [], IDLE_S)[0]:
        return None
    size = int.from_bytes(sys.stdin.buffer.read(4))
    return json.loads(sys.stdin.buffer.read(size)) if size else None


def say(answered: Mapping[str, Any]) -> None:
    """Write one message."""
    body = json.dumps(answered).encode()
    sys.stdout.buffer.write(len(body).to_bytes(4) + body)
    sys.stdout.buffer.flush()


def answer(asked: Mapping[str, Any], sheets: dict[str, tuple[str, Find]]) -> dict[str, Any]:
    """The text, or what is wrong with the template. Ends the child where a limit is passed: it may be in any state."""
    # RLIMIT_CPU counts in whole seconds, and all of the child's life; this clock counts from now, and kills as surely.
    signal.setitimer(signal.ITIMER_PROF, CPU_S)
    try:
        if "sources" in asked:
            sheets[asked["key"]] = asked["kind"], READERS[asked["kind"]](asked["sources"])
        kind, find = sheets[asked["key"]]
        template = find(asked["name"])
        return {"text": "" if asked["values"] is None else _rendered(template, asked["values"], OUTPUT_MOST[kind])}
    except MemoryError:
        os._exit(TOO_LARGE)
    except RecursionError:
        os._exit(TOO_DEEP)
    except TemplateSyntaxError as why:
        return _fault(why.message or "it can't be read", why.lineno, why.name)
    except TemplateError as why:
        return _fault(str(why))
    except Exception as why:  # noqa: BLE001 - it is told to the parent, which names the template
        # One rendering is one unit of work: a template that divides by nothing fails alone.
        return _fault(f"{type(why).__name__}: {why}")


def _rendered(template: Template, values: Mapping[str, Any], most: int) -> str:
    parts: list[str] = []
    for part in template.generate(values):
        most -= len(part)
        if most < 0:
            os._exit(TOO_LONG)
        parts.append(part)
    return "".join(parts)


def _fault(words: str, line: int = 0, name: str | None = None) -> dict[str, Any]:
    return {"fault": words[:FAULT_MOST], "line": line, "name": name or ""}


def read_replies(sources: Mapping[str, str]) -> Find:
    """How to find a reply template of this sheet: each is compiled when it is first asked for."""
    found: dict[str, Template] = {}

    def find(name: str) -> Template:
        if name not in found:
            found[name] = grammar.compiled(_replies, sources[name])
        return found[name]

    return find


def is_markup(name: str | None) -> bool:
    """Whether values are escaped in this template: in all but plain text, whatever else a file is called.

    (Jinja's own choice by suffix leaves `part.html.j2` open.)
    """
    return not (name or "").endswith(".txt")


def read_letters(sources: Mapping[str, str]) -> Find:
    """How to find a template of a letter. They may include each other, and nothing beyond what came with them."""
    pages = ImmutableSandboxedEnvironment(
        loader=DictLoader(sources),
        autoescape=is_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    del pages.globals["lipsum"]
    pages.filters.update(host=host, wrapped=wrapped)
    return pages.get_template


_replies = grammar.environment()
READERS: Mapping[str, Callable[[Mapping[str, str]], Find]] = {"reply": read_replies, "letter": read_letters}
