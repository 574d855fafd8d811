"""One file a platform we may speak on: `connect(settings) -> Publisher`. The file's name is the platform's name."""

from __future__ import annotations

from datetime import datetime

from listener.mention import Mention
from listener.platforms import PlatformFiles
from listener.settings import Part
from responders.publisher import Publisher

FILES = PlatformFiles[Part](__name__, __path__, "publisher", ("responders", "publishers"))


class Shadow(Exception):
    """A write client was asked for in shadow mode, where none can be built."""


def is_pretend(name: str) -> bool:
    """Whether the network is a pretend one, which shadow mode does not hold back."""
    return name in FILES.names() and bool(getattr(FILES.load(name), "PRETEND", False))


def fix(name: str, parent: Mention, approved_at: datetime) -> str | None:
    """What makes a reply unique on the platform (a record key), chosen once at approval; None where it has none.

    Asked of the file and not of a client: approving takes no credentials.
    """
    platform = FILES.load(name)
    chosen: str | None = platform.fix(parent, approved_at) if hasattr(platform, "fix") else None
    return chosen


def connect(name: str, settings: Part, *, live: bool) -> Publisher:
    """The way out. Raises SettingsError for a missing secret, and Shadow for a real network while we are not live."""
    if not (live or is_pretend(name)):
        raise Shadow(f'{name}: in shadow mode nothing can be posted. To go live: [responders] mode = "live"')
    publisher: Publisher = FILES.load(name).connect(settings)
    return publisher
