"""The page where a person brings in what they found: a link, a text, or both."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from listener.pasted import Pasted, Unclear, checked
from listener.source import SourceError
from responders import linking
from responders.desk.actions import Asked, asked_in
from responders.desk.frame import show
from responders.queue import NotPossible

EMPTY = Pasted()


async def form(request: Request) -> Response:
    """The empty form."""
    return _page(request, EMPTY)


async def bring(request: Request) -> Response:
    """Take in what was pasted, and go on to it; what stops it stands beside its field, and nothing typed is lost."""
    asked = await asked_in(request)
    pasted = Pasted(**{name: asked.form.get(name, "") for name in Pasted.__slots__})
    try:
        brought = await _brought(asked, pasted)
    except Unclear as why:
        return _page(request, pasted, 422, {why.field: str(why)})
    except (SourceError, NotPossible) as why:
        return _page(request, pasted, 422, {"link": str(why)})
    done = "linked" if brought.new else "known"
    return RedirectResponse(f"/mentions/{brought.mention_id}?done={done}&of={brought.mention_id}", 303)


async def _brought(asked: Asked, pasted: Pasted) -> linking.Brought:
    office = asked.office
    typed = checked(pasted)
    known = linking.known_as(office, typed)
    if known is not None:
        return linking.Brought(known, new=False)
    # A platform may take its time: the desk goes on for everyone else meanwhile.
    found = await run_in_threadpool(linking.read, office.settings, office.settings_path, typed, office.now())
    return linking.keep(office, found.mention, asked.person)


def _page(request: Request, pasted: Pasted, status: int = 200, wrong: dict[str, str] | None = None) -> Response:
    return show(request, "link.html", status, pasted=pasted, wrong=wrong or {})
