"""Rules are kept in their order, each under one name, and what they did stays beside their name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from listener.archive.rules import Rules
from listener.archive.taught import Taught
from listener.rules import Rule, Unfit
from responders.office import Office
from tests.builders import NOON, Clock, a_mention
from tests.responders.desk.seeded import hear


@pytest.fixture
def rules(office: Office) -> Rules:
    return Rules(office.db)


def add(rules: Rules, name: str, clock: Clock) -> Rule:
    return rules.add(Rule(name, "refund", tags=("x",), alert=True, lane="praise"), "Ana", clock())


def names(rules: Rules) -> list[str]:
    return [rule.name for rule in rules.all()]


def test_a_rule_is_kept_as_it_was_written(rules: Rules, clock: Clock) -> None:
    kept = add(rules, "One", clock)
    assert kept == Rule("One", "refund", "praise", "", ("x",), True, "", "draft", kept.rule_id, "Ana", NOON)
    assert rules.named("one") == kept
    with pytest.raises(KeyError, match="no rule"):
        rules.named("Two")


def test_rules_change_places(rules: Rules, clock: Clock) -> None:
    first, second, third = (add(rules, name, clock) for name in ("One", "Two", "Three"))
    rules.move(third.rule_id, "up")
    assert names(rules) == ["One", "Three", "Two"]
    rules.move(first.rule_id, "up")
    rules.move(second.rule_id, "down")
    assert names(rules) == ["One", "Three", "Two"]
    rules.remove(first.rule_id)
    rules.move(second.rule_id, "up")
    assert names(rules) == ["Two", "Three"]
    add(rules, "Four", clock)
    assert names(rules) == ["Two", "Three", "Four"]


def test_a_name_is_taken_once_in_any_case(rules: Rules, clock: Clock) -> None:
    one, two = add(rules, "One", clock), add(rules, "Two", clock)
    with pytest.raises(Unfit, match="already"):
        add(rules, "ONE", clock)
    with pytest.raises(Unfit, match="already"):
        rules.change(two.rule_id, replace(two, name="one"), "Ana", clock())
    assert rules.change(one.rule_id, replace(one, name="ONE"), "Ana", clock()).name == "ONE"


def test_what_it_did_is_counted_under_its_name_even_a_new_one(rules: Rules, office: Office, clock: Clock) -> None:
    rule = add(rules, "One", clock)
    for number in (1, 2):
        hear(office, a_mention(number), rule="One")
    hear(office, a_mention(3))
    assert rules.did(NOON - timedelta(days=1)) == {"One": 2}
    rules.change(rule.rule_id, replace(rule, name="Uno"), "Ana", clock())
    assert rules.did(NOON - timedelta(days=1)) == {"Uno": 2}
    assert rules.did(NOON + timedelta(days=1)) == {}


def test_every_change_is_a_lesson(rules: Rules, office: Office, clock: Clock) -> None:
    taught = Taught(office.db)
    before = taught.lessons()
    rule = add(rules, "One", clock)
    rules.set_state(rule.rule_id, "live", "Ana", clock())
    rules.remove(rule.rule_id)
    assert taught.lessons() == before + 3
