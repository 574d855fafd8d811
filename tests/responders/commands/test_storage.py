"""Commands while the disk is full: what reads goes on, what writes ends with one line and exit code 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import Result

from listener.archive.connect import connect
from tests.faults import full_disk


def test_a_command_that_cannot_write_says_so_in_one_line_and_the_next_one_can(
    settings: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    row = {"text": "Harbourlight buzzes", "posted_at": datetime.now(UTC).isoformat(), "post_id": "1"}
    (settings.parent / "one.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    warmline("import", "one.jsonl")
    with closing(connect(settings.parent / "warmline.db")), full_disk():  # beside a daemon that has it open
        assert len(read("inbox")) == 1
        for words in (("decline", "1", "--reason", "no"), ("pause",), ("edit", "1", "--text", "Which bulb?")):
            said = warmline(*words, expect=1).stderr
            assert said.count("\n") == 1
            assert "nothing was changed" in said
            assert "or is full" in said
        failed = warmline("backup", expect=1).stderr
        assert failed.count("\n") == 1
        assert [path.name for path in settings.parent.glob("*.part*")] == []
    assert read("show", "1")["draft"]["state"] == "held"
    warmline("decline", "1", "--reason", "no")
    assert read("inbox") == []
