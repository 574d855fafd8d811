"""What is printed steers no terminal, and is what it was."""

from __future__ import annotations

import json

from responders.commands.common import as_json


def test_json_is_safe_to_look_at_and_says_the_same() -> None:
    said = {"because": "says “\u202eretni\u202c \x9b2J\u2066”", "words": ["grüße", "日本語", "\x1b[2J", "\ud800"]}
    written = as_json(said, indent=2)
    assert all(line.isprintable() for line in written.split("\n"))
    assert "grüße" in written
    assert json.loads(written) == said
