"""One thing that was looked at, and how many are looked at side by side."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

log = logging.getLogger(__name__)

Mark = Literal["ok", "note", "off", "missing", "broken"]
Bank = Literal["", "hear", "answer"]
# A probe may be more than one call; what takes longer than this is no platform one could work with.
PATIENCE_S = 30.0
TRY_AGAIN = "see whether it can be reached from here, then try again"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it stands, and what to do where something is to be done.

    `note` is worth knowing and wrong in no way; `off` is switched off on purpose; `missing` and `broken` are for a
    person to mend.
    """

    mark: Mark
    about: str
    words: str
    fix: str = ""
    bank: Bank = ""

    @property
    def wrong(self) -> bool:
        """Whether a person has to mend something."""
        return self.mark in ("missing", "broken")


@dataclass(frozen=True, slots=True)
class Check:
    """One unit of looking. What it raises becomes its finding."""

    about: str
    look: Callable[[], Iterable[Finding]]
    bank: Bank = ""


def look_everywhere(checks: Sequence[Check], patience_s: float = PATIENCE_S) -> list[Finding]:
    """The findings of all checks, in their order, though they are made at once: the slowest decides how long it takes.

    A check that is not done in `patience_s` seconds is reported as such and left behind.
    """
    found: list[list[Finding] | None] = [None] * len(checks)

    def look(place: int) -> None:
        found[place] = _isolated(checks[place])

    # Daemon threads: one that hangs in a library for ever holds up neither the others nor the end.
    threads = [threading.Thread(target=look, args=(place,), daemon=True) for place in range(len(checks))]
    for thread in threads:
        thread.start()
    until = time.monotonic() + patience_s
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    done = zip(checks, list(found), strict=True)
    return [one for check, findings in done for one in (_late(check, patience_s) if findings is None else findings)]


def _isolated(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except Exception as why:
        # One check is one unit of work: what nobody foresaw in it is a line of its own, and the others go on.
        log.exception("%s: unforeseen", check.about)
        fix = "this is a fault of Warmline's: please report it, with what the log says"
        return [Finding("broken", check.about, f"unforeseen {type(why).__name__}", fix, check.bank)]


def _late(check: Check, patience_s: float) -> list[Finding]:
    return [Finding("broken", check.about, f"gave no answer in {patience_s:g} s", TRY_AGAIN, check.bank)]
