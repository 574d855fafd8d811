"""`warmline query`: what a query means, what each platform is asked, and what it would have caught. Stores nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from listener.jobs import watches
from listener.query.clauses import clauses_of, joined_of
from listener.query.error import QueryError
from listener.query.explain import as_tree, in_words
from listener.query.parser import Query, parse
from listener.query.tree import Node
from listener.settings import WatchSettings
from responders.commands.common import (
    excerpt,
    failing_in_one_line,
    json_option,
    load,
    open_office,
    say,
    say_json,
    settings_option,
    table,
    writer,
)
from responders.desk.view import platform as named
from responders.office import database_path
from responders.preview import Preview
from responders.settings import Settings
from responders.watching import Asked, asked

CHUNK = 500


@click.command()
@click.argument("text", metavar="[QUERY]", required=False)
@click.option("--watch", "name", help="A watch of the settings; with QUERY, that watch as it would be with this query.")
@click.option("--preview", is_flag=True, help="What it would have caught of all that is kept, and what it left out.")
@settings_option
@json_option
@failing_in_one_line
def query(text: str | None, name: str | None, preview: bool, settings_path: Path, as_json: bool) -> None:
    """Explain QUERY, or a watch: in plain words, as a tree, and as each platform is asked for it. Stores nothing.

    With --preview: how many of the kept mentions it would have caught, the newest, and what each part of it left out.
    """
    settings = load(settings_path)
    if text is not None:
        _read(text)
    watch = _watch(text, name, settings)
    read = _read(watch.query) if watch.query else None
    root = joined_of(clauses_of(watch))
    if root is None:
        raise click.UsageError(f"nothing names the watch {watch.name}: give it terms or a query")
    on = asked(watch, settings)
    looked = _looked(watch, settings, settings_path) if preview else None
    if as_json:
        say_json(_as_object(root, read, on, looked))
    else:
        _tell(root, read, on)
        if looked is not None:
            _tell_preview(looked)


def _read(text: str) -> Query:
    try:
        return parse(text)
    except QueryError as why:
        raise click.BadParameter(why.shown(text), param_hint="QUERY") from why


def _watch(text: str | None, name: str | None, settings: Settings) -> WatchSettings:
    if name is None:
        if text is None:
            raise click.UsageError('give a query in quotes, as in warmline query "acme NOT pie", or --watch NAME')
        return settings.exclude.beside(WatchSettings(name="this query", kind="topic", query=text))
    found = next((one for one in settings.watches if one.name == name), None)
    if found is None:
        there_are = ", ".join(one.name for one in settings.watches) or "none"
        raise click.UsageError(f"there is no watch {name!r}; there are: {there_are}")
    return found if text is None else found.model_copy(update={"query": text})


def _looked(watch: WatchSettings, settings: Settings, settings_path: Path) -> Preview:
    (asked_for,) = watches([watch])
    found = Preview(asked_for)
    if not database_path(settings, settings_path).exists():
        return found
    with open_office(settings_path) as office:
        count = max(1, office.archive.count())
        with click.progressbar(length=count, label="Looking", file=sys.stderr) as bar:
            for heard in office.archive.every(CHUNK):
                found.look(heard)
                bar.update(len(heard))
    return found


def _tell(root: Node, read: Query | None, on: list[Asked]) -> None:
    if read is not None:
        say(f"{read}\n")
        for warned in read.warnings:
            say(f"Note, column {warned.column}: {warned.message}")
    say("It finds what is:")
    for line in as_tree(root):
        say(f"  {line}")
    say("\nWhat each platform is asked:")
    for one in on:
        for line in _platform_lines(one):
            say(line)


def _platform_lines(one: Asked) -> Iterator[str]:
    name, translation = named(one.platform), one.translation
    if not one.searched:
        yield f"  {name}: has no search that is asked; all that is heard there is filtered here"
        return
    for search in translation.sent:
        yield f"  {name}: {search}"
    if not translation.sent:
        yield f"  {name}: nothing, since it can't be searched for there"
    if translation.filtered_here:
        yield f"    filtered here: {translation.filtered_here}"
    if translation.missed:
        yield f"    not found there: {translation.missed}"


def _tell_preview(looked: Preview) -> None:
    say(f"\nOf {looked.looked_at:,} kept mentions it would have caught {looked.caught:,}.")
    if looked.newest:
        say("The newest:")
        table(
            (f"  {one.mention_id}", f"{one.mention.posted_at:%Y-%m-%d}", writer(one.mention.author.handle),
             named(one.mention.platform), excerpt(one.mention.text, 60))
            for one in looked.newest
        )  # fmt: skip
    if looked.kept_out:
        say("What each part left out: as many more would be caught without it alone:")
        table((f"  {part.count:,}", part.setting, part.words) for part in looked.kept_out)


def _as_object(root: Node, read: Query | None, on: list[Asked], looked: Preview | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "query": None if read is None else str(read),
        "warnings": [] if read is None else list(read.warnings),
        "words": in_words(root),
        "tree": list(as_tree(root)),
        "platforms": [
            {"platform": one.platform, "searched": one.searched, "sent": [str(part) for part in one.translation.sent],
             "filtered_here": one.translation.filtered_here, "missed": one.translation.missed}
            for one in on
        ],
    }  # fmt: skip
    if looked is not None:
        newest = [
            {"mention_id": one.mention_id, "platform": one.mention.platform, "posted_at": one.mention.posted_at,
             "author": one.mention.author.handle, "text": one.mention.text}
            for one in looked.newest
        ]  # fmt: skip
        counts = {"mentions": looked.looked_at, "caught": looked.caught}
        told["preview"] = {**counts, "newest": newest, "left_out": looked.kept_out}
    return told
