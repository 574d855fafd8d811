"""Whether a mention is about us, and what it wants: matched and triaged by the same watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from listener.archive.record import Triaged
from listener.archive.taught import Taught
from listener.mention import Mention
from listener.relevance import Judge, Lesson, Relevance, doubt_in_words, is_doubt
from listener.sentiment import Engine
from listener.triage import Triage, Triager
from listener.watch import Match, Matcher, Watch


@dataclass(frozen=True, slots=True)
class Judged:
    """How likely a mention is about each watch that could judge it, and whether that makes it about us."""

    relevance: Mapping[str, Relevance]
    doubted: Mapping[str, Relevance]
    about_us: bool

    def reasons(self, others: Sequence[str]) -> tuple[str, ...]:
        """Triage's reasons, with the watches that it is probably not about: “probably not about Apple: “pie””."""
        said = (doubt_in_words(watch, how) for watch, how in self.doubted.items())
        return (*(reason for reason in others if not is_doubt(reason)), *said)


class AboutUs:
    """Which watches a mention names, and whether it is about them."""

    def __init__(self, watches: Sequence[Watch]) -> None:
        self._matcher = Matcher(watches)
        self._judge = Judge(watches)
        self._named = frozenset(watch.name for watch in watches)
        self._ours = frozenset(watch.name for watch in watches if watch.kind == "brand")
        self._lessons = 0

    @property
    def judge(self) -> Judge:
        """What each watch has learned."""
        return self._judge

    def learn(self, taught: Taught) -> None:
        """Take over what people taught since the last time; one look where there is nothing new."""
        lessons = taught.lessons()
        if lessons != self._lessons:
            self._lessons = lessons
            self._judge.learn(self._thumbs(taught))

    def matches(self, mention: Mention) -> tuple[Match, ...]:
        """The watches that the mention names."""
        return self._matcher.match(mention)

    def judged(self, mention: Mention, matches: Sequence[Match], triage: Triage | None) -> Judged:
        """Whether it is about them. What cannot wait, or was said to us, is never doubted but by a person."""
        names = [match.watch for match in matches]
        relevance = self._judge.judge(mention, matches)
        doubted = self._judge.doubted(relevance)
        ours = self._ours.intersection(names)
        refused = {watch for watch, how in relevance.items() if how.score == 0}
        if ours and ours <= refused:
            return Judged(relevance, doubted, False)
        urgent = triage is not None and triage.priority == "urgent"
        # About us, unless every watch that names it is a competitor's or a topic, or the name is probably another's.
        about_us = mention.to_us or not names or bool(ours if urgent else ours.difference(doubted))
        return Judged(relevance, doubted, about_us)

    def _thumbs(self, taught: Taught) -> Iterator[Lesson]:
        for thumb, mention in taught.thumbs():
            if thumb.watch not in self._named:
                continue
            spans = next((match.spans for match in self.matches(mention) if match.watch == thumb.watch), ())
            yield Lesson(thumb.watch, mention, spans, thumb.relevant, thumb.person)


class Sifter:
    """The watches and an engine, put to work on one mention at a time."""

    def __init__(self, watches: Sequence[Watch], engine: Engine) -> None:
        self._about_us = AboutUs(watches)
        self._triager = Triager(engine, watches)

    def learn(self, taught: Taught) -> None:
        """Take over what people taught since the last time; one look where there is nothing new."""
        self._about_us.learn(taught)

    def sift(self, mention: Mention) -> Triaged | None:
        """A cleaned mention with its watches and triage; None where it has nothing to do with any of them."""
        matches = self._about_us.matches(mention)
        # A hashtag or place that somebody named in the settings is heard for its own sake.
        asked_for = "asked_for" in mention.extra
        return self._triaged(mention, matches) if matches or mention.to_us or mention.ours or asked_for else None

    def keep(self, mention: Mention) -> Triaged:
        """The same for a mention that is kept whether a watch names it or not."""
        return self._triaged(mention, self._about_us.matches(mention))

    def _triaged(self, mention: Mention, matches: Sequence[Match]) -> Triaged:
        triage = self._triager.triage(mention, matches)
        judged = self._about_us.judged(mention, matches, triage)
        if judged.doubted:
            triage = replace(triage, reasons=judged.reasons(triage.reasons))
        names = tuple(match.watch for match in matches)
        return Triaged(mention, names, judged.about_us, triage, judged.relevance)
