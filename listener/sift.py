"""Whether a mention is about us, and what it wants: matched and triaged by the same watches."""

from __future__ import annotations

from collections.abc import Sequence

from listener.archive.record import Triaged
from listener.archive.taught import Taught
from listener.mention import Mention
from listener.sentiment import Engine
from listener.triage import Triager
from listener.watch import Match, Matcher, Watch


class Sifter:
    """The watches and an engine, put to work on one mention at a time."""

    def __init__(self, watches: Sequence[Watch], engine: Engine) -> None:
        self._matcher = Matcher(watches)
        self._triager = Triager(engine, watches)
        self._ours = frozenset(watch.name for watch in watches if watch.kind == "brand")
        self._lessons = 0

    def learn(self, taught: Taught) -> None:
        """Take over what people taught since the last time; one look where there is nothing new."""
        lessons = taught.lessons()
        if lessons != self._lessons:
            self._lessons = lessons

    def sift(self, mention: Mention) -> Triaged | None:
        """A cleaned mention with its watches and triage; None where it has nothing to do with any of them."""
        matches = self._matcher.match(mention.text, mention.links)
        # A hashtag or place that somebody named in the settings is heard for its own sake.
        asked_for = "asked_for" in mention.extra
        return self._triaged(mention, matches) if matches or mention.to_us or mention.ours or asked_for else None

    def keep(self, mention: Mention) -> Triaged:
        """The same for a mention that is kept whether a watch names it or not."""
        return self._triaged(mention, self._matcher.match(mention.text, mention.links))

    def _triaged(self, mention: Mention, matches: Sequence[Match]) -> Triaged:
        names = tuple(match.watch for match in matches)
        # About us, unless every watch that names it is a competitor's or a topic.
        about_us = mention.to_us or not names or not self._ours.isdisjoint(names)
        return Triaged(mention, names, about_us, self._triager.triage(mention, matches))
