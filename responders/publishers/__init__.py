"""One file a platform we may speak on: `connect(settings) -> Publisher`. The file's name is the platform's name."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from listener.mention import Mention
from listener.settings import Part, SettingsError, checked
from responders.publisher import Publisher


class Shadow(Exception):
    """A write client was asked for in shadow mode, where none can be built."""


def names() -> list[str]:
    """The platforms we can speak on: the files in this folder."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType:
    """A platform's module, imported only now. Raises SettingsError where there is none of that name."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name not in names():
        raise SettingsError(f"there is no publisher {name!r}; there are: {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def settings_for(name: str, table: Mapping[str, Any], path: Path) -> Part:
    """One publisher's table, checked by the publisher's own model."""
    model: type[Part] = load(name).Settings
    return checked(model, table, path, ("responders", "publishers", name))


def is_pretend(name: str) -> bool:
    """Whether the network is a pretend one, which shadow mode does not hold back."""
    return bool(getattr(load(name), "PRETEND", False))


def fix(name: str, parent: Mention, approved_at: datetime) -> str | None:
    """What makes a reply unique on the platform (a record key), chosen once at approval; None where it has none.

    Asked of the file and not of a client: approving takes no credentials.
    """
    chosen: str | None = load(name).fix(parent, approved_at) if hasattr(load(name), "fix") else None
    return chosen


def connect(name: str, settings: Part, *, live: bool) -> Publisher:
    """The way out. Raises SettingsError for a missing secret, and Shadow for a real network while we are not live."""
    if not (live or is_pretend(name)):
        raise Shadow(f'{name}: in shadow mode nothing can be posted. To go live: [responders] mode = "live"')
    publisher: Publisher = load(name).connect(settings)
    return publisher
