"""The command line in this process: a folder with settings, and what a command prints there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from responders.__main__ import main

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
handles = ["harbourlight"]
[responders]
undo_s = 0
[desk]
person = "Ana"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that we stand in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WARMLINE_SETTINGS", raising=False)
    return tmp_path


@pytest.fixture
def settings(folder: Path) -> Path:
    path = folder / "settings.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return path


@pytest.fixture
def warmline(folder: Path) -> Callable[..., Result]:
    """Run a command; fails where its exit code isn't `expect`."""

    def run(*words: str, expect: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, list(words), input=typed)
        assert result.exit_code == expect, f"{words}: {result.output}\n{result.exception!r}"
        return result

    return run


@pytest.fixture
def read(warmline: Callable[..., Result]) -> Callable[..., Any]:
    """What a reading command prints with --json."""
    return lambda *words: json.loads(warmline(*words, "--json").stdout)
