"""One post in several places is one group, in whatever order it was heard; two people are two people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listener.archive.connect import connect
from listener.archive.echoes import COMPARED_AT_ONCE, Echoes
from listener.archive.forget import Forgetting
from listener.archive.places import counts_of, places_of
from listener.archive.schema import migrations
from listener.mention import Mention
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from tests.builders import NOON, a_mention, an_author

LONG = (
    "Harbourlight has quietly stopped selling spare shades for the Wren, so a lamp that lasts forty years now goes "
    "to the tip for want of a part that costs three pounds"
)
NEWS = "Harbourlight opens a repair shop in Leith"


@pytest.fixture
def sifter(vader: Vader) -> Sifter:
    return Sifter([Watch("us", "brand", ("Harbourlight",), ("harbourlight",))], vader)


class Heard:
    """An archive of its own, and who stands with whom in it."""

    def __init__(self, sifter: Sifter) -> None:
        self.db = connect(":memory:", [migrations])
        self.poller = Poller(self.db, sifter, lambda: NOON)
        self.echoes = Echoes(self.db)
        self.forgetting = Forgetting(self.db)

    def hear(self, *mentions: Mention) -> tuple[int, ...]:
        return self.poller.take_in("test", mentions)

    def groups(self) -> set[frozenset[str]]:
        """The posts of each group, by their ids."""
        found: dict[int, set[str]] = {}
        rows = self.db.execute("SELECT coalesce(same_as, mention_id), post_id FROM mentions").fetchall()
        for head, post_id in rows:
            found.setdefault(head, set()).add(post_id)
        return {frozenset(posts) for posts in found.values() if len(posts) > 1}

    def head_of(self, post_id: str) -> str:
        return str(
            self.db.execute(
                "SELECT h.post_id FROM mentions m JOIN mentions h ON h.mention_id = coalesce(m.same_as, m.mention_id) "
                "WHERE m.post_id = ?",
                [post_id],
            ).fetchone()[0]
        )


@pytest.fixture
def heard(sifter: Sifter) -> Iterator[Heard]:
    opened = Heard(sifter)
    yield opened
    opened.db.close()


def say(number: int, handle: str, text: str, platform: str = "plaza", **changes: Any) -> Mention:
    author = an_author(handle, platform=platform)
    return a_mention(number, platform=platform, author=author, text=text, to_us=False, **changes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("mira", "Thank you so much @harbourlight!"), ("jonas", "thank you so much @harbourlight")),
        (("mira", "Harbourlight is down again, nothing works"), ("jonas", "Harbourlight is down again, nothing works")),
        (("mira", "yes please"), ("mira", "Yes please!")),
        (("mira", LONG + " since 2019"), ("jonas", LONG + " since 2024")),
        (("mira", f"My Saturday with the Wren: {LONG}. Well done!"), ("jonas", f"What a shame, truly. {LONG}. Fix it")),
        (("mira", "I'm going to @wrenband at the Harbourlight hall in Leith with my two sisters"),
         ("jonas", "I'm going to @otherband at the Harbourlight hall in Leith with my four sons")),
        (("unknown", "Harbourlight never answers my letters"), ("unknown", "Harbourlight never answers my letters")),
        (("mira", "@harbourlight my order 4711 has not come, please look into it for me"),
         ("mira", "@harbourlight my order 4712 has not come, please look into it for me")),
    ],
)  # fmt: skip
def test_two_people_are_two_people_and_two_matters_two_matters(
    heard: Heard, one: tuple[str, str], other: tuple[str, str]
) -> None:
    heard.hear(say(1, *one), say(2, *other))
    assert heard.groups() == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("mira", "Harbourlight, any news of my lamp?"), ("mira", "harbourlight any news of my LAMP 🙏")),
        (("mira", LONG), ("jonas", LONG.replace("quietly", "silently"))),
        (("mira", LONG), ("jonas", f"{LONG}  https://news.example/a via @thelamps")),
        (("mira", LONG), ("jonas", LONG.upper() + "!!! 😡😡")),
        (("mira", LONG), ("jonas", LONG.replace("lamp", "la\u200bmp"))),
        (("mira", LONG), ("jonas", f"RT @mira: {LONG[:110]}…")),
        (("mira", "Harbourlight is down again"), ("jonas", "RT @mira: Harbourlight is down again")),
        (("lampnews", f"{NEWS} https://news.example/leith?utm=1"), ("papers", f"{NEWS} http://www.news.example/leith/")),
    ],
)  # fmt: skip
def test_the_same_said_again_passed_on_or_syndicated_is_one(
    heard: Heard, one: tuple[str, str], other: tuple[str, str]
) -> None:
    heard.hear(say(1, *one))
    heard.hear(say(2, *other))
    assert heard.groups() == {frozenset({"p1", "p2"})}
    assert heard.head_of("p2") == "p1"


def test_one_person_on_several_platforms_is_one_by_the_same_name_and_words(heard: Heard) -> None:
    text = "Harbourlight, the dimmer of my Wren still buzzes every night"
    heard.hear(
        say(1, "mira", text, "x"),
        say(2, "mira@talk.example", text, "mastodon"),
        say(3, "mira.bsky.social", text, "bluesky"),
    )
    assert heard.groups() == {frozenset({"p1", "p2", "p3"})}
    number = heard.db.execute("SELECT mention_id FROM mentions WHERE platform = 'mastodon'").fetchone()[0]
    assert [place.platform for place in places_of(heard.db, number)] == ["x", "bluesky"]
    assert counts_of(heard.db, [number]) == {number: {"bluesky": 1, "x": 1}}


@pytest.mark.parametrize("first", ["original", "repost"])
def test_a_repost_joins_what_it_passes_on_whichever_was_heard_first(heard: Heard, first: str) -> None:
    original = say(1, "mira", "Harbourlight!", post_id="orig")
    repost = say(2, "jonas", "Harbourlight!", post_id="rt", extra={"repost_of": "orig"})
    for mention in (original, repost) if first == "original" else (repost, original):
        heard.hear(mention)
    assert heard.groups() == {frozenset({"orig", "rt"})}
    assert heard.head_of("rt") == "orig"


def test_an_article_is_one_however_much_of_it_is_shown(heard: Heard) -> None:
    link = ("https://news.example/leith?utm_source=x",)
    heard.hear(
        say(
            1,
            "news.example",
            f"{NEWS}\n\nThe shop, which opened on Monday, mends what others throw away.",
            "feed",
            links=link,
        ),
        say(2, "alerts", f"{NEWS}\n\nThe shop mends …", "mailbox", links=link),
        say(3, "jonas", NEWS, "hackernews", links=("https://news.example/leith",)),
        say(4, "alerts", f"{NEWS}\n\nAnother paper on it", "mailbox", links=("https://paper.example/1",)),
    )
    assert heard.groups() == {frozenset({"p1", "p2", "p3"})}


def test_a_quote_is_a_mention_of_its_own(heard: Heard) -> None:
    heard.hear(
        say(1, "mira", LONG), say(2, "jonas", f"Mine too! RT @mira: {LONG}"), say(3, "ilse", f"So true.\n\n> {LONG}")
    )
    assert heard.groups() == set()


def test_the_same_words_after_two_weeks_are_said_anew(heard: Heard) -> None:
    text = "Harbourlight, is anybody there at all?"
    days = [0, 10, 20, 40]
    heard.hear(*(say(n, "mira", text, posted_at=NOON - timedelta(days=day)) for n, day in enumerate(days)))
    assert heard.groups() == {frozenset({"p0", "p1", "p2"})}


def test_what_its_author_deleted_leaves_the_others_together_and_nothing_to_know_it_by(heard: Heard) -> None:
    heard.hear(say(1, "mira", LONG), say(2, "jonas", f"RT @mira: {LONG}"), say(3, "ilse", LONG), say(4, "omar", LONG))
    assert heard.head_of("p4") == "p1"
    heard.forgetting.forget_posts("plaza", ["p1"], NOON)
    assert heard.groups() == {frozenset({"p2", "p3", "p4"})}
    assert heard.head_of("p4") == "p3"  # not the repost
    left = heard.db.execute("SELECT DISTINCT post_id FROM echoes JOIN mentions USING (mention_id)").fetchall()
    assert {post_id for (post_id,) in left} == {"p2", "p3", "p4"}


def test_an_edit_is_grouped_anew(heard: Heard, sifter: Sifter) -> None:
    numbers = heard.hear(say(1, "mira", LONG), say(2, "ilse", LONG), say(3, "omar", "Harbourlight, good morning"))
    heard.forgetting.revise(numbers[0], sifter.keep(say(1, "mira", "Harbourlight, never mind")), NOON)
    assert heard.groups() == set()
    heard.forgetting.revise(numbers[2], sifter.keep(say(3, "omar", LONG)), NOON)
    assert heard.groups() == {frozenset({"p2", "p3"})}


def test_what_was_kept_before_there_were_groups_is_grouped_when_it_is_sorted_anew(heard: Heard) -> None:
    mentions = [say(1, "mira", LONG), say(2, "ilse", LONG), say(3, "omar", "Good morning Harbourlight")]
    numbers = heard.hear(*mentions)
    heard.echoes.leave(numbers, NOON)
    for _ in range(2):
        heard.echoes.join_missed(list(zip(numbers, mentions, strict=True)))
        assert heard.groups() == {frozenset({"p1", "p2"})}


def lanes(heard: Heard) -> list[str]:
    return [lane for (lane,) in heard.db.execute("SELECT lane FROM triage ORDER BY mention_id")]


@pytest.mark.parametrize(
    ("text", "flood"),
    [
        ("Harbourlight lamps, as seen in the new season of the harbour show on channel nine https://l.example", "spam"),
        ("Harbourlight lamps, as seen in the new season of the harbour show on channel nine tonight", "chat"),
        ("Harbourlight, my lamp stopped working and nobody answers, here is what they wrote me https://l.example", ""),
    ],
)
def test_a_flood_of_the_same_words_is_spam_unless_somebody_needs_us(heard: Heard, text: str, flood: str) -> None:
    heard.hear(*(say(n, f"person{n}", text) for n in range(5)))
    assert "spam" not in lanes(heard)
    heard.hear(say(5, "person5", f"RT @person1: {text}"))
    assert "spam" not in lanes(heard)
    heard.hear(say(6, "person6", text), say(7, "person7", text, in_reply_to="x"))
    if flood:
        assert set(lanes(heard)) == {flood}
    else:
        assert "spam" not in lanes(heard)


def test_a_thousand_who_say_the_same_cost_no_more_than_a_thousand_others(heard: Heard) -> None:
    heard.hear(*(say(n, f"person{n}", LONG, posted_at=NOON - timedelta(seconds=n)) for n in range(1000)))
    asked: list[str] = []
    heard.db.conn.set_trace_callback(asked.append)
    heard.hear(*(say(n, f"person{n}", LONG, posted_at=NOON - timedelta(seconds=n)) for n in range(1000, 2000)))
    heard.db.conn.set_trace_callback(None)
    assert len(places_of(heard.db, 1, 5000)) == 1999
    questions = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "WITH"))]
    assert len(questions) < 30 + 2 * 1000 // COMPARED_AT_ONCE  # nothing is asked for each mention


WORDS = LONG.split()
SAYINGS = [
    LONG,
    LONG.replace("quietly", "silently"),
    LONG.replace("quietly", "silently").replace("forty", "fifty"),
    f"RT @mira: {LONG[:100]}…",
    f"RT @jonas: {LONG}",
    "Harbourlight, any news of my lamp?",
    "RT @mira: Harbourlight, any news of my lamp?",
    f"{NEWS} https://news.example/leith",
    "Thank you Harbourlight",
    " ".join(WORDS[::-1]),
]
posts = st.lists(
    st.tuples(
        st.sampled_from(["mira", "jonas", "ilse"]),
        st.sampled_from(SAYINGS),
        st.integers(0, 40),
        st.sampled_from(["x", "plaza"]),
        st.sampled_from(["", "", "", "p0", "p1"]),
    ),
    min_size=2,
    max_size=9,
)


@given(posts, st.randoms(use_true_random=False), st.integers(1, 4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_in_which_they_are_heard_changes_no_group(
    sifter: Sifter, drawn: list[tuple[str, str, int, str, str]], random: Any, batch: int
) -> None:
    mentions = [
        say(
            number, handle, text, platform,
            posted_at=NOON - timedelta(days=day), extra={"repost_of": original} if original else {},
        )
        for number, (handle, text, day, platform, original) in enumerate(drawn)
    ]  # fmt: skip
    found = []
    for order in (mentions, random.sample(mentions, len(mentions))):
        heard = Heard(sifter)
        for first in range(0, len(order), batch):
            heard.hear(*order[first : first + batch])
        found.append(heard.groups())
        heard.db.close()
        batch = len(order)
    assert found[0] == found[1]
