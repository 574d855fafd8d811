"""`warmline deliver`: send what is approved and due, now."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from responders.commands.common import failing_in_one_line, json_option, open_office, say, say_json, settings_option
from responders.deliver import deliver_once
from responders.draft import STANDS, Draft, State
from responders.jobs import open_publishers, open_readers
from responders.office import Office
from responders.reconcile import reconcile


@click.command()
@settings_option
@json_option
@failing_in_one_line
def deliver(settings_path: Path, as_json: bool) -> None:
    """Send each approved reply whose undo window is over, once, and look for those whose fate is unknown."""
    with open_office(settings_path) as office:
        publishers = open_publishers(office.settings, settings_path)
        readers = open_readers(office.settings, settings_path) if publishers else {}
        tried = []
        while (draft := deliver_once(office, publishers, readers)) is not None:
            tried.append(draft)
        tried += reconcile(office, publishers)
        for publisher in publishers.values():
            publisher.close()
        for reader in readers.values():
            reader.close()
        if as_json:
            say_json(tried)
        else:
            say(_in_words(office, tried))
    sys.exit(1 if any(draft.state in (State.REFUSED, State.UNKNOWN) for draft in tried) else 0)


def _in_words(office: Office, tried: list[Draft]) -> str:
    lines = [
        f"mention {draft.mention_id}: {STANDS[draft.state]}" + (f", {draft.note}" if draft.note else "")
        for draft in tried
    ]
    if paused := office.controls.paused():
        lines.append(f"Sending is paused {paused}. To go on: warmline resume")
    counts = office.inbox.counts()
    if lost := counts[State.UNKNOWN]:
        lines.append(f"{lost} perhaps sent: looked for again, or asked about at the desk and by: warmline settle")
    return "\n".join([*lines, f"{len(tried)} tried, {counts[State.APPROVED]} approved and not due yet."])
