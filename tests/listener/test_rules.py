"""The manager's rules: the first that holds wins, a draft does nothing, and danger never disappears."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from listener.archive.rules import Rules
from listener.archive.taught import Taught
from listener.poll import Poller
from listener.rules import Rule, Rulebook, Unfit, fit, notes_on, ruled, subject_of, tags_in
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.triaged import Triaged
from listener.watch import Watch
from responders.office import Office
from tests.builders import Clock, a_mention, an_author
from tests.pace import took
from tests.responders.desk.seeded import a_triage

REFUNDS = Rule("Refunds", "refund OR “money back”", lane="complaint", assign="Ana", tags=("refund",))
WATCH = Watch("us", "brand", ("Harbourlight",), handles=("harbourlight",))


def triaged(
    text: str = "@harbourlight I want a refund", triage: dict[str, Any] | None = None, **mention: Any
) -> Triaged:
    return Triaged(a_mention(text=text, **mention), ("us",), True, a_triage(**(triage or {})))


def holds(condition: str, one: Triaged) -> bool:
    return Rulebook([Rule("r", condition, tags=("x",))]).first(subject_of(one)) is not None


@pytest.mark.parametrize(
    "condition",
    [
        "refund",
        "lane:help",
        "sentiment:negative NOT lane:praise",
        "intent:leaving",
        "intent:complaint",
        "priority:high",
        "watch:us",
        "lang:en",
        "language:en",
        "platform:plaza",
        "community:lamps",
        "from:mira",
        "followers:>100",
        "followers:<=120",
        "is:addressed",
        "is:unsure",
        "has:link OR refund",
    ],
)
def test_a_condition_may_ask_for_the_words_the_person_and_what_triage_found(condition: str) -> None:
    judged = {"priority": "high", "unsure": True, "language": "en", "intent": "complaint", "intents": ("leaving",)}
    one = triaged(triage=judged, lang="en", extra={"community": "lamps"})
    assert holds(condition, one)
    assert not holds(f"NOT ({condition})", one)


def test_who_is_addressed_by_name_in_the_text_is_addressed() -> None:
    assert holds("is:addressed", triaged(triage={"reasons": ("addressed to us",)}, to_us=False))
    assert not holds("is:addressed", triaged(to_us=False))


def test_the_first_rule_that_holds_wins_whatever_the_others_say() -> None:
    rules = [Rule(f"r{number}", condition, tags=(f"t{number}",)) for number, condition in enumerate(
        ["refund lane:praise", "lamp", "refund", "refund OR lamp", "lane:help"]
    )]  # fmt: skip
    for seed in range(30):
        some = random.Random(seed).sample(rules, random.Random(seed).randint(1, 5))
        for text in ("a refund please", "my lamp", "a refund for my lamp", "hello"):
            one = triaged(text)
            expected = next((rule for rule in some if holds(rule.condition, one)), None)
            assert Rulebook(some).first(subject_of(one)) == expected


def test_a_watch_is_asked_for_by_its_name_in_any_case() -> None:
    one = replace(triaged(), watches=("Große Fahrt",))
    assert holds('watch:"große fahrt"', one)
    assert notes_on('refund watch:"GROSSE FAHRT"', one.watches) == ()
    assert notes_on("NOT watch:us OR watch:US", one.watches) == ("there is no watch us; there are: Große Fahrt",)
    assert notes_on("refund and lamp", ()) == (
        "column 8: “and” is looked for as a word; as an operator it is written AND",
    )


def test_fifty_rules_take_no_time_to_speak_of() -> None:
    book = Rulebook([Rule(f"r{n}", f"(w{n} OR v{n}) NEAR/5 late NOT pie lane:chat", tags=("x",)) for n in range(50)])
    one = triaged("@harbourlight my lamp is late, " + "and late again " * 500)
    began = time.process_time()
    assert book.apply(one).triage.rule == ""
    assert took(began) < 0.1


def test_what_a_rule_does_stands_in_the_reasons() -> None:
    one = Rulebook([REFUNDS]).apply(triaged())
    assert (one.triage.lane, one.triage.rule) == ("complaint", "Refunds")
    assert one.triage.reasons[-1] == "by your rule “Refunds”: lane complaint; assigned to Ana; tagged refund"


def test_no_rule_makes_danger_disappear() -> None:
    quiet = Rule("Quiet", "refund", lane="chat", no_reply="we know", tags=("seen",))
    one = Rulebook([quiet]).apply(triaged(triage={"priority": "urgent"}))
    assert (one.triage.lane, one.triage.priority, one.triage.rule) == ("help", "urgent", "Quiet")
    assert one.triage.reasons[-2:] == (
        "urgent, so your rule “Quiet” neither moves it nor leaves it without a reply",
        "by your rule “Quiet”: tagged seen",
    )
    moved = ruled(a_triage(priority="urgent", lane="chat"), replace(quiet, no_reply=""))
    assert moved.lane == "chat"
    assert not any("urgent" in reason for reason in moved.reasons)  # it is in that lane already


def test_what_we_say_ourselves_is_no_matter_for_rules() -> None:
    assert Rulebook([REFUNDS]).apply(triaged(ours=True)).triage.rule == ""


def test_a_rule_that_cannot_be_read_any_more_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    book = Rulebook([Rule("Old", "colour:red", tags=("x",)), REFUNDS])
    assert book.apply(triaged()).triage.rule == "Refunds"
    assert "'Old' is passed over" in caplog.text


@pytest.mark.parametrize(
    ("rule", "field", "column", "said"),
    [
        (replace(REFUNDS, name=" \n"), "name", 0, "give it a name"),
        (replace(REFUNDS, condition="refund AND (lamp"), "condition", 12, "never closed"),
        (replace(REFUNDS, condition="lane:complaints"), "condition", 1, "did you mean lane:complaint?"),
        (replace(REFUNDS, condition="tag:x"), "condition", 1, "no field tag:"),
        (replace(REFUNDS, condition=""), "condition", 1, "empty"),
        (replace(REFUNDS, condition="a " * 2000), "condition", 2000, "longer than"),
        (replace(REFUNDS, tags=("two words",)), "tags", 0, "is no tag"),
        (replace(REFUNDS, tags=tuple("abcdef")), "tags", 0, "no more than 5"),
        (Rule("Nothing", "refund"), "does", 0, "say what it should do"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(rule: Rule, field: str, column: int, said: str) -> None:
    with pytest.raises(Unfit, match=said.replace("?", r"\?").replace("(", r"\(")) as why:
        fit(rule)
    assert (why.value.field, why.value.column) == (field, column)


def test_tags_are_kept_in_one_way() -> None:
    assert tags_in(["#Refund", "refund ", "", "Größe-2"]) == ("refund", "größe-2")


@pytest.fixture
def rules(office: Office) -> Rules:
    return Rules(office.db)


def test_a_running_listener_takes_up_what_changes(office: Office, poller: Poller, rules: Rules, clock: Clock) -> None:
    def hear(number: int) -> str:
        (kept,) = poller.take_in("test", [a_mention(number, text="@harbourlight a refund please")])
        triage = office.archive.get(kept).triage
        assert triage is not None
        return triage.rule

    assert hear(1) == ""
    rule = rules.add(REFUNDS, "Ana", clock())
    assert hear(2) == ""  # a draft changes nothing
    rules.set_state(rule.rule_id, "live", "Ana", clock())
    assert hear(3) == "Refunds"
    rules.change(rule.rule_id, replace(rule, tags=("money",)), "Ana", clock())
    assert hear(4) == ""  # written anew, it is a draft again
    rules.set_state(rule.rule_id, "live", "Ana", clock())
    assert hear(5) == "Refunds"
    rules.set_state(rule.rule_id, "off", "Ana", clock())
    assert hear(6) == ""
    rules.set_state(rule.rule_id, "live", "Ana", clock())
    rules.remove(rule.rule_id)
    assert hear(7) == ""


def test_the_order_of_mentions_changes_nothing(rules: Rules, office: Office, clock: Clock, vader: Vader) -> None:
    for rule in (REFUNDS, Rule("Lamps", "lamp", tags=("lamp",)), Rule("All", "lane:chat", assign="Ben")):
        rules.set_state(rules.add(rule, "Ana", clock()).rule_id, "live", "Ana", clock())
    texts = ("a refund for my lamp", "my lamp is broken", "hello", "where is my refund?", "nice lamp", "on holiday")
    mentions = [
        a_mention(at, text=f"@harbourlight {text}", author=an_author(f"p{at}")) for at, text in enumerate(texts)
    ]

    def judged(order: list[Any]) -> dict[str, tuple[str, str]]:
        sifter = Sifter([WATCH], vader)
        sifter.learn(Taught(office.db))
        return {one.post_id: (said.rule, said.lane) for one in order for said in [sifter.keep(one).triage]}

    expected = judged(mentions)
    assert len(set(expected.values())) > 2
    assert all(judged(random.Random(seed).sample(mentions, len(mentions))) == expected for seed in range(4))
