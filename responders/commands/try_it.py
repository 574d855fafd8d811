"""`warmline try`: how a mention would be triaged and answered. Stores nothing, sends nothing, needs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

from listener.clean import clean_mention
from listener.jobs import sifter_from
from listener.lookup import look_up
from listener.mention import Author, Mention
from listener.poll import utc_now
from listener.rows import BadRow, RowsError, parse_mapping, read_rows
from listener.source import NotFound, SourceError
from listener.triage import Triage
from responders.commands.common import failing_in_one_line, json_option, load, say, say_json, settings_option
from responders.compose import Brand, Composed, compose
from responders.compose.templates import Replies
from responders.limits import limit_for
from responders.office import template_folders
from responders.people import Card
from responders.permission import Permission, permission_for
from responders.settings import Settings

ROWS = ("csv", "tsv", "jsonl", "ndjson", "json")
SHOWN = 5
TEXT_ITSELF = 'give the text itself: warmline try "what they said"'


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of one mention."""

    mention: Mention
    triage: Triage
    permission: Permission
    draft: Composed | None


@click.command("try")
@click.argument("what", metavar="LINK|FILE|TEXT", nargs=-1, required=True)
@click.option("--map", "pairs", multiple=True, metavar="OURS=THEIRS", help="With a FILE: a column by its name there.")
@click.option("--all", "everything", is_flag=True, help=f"With a FILE: every row, not the first {SHOWN}.")
@settings_option
@json_option
@failing_in_one_line
def try_it(what: tuple[str, ...], pairs: tuple[str, ...], everything: bool, settings_path: Path, as_json: bool) -> None:
    """Triage one mention and draft a reply: a LINK to a post, a FILE of mentions, or the TEXT itself.

    Works in an empty folder, without settings or network (a link has to be read from its platform, of course).
    """
    asked = " ".join(what)
    settings = load(settings_path)
    try:
        mentions = _mentions(asked, pairs, None if everything or as_json else SHOWN)
    except (RowsError, SourceError) as why:
        raise click.ClickException(str(why)) from why
    tried = [_try(mention, settings, settings_path) for mention in mentions]
    if as_json:
        say_json(tried)
        return
    say("\n\n".join(_in_words(one) for one in tried))
    if len(tried) == SHOWN and not everything:
        say(f"\nThese are the first {SHOWN}; see them all with --all.")
    say("\nNothing was stored or sent.")
    say(f"next: {_next(asked, pairs)}")


def _mentions(asked: str, pairs: tuple[str, ...], most: int | None) -> list[Mention]:
    if asked.startswith(("http://", "https://", "at://")) and " " not in asked:
        return [_look_up(asked)]
    if rows := _file_of_rows(asked):
        return _read(rows, pairs, most)
    text = _file_of_text(asked)
    return [_as_mention(asked if text is None else text)]


def _file_of_rows(asked: str) -> Path | None:
    """The file of mentions that is meant: one with such an ending that is there, or could be no sentence."""
    path = Path(asked)
    if path.suffix.lstrip(".").lower() not in ROWS:
        return None
    return path if " " not in asked or _is_file(path) else None


def _read(path: Path, pairs: tuple[str, ...], most: int | None) -> list[Mention]:
    mentions: list[Mention] = []
    for row in islice(read_rows(path, parse_mapping(pairs)), most):
        if isinstance(row, BadRow):
            say(f"{path}:{row.line}: {row.reason}", err=True)
        else:
            mentions.append(row)
    if not mentions:
        raise RowsError(f"{path} holds no mention that can be read")
    return mentions


def _file_of_text(asked: str) -> str | None:
    path = Path(asked)
    return path.read_text(encoding="utf-8", errors="replace") if _is_file(path) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text too long, or with a NUL, to be any file's name
        return False


def _look_up(url: str) -> Mention:
    """The post behind a link, read from its platform. Raises SourceError with a way on."""
    try:
        mention = look_up(url)
    except NotFound:
        raise
    except SourceError as why:
        raise SourceError(f"{why}. Without the network, {TEXT_ITSELF}") from why
    if mention is None:
        raise SourceError(f"this link is of no platform that can be read without an account; {TEXT_ITSELF}")
    return mention


def _as_mention(text: str) -> Mention:
    return Mention("pasted", "pasted", Author("pasted", "someone", "someone"), text, utc_now())


def _try(mention: Mention, settings: Settings, settings_path: Path) -> Tried:
    sifted = sifter_from(settings, settings_path).keep(clean_mention(mention))
    mention, triage = sifted.mention, sifted.triage
    part = settings.brand
    composed = compose(
        mention,
        triage,
        Card(0, mention.author),
        Brand(part.name, part.signature, part.help_url),
        limit_for(mention.platform),
        Replies.load(template_folders(settings, settings_path, "replies")),
        now=utc_now(),
    )
    permission = permission_for(mention, settings.standing, about_us=sifted.about_us)
    return Tried(mention, triage, permission, composed)


def _in_words(tried: Tried) -> str:
    triage, mention = tried.triage, tried.mention
    who = "" if mention.platform == "pasted" else f"@{mention.author.handle} on {mention.platform}: "
    words = ", ".join(f"{word} {valence:+.1f}" for word, valence in triage.words) or "none"
    lines = [
        f"{who}{mention.text}",
        "",
        f"  sentiment  {triage.sentiment}" + (f" ({triage.compound:+.2f})" if triage.compound is not None else ""),
        f"  words      {words}",
        f"  lane       {triage.lane}",
        f"  priority   {triage.priority}",
        f"  because    {'; '.join(triage.reasons)}",
    ]
    if tried.permission.route in ("listen_only", "do_not_contact"):
        return "\n".join([*lines, "", f"  no draft   {tried.permission.rule}"])
    if tried.draft is None:
        return "\n".join([*lines, "", "  no draft   nothing honest fits; a person writes, or leaves it be"])
    drawn = ", ".join(f"“{one}”" for one in tried.draft.evidence)
    return "\n".join(
        [*lines, "", *(f"  {line}" for line in tried.draft.text.splitlines()), "", f"  drawn from {drawn}"]
    )


def _next(asked: str, pairs: tuple[str, ...]) -> str:
    if Path(asked).suffix.lstrip(".").lower() in ROWS:
        return " ".join(["warmline import", asked, *(f"--map {pair}" for pair in pairs)])
    return "warmline demo"
