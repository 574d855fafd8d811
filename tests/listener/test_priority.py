"""Priority: points from named reasons, a sentence, and danger as the only road to urgent."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from listener.mention import Author, Mention
from listener.sentiment import Vader
from listener.settings import ListenerSettings, PriorityPart, SettingsError, checked
from listener.triage import Triager
from listener.triage.priority import Pressing, joined, prioritise, sentence
from listener.watch import Matcher, Watch

HELP = Pressing("help", asks=True, to_us=True)


def test_the_sentence_says_what_was_counted_and_nothing_else() -> None:
    judged = prioritise(replace(HELP, long_waiting="“three weeks”", followers=12_400))
    assert judged.because == "Soon: asks for help and has been waiting long; addressed to us; 12,400 followers."
    assert judged.points == 40 + 25 + 15 + 20
    assert prioritise(Pressing("chat")).because == "No hurry: nothing in it asks for us."


def test_no_heap_of_small_things_is_urgent() -> None:
    heaped = replace(
        HELP, leaving=True, damage=True, buying=True, long_waiting="“weeks”", followers=10**9, noticed=10**9
    )
    assert prioritise(heaped).priority == "high"
    assert prioritise(heaped, PriorityPart(asks=1000, reach=1000)).priority == "high"


@pytest.mark.parametrize("lane", ["help", "complaint"])
def test_danger_is_urgent_whatever_the_weights_say(lane: Any) -> None:
    weights = PriorityPart(danger=-1000, to_us=-1000)
    assert prioritise(Pressing(lane, danger="“on fire”", to_us=True), weights).priority == "urgent"


def test_danger_to_others_or_in_jest_is_not() -> None:
    assert prioritise(Pressing("complaint", danger="“on fire”", about_us=False)).priority != "urgent"
    assert prioritise(Pressing("praise", danger="“on fire”")).priority != "urgent"
    assert prioritise(Pressing("spam", danger="“on fire”")).priority == "low"


@pytest.mark.parametrize(
    ("followers", "points"), [(None, 0), (9_999, 0), (10_000, 20), (99_999, 20), (100_000, 40), (10**8, 40)]
)
def test_reach_counts_by_factors_of_ten(followers: int | None, points: int) -> None:
    assert prioritise(Pressing("chat", followers=followers)).points == points


def test_what_has_been_shared_already_counts() -> None:
    assert prioritise(Pressing("complaint", noticed=99)).priority == "normal"
    judged = prioritise(Pressing("complaint", noticed=2_400))
    assert judged.priority == "high"
    assert "2,400 likes, reposts and replies already" in judged.because


def test_each_weight_moves_what_it_names() -> None:
    cases = {
        "asks": HELP,
        "failure": Pressing("help"),
        "complaint": Pressing("complaint"),
        "loss": Pressing("chat", loss="“since he died”"),
        "leaving": Pressing("complaint", leaving=True),
        "long_waiting": Pressing("complaint", long_waiting="“weeks”"),
        "damage": Pressing("complaint", damage=True),
        "question": Pressing("question"),
        "buying": Pressing("question", buying=True),
        "praise": Pressing("praise", words=2),
        "praise_of_substance": Pressing("praise", words=20),
        "to_us": HELP,
        "reach": Pressing("chat", followers=20_000),
        "noticed": Pressing("chat", noticed=200),
        "to_others": Pressing("chat", to_others=True),
        "spam": Pressing("spam"),
        "danger": Pressing("help", danger="“on fire”"),
    }
    for name, seen in cases.items():
        weights = PriorityPart()
        more = weights.model_copy(update={name: getattr(weights, name) + 7})
        assert prioritise(seen, more).points == prioritise(seen).points + 7, name


def test_more_reasons_join_the_sentence_under_a_new_lead() -> None:
    assert joined("In turn: asks a question.", "high", ["we gave our word"]) == (
        "Soon: asks a question; we gave our word."
    )
    assert joined("", "low", ["they wrote before"]) == "No hurry: they wrote before."
    assert joined(sentence("low", "a"), "low", []) == "No hurry: a."


def test_the_same_mention_has_the_same_answer_in_any_order() -> None:
    watch = Watch("acme", "brand", ("Acme",))
    matcher = Matcher([watch])
    openings = ("@acme the zip is broken", "my Acme bag caught fire", "does Acme open on Sunday?", "thank you @acme")
    endings = ("", ", please help", ", waited three weeks", ", never again", " https://x.example")
    texts = [f"{one}{other}" for one, other in itertools.product(openings, endings)]
    mentions = [
        Mention("x", str(at), Author("x", "a", "a", followers=at * 700), text, datetime(2026, 11, 23, tzinfo=UTC))
        for at, text in enumerate(texts)
    ]

    def answers(order: list[Mention]) -> dict[str, tuple[str, int, str]]:
        triager = Triager(Vader(), [watch])
        judged = {one.post_id: triager.triage(one, matcher.match(one)) for one in order}
        return {post_id: (one.priority, one.points, one.because) for post_id, one in judged.items()}

    expected = answers(mentions)
    for seed in range(5):
        shuffled = random.Random(seed).sample(mentions, len(mentions))
        assert answers(shuffled) == expected


def test_the_weights_come_from_the_settings(tmp_path: Path) -> None:
    tables = {"triage": {"priority": {"question": 60, "patience_h": {"praise": 1}}}}
    part = checked(ListenerSettings, tables, tmp_path / "settings.toml").triage.priority
    assert prioritise(Pressing("question"), part).priority == "high"
    assert part.patience_h.praise == 1
    with pytest.raises(SettingsError, match="did you mean 'question'"):
        checked(ListenerSettings, {"triage": {"priority": {"questoin": 60}}}, tmp_path / "settings.toml")
