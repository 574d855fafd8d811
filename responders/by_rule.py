"""What the manager's rule asks for beside a lane: who answers, tags, an alert, or that no reply is drafted."""

from __future__ import annotations

from listener.archive.read import Heard
from listener.rules import Rule
from responders.controls import SOFTWARE
from responders.office import Office


def rule_for(office: Office, heard: Heard) -> Rule | None:
    """The rule that was applied to a mention, while it is in force."""
    if heard.triage is None or not heard.triage.rule:
        return None
    try:
        rule = office.rules.named(heard.triage.rule)
    except KeyError:
        return None
    return rule if rule.state == "live" else None


def carry_out(office: Office, heard: Heard, rule: Rule, *, is_news: bool) -> None:
    """Assign and tag as the rule says, and ring the bell for what is news; once, however often it is considered.

    It is done for those as well whom nobody will answer: whoever writes of a lawyer and of being left alone is both.
    Whom a person has assigned already stays so.
    """
    by, now = f"by your rule “{rule.name}”", office.now()
    if rule.assign and not office.marks.on(heard.mention_id).assigned:
        office.marks.assign(heard.mention_id, rule.assign, SOFTWARE, now, by)
    for tag in rule.tags:
        office.marks.tag(heard.mention_id, tag, SOFTWARE, now, by)
    if rule.alert and is_news:
        office.alerts.ring(heard.mention_id, rule.name, now)


def leaves_it(heard: Heard, rule: Rule) -> bool:
    """Whether the rule wants no reply drafted. What is urgent waits for a person all the same."""
    return bool(rule.no_reply) and heard.triage is not None and heard.triage.priority != "urgent"
