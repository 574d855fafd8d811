"""Whether the database is whole and of today: for whoever asks what is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database, Migrations


def damage(db: Database) -> str:
    """What SQLite finds wrong with the file, the first of it; empty where it is whole."""
    (said,) = db.execute("PRAGMA quick_check(1)").fetchone()
    return "" if said == "ok" else str(said)


def behind(db: Database, sets: Sequence[Migrations]) -> list[str]:
    """The names of the migrations that are still to be made."""
    return [migration.name for migrations in sets for migration in migrations.pending(db)]
