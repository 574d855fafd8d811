"""`warmline query`: understood or pointed at, explained, tried on what is kept; and nothing is ever stored."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

SAID = (
    "my lamp came late",
    "the lamp is late, and the pie cold",
    "lamp post",
    "a giveaway of lamps: the lamp is late",
    "nothing at all",
)


@pytest.fixture
def kept(settings: Path, warmline: Callable[..., Result]) -> Path:
    rows = [
        {"text": text, "posted_at": f"2026-11-1{number}T10:00:00Z", "author_handle": "mia", "post_id": str(number)}
        for number, text in enumerate(SAID)
    ]
    file = settings.parent / "some.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    warmline("import", str(file))
    settings.write_text(settings.read_text("utf-8") + '[exclude]\nterms = ["giveaway"]\n', encoding="utf-8")
    return settings


def test_a_query_is_explained_and_shown_as_each_platform_is_asked(
    settings: Path, warmline: Callable[..., Result]
) -> None:
    told = warmline("query", "lamp NEAR/5 late or NOT pie").stdout
    for said in ("Note, column 18: “or” is looked for as a word", "within 5 words:", "X: lamp late", "filtered here:"):
        assert said in told


def test_a_slip_is_pointed_at(settings: Path, warmline: Callable[..., Result]) -> None:
    said = warmline("query", "lamp AND (late", expect=2).stderr
    assert "column 10: this ( is never closed" in said
    lines = said.splitlines()
    at = next(number for number, line in enumerate(lines) if line.strip() == "lamp AND (late")
    assert lines[at][lines[at + 1].index("^")] == "("
    assert "--watch NAME" in warmline("query", expect=2).stderr
    assert "there are: harbourlight" in warmline("query", "--watch", "harborlight", expect=2).stderr


def test_a_preview_counts_what_each_part_left_out(
    kept: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    told = read("query", "lamp AND late NOT pie", "--preview")["preview"]
    assert (told["mentions"], told["caught"]) == (5, 1)
    assert [one["text"] for one in told["newest"]] == [SAID[0]]
    left_out = {(one["setting"], one["words"]): one["count"] for one in told["left_out"]}
    assert left_out == {
        ("query", "the word “lamp”"): 0,
        ("query", "the word “late”"): 1,
        ("query", "not the word “pie”"): 1,
        ("exclude", "not the word “giveaway”"): 1,
    }
    assert "would have caught 1" in warmline("query", "lamp late -pie", "--preview").stdout


def test_each_side_of_an_or_has_parts_of_its_own(kept: Path, read: Callable[..., Any]) -> None:
    told = read("query", "(lamp late -pie) OR (post lamp -zebra)", "--preview")["preview"]
    assert told["caught"] == 2
    left_out = {one["words"]: one["count"] for one in told["left_out"]}
    assert (left_out["not the word “pie”"], left_out["not the word “zebra”"]) == (1, 0)


def test_a_watch_can_be_tried_with_another_query(kept: Path, read: Callable[..., Any]) -> None:
    assert read("query", "--watch", "harbourlight", "--preview")["preview"]["caught"] == 0
    assert read("query", "lamp", "--watch", "harbourlight", "--preview")["preview"]["caught"] == 3


def test_nothing_is_stored(kept: Path, warmline: Callable[..., Result]) -> None:
    database = kept.parent / "warmline.db"
    before = database.read_bytes()
    warmline("query", "lamp", "--preview")
    assert database.read_bytes() == before


def test_where_nothing_is_kept_no_database_is_made(settings: Path, read: Callable[..., Any]) -> None:
    assert read("query", "lamp", "--preview")["preview"]["mentions"] == 0
    assert not (settings.parent / "warmline.db").exists()


def test_a_watch_tells_what_may_be_meant_otherwise_too(settings: Path, warmline: Callable[..., Result]) -> None:
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + '\n[[watches]]\nname = "slip"\nquery = "acme near lamp"\n', encoding="utf-8")
    result = warmline("query", "--watch", "slip")
    assert result.exit_code == 0
    assert "Note, column 6: “near” is looked for as a word" in result.stdout
