"""Each platform in the settings, asked one cheap question that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from listener import sources
from listener.budget import Pool, Purpose
from listener.jobs import searched
from listener.mention import Author
from listener.platforms import PlatformFiles
from listener.settings import Part, SettingsError
from listener.source import NotFound, OutOfCredits, RateLimited, Revoked, SourceError
from responders import publisher, publishers
from responders.doctor.finding import TRY_AGAIN, Bank, Check, Finding, Mark
from responders.settings import Settings

LONGEST_CALL_S = 10.0

Table = TypeVar("Table", bound=Part)


def platform_checks(settings: Settings, path: Path) -> Iterator[Check]:
    """A check for each source and each publisher that the settings name."""
    for name, table in settings.listener.sources.items():
        yield Check(name, partial(_hear, name, table, settings, path), "hear")
    for name, table in settings.responders.publishers.items():
        yield Check(name, partial(_answer, name, table, settings, path), "answer")


def not_set_up(settings: Settings) -> dict[str, str]:
    """The platforms that the settings say nothing of, with how to be let in there."""
    there_are = {*sources.FILES.names(), *publishers.FILES.names()}
    named = {*settings.listener.sources, *settings.responders.publishers}
    return {name: access(name) for name in sorted(there_are - named) if not publishers.is_pretend(name)}


def access(name: str) -> str:
    """How to be let in at a platform, in one line, with where to read more."""
    banks: tuple[PlatformFiles[Any], ...] = (sources.FILES, publishers.FILES)
    said = [getattr(files.load(name), "ACCESS", "") for files in banks if name in files.names()]
    return "; ".join([*[line for line in said if line][:1], f"see docs/platforms.md#{name}"])


class Probed(Protocol):
    """What both banks offer: one question, and a way to let go."""

    def probe(self) -> str:
        """What one cheap call shows."""

    def close(self) -> None:
        """Let go of connections."""


def _hear(name: str, table: Mapping[str, Any], settings: Settings, path: Path) -> Iterable[Finding]:
    def opened() -> Probed:
        own = sources.FILES.settings_for(name, table, path)
        return sources.connect(name, _hurried(own), searched(name, settings.watches), Unkept())

    return [_off(name, "hear") if _is_off(table) else _asked(name, "hear", opened)]


def _answer(name: str, table: Mapping[str, Any], settings: Settings, path: Path) -> Iterable[Finding]:
    live = settings.responders.mode == "live"

    def opened() -> Probed:
        own = publishers.FILES.settings_for(name, table, path)
        return publishers.connect(name, _hurried(own), live=live)

    if _is_off(table):
        return [_off(name, "answer")]
    if live and _is_off(settings.listener.sources.get(name, {"enabled": False})):
        words = "nothing can be sent there: every mention is read once more before it is answered"
        return [Finding("missing", name, words, f"set up [listener.sources.{name}] as well", "answer")]
    try:
        return [_asked(name, "answer", opened)]
    except publishers.Shadow:
        words = "not asked: in shadow mode nothing that could post is even built"
        return [Finding("off", name, words, 'once you trust it: [responders] mode = "live"', "answer")]


def _is_off(table: Mapping[str, Any]) -> bool:
    return table.get("enabled", True) is False


def _off(name: str, bank: Bank) -> Finding:
    return Finding("off", name, "switched off in the settings (enabled = false)", "", bank)


def _hurried(own: Table) -> Table:
    """The platform's own settings, with no more patience than a person who waits for the answer."""
    patience_s = getattr(own, "timeout_s", LONGEST_CALL_S)
    return own.model_copy(update={"timeout_s": min(patience_s, LONGEST_CALL_S)})


def _asked(name: str, bank: Bank, opened: Callable[[], Probed]) -> Finding:
    """What the probe says, or what its failure means. Raises Shadow."""
    try:
        with closing(opened()) as platform:
            return Finding("ok", name, platform.probe(), "", bank)
    except SettingsError as why:
        # It says itself what to set; the page tells the steps.
        known = name in {*sources.FILES.names(), *publishers.FILES.names()}
        return Finding("missing", name, str(why), f"see docs/platforms.md#{name}" if known else "", bank)
    except (SourceError, publisher.PublishError) as why:
        mark, fix = _meaning(why, name)
        return Finding(mark, name, str(why), fix, bank)


def _meaning(why: SourceError | publisher.PublishError, name: str) -> tuple[Mark, str]:
    """How what was raised stands with us, and what to do."""
    match why:
        case OutOfCredits():
            return "broken", f"top up the account at {name}; what was spent on: warmline costs"
        case Revoked() | publisher.Revoked():
            return "broken", access(name)
        case RateLimited(retry_at=datetime() as at) | publisher.Postponed(retry_at=datetime() as at):
            return "note", f"nothing to mend: it is asked again after {at:%d %b %H:%M %Z}"
        case RateLimited() | publisher.Postponed():
            return "note", "nothing to mend: it is asked again later"
        case NotFound():
            return "broken", f"check the names in its table in the settings; {access(name)}"
        case _:
            return "broken", TRY_AGAIN


class Unkept:
    """A budget that keeps no book: looking changes nothing, not even a tally."""

    def take(self, pool: Pool, units: float = 1, *, purpose: Purpose = "search") -> None:
        """Let it pass."""

    def left(self, pool: Pool, *, purpose: Purpose = "search") -> float:
        """As much as there is in all."""
        return pool.most

    def block(self, pool: Pool, until: datetime) -> None:
        """Not remembered."""

    def charge(self, pool: Pool, stream: str, what: str, items: Iterable[str], usd_each: float) -> float:
        """Nothing is noted."""
        return 0.0

    def authors(self, author_ids: Iterable[str], since: datetime) -> Mapping[str, Author]:
        """Nobody is known."""
        return {}
