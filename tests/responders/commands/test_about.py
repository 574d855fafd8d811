"""`warmline about`: a word on the command line counts as a thumb at the desk does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

WATCH = """
[[watches]]
name = "Juniper"
terms = ["juniper"]
context = "Juniper makes routers and switches for networks."
"""


@pytest.fixture
def heard(settings: Path, warmline: Callable[..., Result]) -> Path:
    """Two mentions of a watch with a context: the first of a bush, the second of a router."""
    settings.write_text(settings.read_text(encoding="utf-8") + WATCH, encoding="utf-8")
    said = ("the old juniper by the river, a robin sang in it at dawn", "my juniper router is offline again")
    now = datetime.now(UTC).isoformat()
    rows = [{"text": text, "posted_at": now, "post_id": str(n)} for n, text in enumerate(said, 1)]
    file = settings.parent / "two.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    warmline("import", str(file))
    return settings


def test_how_likely_it_is_and_what_a_person_says(
    heard: Path, warmline: Callable[..., Result], read: Callable[..., Any]
) -> None:
    (bush,), (lamp,) = read("about", "1"), read("about", "2")
    assert bush["relevance"]["score"] < bush["threshold"] < lamp["relevance"]["score"]
    assert "probably not about it" in warmline("about", "1").stdout
    assert warmline("about", "1", "yes").stdout.startswith("Juniper: about it: Ana says so")
    (told,) = read("about")[1:]
    assert (told["watch"], told["up"], told["down"]) == ("Juniper", 1, 0)
    warmline("about", "1", "yes")  # once more takes it back
    assert read("about")[1]["up"] == 0


def test_what_is_asked_wrongly_is_said_in_one_line(heard: Path, warmline: Callable[..., Result]) -> None:
    assert "heard for Juniper" in warmline("about", "1", "no", "--watch", "Rival", expect=1).stderr
    assert "there is no mention 9" in warmline("about", "9", expect=1).stderr
    warmline("about", "1", "perhaps", expect=2)


def test_what_the_watches_have_learned_is_printed_for_people(heard: Path, warmline: Callable[..., Result]) -> None:
    warmline("about", "1", "no")
    told = warmline("about").stdout
    assert "Juniper: 0 thumbs up, 1 down; 1 of 2 mentions in 30 days below 30 %" in told
    assert "for it:" in told
