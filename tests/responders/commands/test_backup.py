"""`warmline backup` and `warmline restore` as a person types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result


@pytest.fixture
def heard(settings: Path, warmline: Callable[..., Result]) -> Path:
    row = {"text": "Harbourlight buzzes", "posted_at": datetime.now(UTC).isoformat(), "post_id": "1"}
    (settings.parent / "one.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    warmline("import", "one.jsonl")
    return settings.parent


def test_a_backup_says_what_it_holds_and_a_restore_what_it_did(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    assert "1 mentions, 1 drafts" in warmline("backup", "kept.db").stdout
    told = read("backup")
    assert (told["mentions"], told["drafts"], told["bytes"] > 10_000) == (1, 1, True)
    assert Path(told["file"]).name.startswith("warmline-2")
    warmline("decline", "1", "--reason", "no")
    said = warmline("restore", "kept.db").stdout
    assert "Sending is paused" in said
    assert "warmline.db.replaced-" in said
    assert read("show", "1")["draft"]["state"] == "held"
    assert "restored from kept.db" in warmline("deliver").stdout


def lying_in(folder: Path) -> dict[str, bytes]:
    """All that is kept there; what SQLite lays beside a database that is read comes and goes."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith(("-wal", "-shm"))}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "one.jsonl"), "one.jsonl is there already"),
        (("backup", "warmline.db"), "the database itself"),
        (("restore", "nowhere.db"), "nowhere.db is not there"),
        (("restore", "."), ". is a folder"),
        (("restore", "one.jsonl"), "one.jsonl is no backup of Warmline's"),
        (("restore", "warmline.db"), "the database itself"),
        (("settle", "1", "--drop"), "this reply is waiting for a decision"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(
    heard: Path, warmline: Callable[..., Result], words: tuple[str, ...], said: str
) -> None:
    before = lying_in(heard)
    failed = warmline(*words, expect=1).stderr
    assert said in failed
    assert failed.count("\n") == 1
    assert lying_in(heard) == before


def test_where_there_is_nothing_to_back_up_it_says_so(settings: Path, warmline: Callable[..., Result]) -> None:
    assert "there is no database" in warmline("backup", expect=1).stderr
