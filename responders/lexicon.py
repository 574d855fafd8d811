"""The brand's lexicon as a file that a person owns: one word and its valence a line. Words are added, never changed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from responders.office import Office
from responders.queue import NotPossible


def lexicon_path(office: Office) -> Path | None:
    """The file that `[triage] lexicon` names, beside settings.toml, whether it is there yet or not; None for none."""
    name = office.settings.triage.lexicon
    return office.settings_path.parent / Path(name).expanduser() if name else None


def words_in(path: Path | None) -> frozenset[str]:
    """The words that the file holds, in lower case. Raises NotPossible where it can't be read."""
    text = _read(path) if path else ""
    lines = (line.partition("\t")[0].strip() for line in text.removeprefix("\ufeff").splitlines())
    return frozenset(word.lower() for word in lines if word and not word.startswith("#"))


def add(path: Path, word: str, line: str) -> None:
    """Add a word's line at the end of the file, which is made where it is missing.

    All of it is there afterwards, or nothing has changed: a reader never meets half a file. Raises NotPossible where
    the word is in it already, or it can't be written.
    """
    if word in words_in(path):
        raise NotPossible(f"“{word}” is in {path.name} already")
    before = _read(path)
    gap = "" if not before or before.endswith("\n") else "\n"
    try:
        _put(path, f"{before}{gap}{line}\n")
    except OSError as why:
        raise NotPossible(f"{path} can't be written: {why.strerror}. Put the line into it yourself") from why


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()  # line ends as they are
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as why:
        raise NotPossible(f"{path} can't be read: {getattr(why, 'strerror', None) or 'it is not UTF-8'}") from why


def _put(path: Path, text: str) -> None:
    path = path.resolve()  # a link stays a link
    mode = path.stat().st_mode if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        beside.chmod(mode)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
