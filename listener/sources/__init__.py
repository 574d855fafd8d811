"""One file a platform: `connect(settings, searches, budget) -> Source`. The file's name is its name everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from listener.budget import Budget
from listener.platforms import PlatformFiles
from listener.query.syntax import Syntax
from listener.settings import SourceSettings
from listener.source import Source

FILES = PlatformFiles[SourceSettings](__name__, __path__, "source", ("listener", "sources"))


def connect(name: str, settings: SourceSettings, searches: Sequence[str], budget: Budget) -> Source:
    """The source, ready to be polled. Raises SettingsError where a secret is missing or wrong.

    `searches` are plain terms; where its file has a `SYNTAX`, some may be `Native`: sent as they stand.
    """
    source: Source = FILES.load(name).connect(settings, searches, budget)
    return source


def syntax_of(name: str) -> Syntax | None:
    """What a platform's own search can say; None where it is asked for plain terms. Raises SettingsError."""
    syntax: Syntax | None = getattr(FILES.load(name), "SYNTAX", None)
    return syntax


def is_searched(name: str) -> bool:
    """Whether a platform is searched at all; `SEARCHED = False` in its file says that it is heard in another way."""
    searched: bool = getattr(FILES.load(name), "SEARCHED", True)
    return searched
