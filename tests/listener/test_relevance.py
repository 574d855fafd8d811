"""Is this apple the company? By its context sentence, by thumbs, and never on the strength of nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.mention import Mention
from listener.relevance import RELEVANT_FROM, Judge, Lesson
from listener.relevance.model import Model
from listener.relevance.signs import Signs, both_sides, signs_of
from listener.vocabulary import shipped
from listener.watch import Match, Matcher, Watch
from tests.builders import a_mention
from tests.listener.relevance_cases import Case, cases

CASES = list(cases())
APPLE = Watch("Apple", "brand", ("apple",), context="Apple makes the iPhone, the Mac and the iPad.")


def say(text: str, number: int = 999, **changes: object) -> Mention:
    return a_mention(number, text=text, to_us=False, **changes)


def judge(watch: Watch, mention: Mention, *lessons: Lesson) -> float | None:
    """How likely a mention is about a watch after these lessons; None where it can't be judged."""
    judging = Judge([watch])
    judging.learn(lessons)
    how = judging.judge(mention, named(watch, mention)).get(watch.name)
    return how.score if how else None


def named(watch: Watch, mention: Mention) -> tuple[Match, ...]:
    return Matcher([watch]).match(mention) or (Match(watch.name),)


def thumb(watch: Watch, text: str, relevant: bool, number: int = 100, **changes: object) -> Lesson:
    mention = say(text, number, **changes)
    return Lesson(watch.name, mention, named(watch, mention)[0].spans, relevant, "Ana")


def test_a_sentence_of_context_tells_the_phone_from_the_pie() -> None:
    phone = judge(APPLE, say("my iphone battery is dead again, thanks apple"))
    pie = judge(APPLE, say("apple pie with cinnamon"))
    assert phone is not None
    assert pie is not None
    assert phone > 0.7
    assert pie < RELEVANT_FROM


@pytest.mark.parametrize(
    ("context", "is_about", "is_not"),
    [
        ("The company, not the fruit", {"company"}, {"fruit"}),
        ("Acme makes lamps; not the cartoons, the bakery or the school.", {"lamps"}, {"cartoons", "bakery", "school"}),
        ("We do not sell phones, we repair them", {"repair"}, {"phones"}),
        ("Nothing to do with rivers: an airline", {"airline"}, {"rivers"}),
        ("Not only lamps but also bulbs", {"lamps", "bulbs"}, set()),
        ("A not-for-profit that plants trees", {"profit", "plants", "trees"}, set()),
    ],
)
def test_a_context_may_say_what_it_is_not(context: str, is_about: set[str], is_not: set[str]) -> None:
    about, other = both_sides(context)
    assert is_about <= set(about)
    assert is_not <= set(other)
    assert not is_about & set(other)
    assert not is_not & set(about)


def test_what_the_context_says_it_is_not_counts_against() -> None:
    plain, telling = (replace(APPLE, context=f"Apple makes computers{more}") for more in ("", ", not fruit or juice"))
    for text in ("fresh apple juice for breakfast", "an apple from our orchard"):
        before, after = (judge(watch, say(text)) for watch in (plain, telling))
        assert before is not None
        assert after is not None
        assert after < before
        assert after < RELEVANT_FROM


# The figures are for the files as they stand; what they were on the day this was written stands in docs/triage.md.
@pytest.mark.parametrize(("thumbs", "least"), [(0, 0.86), (5, 0.90), (10, 0.92)])
def test_ambiguous_names_are_told_apart(thumbs: int, least: float) -> None:
    areas, lost = zip(*(told_apart(case, thumbs) for case in CASES), strict=True)
    assert mean(areas) >= least
    assert mean(lost) <= 0.05  # of those about the brand, who would be set aside


