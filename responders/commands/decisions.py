"""`warmline edit | approve | decline | no-reply | settle`: a person's decisions, typed."""

from __future__ import annotations

from pathlib import Path

import click

from responders import decide
from responders.commands.common import NUMBER, failing_in_one_line, open_office, say, settings_option
from responders.commands.show import in_words
from responders.draft import Draft, State
from responders.drafting import write_draft
from responders.office import Office
from responders.queue import NotPossible, Seen

as_option = click.option("--as", "person", help="Who decides; else as [desk] person says.")
reason_option = click.option("--reason", required=True, help="Why; it is kept beside the mention.")
mention_argument = click.argument("mention", type=NUMBER)


@click.command()
@mention_argument
@click.option("--text", help="The new text; without it your editor opens.")
@as_option
@settings_option
@failing_in_one_line
def edit(mention: int, text: str | None, person: str | None, settings_path: Path) -> None:
    """Change the draft for MENTION, or write one where there is none."""
    with open_office(settings_path) as office:
        who = person or office.settings.person
        office.archive.get(mention)
        draft = office.queue.draft_of(mention) or write_draft(office, mention, who)
        written = click.edit(draft.text, extension=".txt") if text is None else text
        if written is None:
            raise click.ClickException("nothing was changed: the editor was closed without saving")
        draft = decide.edit(office, draft.draft_id, _seen(draft), written, who)
        say(f"Saved as revision {draft.revision}. It waits for approval: warmline approve {mention}")


@click.command()
@mention_argument
@click.option("--yes", is_flag=True, help="Do not ask: for scripts in which a person has said yes already.")
@as_option
@settings_option
@failing_in_one_line
def approve(mention: int, yes: bool, person: str | None, settings_path: Path) -> None:
    """Approve the draft for MENTION: exactly the text that is shown goes out, once."""
    with open_office(settings_path) as office:
        draft = _draft(office, mention)
        if not yes:
            say(in_words(office, mention))
            click.confirm("\nApprove exactly this text?", abort=True)
        who = person or office.settings.person
        approved = decide.approve(office, draft.draft_id, _seen(draft), draft.text, who)
        say(_what_now(office, approved, mention))


@click.command()
@mention_argument
@reason_option
@as_option
@settings_option
@failing_in_one_line
def decline(mention: int, reason: str, person: str | None, settings_path: Path) -> None:
    """Say no to the draft for MENTION."""
    with open_office(settings_path) as office:
        decide.decline(office, _draft(office, mention).draft_id, reason, person or office.settings.person)
        say("Declined.")


@click.command("no-reply")
@mention_argument
@reason_option
@as_option
@settings_option
@failing_in_one_line
def no_reply(mention: int, reason: str, person: str | None, settings_path: Path) -> None:
    """Leave MENTION unanswered on purpose."""
    with open_office(settings_path) as office:
        decide.no_reply(office, mention, reason, person or office.settings.person)
        say("Left without a reply.")


@click.command()
@mention_argument
@click.option("--there", metavar="URL", help="It is there: the link of our reply.")
@click.option("--again", is_flag=True, help="It is not there: send exactly the same text again.")
@click.option("--drop", "dropped", is_flag=True, help="Leave it, whichever it is.")
@as_option
@settings_option
@failing_in_one_line
def settle(
    mention: int, there: str | None, again: bool, dropped: bool, person: str | None, settings_path: Path
) -> None:
    """Say what became of a reply to MENTION that was perhaps sent: one of --there, --again, --drop."""
    if [there is not None, again, dropped].count(True) != 1:
        raise click.UsageError("say one of: --there URL, --again, --drop")
    with open_office(settings_path) as office:
        draft, who = _draft(office, mention), person or office.settings.person
        if there is not None:
            decide.is_there(office, draft.draft_id, there, who)
            say("Settled: it is there.")
        elif again:
            say(_what_now(office, decide.send_again(office, draft.draft_id, who), mention))
        else:
            decide.drop(office, draft.draft_id, who)
            say("Dropped: nothing more is sent.")


def _draft(office: Office, mention: int) -> Draft:
    office.archive.get(mention)
    draft = office.queue.draft_of(mention)
    if draft is None:
        raise NotPossible(f"mention {mention} has no draft. Write one: warmline edit {mention}")
    return draft


def _seen(draft: Draft) -> Seen:
    return Seen(draft.revision, draft.text_sha256)


def _what_now(office: Office, draft: Draft, mention: int) -> str:
    if draft.state is State.REHEARSED:
        return "Approved, in shadow mode: it is kept here and will not be sent."
    if draft.state is State.BY_HAND:
        url = office.archive.get(mention).mention.url or "the platform"
        return (
            f"Approved. Warmline may not post there: post it yourself at {url}, then confirm with the link at the desk."
        )
    when = f"{draft.send_after:%H:%M:%S} UTC"
    return f"Approved by {draft.approved_by}. It goes out after {when}, by the daemon or by: warmline deliver"
