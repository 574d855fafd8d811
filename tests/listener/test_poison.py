"""What anyone may post, or put into a file, to hold us up: each is kept, and none takes long or can't be stored.

How long each takes, one by one: `python -m bench poison`.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from listener.clean import TEXT_MOST, clean_mention
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.triaged import Triaged
from tests.pace import took
from tests.poison import WATCHES, poisoned, texts

POISON = texts()
SIFTER = Sifter(WATCHES, Vader())
BLNS = Path(__file__).parents[3] / "shared" / "data" / "blns.json"
# Of the kinds in the Big List of Naughty Strings (minimaxir's, MIT), one or two each.
NAUGHTY = (
    "", "undefined", "NULL", "\\", "1E+02", "0x0", "NaN", "-9223372036854775808", "1,000,000.00", "１２３", "٠١٢",
    "Ω≈ç√∫˜µ≤≥÷", "\u00ad\u0600\u061c\u180e\u200b\u200f\u202e\u2066\ufeff", "田中さんにあげて下さい", "Ⱥ Ⱦ",
    "הָיְתָהtestالصفحات",
    "﷽", "\u202atest\u202b", "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤", "˙ɐnbᴉlɐ ɐuƃɐɯ", "𝓣𝓱𝓮 𝓺𝓾𝓲𝓬𝓴", "⒯⒣⒠ ⒬⒰⒤⒞⒦", "<script>alert(0)</script>",
    "'; DROP TABLE mentions;--", "$(touch /tmp/x)", "%s%n{0}{{7*7}}", "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///x'>]>",
    "../../../../etc/passwd%00", "\x1b[5;31mred", "\u2028\u2029\x85", "Power لُلُصّبُلُلصّبُررً ॣ ॣh ॣ ॣ 冗", "🏳0🌈️", "జ్ఞా",
)  # fmt: skip


def storable(kept: Triaged) -> bool:
    """Whether SQLite takes every string of what was kept, and JSON gives it back."""
    said = json.dumps([asdict(kept.mention), asdict(kept.triage)], default=str, ensure_ascii=False)
    text = kept.mention.text
    with closing(sqlite3.connect(":memory:")) as db:
        row = db.execute("SELECT ?, ?, length(?)", (said, text, text)).fetchone()
    return row == (said, text, len(text)) and json.loads(said.encode())[0]["text"] == text


@pytest.mark.parametrize("name", POISON)
def test_poison_is_kept_and_can_be_stored(name: str) -> None:
    kept = SIFTER.keep(clean_mention(poisoned(POISON[name])))
    assert len(kept.mention.text) <= TEXT_MOST
    assert storable(kept)


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_strings_are_kept_and_can_be_stored(text: str) -> None:
    assert storable(SIFTER.keep(clean_mention(poisoned(text))))


@pytest.mark.optional
@pytest.mark.skipif(not BLNS.is_file(), reason="the Big List of Naughty Strings is not beside this checkout")
def test_all_of_the_big_list_is_kept_and_can_be_stored() -> None:
    for text in json.loads(BLNS.read_text(encoding="utf-8")):
        assert storable(SIFTER.keep(clean_mention(poisoned(text))))
        assert storable(SIFTER.keep(clean_mention(poisoned(f"Acme {text} is not good"))))


def test_no_text_holds_up_the_others() -> None:
    """One generous look at the clock for all, far above what they take: something quadratic takes minutes."""
    began = time.process_time()
    for text in POISON.values():
        SIFTER.keep(clean_mention(poisoned(text)))
    assert took(began) < 10


@pytest.mark.parametrize("handle", ["@аcmehelp", "@acmeheIp", "@acmehelp\u0301", "@acmehelpp", "@acmehelp.example"])
def test_who_looks_like_us_is_not_us(handle: str) -> None:
    kept = SIFTER.keep(clean_mention(poisoned(f"{handle} where is my order?")))
    assert "acme" not in kept.watches
    assert "addressed to us" not in kept.triage.reasons


@pytest.mark.parametrize(
    "around", ["\u202e{}\u202c", "\u2066{}\u2069", "\u200b{}\u200b", "({})", "“{}”", "\ud83d{}\udc4d", "\x00{}\x00"]
)
def test_what_stands_around_our_handle_does_not_hide_it(around: str) -> None:
    kept = SIFTER.keep(clean_mention(poisoned(around.format("@acmehelp") + " where is my order?")))
    assert "acme" in kept.watches
    assert "addressed to us" in kept.triage.reasons


def test_a_long_complaint_is_heard_to_its_end() -> None:
    kept = SIFTER.keep(clean_mention(poisoned("word " * 1_000 + "this is horrible, terrible and awful")))
    assert kept.triage.sentiment == "negative"
