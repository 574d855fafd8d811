"""Whether the manager's rules can be obeyed: their conditions read, and their alerts reach somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from listener.archive.connect import ArchiveError, StorageError, look_into
from listener.archive.rules import Rules
from listener.rules import Rule, Unfit, understood
from responders.doctor.finding import Check, Finding
from responders.office import database_path
from responders.settings import Settings


def rule_checks(settings: Settings, path: Path) -> Iterator[Check]:
    """One check, of the rules in force."""
    yield Check("rules", partial(_rules, settings, path))


def _rules(settings: Settings, path: Path) -> Iterable[Finding]:
    try:
        with closing(look_into(database_path(settings, path))) as db:
            live = Rules(db).live()
    except (ArchiveError, StorageError):
        return []  # said where the database is looked at
    return [*_unfit(live), *_unheard(settings, live)]


def _unfit(live: Iterable[Rule]) -> Iterator[Finding]:
    for rule in live:
        try:
            understood(rule.condition)
        except Unfit as why:
            fix = "write it anew on the desk's Rules page, or switch it off: warmline rules off"
            yield Finding("broken", "rules", f"“{rule.name}” is passed over: {why}", fix)


def _unheard(settings: Settings, live: Iterable[Rule]) -> Iterator[Finding]:
    ring = [rule.name for rule in live if rule.alert]
    mailed = settings.digest.mail is not None and (settings.alerts.recipients or settings.digest.recipients)
    if ring and not mailed:
        fix = "to have them mailed: a table [digest.mail], and recipients under [alerts]"
        yield Finding("note", "rules", f"the alerts of {', '.join(ring)} are shown at the desk only", fix)
