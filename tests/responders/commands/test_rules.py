"""`warmline rules`: listed, tried, written, put in force and taken out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Warmline = Callable[..., Result]
ADD = ("rules", "add", "Refunds", "--when", "refund", "--lane", "complaint", "--assign", "Ana", "--tag", "money")


def bring(settings: Path, warmline: Warmline, *texts: str) -> None:
    """Import mentions with these texts."""
    now = datetime.now(UTC).isoformat()
    rows = [
        {"text": f"@harbourlight {text}", "posted_at": now, "author_handle": f"m{at}", "post_id": f"{at}-{text}"}
        for at, text in enumerate(texts)
    ]
    file = settings.parent / "some.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    warmline("import", str(file))


def test_a_rule_from_the_first_try_to_the_last_word(
    settings: Path, warmline: Warmline, read: Callable[..., Any]
) -> None:
    assert "No rules yet" in warmline("rules").stdout
    bring(settings, warmline, "I want a refund", "a lovely lamp")
    trying = ("rules", "try", "refund", "--days", "7")
    tried = read(*trying)
    assert (tried["of"], tried["holds"], tried["taken"]) == (2, 1, 0)
    assert "It holds for 1 of 2 mentions of the last 7 days." in warmline(*trying).stdout

    assert 'warmline rules live "Refunds"' in warmline(*ADD).stdout
    bring(settings, warmline, "I want a refund now")
    assert read("rules")[0] | {"did_days": 30} == {
        "name": "Refunds", "state": "draft", "when": "refund", "lane": "complaint", "assign": "Ana", "tags": ["money"],
        "alert": False, "no_reply": "", "did": 0, "did_days": 30,
    }  # fmt: skip

    warmline("rules", "live", "refunds")
    assert read("rules", "try", "refund")["taken"] == 2
    bring(settings, warmline, "my refund, please")
    (card,) = read("inbox", "--tag", "money")
    assert (card["lane"], card["assigned"], card["tags"]) == ("complaint", "Ana", ["money"])
    assert read("inbox", "--assigned", "Ben") == []
    shown = warmline("show", str(card["mention_id"])).stdout
    assert card["because"] in shown
    assert "for Ana · #money" in shown
    assert card["because"] in warmline("inbox").stdout
    listed = warmline("rules").stdout
    assert "live" in listed
    assert "lane complaint; assigned to Ana; tagged money" in listed

    warmline("rules", "off", "Refunds")
    bring(settings, warmline, "refund me")
    assert read("rules")[0]["did"] == 1
    warmline("rules", "remove", "Refunds")
    assert read("rules") == []
    assert "no rule 'Refunds'" in warmline("rules", "live", "Refunds", expect=1).stderr


def test_a_slip_is_pointed_at(settings: Path, warmline: Warmline) -> None:
    said = warmline("rules", "try", "refund AND (lamp", expect=1).stderr
    assert "column 12: this ( is never closed" in said
    assert "  refund AND (lamp\n             ^" in said
    assert "column 1" in warmline("rules", "add", "x", "--when", "lane:nowhere", "--tag", "y", expect=1).stderr
    assert "say what it should do" in warmline("rules", "add", "x", "--when", "refund", expect=1).stderr


@pytest.mark.parametrize("more", [("--live",), ("--live", "--alert", "--no-reply", "we know")])
def test_live_at_once(settings: Path, warmline: Warmline, read: Callable[..., Any], more: tuple[str, ...]) -> None:
    assert "is kept" in warmline(*ADD, *more).stdout
    assert read("rules")[0]["state"] == "live"
    assert "already" in warmline(*ADD, *more, expect=1).stderr


def test_triage_anew_goes_by_the_rules(settings: Path, warmline: Warmline, read: Callable[..., Any]) -> None:
    bring(settings, warmline, "I want a refund")
    warmline(*ADD, "--live")
    warmline("triage")
    assert read("inbox")[0]["lane"] == "complaint"
    assert read("rules")[0]["did"] == 1


def test_what_may_not_be_meant_is_said(warmline: Callable[..., Result]) -> None:
    told = warmline("rules", "try", "refund and watch:nobody").stdout
    assert "Note: there is no watch nobody; there are:" in told
    assert "Note: column 8: “and” is looked for as a word" in told
