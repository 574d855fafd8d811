"""Lengths as the platforms count them: the examples are those of their own documents, or follow from their rules."""

from __future__ import annotations

import pytest

from responders.limits import limit_for


@pytest.mark.parametrize(
    ("platform", "text", "length"),
    [
        ("bluesky", "é" * 10, 10),
        ("bluesky", "e\u0301" * 10, 10),
        ("bluesky", "👩‍👩‍👧‍👦" * 3, 8),  # 75 bytes: the byte limit counts for more than three graphemes
        ("plaza", "👩‍👩‍👧‍👦", 7),
        ("mastodon", "see https://a.example/" + "x" * 200, 4 + 23),
        ("mastodon", "hello @kim@social.example!", len("hello @kim!")),
        ("x", "plain text", 10),
        ("x", "“curly” – fine…", 16),
        ("x", "ランプ", 6),
        ("x", "👩‍👩‍👧‍👦", 2),
        ("x", "🇩🇪", 2),
        ("x", "see https://a.example/" + "x" * 200 + ".", 4 + 23 + 1),
        ("x", "https://a.co", 23),
        ("x", "e\u0301", 1),
        ("reddit", "abc", 3),
    ],
)
def test_length_is_counted_as_the_platform_counts(platform: str, text: str, length: int) -> None:
    assert limit_for(platform).length(text) == length


def test_the_figures_and_the_default() -> None:
    most = {name: limit_for(name).most for name in ("bluesky", "plaza", "x", "mastodon", "reddit", "elsewhere")}
    assert most == {"bluesky": 300, "plaza": 500, "x": 280, "mastodon": 500, "reddit": 10_000, "elsewhere": 500}


def test_a_bare_domain_is_never_counted_too_short_on_x() -> None:
    assert limit_for("x").length("lumino.example") >= 23


def test_bluesky_refuses_what_its_byte_limit_refuses() -> None:
    assert not limit_for("bluesky").holds("👩‍👩‍👧‍👦" * 121)
    assert limit_for("bluesky").holds("a" * 300)
    assert not limit_for("bluesky").holds("a" * 301)
