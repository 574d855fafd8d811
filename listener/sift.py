"""What a mention is to us: matched, judged, triaged and put under the manager's rules, by the same watches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from listener.about_us import AboutUs
from listener.archive.taught import Taught
from listener.mention import Mention
from listener.rules import Rulebook
from listener.sentiment import Engine
from listener.settings import PriorityPart
from listener.triage import Triager
from listener.triaged import Triaged
from listener.watch import Match, Watch

# A cleaned mention as the archive keeps it; None where it has nothing to do with us.
Sift = Callable[[Mention], Triaged | None]


class Sifter:
    """The watches and an engine, put to work on one mention at a time."""

    def __init__(self, watches: Sequence[Watch], engine: Engine, weights: PriorityPart | None = None) -> None:
        self._about_us = AboutUs(watches)
        self._triager = Triager(engine, watches, weights)
        self._rules = Rulebook()

    def learn(self, taught: Taught) -> bool:
        """Take over what people taught since the last time, and say whether there was anything; one look if not."""
        fresh = self._about_us.learn(taught)
        if fresh:
            self._rules = Rulebook(taught.rules())
        return fresh

    def sift(self, mention: Mention) -> Triaged | None:
        """A cleaned mention with its watches and triage; None where it has nothing to do with any of them."""
        matches = self._about_us.matches(mention)
        # A hashtag or place that somebody named in the settings is heard for its own sake.
        asked_for = "asked_for" in mention.extra
        named = matches or mention.to_us or mention.ours or asked_for
        return self._rules.apply(self._triaged(mention, matches)) if named else None

    def keep(self, mention: Mention) -> Triaged:
        """The same for a mention that is kept whether a watch names it or not."""
        return self._rules.apply(self.unruled(mention))

    def unruled(self, mention: Mention) -> Triaged:
        """The same as if the manager had written no rules."""
        return self._triaged(mention, self._about_us.matches(mention))

    def _triaged(self, mention: Mention, matches: Sequence[Match]) -> Triaged:
        triage = self._triager.triage(mention, matches)
        judged = self._about_us.judged(mention, matches, triage)
        if judged.doubted:
            triage = replace(triage, reasons=judged.reasons(triage.reasons))
        names = tuple(match.watch for match in matches)
        return Triaged(mention, names, judged.about_us, triage, judged.relevance)