def told_apart(case: Case, thumbs: int) -> tuple[float, float]:
    """The area under the ROC curve on the texts that got no thumb, and the share about the brand that is doubted."""
    watch = Watch(case.name, "brand", (case.name,), context=case.context)
    turn = random.Random(case.name)
    about, other = (turn.sample(texts, len(texts)) for texts in (case.about, case.other))
    chosen = [(text, side is about) for side in (about, other) for text in side[:thumbs]]
    lessons = [thumb(watch, text, relevant, 2_000 + n) for n, (text, relevant) in enumerate(chosen)]
    judging = Judge([watch])
    judging.learn(
        [replace(lesson, mention=replace(lesson.mention, post_id=str(n))) for n, lesson in enumerate(lessons)]
    )
    good, bad = (
        [judging.judge(one := say(text), named(watch, one))[watch.name].score for text in side[thumbs:]]
        for side in (about, other)
    )
    area = mean((one > two) + (one == two) / 2 for one in good for two in bad)
    return area, mean(score < RELEVANT_FROM for score in good)


def test_thumbs_alone_speak_for_words_that_were_in_none_of_them() -> None:
    watch = replace(APPLE, context="")
    lessons = [
        *(thumb(watch, text, True, n) for n, text in enumerate(CASES[1].about[:6])),
        *(thumb(watch, text, False, 50 + n) for n, text in enumerate(CASES[1].other[:6])),
    ]
    assert CASES[1].name == "apple"
    tablet = judge(watch, say("the apple tablet shows a black display"), *lessons)
    jam = judge(watch, say("apple jam with vanilla"), *lessons)
    assert tablet is not None
    assert jam is not None
    assert tablet > 0.5 > jam


def test_nothing_is_judged_where_there_is_nothing_to_judge_by() -> None:
    assert judge(replace(APPLE, context=""), say("apple pie with cinnamon")) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_thumb_down_hides_nothing(case: Case) -> None:
    watch = Watch(case.name, "brand", (case.name,))
    lesson = thumb(watch, case.other[0], False)
    for text in (*case.about, *case.other[1:]):
        score = judge(watch, say(text), lesson)
        assert score is not None
        assert score >= RELEVANT_FROM


@pytest.mark.parametrize(
    "text",
    [
        "apple",
        "",
        "12345 apple 67890",
        "Apple hat mir gestern schon wieder die falsche Rechnung geschickt, unglaublich",
        "La manzana de apple está en todas partes y yo sin enterarme todavía",
        "apple の新しい機種が出たので早速見に行きました",
        "مشكلة في apple منذ أيام ولا أحد يرد",
    ],
)
def test_a_text_that_says_nothing_we_know_is_not_hidden(text: str) -> None:
    score = judge(APPLE, say(text))
    assert score is not None
    assert RELEVANT_FROM <= score <= 0.75


def test_what_people_teach_in_another_language_counts_by_its_own_words() -> None:
    watch = replace(APPLE, context="")
    lessons = [
        *(thumb(watch, f"apple の新機種の電池がすぐ切れる {n}", True, n) for n in range(4)),
        *(thumb(watch, f"apple パイをシナモンで焼いた {n}", False, 50 + n) for n in range(4)),
    ]
    battery, pie = (judge(watch, say(text), *lessons) for text in ("電池が切れる apple", "apple シナモンパイ"))
    assert battery is not None
    assert pie is not None
    assert battery > 0.5 > pie


def test_who_said_it_where_and_with_which_link_counts() -> None:
    watch = replace(APPLE, context="")
    baking = {"extra": {"community": "baking"}, "links": ("https://www.recipes.example/42",)}
    phones = {"extra": {"community": "phones"}, "links": ("https://repairs.example/7",)}
    lessons = [
        *(thumb(watch, "apple, just look", False, n, **baking) for n in range(5)),
        *(thumb(watch, "apple, just look", True, 50 + n, **phones) for n in range(5)),
    ]
    there, elsewhere = (judge(watch, say("apple, just look", **where), *lessons) for where in (baking, phones))
    assert there is not None
    assert elsewhere is not None
    assert there < RELEVANT_FROM < elsewhere


def test_what_is_said_to_us_is_about_us_whatever_the_words() -> None:
    watch = replace(APPLE, handles=("apple",), domains=("apple.example",))
    pie = "apple pie with cinnamon and sugar"
    assert judge(watch, replace(say(pie), to_us=True)) == 1
    assert judge(watch, say("@apple pie with cinnamon")) == 1
    assert judge(watch, say(pie, links=("https://shop.apple.example/pie",))) == 1
    assert judge(watch, say(pie, links=("https://notapple.example/pie",))) != 1
    assert judge(watch, say(f"{pie}, see apple[.]example/pie")) == 1
    assert judge(watch, say(f"{pie}, see apple.example.evil.example/pie")) != 1


