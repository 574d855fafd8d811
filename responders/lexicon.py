"""The brand's lexicon as a file that a person owns: one word and its valence a line. Words are added, never changed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from listener.sentiment.lexicon import LexiconError, read_lexicon
from responders.office import Office
from responders.queue import NotPossible


def lexicon_path(office: Office) -> Path | None:
    """The file that `[triage] lexicon` names, beside settings.toml, whether it is there yet or not; None for none."""
    name = office.settings.triage.lexicon
    return office.settings_path.parent / Path(name).expanduser() if name else None


def words_in(path: Path | None) -> frozenset[str]:
    """The words that the file holds, in lower case; none where there is no file yet. Raises NotPossible."""
    if path is None or not path.exists():
        return frozenset()
    try:
        return frozenset(read_lexicon(path))
    except LexiconError as why:
        raise NotPossible(f"{why}. Mend that first") from why


def add(path: Path, word: str, line: str) -> None:
    """Add a word's line at the end of the file, which is made where it is missing.

    All of it is there afterwards and can be read, or nothing has changed: a reader never meets half a file. Raises
    NotPossible where the word is in it already, can't be in a lexicon, or the file can't be read or written.
    """
    if word in words_in(path):
        raise NotPossible(f"“{word}” is in {path.name} already")
    try:
        before = path.read_bytes().decode() if path.exists() else ""  # with its own line ends
        gap = "" if not before or before.endswith("\n") else "\n"
        _put(path.resolve(), f"{before}{gap}{line}\n")  # a link stays a link
    except OSError as why:
        raise NotPossible(f"{path} can't be written: {why.strerror}. Put the line into it yourself") from why


def _put(path: Path, text: str) -> None:
    mode = path.stat().st_mode if path.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as written:
            written.write(text)
            written.flush()
            os.fsync(written.fileno())
        read_lexicon(beside)
        beside.chmod(mode)
        beside.replace(path)
    except LexiconError as why:
        raise NotPossible(str(why).replace(name, path.name)) from why
    finally:
        beside.unlink(missing_ok=True)
