"""Everything a decision needs in one place: the database and the rooms over it, the settings, the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlite_utils import Database

from listener.archive.connect import connect
from listener.archive.echoes import Echoes
from listener.archive.read import Reading
from listener.archive.rules import Rules
from listener.archive.schema import migrations as listener_migrations
from listener.archive.taught import Taught
from listener.poll import utc_now
from listener.settings import SettingsError
from responders.alerts.kept import Alerts
from responders.compose import Brand
from responders.compose.templates import Replies
from responders.contact import Contact
from responders.controls import Controls
from responders.inbox import Inbox
from responders.marks import Marks
from responders.outbox import Outbox
from responders.people import People
from responders.places import Places
from responders.queue import Queue
from responders.schema import migrations as responders_migrations
from responders.settings import Settings
from responders.shipped import shipped


@dataclass(frozen=True, slots=True)
class Office:
    """One open database with its rooms. A process opens one for each thread that works."""

    db: Database
    settings: Settings
    settings_path: Path
    replies: Replies
    archive: Reading
    queue: Queue
    inbox: Inbox
    outbox: Outbox
    controls: Controls
    contact: Contact
    people: People
    places: Places
    echoes: Echoes
    taught: Taught
    rules: Rules
    marks: Marks
    alerts: Alerts
    now: Callable[[], datetime]

    @classmethod
    def open(
        cls,
        settings: Settings,
        settings_path: Path = Path("settings.toml"),
        now: Callable[[], datetime] = utc_now,
        replies: Replies | None = None,
    ) -> Office:
        """Open the database the settings name, made and migrated where it has to be; `replies` where they are loaded.

        Raises ArchiveError where it can't be used, TemplateError where a reply template is wrong.
        """
        db = connect(database_path(settings, settings_path), [listener_migrations, responders_migrations])
        return cls(
            db=db,
            settings=settings,
            settings_path=settings_path,
            replies=replies or Replies.load(template_folders(settings, settings_path, "replies")),
            archive=Reading(db),
            queue=Queue(db, settings.triage.priority),
            inbox=Inbox(db),
            outbox=Outbox(db),
            controls=Controls(db),
            contact=Contact(db),
            people=People(db),
            places=Places(db),
            echoes=Echoes(db),
            taught=Taught(db),
            rules=Rules(db),
            marks=Marks(db),
            alerts=Alerts(db),
            now=now,
        )

    @property
    def brand(self) -> Brand:
        """Who speaks."""
        part = self.settings.brand
        return Brand(part.name, part.signature, part.help_url)

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def database_path(settings: Settings, settings_path: Path) -> Path:
    """The database's file: a relative name means beside settings.toml, wherever the command is run from."""
    return settings_path.parent / Path(settings.listener.database).expanduser()


def template_folders(settings: Settings, settings_path: Path, kind: Literal["replies", "digest"]) -> list[Path]:
    """The shipped templates, then the user's own, which override them file by file; the desk's pages are nobody's own.

    They are for `responders.rendering` alone: what a user may have written is rendered in a child.
    """
    folders = [shipped("templates", kind)]
    if settings.responders.templates:
        folder = settings_path.parent / Path(settings.responders.templates).expanduser()
        if not folder.is_dir():
            raise SettingsError(f"{settings_path}: responders.templates: there is no folder {folder}")
        folders.append(folder / kind)
    return folders
