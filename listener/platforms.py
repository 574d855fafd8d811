"""The files of a folder in which each file is a platform: found by name, imported only when asked for."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar

from listener.settings import Part, SettingsError, checked

Table = TypeVar("Table", bound=Part)


class PlatformFiles(Generic[Table]):
    """One such folder: a package, what its files are called in an error, and their tables in settings.toml."""

    def __init__(self, package: str, folder: Iterable[str], kind: str, table: tuple[str, ...]) -> None:
        self._package = package
        self._folder = folder
        self._kind = kind
        self._table = table

    def names(self) -> list[str]:
        """The platforms there is a file for."""
        return sorted(module.name for module in pkgutil.iter_modules(self._folder))

    def load(self, name: str) -> ModuleType:
        """A platform's module, imported only now. Raises SettingsError where there is none of that name."""
        # The name comes from a settings file: checked before it can name anything to import.
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name not in self.names():
            raise SettingsError(f"there is no {self._kind} {name!r}; there are: {', '.join(self.names())}")
        return importlib.import_module(f"{self._package}.{name}")

    def settings_for(self, name: str, table: Mapping[str, Any], path: Path) -> Table:
        """A platform's own table, checked by its file's own model. Raises SettingsError."""
        model: type[Table] = self.load(name).Settings
        return checked(model, table, path, (*self._table, name))
