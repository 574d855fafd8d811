"""No command lets foreign text steer the terminal: nothing but printable characters and line ends comes out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from responders.__main__ import COMMANDS, main
from responders.compose.templates import Replies

# Colours, a window's title, a link under other words, C1's short forms, marks that turn the reading order, unseen tags.
STEERING = "\x1b[31mred\x1b]0;title\x07 \x1b]8;;http://evil.example\x1b\\here\x1b]8;;\x1b\\ \x9b2J\x90q\x9c "
STEERING += "\u202eretrofni\u2066\u200b\U000e0041 \x08\x7f\r"
ESCAPED = STEERING.encode("unicode_escape").decode().replace("\\x", "\\u00")
SETTINGS = f"""
[brand]
name = "Harbourlight"
[[watches]]
name = "harbour {ESCAPED}"
terms = ["Harbourlight"]
handles = ["harbourlight"]
[responders]
undo_s = 0
[desk]
person = "Ana"
"""


@pytest.fixture
def hostile(folder: Path) -> Path:
    """A folder whose every name and text steers, where it was not refused before."""
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    row = {
        "platform": f"bluesky{STEERING}", "post_id": f"1{STEERING}", "author_handle": f"mira{STEERING}",
        "author_name": f"Mira{STEERING}", "text": f"@harbourlight my lamp Harbourlight buzzes{STEERING}. Why?",
        "url": f"https://x.example/{STEERING.replace(' ', '')}", "posted_at": datetime.now(UTC).isoformat(),
        "thread_id": f"1{STEERING}", "lang": STEERING, f"campaign{STEERING}": STEERING,
    }  # fmt: skip
    (folder / "rows.jsonl").write_text(json.dumps(row) + "\n" + json.dumps({"text": STEERING}) + f"\n{STEERING}\n")
    (folder / "bad.csv").write_text(f'a{STEERING.strip()},b\n"1","2"\n', encoding="utf-8")
    return folder


def steers(result: Result) -> list[str]:
    return sorted({hex(ord(char)) for char in result.output if not (char.isprintable() or char == "\n")})


READING = {
    "audit",
    "inbox",
    "show",
    "about",
    "triage",
    "query",
    "judgement",
    "rules",
    "costs",
    "digest",
    "doctor",
    "poll",
    "try",
}


@pytest.fixture
def templates_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reply templates are read once for all commands: it takes longer than all else they do."""
    load, kept = Replies.load, {}

    def once(folders: Sequence[Path]) -> Replies:
        if str(folders) not in kept:
            kept[str(folders)] = load(folders)
        return kept[str(folders)]

    monkeypatch.setattr(Replies, "load", once)


@pytest.mark.usefixtures("templates_once")
def test_nothing_that_is_printed_steers(hostile: Path, warmline: Callable[..., Result]) -> None:
    settings = hostile / "settings.toml"
    name = "harbourlight"
    if CliRunner().invoke(main, ["inbox"]).exit_code:  # a watch of such a name is refused, which is as well
        assert steers(CliRunner().invoke(main, ["inbox"])) == []
        settings.write_text(SETTINGS.replace(f"harbour {ESCAPED}", name), encoding="utf-8")
    assert steers(warmline("import", "rows.jsonl")) == []
    asked: list[tuple[str, ...]] = [
        ("inbox",), ("show", "1"), ("export",), ("export", "--jsonl"), ("triage", "rows.jsonl"), ("triage",),
        ("about", "1"), ("about",), ("query", "Harbourlight", "--preview"), ("query", f'"{STEERING}"'),
        ("judgement",), ("rules",), ("costs",), ("digest",), ("doctor",), ("poll",), ("inbox", "--older"),
        ("try", STEERING), ("correct", "1", "--lane", STEERING), ("edit", "1", "--text", f"Hello {STEERING}"),
        ("approve", "1", "--yes"), ("decline", "1", "--reason", STEERING), ("inbox", "--tag", STEERING),
        ("no-reply", "1", STEERING), ("link", STEERING), ("pause", STEERING), ("resume",), ("deliver",),
        ("import", "bad.csv"), ("import", "rows.jsonl", "--map", f"text=x{STEERING}"), ("export", "--watch", STEERING),
        ("export", "--since", STEERING), (f"no{STEERING}",), ("show", f"--no{STEERING}"), ("inbox", "--lane", STEERING),
        ("show", STEERING), ("inbox", "--settings", f"no{STEERING}"), ("audit",), ("audit", "verify"),
        ("audit", "verify", "--head", STEERING), ("settle", "1", "--drop"), ("settle", "1", "--there", STEERING),
        ("restore", f"no{STEERING}"), ("backup", f"{STEERING}/no.db"),
        ("restore", "rows.jsonl"), (f"--no{STEERING}",),
    ]  # fmt: skip
    found = {}
    for words in asked:
        for more in ((), ("--json",)) if words[0] in READING else ((),):
            result = CliRunner().invoke(main, [*words, *more], input="")
            assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
            if bad := steers(result):
                found[words + more] = bad
    # A table that is not for a terminal holds what was said to the letter, as far as the door for foreign text lets it.
    assert {words: bad for words, bad in found.items() if words != ("export",)} == {}
    [row] = csv.DictReader(io.StringIO(warmline("export").stdout))
    assert "buzzes" in row.pop("text")
    del row["watches"]  # the operator's own word
    assert re.findall("[\x00-\x1f\x7f-\x9f]", "".join(row.values())) == []


def test_every_command_is_tried() -> None:
    tried = Path(__file__).read_text(encoding="utf-8")
    # These ask for nothing foreign: they write a file, or start servers.
    assert [
        name for name in COMMANDS if f'("{name}"' not in tried and name not in {"demo", "init", "run", "login"}
    ] == []


def test_a_table_on_a_terminal_does_not_steer_it(hostile: Path, warmline: Callable[..., Result]) -> None:
    import os
    import pty
    import subprocess
    import sys

    (hostile / "settings.toml").unlink()
    warmline("import", "rows.jsonl")
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", "responders", "export"]
    done = subprocess.run(command, cwd=hostile, env=env, stdout=theirs, stderr=subprocess.PIPE, check=True, timeout=60)
    os.close(theirs)
    seen = b""
    while True:
        try:
            block = os.read(ours, 65_536)
        except OSError:  # how Linux tells that the other end is closed
            break
        if not block:
            break
        seen += block
    os.close(ours)
    shown: Any = seen.decode("utf-8").replace("\r\n", "\n")
    assert "buzzes" in shown
    assert "\\u202e" in shown
    assert [char for char in shown if not (char.isprintable() or char == "\n")] == []
    assert done.stderr == b""
