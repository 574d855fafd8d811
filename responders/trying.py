"""A rule tried on what was heard lately, in a connection of its own: the desk goes on for everyone else meanwhile."""

from __future__ import annotations

from datetime import timedelta

from listener.jobs import sifter_from
from listener.rules import Rule
from listener.tryout import Tried, try_out
from responders.office import Office

DAYS = 30
# The newest so many: a few seconds' work, and enough to see what a rule does.
MOST = 20_000


def tried(office: Office, rule: Rule, days: float = DAYS) -> Tried:
    """What the rule would have done within so many days, behind the live rules that come before it. Changes nothing.

    Raises Unfit where its condition can't be read.
    """
    sifter = sifter_from(office.settings, office.settings_path)
    sifter.learn(office.taught)
    since = office.now() - timedelta(days=days)
    return try_out(rule, _before(office, rule), office.archive.lately(since, MOST), sifter.unruled)


def tried_apart(office: Office, rule: Rule, days: float = DAYS) -> Tried:
    """The same for another thread than the office's own."""
    apart = Office.open(office.settings, office.settings_path, office.now, office.replies)
    with apart:
        return tried(apart, rule, days)


def _before(office: Office, rule: Rule) -> list[Rule]:
    """The live rules in front of it; all of them, where it is not kept yet and would come last."""
    before: list[Rule] = []
    for other in office.rules.all():
        if rule.rule_id and other.rule_id == rule.rule_id:
            break
        before += [other] if other.state == "live" else []
    return before
