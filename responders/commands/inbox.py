"""`warmline inbox`: who waits for an answer."""

from __future__ import annotations

from pathlib import Path

import click

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
from responders.draft import State
from responders.inbox import LANES, Card
from responders.office import Office

WHERE = {
    "approved": "on their way",
    "rehearsed": "approved in shadow mode",
    "by_hand": "to be posted by hand",
    "unknown": "perhaps sent",
    "refused": "refused by the platform",
    "sent": "answered",
}


@click.command()
@click.option("--lane", type=click.Choice(LANES), help="Only this lane.")
@click.option("--assigned", metavar="NAME", help="Only what this person is to answer.")
@click.option("--tag", help="Only what has this tag.")
@click.option("--older", is_flag=True, help="Mentions kept without a draft instead.")
@click.option("--state", type=click.Choice([state.value for state in State]), help="Drafts in this state instead.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@settings_option
@json_option
@failing_in_one_line
def inbox(
    lane: str | None, assigned: str | None, tag: str | None, older: bool, state: str | None, limit: int,
    settings_path: Path, as_json: bool,
) -> None:  # fmt: skip
    """Who waits for an answer: urgent ones first, then by when they should have one."""
    with open_office(settings_path) as office:
        wanted = "older" if older else state or "held"
        if wanted == "held":
            cards = office.inbox.waiting(lane=lane, assigned=assigned, tag=tag, limit=limit)[0]
        else:
            cards = _cards(office, lane, wanted, limit)
        counts, paused = office.inbox.counts(), office.controls.paused()
        if as_json:
            say_json(cards)
            return
        now = office.now()
        rows = [
            (c.mention_id, c.priority, c.lane, ago(c.posted_at, now), writer(c.handle), excerpt(c.text)) for c in cards
        ]
        table(rows, under=[card.because for card in cards])
    if not cards:
        say(
            "Nobody waits for an answer."
            if wanted == "held"
            else f"Nothing is {WHERE.get(wanted, wanted if wanted != 'older' else 'kept without a draft')}."
        )
    others = [f"{counts[key]} {word}" for key, word in WHERE.items() if counts[key]]
    more = ". Read one: warmline show NUMBER" if cards else "."
    if paused:
        say(f"Sending is paused {paused}. To go on: warmline resume")
    say(f"{counts['held']} wait for you" + "".join(f", {other}" for other in others) + more)


def _cards(office: Office, lane: str | None, wanted: str, limit: int) -> list[Card]:
    if wanted == "older":
        return office.inbox.older(limit=limit)[0]
    return [card for card in office.inbox.in_state(State(wanted), limit=limit) if lane in (None, card.lane)]
