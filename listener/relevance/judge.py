"""Whether mentions are about the watches that they name, by one model a watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from listener.mention import Mention
from listener.query.fold import fold_start
from listener.query.hosts import host_of, suffixes, written
from listener.relevance.model import Model, Verdict
from listener.relevance.shape import Relevance
from listener.relevance.signs import Signs, both_sides, signs_of, words_in
from listener.vocabulary import shipped
from listener.watch import Match, Watch

# Below this a mention is probably not about a watch: set aside where a person finds it, and not drafted for. See
# docs/triage.md for what that hides and what it lets through.
RELEVANT_FROM = 0.3
# How the reasons begin that triage gives for it: that a mention is in doubt, and that a person has said no.
DOUBTED, REFUSED = "probably not about", "not about"
QUOTED_MOST = 3


@dataclass(frozen=True, slots=True)
class Lesson:
    """A person's word on whether a mention is about a watch, and where the mention names it."""

    watch: str
    mention: Mention
    spans: tuple[tuple[int, int], ...]
    relevant: bool
    person: str


Key = tuple[str, str, str]  # a watch, a platform, and a post id there


@dataclass(frozen=True, slots=True)
class Taken:
    """A lesson as it was learned, so that it can be taken back just so."""

    signs: Signs
    relevant: bool
    person: str


class Judge:
    """Every watch's model. A watch with neither context nor thumbs is not judged."""

    def __init__(self, watches: Iterable[Watch]) -> None:
        self._watches = {watch.name: watch for watch in watches}
        self._own = {name: _own_words(watch) for name, watch in self._watches.items()}
        # The words are read only where some watch has something to judge by.
        self._models = {name: self._begun(watch) for name, watch in self._watches.items() if watch.context}
        self._taken: dict[Key, Taken] = {}

    def learn(self, lessons: Iterable[Lesson]) -> None:
        """Learn from these lessons, which are all there are: what is new among them is taken in, what is gone goes."""
        now: dict[Key, Taken] = {}
        for lesson in lessons:
            if lesson.watch in self._watches:
                signs = self._signs(lesson.watch, lesson.mention, lesson.spans)
                key = (lesson.watch, lesson.mention.platform, lesson.mention.post_id)
                now[key] = Taken(signs, lesson.relevant, lesson.person)
        for key, old in self._taken.items():
            if now.get(key) != old:
                self._models[key[0]].unlearn(old.signs, old.relevant)
        for key, new in now.items():
            if self._taken.get(key) != new:
                self._grown(key[0]).learn(new.signs, new.relevant)
        self._taken = now

    def judge(self, mention: Mention, matches: Sequence[Match]) -> dict[str, Relevance]:
        """How likely the mention is about each of the watches it names; those that can't be judged are left out."""
        judged = ((match.watch, self._judge(mention, match)) for match in matches)
        return {watch: how for watch, how in judged if how is not None}

    def doubted(self, relevance: Mapping[str, Relevance]) -> dict[str, Relevance]:
        """Those of the judged watches that the mention is probably not about."""
        return {watch: how for watch, how in relevance.items() if how.score < self.threshold(watch)}

    def threshold(self, watch: str) -> float:
        """From where on a mention is taken to be about this watch."""
        known = self._watches.get(watch)
        return threshold_of(known.relevance_from if known else None)

    def model(self, watch: str) -> Model | None:
        """What a watch has learned; None where it has nothing to judge by."""
        model = self._models.get(watch)
        return model if model and model.judges else None

    def _grown(self, watch: str) -> Model:
        if watch not in self._models:
            self._models[watch] = self._begun(self._watches[watch])
        return self._models[watch]

    def _begun(self, watch: Watch) -> Model:
        own = self._own[watch.name]
        context, unlike = ([word for word in side if word not in own] for side in both_sides(watch.context))
        name = sorted({word for term in watch.terms or (watch.name,) for word in words_in(term)})
        return Model(shipped(), context, unlike=unlike, name=name, company=watch.kind != "topic")

    def _judge(self, mention: Mention, match: Match) -> Relevance | None:
        model, watch = self.model(match.watch), self._watches.get(match.watch)
        if watch is None or model is None:
            return None
        if (said := self._taken.get((watch.name, mention.platform, mention.post_id))) is not None:
            return Relevance(float(said.relevant), f"{said.person} says so")
        if (why := _certain(watch, mention, match)) is not None:
            return Relevance(1.0, why)
        verdict = model.judge(self._signs(watch.name, mention, match.spans))
        return Relevance(round(verdict.score, 3), _why(verdict))

    def _signs(self, watch: str, mention: Mention, spans: Sequence[tuple[int, int]]) -> Signs:
        signs, own = signs_of(mention, spans), self._own[watch]
        if own.isdisjoint(signs.words):
            return signs
        return Signs(tuple(word for word in signs.words if word not in own), signs.marks)


def doubt_in_words(watch: str, how: Relevance) -> str:
    """Why a mention is not taken to be about a watch, as one of triage's reasons: “probably not about Acme: “pie””."""
    if how.score == 0:
        return f"{REFUSED} {watch}: {how.why}"
    return f"{DOUBTED} {watch}: {how.why}" if how.why else f"{DOUBTED} {watch}"


def is_doubt(reason: str) -> bool:
    """Whether one of triage's reasons is such a one."""
    return reason.startswith((DOUBTED, REFUSED))


def threshold_of(relevance_from: float | None) -> float:
    """From where on a mention counts as about a watch: as its settings say, else by our own experience."""
    return RELEVANT_FROM if relevance_from is None else relevance_from


def _certain(watch: Watch, mention: Mention, match: Match) -> str | None:
    """Why a mention is about us whatever its words say."""
    if watch.kind != "brand":
        return None
    if mention.to_us or any("@" in mention.text[max(start - 1, 0) : start + 1] for start, _ in match.spans):
        return "said to us"
    domain = next((own for own in watch.domains if _leads_to(own, mention)), None)
    return f"names {domain}" if domain else None


def _leads_to(own: str, mention: Mention) -> bool:
    """Whether it links to this site of ours, or names it in its text: acme[.]com, as a watch finds it."""
    linked = any(own in suffixes(host_of(link)) for link in mention.links)
    return linked or written(own).search(fold_start(mention.text).text) is not None


def _why(verdict: Verdict) -> str:
    """The words that decided it: those against where it is in doubt, else those for it."""
    sign = -1 if verdict.score < 0.5 else 1
    named: list[str] = []
    for name, weight in verdict.weighed:
        if weight * sign > 0 and set(named).isdisjoint(name.split()):  # “garden” says it; “the garden” needs not
            named.append(name)
    return ", ".join(f"“{name}”" for name in named[:QUOTED_MOST])


def _own_words(watch: Watch) -> frozenset[str]:
    """The words of its own name, in the singular and the plural: they stand in every mention."""
    words = {word.lstrip("#@") for term in watch.terms for word in words_in(term)}
    return frozenset(words | {word + "s" for word in words} | {"#" + word for word in words})
