"""How soon somebody should look, and why: what the lane is worth, lifted by what cannot wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from listener.triage.shape import LOSS, PERSONAL, Lane, Priority

# From here on a post travels: it may lift a mention by one step.
LARGE_REACH = 10_000
WORDS_OF_SUBSTANCE = 8


@dataclass(frozen=True, slots=True)
class Pressing:
    """All that the priority is judged by.

    What was heard is quoted as it was written, “” where nothing was: `danger`, the `personal` part of it, `loss` (with
    `mourning`, where somebody merely grieves) and `long_waiting`.
    """

    lane: Lane
    about_us: bool = True
    to_us: bool = False
    to_others: bool = False
    advert: bool = False
    danger: str = ""
    personal: str = ""
    loss: str = ""
    mourning: str = ""
    long_waiting: str = ""
    leaving: bool = False
    damage: bool = False
    words: int = 0
    followers: int | None = None
    scored: bool = True


def prioritise(seen: Pressing) -> tuple[Priority, tuple[str, ...]]:
    """How soon somebody should look, and the reasons that no lane has given yet."""
    if seen.advert:
        return "low", ()
    if seen.danger and seen.about_us and seen.lane in ("help", "complaint"):
        alone = [f"{PERSONAL}: {seen.personal}"] if seen.personal else []
        return "urgent", (f"cannot wait: {seen.danger}", *alone, *_circumstances(seen))
    priority = _worth(seen)
    if (seen.followers or 0) >= LARGE_REACH:
        priority = "normal" if priority == "low" else "high"
    return priority, tuple(_circumstances(seen))


def _worth(seen: Pressing) -> Priority:
    if seen.lane in ("help", "complaint"):
        return "high" if seen.to_us or seen.leaving or seen.long_waiting or seen.damage else "normal"
    if seen.loss and seen.about_us:
        return "high" if seen.to_us else "normal"
    if seen.lane == "question":
        return "normal"
    of_substance = seen.words >= WORDS_OF_SUBSTANCE
    return "normal" if seen.lane == "praise" and (seen.to_us or of_substance) else "low"


def _circumstances(seen: Pressing) -> Iterator[str]:
    if seen.mourning:
        yield f"{LOSS}: {seen.mourning}"
    if seen.long_waiting:
        yield f"waiting long: {seen.long_waiting}"
    if seen.to_us:
        yield "addressed to us"
    elif seen.to_others:
        yield "talks to someone else"
    if seen.followers is not None and seen.followers >= LARGE_REACH:
        yield f"{seen.followers:,} followers"
    if not seen.scored:
        yield "sentiment not scored: not in English"
