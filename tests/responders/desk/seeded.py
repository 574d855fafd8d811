"""A queue with people in it, and a browser-like visitor to the desk. Every text is invented."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import httpx
from jinja2 import Environment
from starlette.applications import Starlette

from listener.archive.record import Recorder
from listener.mention import Batch, Mention
from listener.triage import Triage
from listener.triaged import Triaged
from responders.desk.app import build_app
from responders.desk.frame import read_templates
from responders.desk.session import new_link
from responders.draft import Draft, State
from responders.office import Office
from responders.permission.rules import BLUESKY_UNTAGGED, PLAZA
from responders.queue import Held, Seen
from tests.builders import NOON, a_mention, an_author

MIRA_SAYS = "@harbourlight the dimmer on my Wren lamp buzzes after an hour. Is that normal?"
TO_MIRA = "A buzz after an hour is not how the Wren should sound.\n\nWhich bulb is in it, Mira?"


def a_triage(**changes: Any) -> Triage:
    known: dict[str, Any] = {
        "sentiment": "negative",
        "compound": -0.4,
        "lane": "help",
        "priority": "normal",
        "reasons": ("They speak to us directly.",),
        "words": (("buzzes", -0.5),),
        "engine": "vader",
    }
    return Triage(**(known | changes))


def hear(office: Office, mention: Mention, **triage: Any) -> int:
    """Keep a mention as a poll would, and return its number."""
    kept = Recorder(office.db).record(
        mention.platform, "search", [Triaged(mention, ("us",), True, a_triage(**triage))], Batch(), office.now()
    )
    return kept[0]


def hold(office: Office, mention_id: int, text: str = TO_MIRA, route: str = "api") -> Draft:
    """Put a reply before a person, as drafting would."""
    heard = office.archive.get(mention_id)
    assert heard.triage is not None
    office.queue.permit(mention_id, PLAZA if route == "api" else BLUESKY_UNTAGGED)
    held = Held(
        mention_id=mention_id,
        text=text,
        route=route,
        lane=heard.triage.lane,
        priority=heard.triage.priority,
        posted_at=heard.mention.posted_at,
        template="",
        evidence=("“buzzes after an hour”, from this message",),
    )
    return office.queue.hold(held, "warmline", office.now())


def someone(office: Office, number: int, text: str = TO_MIRA, route: str = "api", **triage: Any) -> Draft:
    """One more person who waits: p1 is Mira, the others are told apart by their number."""
    handle = "mira" if number == 1 else f"person{number}"
    says = MIRA_SAYS if number == 1 else f"@harbourlight lamp number {number} hums at night. Is that normal?"
    author = an_author(handle)
    mention = a_mention(number, author=author, text=says, posted_at=NOON - timedelta(minutes=100 - number))
    return hold(office, hear(office, mention, **triage), text, route)


def approved(office: Office, draft: Draft, to: State = State.APPROVED) -> Draft:
    """The draft, approved as it stands."""
    seen = Seen(draft.revision, draft.text_sha256)
    until = office.now() + timedelta(seconds=20)
    return office.queue.approve(
        draft.draft_id, seen, draft.text, "Ana", office.now(), to=to, key=None, send_after=until
    )  # fmt: skip


def not_known(office: Office, draft: Draft, to: State = State.UNKNOWN) -> Draft:
    """The draft after an attempt that ended so."""
    approved(office, draft)
    claim = office.outbox.claim(["plaza"], office.now() + timedelta(seconds=30), timedelta(minutes=3))
    assert claim is not None
    return office.outbox.not_delivered(claim, to, "plaza.example did not give a whole answer", office.now())


class Web:
    """Asks the application without a socket, one request at a time; keeps cookies and default headers."""

    def __init__(self, app: Starlette, base_url: str, raise_app_exceptions: bool) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=raise_app_exceptions)
        self._base_url = base_url
        self.headers: dict[str, str] = {"Sec-Fetch-Site": "same-origin"}
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, **kw: Any) -> httpx.Response:
        kw["headers"] = self.headers | kw.get("headers", {})
        return asyncio.run(self._request(method, path, **kw))

    async def _request(self, method: str, path: str, **kw: Any) -> httpx.Response:
        client = httpx.AsyncClient(
            transport=self._transport, base_url=self._base_url, cookies=self.cookies, trust_env=False
        )
        async with client:
            answer = await client.request(method, path, **kw)
            self.cookies = client.cookies
            return answer

    def get(self, path: str, **kw: Any) -> httpx.Response:
        return self.request("GET", path, **kw)

    def post(self, path: str, **kw: Any) -> httpx.Response:
        return self.request("POST", path, **kw)


@cache
def compiled_once() -> Environment:
    """The desk's templates, compiled once for all visits: it is most of a visit's time."""
    return read_templates()


class Visitor:
    """A browser without JavaScript: follows its cookies, and sends what the forms on the page hold."""

    def __init__(
        self,
        office: Office,
        *,
        signed_in: bool = True,
        base_url: str = "http://127.0.0.1:8100",
        raise_app_exceptions: bool = True,
    ) -> None:
        self.office = office
        self.app = build_app(office)
        desk = self.app.state.desk
        self.app.state.desk = replace(desk, templates=compiled_once())
        self.web = Web(self.app, base_url, raise_app_exceptions)
        if signed_in:
            answer = self.web.get(f"/login/{new_link(office.db, 'Ana', office.now())}")
            assert answer.status_code == 303, answer.text

    def read(self, path: str, status: int = 200) -> str:
        """The page at this path."""
        answer = self.web.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def form(self, page: str, action: str) -> dict[str, str]:
        """The fields of the form on a page that goes to this path (or has a button that does)."""
        forms = re.findall(r"<form\b.*?</form>", page, re.S)
        found = next(form for form in forms if f'action="{action}"' in form)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found))
        for name, text in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>(.*?)</textarea>', found, re.S):
            # As a browser does: one line break after the tag is dropped, and all others are sent as CR LF.
            fields[name] = text.removeprefix("\n").replace("\n", "\r\n")
        return {name: html.unescape(value) for name, value in fields.items()}

    def send(self, path: str, page: str, **changes: str) -> httpx.Response:
        """Send the form on this page that goes to `path`, with some fields changed."""
        return self.web.post(path, data=self.form(page, path) | changes)

    def decide(self, mention_id: int, verb: str, **changes: str) -> httpx.Response:
        """Open a mention and send one of its forms."""
        return self.send(f"/mentions/{mention_id}/{verb}", self.read(f"/mentions/{mention_id}"), **changes)


def rows(office: Office) -> Mapping[str, list[tuple[Any, ...]]]:
    """Everything in the database, to compare before and after."""
    tables = [name for name in office.db.table_names() if "fts" not in name]
    return {name: list(office.db.execute(f"SELECT * FROM [{name}]").fetchall()) for name in tables}
