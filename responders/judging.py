"""How well we judge, from what people said: figures, newest disagreements, words that the lexicon should know."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from listener.archive.judged import Judgements
from listener.archive.taught import About
from listener.judgement import Band, Confusion, Judged, Share, by, calibration, confusion, right_of
from listener.sentiment.proposals import Proposal, propose
from responders.correcting import CHOICES
from responders.lexicon import lexicon_path, words_in
from responders.office import Office
from responders.queue import NotPossible

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What was said of one kind of judgement: all of it, by engine and by platform, and the newest disagreements."""

    about: About
    right: Share | None
    table: Confusion
    engines: Mapping[str, Share]
    platforms: Mapping[str, Share]
    newest: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How well we judge. `random` and its kinds count only what was drawn at random; `bands` too, where `bands_random`.

    `random_sure` is by whether triage was sure of it.
    """

    random: Share | None
    random_sure: Mapping[bool, Share]
    random_engines: Mapping[str, Share]
    random_platforms: Mapping[str, Share]
    kinds: tuple[Figures, ...]
    bands: tuple[Band, ...]
    bands_random: bool
    proposals: tuple[Proposal, ...]


def report(office: Office) -> Report:
    """How well we judge, as of now."""
    kinds = {about: Judgements(office.db).of(about) for about in CHOICES}
    sampled = [one for one in kinds["sentiment"] if one.sampled]
    bands = calibration(sampled)
    at_random = any(band.share.enough for band in bands)
    return Report(
        random=right_of(sampled),
        random_sure={unsure == "False": share for unsure, share in by(sampled, "unsure").items()},
        random_engines=by(sampled, "engine"),
        random_platforms=by(sampled, "platform"),
        kinds=tuple(_figures(about, judged) for about, judged in kinds.items()),
        bands=tuple(bands if at_random else calibration(kinds["sentiment"])),
        bands_random=at_random,
        proposals=proposals(office),
    )


def _figures(about: About, judged: Sequence[Judged]) -> Figures:
    return Figures(
        about=about,
        right=right_of(judged),
        table=confusion(judged, [*CHOICES[about], "unscored"]),
        engines=by(judged, "engine"),
        platforms=by(judged, "platform"),
        newest=tuple(one for one in judged if not one.right)[:NEWEST],
    )


def proposals(office: Office) -> tuple[Proposal, ...]:
    """The words that the lexicon should know, without our own names, those it knows, and those that were dismissed."""
    judgements = Judgements(office.db)
    lessons = judgements.lessons()
    if not any(lesson.said != lesson.meant for lesson in lessons):
        return ()
    without = judgements.dismissed() | _known(lexicon_path(office)) | _names(office)
    return propose(lessons, judgements.others(), without)


def proposed(office: Office, word: str, line: str) -> Proposal:
    """The proposal for a word, exactly as a person saw it. Raises NotPossible where it is none any more."""
    for one in proposals(office):
        if one.word == word and one.line == line:
            return one
    raise NotPossible("this word is not proposed any more, or with another valence: look once more")


def _known(path: Path | None) -> frozenset[str]:
    try:
        return words_in(path)
    except NotPossible:
        return frozenset()  # said where something is to be added to it


def _names(office: Office) -> frozenset[str]:
    named = " ".join(" ".join((*watch.terms, *watch.handles)) for watch in office.settings.watches)
    return frozenset(re.findall(r"[^\W\d_]+", named.lower()))
