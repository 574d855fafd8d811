"""Whether a mention is about us, and what it wants: matched and triaged by the same watches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from listener.archive.record import Triaged
from listener.archive.taught import Taught
from listener.mention import Mention
from listener.relevance import DOUBTED, Judge, Lesson
from listener.sentiment import Engine
from listener.triage import Triager
from listener.watch import Match, Matcher, Watch


class Sifter:
    """The watches and an engine, put to work on one mention at a time."""

    def __init__(self, watches: Sequence[Watch], engine: Engine) -> None:
        self._matcher = Matcher(watches)
        self._judge = Judge(watches)
        self._triager = Triager(engine, watches)
        self._ours = frozenset(watch.name for watch in watches if watch.kind == "brand")
        self._lessons = 0

    def learn(self, taught: Taught) -> None:
        """Take over what people taught since the last time; one look where there is nothing new."""
        lessons = taught.lessons()
        if lessons != self._lessons:
            self._lessons = lessons
            self._judge.learn(lessons_on(self._matcher, taught))

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
        triage, relevance = self._triager.triage(mention, matches), self._judge.judge(mention, matches)
        doubted = self._judge.doubted(relevance)
        if doubted:
            said = (f"{DOUBTED} {watch}{f': {why}' if why else ''}" for watch, why in doubted.items())
            triage = replace(triage, reasons=(*triage.reasons, *said))
        # About us, unless every watch that names it is a competitor's or a topic, or it is probably another's name.
        ours = self._ours.intersection(names).difference(doubted if triage.priority != "urgent" else ())
        return Triaged(mention, names, mention.to_us or not names or bool(ours), triage, relevance)


def lessons_on(matcher: Matcher, taught: Taught) -> Iterator[Lesson]:
    """Every thumb that people gave, with where the mention names its watch."""
    for thumb, mention in taught.thumbs():
        found = matcher.match(mention.text, mention.links)
        spans = next((match.spans for match in found if match.watch == thumb.watch), ())
        yield Lesson(thumb.watch, mention, spans, thumb.relevant, thumb.person)
