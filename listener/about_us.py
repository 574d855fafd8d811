"""Whether a mention is about us: which watches it names, how likely each is meant, and what people said of that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from listener.archive.taught import Taught
from listener.mention import Mention
from listener.relevance import Judge, Lesson, Relevance, doubt_in_words, is_doubt
from listener.triage import Triage
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

    def learn(self, taught: Taught) -> bool:
        """Take over what people taught since the last time, and say whether there was anything new."""
        lessons = taught.lessons()
        if lessons == self._lessons:
            return False
        self._lessons = lessons
        self._judge.learn(self._thumbs(taught))
        return True

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
