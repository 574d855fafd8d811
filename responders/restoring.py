"""From a backup's file to a database that is safe to start: examined, migrated, paused, and then put in its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from listener.archive.backup import examine
from listener.archive.connect import ArchiveError, StorageError, look_into
from listener.archive.replace import put_in_place, ready_to_replace
from listener.archive.schema import migrations as listener_migrations
from listener.poll import utc_now
from responders.contact import Contact
from responders.office import Office, database_path
from responders.restored import heed_copy
from responders.schema import migrations as responders_migrations
from responders.settings import Settings

SETS = (listener_migrations, responders_migrations)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    `perhaps_sent`: drafts that may have gone out since, and are looked for before anything is. `kept_on`: people who
    were put on the do-not-contact list since, and stay on it; None where what was replaced could not be read.
    """

    database: Path
    made_at: datetime
    replaced: Path | None
    perhaps_sent: int
    kept_on: int | None


def restore_from(
    settings: Settings, settings_path: Path, backup: Path, now: Callable[[], datetime] = utc_now
) -> Restored:
    """Put the backup in the database's place. Raises ArchiveError where it can't be; nothing was changed then.

    All is done to the copy before it gets its name: whenever this is killed, the database that is there is whole, and
    a restored one is paused.
    """
    database = database_path(settings, settings_path).resolve()
    with ready_to_replace(database, backup, SETS) as fresh:
        made_at = examine(fresh, SETS).made_at
        with Office.open(_named(settings, fresh), settings_path, now) as office:
            perhaps_sent = heed_copy(office, backup.name) or 0
            kept_on = _keep_promises(database, office)
        replaced = put_in_place(fresh, database, now())
    return Restored(database, made_at, replaced, perhaps_sent, kept_on)


def _keep_promises(database: Path, office: Office) -> int | None:
    """Who asked not to be contacted since the backup was made is left alone all the same."""
    if not database.exists():
        return None
    try:
        with closing(look_into(database)) as replaced:
            return office.contact.keep_on(Contact(replaced).everyone(), office.now())
    except (ArchiveError, StorageError):
        return None


def _named(settings: Settings, database: Path) -> Settings:
    """The settings with another database."""
    listener = settings.listener.model_copy(update={"database": str(database)})
    return settings.model_copy(update={"listener": listener})
