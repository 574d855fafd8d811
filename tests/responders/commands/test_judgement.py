"""What people say of how mentions are sorted, typed; and what it tells, printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result


@pytest.fixture
def heard(settings: Path, warmline: Callable[..., Result]) -> Path:
    rows = settings.parent / "rows.csv"
    rows.write_text(
        "platform,author_handle,text,posted_at\n"
        + "".join(f"plaza,p{n},@harbourlight this lamp is sick number {n},2026-11-1{n}\n" for n in range(3))
        + "".join(f"plaza,q{n},@harbourlight my lamp number {n} is broken,2026-11-1{n}\n" for n in range(9)),
        encoding="utf-8",
    )
    warmline("import", str(rows))
    return settings


def test_a_correction_is_typed_and_counted(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    for number in range(1, 4):
        warmline("correct", str(number), "--sentiment", "positive", "--lane", "praise")
    warmline("correct", "4", "--right", "--as", "Bo")
    shown = read("show", "1")["heard"]["triage"]
    assert (shown["sentiment"], shown["lane"]) == ("positive", "praise")
    found = read("judgement")
    assert found["random"] is None
    assert found["sentiment"]["right"]["n"] == 4
    assert found["sentiment"]["right"]["right"] == 1
    assert {"said": "negative", "meant": "positive", "n": 3} in found["sentiment"]["said_and_meant"]
    assert [(one["word"], one["texts"], one["people"]) for one in found["proposals"]] == [("sick", 3, 3)]
    printed = warmline("judgement").output
    assert "sentiment: 1 of 4 as triage had said, of what people looked at" in printed
    assert "Checked at random: nothing yet" in printed
    assert "sick  2  3 texts by 3 people" in printed


def test_it_must_be_said_what_is_meant(heard: Path, warmline: Callable[..., Result]) -> None:
    assert "--right" in warmline("correct", "1", expect=2).output
    warmline("correct", "1", "--right", "--lane", "praise", expect=2)
    warmline("correct", "1", "--sentiment", "furious", expect=2)
    assert "no mention 99" in warmline("correct", "99", "--right", expect=1).output
