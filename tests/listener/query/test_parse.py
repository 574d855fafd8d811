"""A query as a person writes it is understood, or the place is pointed at where it is not."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.query import RULE_FIELDS, Query, QueryError, fact, parse
from listener.query.explain import as_tree, in_words
from listener.query.tree import And, Compare, Field, Handle, Near, Not, Or, Raw, Tag, Term
from tests.listener.query.queries import queries
from tests.pace import took

A, B, C = Term("a"), Term("b"), Term("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("a -b", And((A, Not(B)))),
        ("a NOT b OR c", Or((And((A, Not(B))), C))),
        ("a -(b OR c)", And((A, Not(Or((B, C)))))),
        ("((a))", A),
        ("a NEAR/5 b c", And((Near(A, B, 5), C))),
        ("a NEAR/3f (b OR c)", Near(A, Or((B, C)), 3, ordered=True)),
        ('"night  train"', Term("night train")),
        ("“night train”", Term("night train")),
        ('"AND"', Term("AND")),
        ("wi-fi", Term("wi-fi")),
        ("C++", Term("C++")),
        ("10:30", Term("10:30")),
        ("plug*", Term("plug", prefix=True)),
        ("任天*", Term("任天", prefix=True)),
        ('raw:"C++ "', Raw("C++ ")),
        ('raw:`say "hi"`', Raw('say "hi"')),
        ("raw:C#", Raw("C#")),
        ("#tag", Tag("tag")),
        ("@acme.bsky.social", Handle("acme.bsky.social")),
        ("@acme@mastodon.social", Handle("acme@mastodon.social")),
        ("a from:@Mia", And((A, Field("from", "mia")))),
        ("from:x:mia", Field("from", "x:mia")),
        ("From:u/mia", Field("from", "mia")),
        ("site:https://www.Acme.com/shop", Field("site", "acme.com")),
        ('in:"garden lamps"', Field("community", "garden lamps")),
        ("community:r/lamps", Field("community", "lamps")),
        ("a lang:EN", And((A, Field("lang", "en")))),
        ("a followers:>=10k", And((A, Compare("followers", ">=", 10_000)))),
    ],
)
def test_what_is_written_is_what_is_meant(text: str, tree: object) -> None:
    query = parse(text)
    assert query.root == tree
    assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 1, "empty"),
        ("  ", 1, "empty"),
        ('a "night train', 3, "never closed"),
        ("a)", 2, "closes nothing"),
        (")", 1, "closes nothing"),
        ("a (b", 3, "never closed"),
        ("a ()", 4, "nothing in these parentheses"),
        ("a NEAR b", 3, "NEAR/5"),
        ("a NEAR/0 b", 8, "1 to 100"),
        ("a NEAR/x b", 3, "number"),
        ("a NEAR/5", 9, "needs something behind it"),
        ("a NEAR/5 (b c)", 10, "groups of them"),
        ("a NEAR/5 b NEAR/5 c", 12, "two sides"),
        ("a AND", 6, "behind it"),
        ("AND a", 1, "before it"),
        ("a OR OR b", 6, "not OR"),
        ("a fromm:mia", 3, "did you mean from:"),
        ("a is:repl", 3, "did you mean is:reply"),
        ("a from:", 8, "from:mia"),
        ("a lang:english", 3, "two or three letters"),
        ("a site:acme", 3, "full stop"),
        ("a followers:many", 3, "followers:>1000"),
        ("lane:complaint a", 1, "no field lane:"),
        ("NOT a", 1, "must name something to look for"),
        ("-a", 1, "must name something"),
        ("lamp OR -a", 9, "must name something"),
        ("lang:en", 1, "narrows a search down"),
        ("*plug", 1, "end of a word"),
        ("pl*g", 3, "end of a word"),
        ("pl*", 1, "at least 3 letters"),
        ("a - b", 3, "without a space"),
        ("a https://acme.com", 3, "site:acme.com"),
        ("@", 1, "account's name"),
        ("#c++", 1, "one word"),
        ('raw:"', 5, "never closed"),
        ('""', 1, "nothing to look for"),
        ("acme, late", 5, "write OR for either"),
        ("acme;late", 5, "write OR for either"),
        ("acme || late", 6, "written OR"),
        ("acme|late", 5, "written OR"),
        ("acme & late", 6, "a space is enough"),
        ("acme +late", 6, "write late"),
        ("acme !pie", 6, "-pie"),
        ("[acme OR lamp]", 1, "stands in ( )"),
        ("'night train' late", 1, "double quotes"),
        ("a ‘night train’", 3, "double quotes"),
        ("acme W/5 late", 6, "NEAR/5f for this order"),
        ("acme ONEAR/5 late", 6, "NEAR/5f for this order"),
        ('"acme late"~5', 12, "NEAR/5"),
        ("acm?e", 4, "each spelling"),
        ("acme since:2020", 6, "leave it out"),
        ("acme min_faves:10", 6, "likes:>=10"),
        ("acme -filter:replies", 7, "is:reply"),
        ("OR acme", 1, "acme OR lamp"),
        ("night train”", 12, "closes nothing"),
        ("(" * 41 + "a" + ")" * 41, 41, "flatter"),
        ("NOT " * 50 + "a", 161, "flatter"),
    ],
)
def test_a_slip_is_shown_at_its_place_with_what_to_write(text: str, column: int, said: str) -> None:
    with pytest.raises(QueryError) as why:
        parse(text)
    assert (why.value.column, said in why.value.message) == (column, True), why.value.shown(text)


def test_the_caret_stands_under_the_place() -> None:
    with pytest.raises(QueryError) as why:
        parse("acme AND (lamp OR pie")
    assert why.value.shown("acme AND (lamp OR pie").splitlines()[1:] == ["  acme AND (lamp OR pie", "           ^"]
    long = "acme " * 100 + "(x"
    with pytest.raises(QueryError) as why:
        parse(long)
    _, line, caret = why.value.shown(long).splitlines()
    assert len(line) < 80
    assert line[caret.index("^")] == "("


@pytest.mark.parametrize(
    ("text", "column"), [("a or b", 3), ("a and b", 3), ("not a", 1), ("a near/5 b", 3), ("a –b", 3)]
)
def test_what_may_not_be_meant_is_said_and_still_searched_for(text: str, column: int) -> None:
    (warned,) = parse(text).warnings
    assert warned.column == column


def test_a_rule_may_ask_for_facts_alone_and_a_watch_may_not() -> None:
    rule = parse("lane:complaint -sentiment:positive", RULE_FIELDS, must_find=False)
    assert rule.root == And((Field("lane", "complaint"), Not(Field("sentiment", "positive"))))
    with pytest.raises(QueryError, match="did you mean sentiment:negative"):
        parse("sentiment:negativ", RULE_FIELDS, must_find=False)
    assert parse("mood:sour", {"mood": fact("mood:sour")}, must_find=False).root == Field("mood", "sour")


def parsed(text: str) -> Query | QueryError:
    """The query, or what is wrong with it; any other error is one of ours."""
    try:
        return parse(text, must_find=False)
    except QueryError as why:
        return why


@settings(deadline=None)
@given(st.text(alphabet='ab*"“”()-:#@$/\\ ANDORTE5`raw任天ßfromisx\u0301\u200b\n', max_size=40))
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    query = parsed(text)
    if isinstance(query, QueryError):
        assert 1 <= query.column <= len(text) + 1
        assert query.shown(text)
        return
    assert parse(str(query), must_find=False) == query
    assert in_words(query.root)
    assert list(as_tree(query.root))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_at_all_breaks_it(text: str) -> None:
    assert parsed(text)


@settings(deadline=None)
@given(queries)
def test_a_query_can_be_written_again(text: str) -> None:
    query = parse(text, must_find=False)
    assert parse(str(query), must_find=False) == query


@pytest.mark.parametrize(
    "text", ["acme " * 2_000, "acme OR " * 1_200 + "x", '"' + "a b " * 2_500, "(a) " * 2_500, "-" * 10_000]
)
def test_a_very_long_query_takes_no_time(text: str) -> None:
    began = time.process_time()
    query = parsed(text)
    assert str(query)
    assert took(began) < 0.5


def test_a_query_is_told_in_plain_words() -> None:
    query = parse('(acme OR "night train") NEAR/5 late NOT plug* followers:>1000')
    assert in_words(query.root) == (
        "((the word “acme” or the phrase “night train”) within 5 words of the word “late”), "
        "and not a word that begins with “plug”, and more than 1,000 followers"
    )
    assert list(as_tree(parse("a (b OR c)").root)) == [
        "all of these:", "  the word “a”", "  any of these:", "    the word “b”", "    the word “c”",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("”night train” OR »late bus«", '"night train" OR "late bus"'),
        ("「夜行」 acme", "夜行 acme"),
        ("acme （late ＯＲ lost）", "acme (late OR lost)"),
        ("＃acme ＠acme", "#acme @acme"),
        ("u/acme OR /u/lamp", "@acme OR @lamp"),
        ("url:https://www.acme.com:443/a OR domain:*.lamp.com", "site:acme.com OR site:lamp.com"),
        ("acme NOT NOT late", "acme late"),
        ("acme language:en user：mia", "acme lang:en from:mia"),
        ('AT&T OR 7-Eleven OR Yahoo! OR P!nk OR C++ OR .NET OR 1,000 OR w/o OR "a, b" OR <3', None),
    ],
)
def test_it_may_be_written_as_on_other_keyboards_and_in_other_tools(text: str, meant: str | None) -> None:
    query = parse(text)
    assert meant is None or query == parse(meant)
    assert query.warnings == ()


@pytest.mark.parametrize(
    ("text", "column"), [('Toys"R"Us', 5), ('acme "plug in*"', 14), ("acme?", 1), ("the Acme.", 5)]
)
def test_what_may_be_meant_otherwise_is_said(text: str, column: int) -> None:
    assert [warned.column for warned in parse(text).warnings] == [column]


def test_a_quote_that_is_never_closed_takes_no_longer() -> None:
    began = time.process_time()
    for text in ("acme 'a " + "a " * 20_000, "'a " * 20_000, "a " * 20_000 + "b|c"):
        with suppress(QueryError):
            parse(text)
    assert took(began) < 1
