"""What stands around every page: navigation with counts, the banners, and a quiet notice of what was just done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from responders import publishers
from responders.alerts.kept import Alert
from responders.audit_words import in_words
from responders.desk import saying, view
from responders.desk.notice import Notice, notice_for
from responders.desk.session import Session
from responders.draft import State
from responders.inbox import LANES
from responders.office import Office
from responders.settings import RespondersPart
from responders.shipped import shipped

# Even a source without credits is asked twice a day.
FORGOTTEN = timedelta(days=2)
NEEDS_A_PERSON = (State.UNKNOWN, State.REFUSED, State.BY_HAND)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page needs: the office, the templates, and what a rehearsal holds back (empty when live)."""

    office: Office
    templates: Environment
    rehearsal: str


@dataclass(frozen=True, slots=True)
class Deaf:
    """A platform that can't be heard, wholly or in part: these of its streams, last heard at."""

    platform: str
    streams: tuple[str, ...]
    heard_at: datetime | None
    wholly: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What the frame tells on a page. `paused` says by whom and why."""

    counts: Mapping[str, int]
    paused: str | None
    rehearsal: str
    deaf: tuple[Deaf, ...]
    needs_a_person: int
    alerts: tuple[Alert, ...]
    notice: Notice | None


def read_templates() -> Environment:
    """The desk's templates, as they are shipped: nobody's own can take their place.

    They are rendered with the living objects of the desk, in its own process, so they are code as much as any file of
    ours is (docs/decisions/0014). Every value is escaped whatever the file is called, and a value that is not there is
    an error.
    """
    env = Environment(
        loader=FileSystemLoader(shipped("templates", "desk")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["capitalize_first"] = view.capitalize_first
    env.filters["in_words"] = in_words
    env.globals["view"] = view
    env.globals["saying"] = saying
    env.globals["State"] = State
    env.globals["LANES"] = LANES
    return env


def rehearsal(settings: RespondersPart) -> str:
    """What shadow mode means here, in words; empty where it holds nothing back.

    A pretend network is answered in shadow mode too; a desk that knows no other has nothing to rehearse.
    """
    pretend = [view.platform(name) for name in settings.publishers if publishers.is_pretend(name)]
    if settings.mode == "live" or (pretend and len(pretend) == len(settings.publishers)):
        return ""
    besides = f", except to {' and '.join(pretend)}, where all is pretend" if pretend else ""
    return f"Nothing leaves this machine{besides}."


def desk_of(request: Request) -> Desk:
    """The desk this request came to."""
    desk: Desk = request.app.state.desk
    return desk


def signed_in(request: Request) -> Session:
    """Who is asking; the guard lets nobody without a session this far."""
    session: Session = request.state.session
    return session


def show(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page with the whole frame."""
    return show_bare(request, template, status, around=_around(request), **shown)


def show_bare(request: Request, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
    """A page that asks nothing of the database: sign-in and errors."""
    desk = desk_of(request)
    frame = {
        "now": desk.office.now(),
        "path": request.url.path,
        "session": getattr(request.state, "session", None),
        "around": None,
    }
    return HTMLResponse(desk.templates.get_template(template).render(frame | shown), status)


def _around(request: Request) -> Around:
    desk = desk_of(request)
    counts = desk.office.inbox.counts()
    return Around(
        counts=counts,
        paused=desk.office.controls.paused(),
        rehearsal=desk.rehearsal,
        deaf=tuple(_deaf(desk.office)),
        needs_a_person=sum(counts[state] for state in NEEDS_A_PERSON),
        alerts=tuple(desk.office.alerts.unseen()),
        notice=notice_for(desk.office, request.query_params.get("done", ""), request.query_params.get("of", "")),
    )


def _deaf(office: Office) -> Iterator[Deaf]:
    """The platforms that can't be heard, one by one; a stream that nobody asks any more is no news."""
    asked = [one for one in office.archive.streams() if one.polled_at and office.now() - one.polled_at < FORGOTTEN]
    for platform, group in groupby(asked, key=lambda stream: stream.platform):
        streams = list(group)
        deaf = [one for one in streams if one.state in {"unavailable", "revoked"}]
        if deaf:
            heard_at = max((one.heard_at for one in deaf if one.heard_at), default=None)
            yield Deaf(platform, tuple(one.stream for one in deaf), heard_at, len(deaf) == len(streams))
