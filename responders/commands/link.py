"""`warmline link`: one post or text that a person found, brought in by hand."""

from __future__ import annotations

from pathlib import Path

import click

from listener.pasted import Pasted, Unclear, checked
from listener.source import SourceError
from responders import linking
from responders.commands.common import failing_in_one_line, json_option, open_office, say, say_json, settings_option
from responders.commands.show import everything, in_words
from responders.office import Office

OPTIONS = {"link": "URL", "author": "--author", "posted_at": "--posted-at", "platform": "--platform", "text": "--text"}


@click.command()
@click.argument("url", required=False, default="")
@click.option("--text", default="", help="What they said, where Warmline can't read the page itself.")
@click.option("--author", default="", help="Their handle or name there.")
@click.option("--posted-at", default="", metavar="TIME", help="When they said it, in UTC; else now.")
@click.option("--platform", default="", help="Where that is, if no source is for it: threads, a forum's name.")
@click.option("--as", "person", help="Who brings it; else as [desk] person says.")
@settings_option
@json_option
@failing_in_one_line
def link(
    url: str,
    text: str,
    author: str,
    posted_at: str,
    platform: str,
    person: str | None,
    settings_path: Path,
    as_json: bool,
) -> None:
    """Bring in the post behind URL, or a text, and draft a reply to it.

    Posts of platforms that show them without an account, or whose account Warmline has, are read there. For any other
    page give --text as well: pages themselves are never fetched.
    """
    try:
        typed = checked(Pasted(url, text, author, posted_at, platform))
        with open_office(settings_path) as office:
            brought, note = _bring(office, typed, person or office.settings.person)
            _tell(office, brought, note, as_json)
    except Unclear as why:
        raise click.UsageError(f"{OPTIONS[why.field]}: {why}") from why
    except SourceError as why:
        raise click.ClickException(str(why)) from why


def _bring(office: Office, typed: Pasted, person: str) -> tuple[linking.Brought, str]:
    known = linking.known_as(office, typed)
    if known is not None:
        return linking.Brought(known, new=False), ""
    found = linking.read(office.settings, office.settings_path, typed, office.now())
    return linking.keep(office, found.mention, person), found.note


def _tell(office: Office, brought: linking.Brought, note: str, as_json: bool) -> None:
    if as_json:
        say_json({**everything(office, brought.mention_id), "new": brought.new, "note": note})
        return
    number = brought.mention_id
    say(f"This is mention {number}." if brought.new else f"This is known already, as mention {number}.")
    if note:
        say(note)
    say("\n" + in_words(office, number))
    if brought.undrafted:
        say(f"\nNo reply is drafted. {brought.undrafted}")
    say(f"\nnext: warmline {'approve' if office.queue.draft_of(number) else 'show'} {number}")
