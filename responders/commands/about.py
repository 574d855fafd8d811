"""`warmline about`: whether a mention is about a watch, said by a person; and what the watches have learned."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from listener.about_us import AboutUs
from listener.jobs import watches
from responders.about import Learned, Opinion, judge_anew, learned, opinions, thumb
from responders.commands.common import (
    NUMBER,
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
)
from responders.commands.decisions import as_option
from responders.office import Office
from responders.queue import NotPossible


@click.command()
@click.argument("mention", type=NUMBER, required=False)
@click.argument("word", type=click.Choice(["yes", "no"]), required=False)
@click.option("--watch", help="Which watch; needed where the mention was heard for several.")
@as_option
@settings_option
@json_option
@failing_in_one_line
def about(
    mention: int | None,
    word: Literal["yes", "no"] | None,
    watch: str | None,
    person: str | None,
    settings_path: Path,
    as_json: bool,
) -> None:
    """Say whether MENTION is about a watch: yes, or no; the same word again takes it back.

    Without a word: how likely it is. Without MENTION: what each watch has learned.
    """
    with open_office(settings_path) as office:
        if mention is None:
            found = learned(office)
            say_json(found) if as_json else say("\n".join(map(_learned, found)))
            return
        if word is not None:
            thumb(office, mention, watch or _only(office, mention), word == "yes", person or office.settings.person)
            judge_anew(office, AboutUs(watches(office.settings.watches)))
        thought = opinions(office, office.archive.get(mention))
        say_json(thought) if as_json else say("\n".join(map(_opinion, thought)))


def _only(office: Office, mention: int) -> str:
    names = office.archive.get(mention).watches
    if len(names) != 1:
        raise NotPossible(f"mention {mention} was heard for {' and '.join(names) or 'no watch'}: name one with --watch")
    return names[0]


def _opinion(one: Opinion) -> str:
    if one.relevance is None:
        return f"{one.watch}: not judged; it has no context and no thumbs to go by"
    if one.said is not None:
        return f"{one.watch}: {'about it' if one.said else 'not about it'}: {one.relevance.why}"
    why = f": {one.relevance.why}" if one.relevance.why else ""
    aside = f" (below {100 * one.threshold:.0f} %: probably not about it)" if one.doubted else ""
    return f"{one.watch}: {100 * one.relevance.score:.0f} % likely about it{aside}{why}"


def _learned(one: Learned) -> str:
    if not one.judged and not one.up and not one.down:
        return f"{one.watch}: nothing learned yet; a context in the settings, or thumbs, would teach it"
    lines = [
        f"{one.watch}: {one.up} {'thumb' if one.up == 1 else 'thumbs'} up, {one.down} down; "
        f"{one.below()} of {one.judged} mentions in 30 days below {100 * one.threshold:.0f} %"
    ]
    lines += [f"  for it: {', '.join(one.for_it)}"] if one.for_it else []
    lines += [f"  against it: {', '.join(one.against)}"] if one.against else []
    return "\n".join(lines)
