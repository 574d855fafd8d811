"""One file a platform: `connect(settings, searches) -> Source`. The file's name is the platform's name everywhere."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from listener.settings import SettingsError, SourceSettings, checked
from listener.source import Source


def names() -> list[str]:
    """The platforms that can be heard: the files in this folder."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def load(name: str) -> ModuleType:
    """A platform's module, imported only now. Raises SettingsError where there is none of that name."""
    # The name comes from a settings file: checked before it can name anything to import.
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name not in names():
        raise SettingsError(f"there is no source {name!r}; there are: {', '.join(names())}")
    return importlib.import_module(f"{__name__}.{name}")


def settings_for(name: str, table: Mapping[str, Any], path: Path) -> SourceSettings:
    """One source's table, checked by the source's own model."""
    model: type[SourceSettings] = load(name).Settings
    return checked(model, table, path, ("listener", "sources", name))


def connect(name: str, settings: SourceSettings, searches: Sequence[str]) -> Source:
    """The source, ready to be polled. Raises SettingsError where a secret is missing or wrong."""
    source: Source = load(name).connect(settings, searches)
    return source
