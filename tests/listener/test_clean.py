from __future__ import annotations

import sqlite3
import time
import unicodedata
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.clean import ID_MOST, MARKS_MOST, TEXT_MOST, clean_id, clean_line, clean_mention, clean_text, clean_url
from listener.mention import Author, Mention
from tests.pace import took

ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=300)
MENTION = Mention("plaza", "1", Author("plaza", "a1", "ana"), "hello", datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain text, nothing odd", "plain text, nothing odd"),
        ("tab\tand\nnewline stay", "tab\tand\nnewline stay"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("nul\x00 esc\x1b[31m bell\x07 c1\x85\x9b", "nul esc[31m bell c1"),
        ("\ud83d\ude00 joined", "😀 joined"),
        ("lone \ud83d and \ude00", "lone \ufffd and \ufffd"),
        ("a\ud83d\x00\ude00b", "a\ufffd\ufffdb"),  # a NUL between two halves must not make them one
        ("e" + "\u0301" * 40, "e" + "\u0301" * MARKS_MOST),
        ("👍🏽 👨‍👩‍👧 हिन्दी", "👍🏽 👨‍👩‍👧 हिन्दी"),
    ],
)
def test_text_is_mended_and_otherwise_left_alone(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


@given(ANY_TEXT)
def test_any_text_can_be_stored_and_cleaning_twice_changes_nothing(raw: str) -> None:
    clean = clean_text(raw, most=100)
    assert clean_text(clean, most=100) == clean
    assert len(clean) <= 100
    with closing(sqlite3.connect(":memory:")) as db:
        assert db.execute("SELECT ?", (clean,)).fetchone() == (clean,)
    assert not [mark for mark in clean if unicodedata.category(mark) in ("Cs", "Cc") and mark not in "\n\t"]


@pytest.mark.parametrize(
    "unit", ["a", "\x00", "\ud83d", "\ud83d\ude00", "\ude00x", "\u0301", "e" + "\u0301" * 9, "😀", "\r\n", "漢"]
)
def test_a_megabyte_of_anything_is_cut_with_a_mark_in_no_time(unit: str) -> None:
    raw = unit * (1_000_000 // len(unit))
    start = time.process_time()
    clean = clean_text(raw)
    assert took(start) < 0.1
    assert len(clean) <= TEXT_MOST
    assert clean.endswith("…")


def test_a_name_is_one_line() -> None:
    assert clean_line("  Ana\r\n\u2029 Lima\t ") == "Ana Lima"


def test_two_long_ids_stay_two() -> None:
    one, other = "x" * ID_MOST + "1", "x" * ID_MOST + "2"
    assert clean_id(one) != clean_id(other)
    assert clean_id(clean_id(one)) == clean_id(one)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://acme.example/a?b=c", True),
        ("at://did:plc:abc/app.bsky.feed.post/3k", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://acme.example/a b", False),
        ("https://acme.example/" + "a" * 3000, False),
    ],
)
def test_only_web_addresses_stay(url: str, kept: bool) -> None:
    assert clean_url(url) == (url if kept else "")


def test_every_foreign_string_of_a_mention_is_cleaned() -> None:
    bad = "x\x00\ud83d"
    mention = clean_mention(
        Mention(
            bad, bad, Author(bad, bad, "@@ana\x00\n", bad, followers=2**70, url="javascript:x"), bad, MENTION.posted_at,
            url="ftp://x", in_reply_to=bad, thread_id="\x00", lang="en\x00", likes=-1, reposts=3,
            links=("https://a.example", "javascript:x"), extra={bad: bad},
        )
    )  # fmt: skip
    author = mention.author
    assert (mention.platform, mention.post_id, mention.text, mention.in_reply_to) == ("x\ufffd",) * 4
    assert author == Author("x\ufffd", "x\ufffd", "ana", "x\ufffd", None, "")
    assert (mention.thread_id, mention.lang, mention.likes, mention.reposts) == (None, None, None, 3)
    assert mention.links == ("https://a.example",)
    assert dict(mention.extra) == {"x\ufffd": "x\ufffd"}
    assert clean_mention(mention) == mention


def test_extra_is_capped() -> None:
    mention = clean_mention(replace(MENTION, extra={f"k{n}": "v" * 5000 for n in range(500)}))
    assert len(mention.extra) == 50
    assert max(map(len, mention.extra.values())) == 1000
