"""The read half of settings.toml: what to listen for, where, and where to keep it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class SettingsError(Exception):
    """Something in settings.toml, or in a secret it names, that a person must mend; the message says where and how."""


class Part(BaseModel):
    """One table of settings.toml: frozen, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceSettings(Part):
    """What every source takes. `every_s` is the time between polls; `base_url` may point at this machine."""

    enabled: bool = True
    base_url: str
    timeout_s: float = Field(default=20.0, gt=0, le=300)
    every_s: float = Field(default=60.0, ge=0.2)


class WatchSettings(Part):
    """A brand, competitor or topic: the terms that name it, and our handles there if it is us."""

    name: str = Field(min_length=1)
    kind: Literal["brand", "competitor", "topic"] = "brand"
    terms: tuple[str, ...] = Field(min_length=1)
    handles: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def read_secret(variable: str, file: str | None = None, environ: Mapping[str, str] = os.environ) -> SecretStr | None:
    """A secret from the environment variable, else from a file that only its owner can read; None where neither is set.

    Raises SettingsError where the file is missing or readable by others.
    """
    if environ.get(variable):
        return SecretStr(environ[variable])
    if file is None:
        return None
    path = Path(file).expanduser()
    try:
        mode = path.stat().st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SettingsError(f"{path} can be read by others: run chmod 600 {path}")
        return SecretStr(path.read_text(encoding="utf-8").strip())
    except OSError as why:
        raise SettingsError(f"cannot read the secret in {path}: {why.strerror}. Set {variable} instead?") from why
