"""From what a person pasted to a kept mention with a draft: the same way as all others, only that someone asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from listener import sources
from listener.clean import clean_id
from listener.jobs import sifter_from
from listener.lookup import find_post, post_named
from listener.mention import Mention
from listener.pasted import Pasted, Unclear, mention_in, name_of
from listener.poll import Poller
from listener.settings import SettingsError
from listener.source import NotFound, SourceError
from responders.drafting import write_draft
from responders.office import Office
from responders.queue import NotPossible
from responders.settings import Settings

STREAM = "link"


@dataclass(frozen=True, slots=True)
class Read:
    """The mention that a link or a text turned out to be, and what a person should know of how it was read."""

    mention: Mention
    note: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """The mention's number, whether it is new to us, and why it has no draft, where it has none."""

    mention_id: int
    new: bool
    undrafted: str = ""


def known_as(office: Office, typed: Pasted) -> int | None:
    """The number under which it is kept already; None where it is not, or nobody can tell before it is read."""
    return office.archive.number_of(*name_of(typed))


def read(settings: Settings, settings_path: Path, typed: Pasted, now: datetime) -> Read:
    """What stands behind the link; the person's own words where no platform gives it. `typed` is checked.

    It may take as long as a platform takes, and touches no database that is open. Raises NotFound where the post is
    gone, SourceError where it can't be read and there are no words, Unclear where words are missing.
    """
    listening = settings.listening
    note = ""
    try:
        found = find_post(typed.link, listening, settings_path) if typed.link else None
    except NotFound:
        # Words that their author took back are not kept, whoever pastes them.
        raise
    except (SourceError, SettingsError) as why:
        if not typed.text:
            raise SourceError(f"{why}. Paste what they said as well, and it will do") from why
        found, note = None, f"It could not be read there ({why}), so your own words were kept."
    if found is not None:
        return Read(found)
    try:
        return Read(mention_in(typed, now), note)
    except Unclear as why:
        raise _told_better(why, typed) from why


def keep(office: Office, mention: Mention, person: str) -> Brought:
    """Keep it, and draft for it, however old it is: somebody asked. One that is known stays as it is.

    Raises NotPossible where it can't be kept.
    """
    name = mention.platform, clean_id(mention.post_id)
    if (known := office.archive.number_of(*name)) is not None:
        return Brought(known, new=False)
    poller = Poller(office.db, sifter_from(office.settings, office.settings_path), office.now)
    poller.take_in(STREAM, [mention])
    mention_id = office.archive.number_of(*name)
    if mention_id is None:
        raise NotPossible("this could not be sorted, and was set aside as it came: the log has the details")
    return Brought(mention_id, new=True, undrafted=_draft(office, mention_id, person))


def _draft(office: Office, mention_id: int, person: str) -> str:
    """Put a draft before a person; in words why not, where there is none."""
    try:
        write_draft(office, mention_id, person)
    except NotPossible as why:
        # The daemon may have been quicker, and then there is one.
        return "" if office.queue.draft_of(mention_id) else str(why)
    return ""


def _told_better(why: Unclear, typed: Pasted) -> Unclear:
    """The same, with how the platform itself could be read, where it could."""
    named = post_named(typed.link)
    if named is None or why.field != "text" or named[0] not in sources.FILES.names():
        return why
    access = getattr(sources.FILES.load(named[0]), "ACCESS", "")
    return Unclear("text", f"{why}. To have it read: {access}" if access else str(why))
