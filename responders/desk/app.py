"""The desk as one web application: its routes, its way in, and what it says when something is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from listener.archive.connect import be_patient
from listener.archive.trouble import ArchiveError, StorageError, in_words, is_trouble
from responders.desk import about, actions, aside, judgement, link, marking, pages, rules, teaching
from responders.desk.actions import Asked, Decision, changing, deciding
from responders.desk.frame import Desk, desk_of, read_templates, rehearsal, show_bare
from responders.desk.listening import listening
from responders.desk.security import HEADERS, Guard, cookie_name
from responders.desk.session import ABSOLUTE, Session, session_of, sign_in
from responders.desk.watches import watches
from responders.office import Office

STORAGE: tuple[type[Exception], ...] = (ArchiveError, StorageError)
# Who presses a button while somebody else writes waits no longer for it, and nor does anybody who reads meanwhile.
PATIENCE_S = 4.0

STATIC = Path(__file__).parent / "static"

ERRORS = {
    400: ("That was not understood", "The form was not one of ours, or it lost something on the way."),
    403: ("Not from here", "This request did not come from the desk's own pages, so nothing was done."),
    404: ("There is nothing here", "The address may be old, or it was never one of ours."),
    405: ("Not this way", "This address is only for the desk's own buttons. Nothing was done."),
    413: ("That is too long", "No reply needs that much text. Nothing was done."),
    421: ("Not this name", "The desk does not answer under this address. Open it as 127.0.0.1, with its port."),
    503: ("Nothing was changed", "The database can’t be used now: {}. What you typed is still there when you go back."),
    500: ("Something broke on our side", "Nothing more was done. What happened is in Warmline's log."),
}

# What a form on a mention's page may ask for, and what one elsewhere may.
DECIDED: Mapping[str, Decision] = {
    "approve": actions.approve,
    "edit": actions.edit,
    "decline": actions.decline,
    "no-reply": actions.no_reply,
    "undo": actions.undo,
    "reopen": actions.reopen,
    "write": actions.write,
    "posted": actions.posted,
    "settle": actions.settle,
    "not-spam": actions.not_spam,
    "do-not-contact": actions.do_not_contact,
    "contact-again": actions.contact_again,
    "correct": teaching.correct,
    "sounds": teaching.sounds,
    "confirm": teaching.confirm,
    "uncorrect": teaching.uncorrect,
    "about": about.about,
    "not-about": about.not_about,
    "assign": marking.assign,
    "tag": marking.tag,
    "untag": marking.untag,
}
DONE: Mapping[str, Callable[[Asked], Response]] = {
    "/pause": actions.pause,
    "/resume": actions.resume,
    "/logout": actions.leave,
    "/alerts/seen": marking.seen,
    "/rules/{rule_id}/{verb}": rules.change,
    "/judgement/add": judgement.add_word,
    "/judgement/dismiss": judgement.dismiss_word,
    "/judgement/propose": judgement.propose_word,
}


def build_app(office: Office, names: Collection[str] = ()) -> Starlette:
    """The desk over one open office. `names` are the host names it answers to, beside this machine's own."""
    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(
                Guard,
                names={office.settings.desk.host, *names},
                session_of=lambda token: _session(office, token),
                refuse=_refuse,
            )
        ],
        exception_handlers={HTTPException: _http_error, **dict.fromkeys(STORAGE, _storage_error), Exception: _error},
    )
    be_patient(office.db, PATIENCE_S)
    app.state.desk = Desk(office, read_templates(), rehearsal(office.settings.responders))
    return app


def _routes() -> list[Route | Mount]:
    one = "/mentions/{mention_id}"
    read = {
        "/": pages.queue,
        "/pulse": pages.pulse,
        one: pages.mention,
        "/answered": pages.answered,
        "/aside": aside.aside,
        "/older": aside.older,
        "/listening": listening,
        "/watches": watches,
        "/search": pages.search,
        "/judgement": judgement.judgement,
        "/judgement/check": judgement.check,
        "/keys": pages.keys,
        "/link": link.form,
        "/rules": rules.listed,
        "/login/{token}": login,
    }
    return [
        *(Route(path, page) for path, page in read.items()),
        *(Route(f"{one}/{verb}", deciding(decision), methods=["POST"]) for verb, decision in DECIDED.items()),
        *(Route(path, changing(act), methods=["POST"]) for path, act in DONE.items()),
        Route("/link", link.bring, methods=["POST"]),
        Route("/rules/try", rules.try_it, methods=["POST"]),
        Route("/rules/keep", rules.keep, methods=["POST"]),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]


async def login(request: Request) -> Response:
    """Sign in with a link that works once. A look ahead (HEAD, a browser's prefetch) does not spend it."""
    if request.method != "GET" or "sec-purpose" in request.headers:
        return pages.sign_in_page(request)
    office = desk_of(request).office
    token = sign_in(office.db, request.path_params["token"], office.now())
    if token is None:
        return pages.sign_in_page(request, 410, spent=True)
    response = RedirectResponse("/", 303)
    name = cookie_name(request)
    response.set_cookie(
        name,
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=name.startswith("__Host-"),
        httponly=True,
        samesite="lax",
    )
    return response


def _session(office: Office, token: str) -> Session | None:
    return session_of(office.db, token, office.now()) if token else None


def _refuse(request: Request, status: int) -> Response:
    return pages.sign_in_page(request) if status == 401 else error_page(request, status)


def error_page(request: Request, status: int) -> Response:
    """What went wrong, in words and in the desk's own look; never a traceback."""
    title, words = ERRORS.get(status, (HTTPStatus(status).phrase, "Nothing was done."))
    return show_bare(request, "error.html", status, title=title, words=words)


async def _http_error(request: Request, why: Exception) -> Response:
    return error_page(request, why.status_code if isinstance(why, HTTPException) else 500)


async def _storage_error(request: Request, why: Exception) -> Response:
    if not is_trouble(why):
        raise why  # a mistake of ours
    title, words = ERRORS[503]
    said = {"title": title, "words": words.format(in_words(why))}
    page = show_bare(request, "error.html", 503, **said)
    page.headers["Retry-After"] = "5"
    return page


async def _error(request: Request, why: Exception) -> Response:
    # This page is made outside the guard, which would have set them.
    page = await _storage_error(request, why) if is_trouble(why) else error_page(request, 500)
    page.headers.update({**HEADERS, "Cache-Control": "no-store"})
    return page
