"""How values are shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from responders.desk import view
from tests.builders import NOON


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(hours=25), "yesterday"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "19 Oct"),
        (timedelta(days=400), "14 Oct 2025"),
    ],
)
def test_times_in_words(before: timedelta, words: str) -> None:
    assert view.ago(NOON - before, NOON) == words


def test_the_span_of_a_time() -> None:
    assert view.span(NOON, NOON + timedelta(seconds=40)) == "40 seconds"
    assert view.span(NOON, NOON + timedelta(hours=3, minutes=59)) == "3 hours"


def test_an_excerpt_ends_after_a_word() -> None:
    assert view.excerpt("one two three", 20) == "one two three"
    assert view.excerpt("one\n two   three four", 9) == "one two…"
    assert view.excerpt("a" * 50, 10) == "a" * 10 + "…"


def test_an_excerpt_never_cuts_through_an_emoji() -> None:
    family = "👨‍👩‍👧‍👦"
    assert view.excerpt(family * 5, 3) == family * 3 + "…"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/mentions/1",
        "https://user@evil.example/",
        "https://",
        "http://a\\b.example",
        "https://x.example/\n",
        " https://x.example",
        "http://[half",
        "",
    ],
)
def test_unsafe_addresses_are_no_links(url: str) -> None:
    assert view.link(url) == ""


def test_safe_addresses_are_links() -> None:
    assert view.link("https://plaza.example/p/1?a=b#c") == "https://plaza.example/p/1?a=b#c"
    assert view.link_host("http://127.0.0.1:8101/p") == "127.0.0.1"


def test_hidden_marks_are_named() -> None:
    assert view.hidden("a\u202eb\u200bc\u202e") == ("U+202E right-to-left override", "U+200B zero width space")
    assert view.hidden("tag\U000e0041") == ("U+E0041 tag latin capital letter a",)


def test_marks_that_belong_are_not_called_hidden() -> None:
    assert view.hidden("👨‍👩‍👧 \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f می‌خواهم ❤️") == ()


def test_the_mark_beside_a_name() -> None:
    assert view.initial("ana", "x") == "A"
    assert view.initial("", "_z") == "Z"
    assert view.initial("…", "!") == "·"
    assert view.initial("\u202edna", "x") == "D"
    assert view.tint("ana") == view.tint("ana")
    assert {view.tint(f"person{number}") for number in range(50)} == set(range(6))
