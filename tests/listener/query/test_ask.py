"""Whether a mention matches, and where: the words as people write them, in whatever letters."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from listener.mention import Mention
from listener.query import RULE_FIELDS, QueryError, Subject, parse
from listener.query.ask import Sight
from listener.query.fold import fold
from listener.query.tree import And, Near, Node, Not, Or, Term
from listener.query.triggers import triggers
from listener.watch import Matcher, Watch
from tests.builders import a_mention
from tests.listener.query.queries import mentions, watchable
from tests.pace import took


def found(query: str, text: str, **known: Any) -> list[str] | None:
    """The words that made the text match; None where it doesn't."""
    sight = Sight(Subject(text, **known))
    spans = sight.ask(parse(query, RULE_FIELDS, must_find=False).root)
    return None if spans is None else [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("acme", "ACME's #acme, acmeology", ["ACME", "acme"]),
        ("strasse", "Straße STRASSE", ["Straße", "STRASSE"]),
        ("istanbul", "İSTANBUL ıstanbul", ["İSTANBUL", "ıstanbul"]),
        ("fine", "a ﬁne day", ["ﬁne"]),
        ("acme", "ＡＣＭＥ 𝐀𝐜𝐦𝐞 Ac\u200bme Ac\u00adme", ["ＡＣＭＥ", "𝐀𝐜𝐦𝐞", "Ac\u200bme", "Ac\u00adme"]),
        ("acme", "Acme™ Acme® Acme¹", ["Acme", "Acme", "Acme"]),
        ("café", "cafe\u0301 CAFÉ", ["cafe\u0301", "CAFÉ"]),
        ("cafe", "café", None),
        ("각", "\u1100\u1161\u11a8", ["\u1100\u1161\u11a8"]),
        ("ガ", "ｶﾞ", ["ｶﾞ"]),
        ("任天堂", "私は任天堂が好き", ["任天堂"]),
        ("สวัสดี", "บอกว่าสวัสดีครับ", ["สวัสดี"]),
        ('"it\'s late"', "IT’S   late", ["IT’S   late"]),
        ('"acme air"', "#AcmeAir @acmeair acmeair", ["AcmeAir", "acmeair"]),
        ("plug*", "plugs Plugin unplug", ["plugs", "Plugin"]),
        ('raw:"C++"', "c++ C++ C++11 xC++", ["C++", "C++"]),
        ("raw:Acme", "acme Acme Acmes", ["Acme"]),
        ("#lamp", "#Lamp ＃lamp #lamps a#lamp lamp", ["#Lamp", "＃lamp"]),
        ("$acm", "$ACM $acme", ["$ACM"]),
        ("😡", "so 😡\ufe0f!", ["😡\ufe0f"]),
        ("@acme", "@Acme, @acme. @acme.example @acmehelp a@acme.example", ["@Acme", "@acme"]),
        ("@acme", "@аcme ＠acme @ac\u200bme @𝐚cme", None),
        ("acme", "@аcme @𝐚cme", None),
        ("late NEAR/2 train", "late the train", ["late", "train"]),
        ("late NEAR/1 train", "late the train", None),
        ("late NEAR/1 train", "train, late", ["train", "late"]),
        ("late NEAR/1f train", "train, late", None),
        ("late NEAR/5 late", "late", None),
        ('(refund OR "money back") NEAR/4 (never OR late)', "money back? never came", ["money back", "never"]),
        ("任天 NEAR/2 好", "任天が好", ["任天", "好"]),
        ("site:acme.com", "acme.com. shop.Acme[.]com hxxps://acme.com/x", ["acme.com", "Acme[.]com", "acme.com"]),
        ("site:acme.com", "acme dot com", ["acme dot com"]),
        ("site:acme.com", "见acme.com网站", ["acme.com"]),
        ("site:acme.com", "https://acme.com@evil.example acme[.]com[.]evil.example acme dot com dot evil", None),
        ("7-Eleven", "7\u2011Eleven 7\u2010eleven", ["7\u2011Eleven", "7\u2010eleven"]),
        ("site:acme.com", "notacme.com acme.com.evil.example mia@acme.com acme.community", None),
        ("acme OR late", "late acme", ["late", "acme"]),
        ("acme NOT late", "late acme", None),
        ("acme has:question", "acme？", ["acme"]),
    ],
)  # fmt: skip
def test_words_are_found_as_people_write_them(query: str, text: str, expected: list[str] | None) -> None:
    assert found(query, text) == expected


@pytest.mark.parametrize(
    ("query", "known", "matches"),
    [
        ("from:mia", {"author": "Mia"}, True),
        ("from:x:mia", {"author": "mia", "platform": "x"}, True),
        ("from:x:mia", {"author": "mia", "platform": "reddit"}, False),
        ("lang:en", {"lang": "en-GB"}, True),
        ("lang:en", {"lang": None}, False),
        ("site:acme.com", {"links": ("https://www.shop.acme.com:443/x",)}, True),
        ("site:acme.com", {"links": ("https://notacme.com", "http://[broken")}, False),
        ("platform:reddit", {"platform": "reddit"}, True),
        ("in:Lamps", {"community": "lamps"}, True),
        ("is:reply", {"reply": True}, True),
        ("is:addressed", {"to_us": False}, False),
        ("has:link", {"links": ("https://a.example",)}, True),
        ("followers:>1000", {"followers": 1000}, False),
        ("followers:>=1000", {"followers": 1000}, True),
        ("followers:<1000", {"followers": None}, False),
        ("lane:complaint", {"facts": {"lane": frozenset({"complaint"})}}, True),
        ("lane:complaint", {}, False),
        ("watch:acme -tag:refund", {"facts": {"watch": frozenset({"Acme"})}}, True),
    ],
)
def test_fields_ask_for_what_is_known_beside_the_words(query: str, known: dict[str, Any], matches: bool) -> None:
    assert (found(query, "anything", **known) is not None) is matches


