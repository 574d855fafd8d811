from __future__ import annotations

import time
from typing import Any

import pytest

from listener.mention import UNTOLD
from listener.query.triggers import Trigger, shared_by, triggers
from listener.watch import Match, Matcher, Watch, root_of
from tests.builders import a_mention, an_author
from tests.pace import took

BRAND = Watch(
    "acme",
    "brand",
    ("Acme", "Acme Air", "Macy's", "C++", "Straße", "İstanbul", "café", "任天堂"),
    handles=("@acmehelp", "acme.example"),
    exclude=("acme bar",),
)


def match(watches: list[Watch], text: str, *links: str, **known: Any) -> tuple[Match, ...]:
    """The watches that a mention with this text and these links names."""
    return Matcher(watches).match(a_mention(1, **{"text": text, "links": links} | known))


def named(text: str, *links: str) -> list[str] | None:
    """What the brand's match covers in the text; None where there is no match."""
    matches = match([BRAND], text, *links)
    return [text[start:end] for start, end in matches[0].spans] if matches else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I love ACME!", ["ACME"]),
        ("#acme, Acme's and “acme”", ["acme", "Acme", "acme"]),
        ("acmeology, macme, acme_fan", None),
        ("fly acme\n  air today", ["acme\n  air"]),
        ("#AcmeAir", ["AcmeAir"]),
        ("acmeair", None),
        ("@acmehelp: hi. @acmehelp.", ["@acmehelp", "@acmehelp"]),
        ("@acmehelper", None),
        ("@acmehelp.bsky.example", None),
        ("ask u/acmehelp", ["u/acmehelp"]),
        ("hi @acme.example!", ["@acme.example"]),
        ("at macy’s", ["macy’s"]),
        ("c++ it is", ["c++"]),
        ("STRASSE", ["STRASSE"]),
        ("istanbul ISTANBUL İstanbul", ["istanbul", "ISTANBUL", "İstanbul"]),
        ("cafe\u0301 CAFÉ cafés", ["cafe\u0301", "CAFÉ"]),
        ("私は任天堂が好き", ["任天堂"]),
        ("我喜欢Acme手机", ["Acme"]),
        ("İİİ acme", ["acme"]),  # casefolding lengthens what comes before: the span must not slip
        ("acme, near the Acme Bar", None),
        ("", None),
    ],
)
def test_names_are_found_where_they_stand(text: str, expected: list[str] | None) -> None:
    assert named(text) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.acme.com/offers", []),
        ("https://shop.acme-air.co.uk", []),
        ("https://acmeology.com", None),
        ("https://news.example/acme", None),
        ("http://[broken", None),
    ],
)
def test_a_link_to_us_counts_by_its_host(link: str, expected: list[str] | None) -> None:
    assert named("have a look", link) == expected


def test_each_watch_answers_for_itself_in_order() -> None:
    watches = [BRAND, Watch("rival", "competitor", ("Rival",)), Watch("absent", "topic", ("zebra",))]
    assert match(watches, "Rival beats Acme") == (Match("acme", ((12, 16),)), Match("rival", ((0, 5),)))


def test_a_pattern_in_a_term_is_only_text() -> None:
    assert match([Watch("w", "brand", (".*", "a(b"))], "anything") == ()
    assert match([Watch("w", "brand", ("a(b",))], "see a(b here")[0].spans == ((4, 7),)


@pytest.mark.parametrize("text", ["acme " * 2000, "acme" + " " * 9_996, "acme bar " * 1100, "a" * 10_000, "İ" * 10_000])
def test_no_text_takes_long(text: str) -> None:
    matcher, mention = Matcher([BRAND]), a_mention(1, text=text)
    start = time.process_time()
    matcher.match(mention)
    assert took(start) < 0.25


