"""Rules that the manager writes: a condition, and what to do with the mentions it holds for. The first that holds wins.

Nothing here may make danger disappear: a rule neither moves what is urgent to another lane, nor leaves it unanswered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from listener.clean import clean_line, clean_text
from listener.query import RULE_FIELDS, FieldRule, Query, QueryError, Subject, fact, parse
from listener.query.ask import Sight
from listener.query.tree import Field, leaves
from listener.triage import Intent, Lane, Triage
from listener.triaged import Triaged

log = logging.getLogger(__name__)

Standing = Literal["draft", "live", "off"]
LANES: tuple[Lane, ...] = ("help", "complaint", "question", "praise", "chat")
MOST_NAME, MOST_CONDITION, MOST_WHY, MOST_TAGS = 60, 2_000, 200, 5
_TAG = re.compile(r"[^\W_][\w-]{0,29}")

# What a condition may ask for: all that a watch may, and what triage found out.
FIELDS: Mapping[str, FieldRule] = MappingProxyType(
    {
        **{name: rule for name, rule in RULE_FIELDS.items() if name != "tag"},
        "is": replace(RULE_FIELDS["is"], values=("reply", "addressed", "unsure")),
        "lane": fact("lane:complaint", *get_args(Lane)),
        "intent": fact("intent:leaving", *get_args(Intent)),
        "language": fact("language:es"),
    }
)


class Unfit(ValueError):
    """Something in a rule that its author must mend. `field` is where; `column` too, in a condition (else 0)."""

    def __init__(self, field: str, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.field = field
        self.column = column


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, what to do where it holds (all that is not empty), and where the rule stands.

    `no_reply` is the reason for which no reply is drafted. `rule_id` is 0 before it is kept.
    """

    name: str
    condition: str
    lane: Lane | None = None
    assign: str = ""
    tags: tuple[str, ...] = ()
    alert: bool = False
    no_reply: str = ""
    state: Standing = "draft"
    rule_id: int = 0
    person: str = ""
    at: datetime | None = None

    def does(self) -> tuple[str, ...]:
        """What it does, in words."""
        done = (
            f"lane {self.lane}" if self.lane else "",
            f"assigned to {self.assign}" if self.assign else "",
            f"tagged {', '.join(self.tags)}" if self.tags else "",
            "alert" if self.alert else "",
            f"no reply: {self.no_reply}" if self.no_reply else "",
        )
        return tuple(words for words in done if words)


def fit(rule: Rule) -> Rule:
    """The rule as it may be kept, cleaned of what no form should carry. Raises Unfit."""
    rule = replace(
        rule,
        name=clean_line(rule.name, MOST_NAME),
        condition=clean_text(rule.condition, MOST_CONDITION + 1).strip(),
        assign=clean_line(rule.assign, MOST_NAME).lstrip("@"),
        tags=tags_in(rule.tags),
        no_reply=clean_line(rule.no_reply, MOST_WHY),
    )
    if not rule.name:
        raise Unfit("name", "give it a name, for example Refunds")
    understood(rule.condition)
    if not rule.does():
        raise Unfit("does", "say what it should do: a lane, a person, a tag, an alert, or no reply")
    return rule


def understood(condition: str) -> Query:
    """A rule's condition, read. Raises Unfit with the column."""
    if len(condition) > MOST_CONDITION:
        said = f"it is longer than {MOST_CONDITION:,} characters; make two rules of it"
        raise Unfit("condition", said, MOST_CONDITION)
    try:
        return parse(condition, FIELDS, must_find=False)
    except QueryError as why:
        raise Unfit("condition", why.message, why.column) from why


def notes_on(condition: str, watches: Iterable[str]) -> tuple[str, ...]:
    """What a condition may not mean as it is written: a watch that was renamed, an "and" that is a word. Raises Unfit.

    `watches` are the names of those there are.
    """
    known = {name.casefold(): name for name in watches}
    query = understood(condition)
    fields = dict.fromkeys(leaf for leaf in leaves(query.root) if isinstance(leaf, Field))
    strange = [one.value for one in fields if one.name == "watch" and one.value not in known]
    there_are = ", ".join(known.values()) or "none"
    return (
        *(f"there is no watch {name}; there are: {there_are}" for name in strange),
        *(f"column {warned.column}: {warned.message}" for warned in query.warnings),
    )


def tags_in(written: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: in lower case, without #, each once. Raises Unfit."""
    tags = tuple(dict.fromkeys(tag.strip().lstrip("#").lower() for tag in written if tag.strip(" #")))
    if wrong := next((tag for tag in tags if not _TAG.fullmatch(tag)), None):
        raise Unfit("tags", f"{wrong[:40]!r} is no tag: one word of letters, digits and hyphens, up to 30 of them")
    if len(tags) > MOST_TAGS:
        raise Unfit("tags", f"no more than {MOST_TAGS} tags")
    return tags


class Rulebook:
    """The rules in their order, read once. One that can't be read any more is passed over, and the log says so."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: list[tuple[Rule, Query]] = []
        for rule in rules:
            try:
                self._rules.append((rule, understood(rule.condition)))
            except Unfit as why:
                log.error("the rule %r is passed over: %s", rule.name, why)

    def first(self, subject: Subject) -> Rule | None:
        """The first rule that holds."""
        if not self._rules:
            return None
        sight = Sight(subject)
        return next((rule for rule, query in self._rules if sight.holds(query.root)), None)

    def apply(self, one: Triaged) -> Triaged:
        """The mention as the first rule that holds for it would have it; as it is where none does, or it is our own."""
        if not self._rules or one.mention.ours:
            return one
        rule = self.first(subject_of(one))
        return one if rule is None else replace(one, triage=ruled(one.triage, rule))


def subject_of(one: Triaged) -> Subject:
    """What conditions are asked about: the mention with what triage found out."""
    said = one.triage
    facts = {
        "lane": frozenset({said.lane}),
        "sentiment": frozenset({said.sentiment}),
        "intent": frozenset({said.intent, *said.intents}),
        "priority": frozenset({said.priority}),
        "watch": frozenset(one.watches),
        "language": frozenset({said.language}),
        "is": frozenset({"unsure"} if said.unsure else ()),
    }
    subject = Subject.of(one.mention, facts)
    return replace(subject, to_us=subject.to_us or "addressed to us" in said.reasons)


def ruled(triage: Triage, rule: Rule) -> Triage:
    """What triage said, with what the rule may change of it, and a reason that names the rule."""
    does = rule.does()
    lane = rule.lane or triage.lane
    reasons = list(triage.reasons)
    if triage.priority == "urgent" and (lane != triage.lane or rule.no_reply):
        lane = triage.lane
        does = replace(rule, lane=None, no_reply="").does()
        reasons.append(f"urgent, so your rule “{rule.name}” neither moves it nor leaves it without a reply")
    if does:
        reasons.append(f"by your rule “{rule.name}”: {'; '.join(does)}")
    return replace(triage, lane=lane, reasons=tuple(reasons), rule=rule.name)
