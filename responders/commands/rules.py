"""`warmline rules`: the manager's rules, listed, tried, written and put in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from listener.query.error import pointed_at
from listener.rules import LANES, Rule, Standing, Unfit, notes_on
from listener.triage import Lane
from listener.tryout import Case, Tried
from responders.commands.common import (
    ago,
    excerpt,
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
    table,
    writer,
)
from responders.office import Office
from responders.trying import DAYS, tried


@click.group(invoke_without_command=True)
@settings_option
@json_option
@click.pass_context
@failing_in_one_line
def rules(ctx: click.Context, settings_path: Path, as_json: bool) -> None:
    """The rules in their order, with what each did lately; the first that holds wins."""
    if ctx.invoked_subcommand is not None:
        return
    with open_office(settings_path) as office:
        found = office.rules.all()
        did = office.rules.did(office.now() - timedelta(days=DAYS))
    if as_json:
        say_json([_as_object(rule, did.get(rule.name, 0)) for rule in found])
        return
    rows = [(rule.state, rule.name, did.get(rule.name, 0), rule.condition) for rule in found]
    table(rows, under=["; ".join(rule.does()) for rule in found])
    if not found:
        say('No rules yet. Try one: warmline rules try "refund AND sentiment:negative"')


@rules.command("try")
@click.argument("condition")
@click.option("--days", type=click.IntRange(1, 365), default=DAYS, show_default=True)
@settings_option
@json_option
@failing_in_one_line
def try_it(condition: str, days: int, settings_path: Path, as_json: bool) -> None:
    """For which past mentions CONDITION holds, and which of them a live rule takes. Changes nothing."""
    with open_office(settings_path) as office:
        found = _pointing(condition, lambda: tried(office, Rule("this one", condition), days))
        if as_json:
            say_json(_tried_as_object(found, days))
        else:
            _say_notes(office, condition)
            _say_tried(office, found, days)


@rules.command()
@click.argument("name")
@click.option("--when", "condition", required=True, help="The condition, in the query language.")
@click.option("--lane", type=click.Choice(LANES), help="The lane they go to.")
@click.option("--assign", default="", help="Who answers.")
@click.option("--tag", "tags", multiple=True, help="A tag; repeat it.")
@click.option("--alert", is_flag=True, help="Show it on every page of the desk, and mail it.")
@click.option("--no-reply", default="", metavar="REASON", help="Draft no reply, and why.")
@click.option("--live", is_flag=True, help="In force at once, untried.")
@settings_option
@failing_in_one_line
def add(
    name: str, condition: str, lane: Lane | None, assign: str, tags: tuple[str, ...], alert: bool, no_reply: str,
    live: bool, settings_path: Path,
) -> None:  # fmt: skip
    """Write a rule called NAME behind all others: a draft, unless --live."""
    state: Standing = "live" if live else "draft"
    rule = Rule(name, condition, lane, assign, tags, alert, no_reply, state)
    with open_office(settings_path) as office:
        kept = _pointing(condition, lambda: office.rules.add(rule, office.settings.person, office.now()))
        _say_notes(office, condition)
    more = "" if live else ". It changes nothing yet; put it in force: warmline rules live " + _quoted(kept.name)
    say(f"“{kept.name}” is kept: {'; '.join(kept.does())}{more}")


@rules.command()
@click.argument("name")
@settings_option
@failing_in_one_line
def live(name: str, settings_path: Path) -> None:
    """Put the rule NAME in force: what is heard from now on goes by it."""
    with open_office(settings_path) as office:
        rule = office.rules.named(name)
        _pointing(rule.condition, lambda: _set(office, rule, "live"))
    say(f"“{rule.name}” is live")


@rules.command()
@click.argument("name")
@settings_option
@failing_in_one_line
def off(name: str, settings_path: Path) -> None:
    """Take the rule NAME out of force."""
    with open_office(settings_path) as office:
        rule = office.rules.named(name)
        _set(office, rule, "off")
    say(f"“{rule.name}” is off")


@rules.command()
@click.argument("name")
@settings_option
@failing_in_one_line
def remove(name: str, settings_path: Path) -> None:
    """Delete the rule NAME. What it did stays done."""
    with open_office(settings_path) as office:
        rule = office.rules.named(name)
        office.rules.remove(rule.rule_id)
    say(f"“{rule.name}” is deleted")


def _set(office: Office, rule: Rule, state: Standing) -> Rule:
    return office.rules.set_state(rule.rule_id, state, office.settings.person, office.now())


def _pointing(condition: str, work: Callable[[], Any]) -> Any:
    """Do it; what is wrong with a rule is said with a caret under the place. Raises click.ClickException."""
    try:
        return work()
    except Unfit as why:
        place = f"\n{pointed_at(condition.strip(), why.column)}" if why.column else ""
        where = f"column {why.column}: " if why.column else ""
        raise click.ClickException(f"{where}{why}{place}") from why


def _say_notes(office: Office, condition: str) -> None:
    for note in notes_on(condition, [watch.name for watch in office.settings.watches]):
        say(f"Note: {note}")


def _say_tried(office: Office, found: Tried, days: int) -> None:
    taken = f"; an earlier rule takes {found.taken} of them" if found.taken else ""
    say(f"It holds for {found.holds} of {found.of} mentions of the last {days} days{taken}.")
    now = office.now()
    table(
        (
            case.heard.mention_id,
            ago(case.heard.mention.posted_at, now),
            writer(case.heard.mention.author.handle),
            excerpt(case.heard.mention.text, 60),
            f"taken by “{case.taken_by}”" if case.taken_by else "",
        )
        for case in found.newest
    )


def _tried_as_object(found: Tried, days: int) -> dict[str, object]:
    newest = [_case_as_object(case) for case in found.newest]
    return {"days": days, "of": found.of, "holds": found.holds, "taken": found.taken, "newest": newest}


def _case_as_object(case: Case) -> dict[str, object]:
    mention = case.heard.mention
    return {
        "mention_id": case.heard.mention_id,
        "platform": mention.platform,
        "post_id": mention.post_id,
        "posted_at": mention.posted_at,
        "text": mention.text,
        "taken_by": case.taken_by,
    }


def _as_object(rule: Rule, did: int) -> dict[str, object]:
    return {
        "name": rule.name,
        "state": rule.state,
        "when": rule.condition,
        "lane": rule.lane,
        "assign": rule.assign,
        "tags": rule.tags,
        "alert": rule.alert,
        "no_reply": rule.no_reply,
        "did": did,
        "did_days": DAYS,
    }


def _quoted(name: str) -> str:
    return f'"{name}"'