def test_a_mention_is_asked_with_all_that_is_known_of_it() -> None:
    mention = a_mention(1, in_reply_to="p0", likes=7, extra={"community": "lamps"})
    assert Subject.of(mention) == Subject(
        mention.text, "mira", "plaza", community="lamps", followers=120, likes=7, reply=True, to_us=True
    )


@settings(deadline=None, max_examples=200)
@given(watchable, mentions())
@example("(acme NOT in:lamps)", a_mention(1, text="acme", extra={"community": "lamps"}))
def test_no_match_is_lost_for_want_of_a_trigger(text: str, mention: Mention) -> None:
    """What the automaton passes over is only what would not have matched, asked one by one."""
    try:
        root = parse(text).root
    except QueryError:
        return
    assert triggers(root) is not None
    spans = Sight(Subject.of(mention)).ask(root)
    others = [Watch(f"w{number}", "topic", (f"zebra{number}",)) for number in range(3)]
    matches = Matcher([*others, Watch("it", "topic", query=text)]).match(mention)
    assert [match.watch for match in matches] == ([] if spans is None else ["it"])
    for match in matches:
        assert all(0 <= start < end <= len(mention.text) for start, end in match.spans)


def naively(node: Node, words: list[str]) -> list[tuple[int, int]] | None:
    """What the tree means over a list of plain words, told as simply as can be: where its words stand, or None."""
    match node:
        case And(parts):
            each = [naively(part, words) for part in parts]
            return None if None in each else [span for spans in each for span in spans or ()]
        case Or(parts):
            each = [spans for part in parts if (spans := naively(part, words)) is not None]
            return [span for spans in each for span in spans] if each else None
        case Not(part):
            return [] if naively(part, words) is None else None
        case Near(left, right, within, ordered):
            one, other = naively(left, words) or [], naively(right, words) or []
            pairs = [(a, b) for a in one for b in other if 0 < b[0] - a[1] + 1 <= within]
            pairs += [] if ordered else [(a, b) for a in one for b in other if 0 < a[0] - b[1] + 1 <= within]
            return [span for pair in pairs for span in pair] or None
        case Term(text, prefix):
            wanted = text.split()
            size = len(wanted)
            starts = [at for at in range(len(words)) if words[at : at + size] == wanted]
            starts = [at for at, word in enumerate(words) if word.startswith(text)] if prefix else starts
            return [(at, at + size) for at in starts] or None
        case _:
            raise AssertionError(node)


simple = st.recursive(
    st.sampled_from(
        ("aaa", "bbb", '"aaa bbb"', "aa1*", "aaa NEAR/1 bbb", "bbb NEAR/3 (aaa OR ccc)", "ccc NEAR/2f aaa")
    ),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from((" ", " AND ", " OR ", " NOT ")), parts).map("".join).map("({})".format),
        parts.map("NOT ({})".format),
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=300)
@given(simple, st.lists(st.sampled_from(("aaa", "bbb", "ccc", "aa1", "aa12", "zzz")), max_size=9))
def test_a_query_means_what_it_says(text: str, words: list[str]) -> None:
    root = parse(text, must_find=False).root
    written = " ".join(words)
    starts = [len(" ".join(words[:at])) + (at > 0) for at in range(len(words))]
    expected = naively(root, words)
    spans = None if expected is None else {(starts[a], starts[b - 1] + len(words[b - 1])) for a, b in expected}
    asked = Sight(Subject(written)).ask(root)
    assert (asked is None) == (spans is None)
    assert set(asked or ()) <= (spans or set())


@settings(deadline=None)
@given(st.text(alphabet="aAİıßﬁée\u0301\u0308ｶﾞ\u1100\u1161\u200bＡ😡 ™½", max_size=30), st.text(max_size=8))
def test_a_folded_piece_knows_where_it_stood(text: str, beside: str) -> None:
    """Each word of the folded text, taken back to the original and folded again, is that word."""
    text = beside + " " + text
    folded = fold(text)
    at = 0
    for word in folded.text.split():
        at = folded.text.index(word, at)
        start, end = folded.span(at, at + len(word))
        assert fold(text[start:end]).text == word
        at += len(word)


@pytest.mark.parametrize(
    "text",
    [
        "acme late " * 4_000, "a" * 100_000, "acme" + " " * 100_000 + "air", "e" + "\u0301" * 50_000, "İ" * 50_000,
        "👩‍👩‍👧" * 10_000, "@acme" * 20_000, "acme." * 20_000, "任天堂" * 20_000,
        "\ud800" * 50_000, "\u202e\x00" * 50_000,
    ],
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    query = '(acme OR "acme air" OR @acme OR 任*) NEAR/5 (late OR air) OR site:acme.com OR raw:"C++" OR #acme'
    matcher = Matcher([Watch("w", "topic", query=query.replace("任*", "任天*"), exclude=("acme bar",))])
    mention = replace(a_mention(1), text=text)
    began = time.process_time()
    matcher.match(mention)
    assert took(began) < 0.25
