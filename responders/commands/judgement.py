"""`warmline judgement`: how well we judge, and the words that the lexicon should know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from listener.judgement import Judged, Share
from responders.commands.common import (
    excerpt,
    failing_in_one_line,
    json_option,
    open_office,
    say,
    say_json,
    settings_option,
    table,
)
from responders.desk.saying import of_those_seen, percent, share
from responders.judging import Figures, Report, report
from responders.lexicon import lexicon_path


@click.command()
@settings_option
@json_option
@failing_in_one_line
def judgement(settings_path: Path, as_json: bool) -> None:
    """How well we judge, by what people confirmed, corrected, and said of mentions drawn at random."""
    with open_office(settings_path) as office:
        found, path = report(office), lexicon_path(office)
    if as_json:
        say_json(as_object(found))
        return
    say(f"Checked at random: {share(found.random) if found.random else 'nothing yet; the desk draws ten'}")
    for band in found.bands:
        few = "" if band.share.enough else "  (too few to say)"
        say(f"  thought unhappy with about {percent(band.around)}: {band.share.right} of {band.share.n} were{few}")
    for kind in found.kinds:
        _show(kind)
    if found.proposals:
        say(f"\nFor {path.name if path else 'a lexicon, as [triage] lexicon names it'}, each as word<TAB>valence:")
    table((f"  {one.word}", f"{one.valence:g}", f"{one.texts} texts by {one.people} people") for one in found.proposals)


def _show(kind: Figures) -> None:
    if not kind.table.n:
        return
    right = f"{of_those_seen(kind.right)} as triage had said" if kind.right else f"{kind.table.n} judged"
    say(f"\n{kind.about}: {right}, of what people looked at")
    rows = [
        [f"  {said}", *(kind.table.counts.get((said, meant), 0) for meant in kind.table.meant)]
        for said in kind.table.said
    ]
    table([["  said, and meant", *kind.table.meant], *rows])
    for one in kind.newest[:3]:
        say(f"  {one.mention_id}: {one.said}, {one.person} says {one.meant}: {excerpt(one.text, 50)}")


def as_object(found: Report) -> dict[str, object]:
    """The report, as the JSON that `--json` prints: shares with the 95 % interval that Wilson gives."""
    return {
        "random": _share(found.random),
        "random_by_engine": _shares(found.random_engines),
        "random_by_platform": _shares(found.random_platforms),
        "random_where_sure": _share(found.random_sure.get(True)),
        "random_where_unsure": _share(found.random_sure.get(False)),
        "calibration": [{"around": band.around, **_known(band.share)} for band in found.bands],
        "calibration_is_random": found.bands_random,
        **{kind.about: _figures(kind) for kind in found.kinds},
        "proposals": [
            {"word": one.word, "valence": one.valence, "line": one.line, "texts": one.texts, "people": one.people}
            | {"against": one.against, "heard": one.heard, "mentions": list(one.mentions)}
            for one in found.proposals
        ],
    }  # fmt: skip


def _figures(kind: Figures) -> dict[str, object]:
    return {
        "n": kind.table.n,
        "right": _share(kind.right),
        "said_and_meant": [
            {"said": said, "meant": meant, "n": n} for (said, meant), n in sorted(kind.table.counts.items())
        ],
        "by_engine": _shares(kind.engines),
        "by_platform": _shares(kind.platforms),
        "newest_disagreements": list(map(_disagreement, kind.newest)),
    }


def _disagreement(one: Judged) -> Mapping[str, object]:
    return {"mention_id": one.mention_id, "said": one.said, "meant": one.meant, "person": one.person, "at": one.at}


def _shares(of: Mapping[str, Share]) -> dict[str, object]:
    return {name: _share(one) for name, one in of.items()}


def _share(of: Share | None) -> dict[str, float] | None:
    return _known(of) if of else None


def _known(of: Share) -> dict[str, float]:
    return {"right": of.right, "n": of.n} | dict(_rounded(of))


def _rounded(of: Share) -> Iterator[tuple[str, float]]:
    for name in ("share", "low", "high"):
        yield name, round(float(getattr(of, name)), 4)