@pytest.mark.parametrize("query", ['raw:"Acme"', "acme", "acme NEAR/5 late", "acm*", "@acme", "site:acme.com", "ａcme"])
@pytest.mark.parametrize("text", ["Acme late ", "@Acme ", "acme.com", "Ａcmé Ａcme ", "Ac\u0301me acme"])
def test_no_more_is_read_of_a_text_than_the_door_lets_through(query: str, text: str) -> None:
    """A row of a file may be of any length, and is matched before anyone cuts it."""
    matcher, mention = Matcher([Watch("w", "topic", query=query)]), a_mention(1, text=text * (1_000_000 // len(text)))
    start = time.process_time()
    matcher.match(mention)
    assert took(start) < 0.25


def test_a_word_that_all_watches_share_does_not_send_a_text_to_all_of_them() -> None:
    kinds = ("acme NEAR/5 lamp{0}", '"acme lamp{0}"', "acm* lamp{0}* NOT late", "acme (socket{0} OR lamp{0})")
    watches = [Watch(f"w{n}", "topic", query=kinds[n % 4].format(n)) for n in range(400)]
    watches += [Watch(f"r{n}", "topic", terms=("Acme",), require=(f"lamp{n}",)) for n in range(400)]
    roots = [root for watch in watches if (root := root_of(watch)) is not None]
    shared = shared_by(roots)
    each = [triggers(root, shared) for root in roots]
    assert not any(found is None or Trigger("text", "acme") in found for found in each)
    named = [one.watch for one in match(watches, "Acme lamp4, an acme lamp5")]
    assert named == ["w4", "w5", "r4", "r5"]


APPLE = Watch(
    "apple",
    "brand",
    terms=("Apple",),
    handles=("x:apple", "appleshop.example"),
    query="iphone* NOT case",
    require=("mac", "phone", "iphones"),
    exclude=("pie",),
    exclude_authors=("x:spam",),
    exclude_communities=("recipes",),
    domains=("apple.com",),
)


@pytest.mark.parametrize(
    ("text", "known", "spans"),
    [
        ("my Apple phone", {}, ["Apple"]),
        ("an apple a day", {}, None),  # nothing that is required
        ("two iphones", {}, ["iphones"]),
        ("iphones case", {}, None),
        ("apple phone pie", {}, None),
        ("hey @apple", {"platform": "x"}, ["@apple"]),  # our handle names us by itself
        ("hey @apple", {"platform": "bluesky"}, None),  # there it is another's
        ("hey @appleshop.example", {"platform": "bluesky"}, ["@appleshop.example"]),
        ("hey @\u0430pple", {"platform": "x"}, None),  # a Cyrillic a
        ("try shop.apple[.]com now", {}, ["apple[.]com"]),
        ("here", {"links": ("https://www.apple.com/x",)}, []),
        ("here", {"links": ("https://apple.com.evil.example/x",)}, None),
        ("apple phone", {"platform": "x", "author": an_author("Spam")}, None),
        ("apple phone", {"platform": "reddit", "author": an_author("Spam")}, ["apple"]),
        ("apple phone", {"extra": {"community": "Recipes"}}, None),
    ],
)
def test_what_names_a_watch_is_required_of_it_and_keeps_it_out(
    text: str, known: dict[str, Any], spans: list[str] | None
) -> None:
    matches = match([APPLE], text, **known)
    assert ([text[start:end] for start, end in matches[0].spans] if matches else None) == spans


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("acme (late OR broken)", ["acme"]),
        ("late NEAR/5 Acme", ["Acme"]),
        ("(acme OR lamp) NEAR/5 late", ["acme", "lamp"]),
        ("late OR broken", ["late", "broken"]),
        ("late lang:en -pie", ["late"]),
    ],
)
def test_only_what_names_a_watch_is_hidden_from_the_engines(query: str, names: list[str]) -> None:
    text = "acme lamp late broken" if "Acme" not in query else "Acme lamp late broken"
    (found,) = match([Watch("w", "topic", query=query)], text, lang="en")
    assert [text[start:end] for start, end in found.spans] == names


def test_a_thousand_watches_answer_as_each_would_alone() -> None:
    watches = [Watch(f"w{n}", "topic", (f"brand{n}", f"brand{n} air"), exclude=(f"pie{n % 7}",)) for n in range(1_000)]
    text = "brand1 brand12 and Brand999 Air with pie3, #brand500air"
    alone = [one for watch in watches for one in match([watch], text)]
    assert list(match(watches, text)) == alone
    assert [one.watch for one in alone] == ["w1", "w12", "w999"]  # and 500 would be, but for its pie


def test_a_handle_may_be_written_as_reddit_writes_it() -> None:
    watch = Watch("w", "brand", handles=("u/acme", "reddit:/u/lamp"))
    assert match([watch], "thanks u/acme")
    assert not match([watch], "thanks @lamp")  # not on Reddit


def test_a_handle_of_one_platform_counts_where_a_file_tells_none() -> None:
    """A row without a platform may be from anywhere: whoever is addressed in it is taken for us."""
    matcher = Matcher([Watch("us", "brand", ("Acme Lamps",), ("x:acmehelp",))])
    said = "@acmehelp my lamp hums"
    assert [match.watch for match in matcher.match(a_mention(text=said, platform=UNTOLD))] == ["us"]
    assert [match.watch for match in matcher.match(a_mention(text=said, platform="x"))] == ["us"]
    assert matcher.match(a_mention(text=said, platform="bluesky")) == ()
