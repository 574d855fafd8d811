"""`warmline show`: one mention with all that belongs to it."""

from __future__ import annotations

from pathlib import Path

import click

from listener.archive.read import Heard
from responders import decide
from responders.commands.common import (
    NUMBER,
    ago,
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
)
from responders.desk.saying import sounds
from responders.desk.view import ASIDE_TITLES
from responders.draft import STANDS
from responders.drafting import permission_now
from responders.office import Office
from responders.permission import Permission
from responders.privacy import how_private


@click.command()
@click.argument("mention", type=NUMBER)
@settings_option
@json_option
@failing_in_one_line
def show(mention: int, settings_path: Path, as_json: bool) -> None:
    """MENTION with its thread, its person, why it was sorted so, and the draft."""
    with open_office(settings_path) as office:
        if as_json:
            say_json(everything(office, mention))
        else:
            say(in_words(office, mention))


def everything(office: Office, mention_id: int) -> dict[str, object]:
    """All that is known of a mention, for --json. Raises KeyError."""
    heard = office.archive.get(mention_id)
    draft = office.queue.draft_of(mention_id)
    return {
        "mention_id": mention_id,
        "heard": heard,
        "turn": office.inbox.turn_of(mention_id),
        "marks": office.marks.on(mention_id),
        "thread": office.archive.thread(heard),
        "person": office.people.card(mention_id),
        "permission": _permission(office, heard),
        "do_not_contact": office.contact.listed(heard.mention.author),
        "draft": draft,
        "problems": decide.problems(office, draft) if draft else [],
        "receipt": office.inbox.receipt_of(draft.draft_id) if draft else None,
        "outcome": office.inbox.outcome_of(mention_id),
        "places": office.places.of(mention_id),
        "decisions": office.inbox.decisions_of(mention_id),
    }


def in_words(office: Office, mention_id: int) -> str:
    """The mention and its draft as a person reads them. Raises KeyError."""
    heard, now = office.archive.get(mention_id), office.now()
    mention, card = heard.mention, office.people.card(mention_id)
    who = mention.author
    reach = f", {who.followers:,} followers" if who.followers is not None else ""
    before = len(card.theirs)
    times = (
        "for the first time" if card.first_time else f"who spoke {'once' if before == 1 else f'{before} times'} before"
    )
    lines = [f"@{who.handle} ({who.name or 'no name'}{reach}) on {mention.platform}, {times}", mention.url, ""]
    words = "(deleted by its author, or too old to keep)" if heard.gone_at else mention.text
    permission = _permission(office, heard)
    lines += [*_private_lines(office, heard, permission), words, "", f"posted {ago(mention.posted_at, now)} ago"]
    if heard.triage:
        turn = office.inbox.turn_of(mention_id)
        lines.append(f"{turn.priority} · {heard.triage.lane} · {'; '.join(heard.triage.reasons)}")
        lines += [turn.because] if turn.because else []
        lines.append(sounds(heard.triage, office.taught.corrections_of(mention_id).get("sentiment")))
    lines += _marks(office, mention_id)
    if also := office.places.counts([mention_id]).get(mention_id):
        lines.append(f"also on {', '.join(also)} ({sum(also.values()) + 1} places)")
    lines += [f"  {'we' if act.ours else 'they'}, {act.at:%Y-%m-%d}: {act.text}" for act in card.acts[-5:]]
    lines.append(f"May we answer: {permission.route.replace('_', ' ')}. {permission.rule} ({permission.dated})")
    if listed := office.contact.listed(who):
        lines.append(f"On the do-not-contact list since {listed.at:%Y-%m-%d}, by {listed.person}: {listed.reason}")
    return "\n".join(lines + _draft_lines(office, mention_id))


def _marks(office: Office, mention_id: int) -> list[str]:
    marked = office.marks.on(mention_id)
    words = [f"for {marked.assigned}"] if marked.assigned else []
    words += [f"#{tag}" for tag in marked.tags]
    return [" · ".join(words)] if words else []


def _private_lines(office: Office, heard: Heard, permission: Permission) -> list[str]:
    draft = office.queue.draft_of(heard.mention_id)
    private = how_private(heard.mention, by_hand="by_hand" in (permission.route, draft and draft.route))
    return [private, ""] if private else []


def _permission(office: Office, heard: Heard) -> Permission:
    return office.inbox.permission_of(heard.mention_id) or permission_now(office, heard)


def _draft_lines(office: Office, mention_id: int) -> list[str]:
    draft = office.queue.draft_of(mention_id)
    if draft is None:
        outcome = office.inbox.outcome_of(mention_id)
        aside = office.inbox.aside_of(mention_id)
        kept = f"No draft. Set aside: {ASIDE_TITLES[aside].lower()}" if aside else "No draft."
        return ["", f"{outcome.outcome.replace('_', ' ')} by {outcome.person}: {outcome.reason}" if outcome else kept]
    lines = ["", f"Draft, {STANDS[draft.state]}, revision {draft.revision}:", draft.text]
    lines += [f"! {problem.message}" for problem in decide.problems(office, draft)]
    receipt = office.inbox.receipt_of(draft.draft_id)
    return lines + ([receipt.url or receipt.post_id] if receipt else []) + ([draft.note] if draft.note else [])