def test_a_persons_word_on_a_mention_outweighs_all() -> None:
    lesson = thumb(APPLE, "my apple iphone broke", False, 7)
    assert judge(APPLE, lesson.mention, lesson) == 0
    assert judge(APPLE, replace(lesson.mention, to_us=True), lesson) == 0


def test_the_words_that_decided_it_are_named() -> None:
    judging = Judge([APPLE])
    mention = say("apple pie with cinnamon in the oven")
    why = judging.judge(mention, named(APPLE, mention))["Apple"].why
    assert "“pie”" in why
    assert "apple" not in why


def test_each_watch_has_a_threshold_of_its_own() -> None:
    judging = Judge([APPLE, replace(APPLE, name="strict", relevance_from=0.9)])
    assert (judging.threshold("Apple"), judging.threshold("strict")) == (RELEVANT_FROM, 0.9)


WORDS = st.sampled_from(
    ["phone", "battery", "pie", "cinnamon", "screen", "zyzzyva", "the", "of", "repair", "#pie", "a_b"]
)
TEXTS = st.lists(WORDS, max_size=6).map(lambda words: Signs(tuple(dict.fromkeys(words)), ("by @mira",)))
THUMBS = st.lists(st.tuples(TEXTS, st.booleans()), max_size=12)


def model(thumbs: list[tuple[Signs, bool]]) -> Model:
    made = Model(shipped(), ("iphone", "mac"))
    for signs, relevant in thumbs:
        made.learn(signs, relevant)
    return made


@settings(max_examples=40, deadline=None)
@given(thumbs=THUMBS, seed=st.randoms(use_true_random=False), text=TEXTS)
def test_the_order_of_thumbs_does_not_matter(
    thumbs: list[tuple[Signs, bool]], seed: random.Random, text: Signs
) -> None:
    other = seed.sample(thumbs, len(thumbs))
    assert model(thumbs).judge(text) == model(other).judge(text)
    assert model(thumbs).strongest() == model(other).strongest()


@settings(max_examples=40, deadline=None)
@given(thumbs=THUMBS, back=THUMBS, text=TEXTS)
def test_taking_thumbs_back_leaves_no_trace(
    thumbs: list[tuple[Signs, bool]], back: list[tuple[Signs, bool]], text: Signs
) -> None:
    before, after = model(thumbs), model([*thumbs, *back])
    after.judge(text)
    for signs, relevant in back:
        after.unlearn(signs, relevant)
    assert (after.about, after.other) == (before.about, before.other)
    assert after.judge(text) == before.judge(text)
    assert 0 < after.judge(text).score < 1


LESSONS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(CASES[1].about[:2] + CASES[1].other[:2]), st.booleans()),
    max_size=8,
    unique_by=lambda lesson: lesson[0],
)


@settings(max_examples=25, deadline=None)
@given(before=LESSONS, after=LESSONS)
def test_learning_on_is_learning_anew(before: list[tuple[int, str, bool]], after: list[tuple[int, str, bool]]) -> None:
    ones, others = (
        [thumb(APPLE, text, relevant, number) for number, text, relevant in some] for some in (before, after)
    )
    on, anew = Judge([APPLE]), Judge([APPLE])
    on.learn(ones)
    on.learn(others)
    anew.learn(others)
    for text in CASES[1].about[2:5] + CASES[1].other[2:5]:
        mention = say(text)
        assert on.judge(mention, named(APPLE, mention)) == anew.judge(mention, named(APPLE, mention))


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300), start=st.integers(0, 300), length=st.integers(1, 20))
def test_any_text_can_be_judged(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(len(text), start + length)
    signs = signs_of(say(text), [(start, end)] if start < end else [])
    assert 0 < model([(signs, True)]).judge(signs).score < 1


def test_a_very_long_text_is_judged_by_what_stands_around_the_name() -> None:
    text = "cinnamon pie " * 80_000 + "my apple iphone broke" + " cinnamon pie" * 80_000
    assert len(signs_of(say(text), [(text.index("apple"), text.index("apple") + 5)]).words) < 20
