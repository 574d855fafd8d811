"""What a watch comes to on each platform that is on: what it is asked for, and what is filtered here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from listener import sources
from listener.query.translate import Translation, translated
from listener.settings import WatchSettings
from responders.settings import Settings

# Shown where no platform is on yet: those with a language of their own, and one that takes plain terms.
EXAMPLES = ("x", "reddit", "bluesky", "hackernews")


@dataclass(frozen=True, slots=True)
class Asked:
    """One platform. `searched` is False where it has no search and all that is heard there is filtered here."""

    platform: str
    searched: bool
    translation: Translation


def asked(watch: WatchSettings, settings: Settings) -> list[Asked]:
    """Each platform that is on, or some examples where none is. Raises SettingsError for one there is no file for."""
    return [_asked(name, watch) for name in _names(settings) or EXAMPLES]


def _names(settings: Settings) -> list[str]:
    return [name for name, table in settings.listener.sources.items() if table.get("enabled", True)]


def _asked(name: str, watch: WatchSettings) -> Asked:
    if not sources.is_searched(name):
        return Asked(name, False, Translation(()))
    return Asked(name, True, translated(watch, sources.syntax_of(name)))


def own_exclusions(watch: WatchSettings, settings: Settings) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What this watch alone leaves out, by its setting's name; without what all leave out."""
    everywhere = settings.exclude
    for name, all_of_them, shared in (
        ("words", watch.exclude, everywhere.terms),
        ("authors", watch.exclude_authors, everywhere.authors),
        ("communities", watch.exclude_communities, everywhere.communities),
    ):
        if own := tuple(one for one in all_of_them if one not in shared):
            yield name, own
