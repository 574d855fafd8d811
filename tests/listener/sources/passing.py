"""A ledger for which time passes, for kits that ask more in one frozen moment than a platform lets us in a minute."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

from listener.archive.connect import connect
from listener.archive.ledger import Ledger
from listener.archive.schema import migrations
from tests.contract import NOW


def passing_ledger(folder: Path, platform: str) -> Ledger:
    """A ledger in an archive of its own; every look at its clock finds it half a minute on."""
    database = folder / "warmline.db"
    connect(database, [migrations]).close()
    ticks = count()
    return Ledger(database, platform, lambda: NOW + next(ticks) * timedelta(seconds=30))
