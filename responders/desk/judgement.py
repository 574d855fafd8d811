"""How well we judge, a random ten to check it by, and the words that the lexicon should know."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from listener.archive.judged import Judgements
from listener.archive.read import Heard
from listener.archive.taught import Correction
from listener.judgement import Draw
from responders import lexicon
from responders.desk.actions import Asked
from responders.desk.frame import desk_of, show
from responders.desk.view import is_number
from responders.judging import proposed, report
from responders.lexicon import lexicon_path
from responders.office import Office
from responders.queue import NotPossible


@dataclass(frozen=True, slots=True)
class Asking:
    """One mention that was drawn, and what was said of it since."""

    heard: Heard
    answer: Correction | None


async def judgement(request: Request) -> Response:
    """How well we judge, by all that people said."""
    return _page(request)


def _page(request: Request, status: int = 200, halt: str = "") -> Response:
    office = desk_of(request).office
    path = lexicon_path(office)
    return show(
        request,
        "judgement.html",
        status,
        report=report(office),
        dismissed=sorted(Judgements(office.db).dismissed()),
        lexicon=path.name if path else "",
        settings_name=office.settings_path.name,
        halt=halt,
    )


async def check(request: Request) -> Response:
    """Ten at random, to be said how they sound; what we said of each stands beside it only once it is answered."""
    office = desk_of(request).office
    judgements = Judgements(office.db)
    token = request.query_params.get("draw")
    if token is None:
        return RedirectResponse(f"/judgement/check?draw={secrets.randbelow(10**9)}-{judgements.last_scored()}", 303)
    draw = draw_of(token)
    if draw is None:
        raise HTTPException(404)
    asked = [_asking(office, number) for number in judgements.drawn(draw)]
    rows = [one for one in asked if one is not None]
    rows.sort(key=lambda one: one.answer is not None)
    left = sum(one.answer is None for one in rows)
    return show(request, "check.html", rows=rows, left=left, back="check", back_to=token)


def _asking(office: Office, mention_id: int) -> Asking | None:
    """One that was drawn; None where it was deleted since. What was said of it elsewhere is no answer to this."""
    heard = office.archive.get(mention_id)
    if heard.gone_at is not None or heard.triage is None:
        return None
    said = office.taught.corrections_of(mention_id).get("sentiment")
    return Asking(heard, said if said is not None and said.sampled else None)


def draw_of(token: str) -> Draw | None:
    """The draw an address or a form names; None where it names none."""
    seed, _, through = token.partition("-")
    return Draw(int(seed), int(through)) if is_number(seed) and is_number(through) else None


def is_drawn(office: Office, token: str, mention_id: int) -> bool:
    """Whether a mention truly is one of this draw: a form alone can't make it so."""
    draw = draw_of(token)
    return draw is not None and mention_id in Judgements(office.db).drawn(draw)


def add_word(asked: Asked) -> Response:
    """Put a proposed word into the brand's lexicon."""
    path = lexicon_path(asked.office)
    try:
        if path is None:
            raise NotPossible("settings.toml names no lexicon yet")
        one = proposed(asked.office, asked.form.get("word", ""), asked.form.get("line", ""))
        lexicon.add(path, one.word, one.line)
    except NotPossible as why:
        return _page(asked.request, 409, str(why))
    return RedirectResponse("/judgement?done=word_added#words", 303)


def dismiss_word(asked: Asked) -> Response:
    """Propose a word no more."""
    try:
        one = proposed(asked.office, asked.form.get("word", ""), asked.form.get("line", ""))
    except NotPossible as why:
        return _page(asked.request, 409, str(why))
    Judgements(asked.office.db).dismiss(one.word, asked.person, asked.office.now())
    return RedirectResponse("/judgement?done=word_dismissed#words", 303)


def propose_word(asked: Asked) -> Response:
    """Let a dismissed word be proposed again."""
    Judgements(asked.office.db).propose_again(asked.form.get("word", ""))
    return RedirectResponse("/judgement?done=word_proposed#words", 303)
