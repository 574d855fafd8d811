"""What deaths came to: of one, and of all on one platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.crash.child import Ended


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one death and its recovery came to. `wrong` says what must never be, a line for each.

    `good` counts what came out as it should: replies that are on the platform once, mentions that are kept once.
    """

    good: int
    twice: int = 0
    unapproved: int = 0
    lost: int = 0
    forgotten: int = 0
    before_a_person: int = 0
    wrong: tuple[str, ...] = ()


@dataclass
class Tally:
    """What all deaths in one case came to. `places` are where processes killed themselves, each once."""

    name: str
    policy: str
    points: int = 0  # that there are in one pass
    tried: int = 0
    recoveries_killed: int = 0
    good: int = 0
    twice: int = 0
    unapproved: int = 0
    lost: int = 0
    forgotten: int = 0
    before_a_person: int = 0
    wrong: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    took_s: float = 0.0

    def add(self, verdict: Verdict, ends: Sequence[Ended]) -> None:
        """One death more."""
        self.tried += 1
        self.recoveries_killed += ends[1].killed
        for figure in ("good", "twice", "unapproved", "lost", "forgotten", "before_a_person"):
            setattr(self, figure, getattr(self, figure) + getattr(verdict, figure))
        self.places |= {end.where for end in ends if end.where}
        first, second = (end.where or ("killed by the server" if end.killed else "lived") for end in ends[:2])
        errors = [line for end in ends for line in end.lines("error")]
        self.wrong += [f"{line} [first: {first}; recovery: {second}]" for line in (*verdict.wrong, *errors)]

    def line(self) -> str:
        """All of it in one line for a person."""
        return (
            f"crash {self.name} ({self.policy}): {self.tried:,} deaths ({self.points:,} points in all), at "
            f"{len(self.places):,} places, {self.recoveries_killed:,} recoveries killed too; {self.good:,} good, "
            f"{self.twice} twice, {self.unapproved} unapproved, {self.lost} lost, {self.forgotten} forgotten; "
            f"{self.took_s:.0f} s"
        )
