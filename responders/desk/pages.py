"""The pages one reads. None of them changes anything."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from listener.archive.read import Heard
from responders.about import opinions
from responders.by_hand import fills_in_text, page_for
from responders.checks import Problem
from responders.correcting import CHOICES
from responders.decide import problems
from responders.desk.conversation import talk_around
from responders.desk.frame import desk_of, show, show_bare
from responders.desk.notice import seconds_left
from responders.desk.reworded import Piece, reworded
from responders.desk.view import is_number
from responders.draft import Draft, Receipt, State
from responders.drafting import permission_now
from responders.inbox import UNSURE, VIEWS, Card
from responders.limits import limit_for
from responders.office import Office
from responders.permission.rules import OURSELVES

PAGE = 50
NO_REPLY_REASONS = (
    "private talk among friends",
    "joke, not ours to join",
    "already answered elsewhere",
    "spam",
    "something else",
)
DECLINE_REASONS = (
    "the tone is not right",
    "it does not help them",
    "it promises what we cannot keep",
    "a person should write this one",
    "something else",
)
CONTACT_REASONS = (
    "they asked us to stop",
    "they are upset with us, and need their peace",
    "not safe to talk to",
    "something else",
)
GROUPS = (
    ("person", "These need you", (State.UNKNOWN, State.REFUSED, State.BY_HAND, State.ESCALATED)),
    ("going", "Going out", (State.APPROVED, State.SENDING)),
    ("rehearsed", "Rehearsed", (State.REHEARSED,)),
    ("sent", "Sent", (State.SENT,)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """The neighbours of a mention in the queue, where it has any."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Replies that stand alike, with their receipts."""

    anchor: str
    title: str
    rows: tuple[tuple[Card, Receipt | None], ...]


@dataclass(frozen=True, slots=True)
class Halt:
    """Why a decision was not carried out, and the person's own text, which is kept in the box."""

    title: str
    words: str = ""
    own: str | None = None
    problems: tuple[Problem, ...] = ()


async def queue(request: Request) -> Response:
    """Who waits for an answer, the most pressing first."""
    lane, after, office = lane_of(request), request.query_params.get("after"), desk_of(request).office
    narrowed = {name: request.query_params[name] for name in ("assigned", "tag") if request.query_params.get(name)}
    try:
        cards, token = office.inbox.waiting(lane=lane, limit=PAGE, after=after, **narrowed)
    except ValueError as why:
        raise HTTPException(404) from why
    here = {**({"lane": lane} if lane else {}), **narrowed}
    return show(
        request,
        "queue.html",
        cards=cards,
        lane=lane,
        narrowed=narrowed,
        here=urlencode(here),
        offered=office.marks.offered(),
        back_to=after or "",
        following=urlencode({**here, "after": token}) if token else "",
        page_size=PAGE,
        unsure=office.inbox.unsure_count(),
        back=UNSURE if lane == UNSURE else "",
    )


async def pulse(request: Request) -> Response:
    """The mentions at the head of the queue, for the page to notice newcomers."""
    cards, _ = desk_of(request).office.inbox.waiting(lane=lane_of(request), limit=PAGE)
    return JSONResponse({"first": [card.mention_id for card in cards]})


async def mention(request: Request) -> Response:
    """One mention with its conversation, its person and its draft."""
    return mention_page(request, find_mention(request))


def mention_page(request: Request, heard: Heard, status: int = 200, halt: Halt | None = None) -> Response:
    """The page of a mention; `halt` where a decision on it was not carried out."""
    office, lane = desk_of(request).office, lane_of(request)
    draft = office.queue.draft_of(heard.mention_id)
    permission = office.inbox.permission_of(heard.mention_id) or permission_now(office, heard)
    return show(
        request,
        "mention.html",
        status,
        heard=heard,
        lane=lane,
        marked=office.marks.on(heard.mention_id),
        offered=office.marks.offered(),
        turn=office.inbox.turn_of(heard.mention_id),
        place=place_in_queue(office, heard.mention_id, lane),
        talk=talk_around(office, heard),
        card=office.people.card(heard.mention_id),
        permission=permission,
        listed=office.contact.listed(heard.mention.author),
        own_account=permission == OURSELVES,
        decisions=office.inbox.decisions_of(heard.mention_id),
        outcome=office.inbox.outcome_of(heard.mention_id),
        set_aside=office.inbox.aside_of(heard.mention_id),
        corrections=office.taught.corrections_of(heard.mention_id),
        choices=CHOICES,
        elsewhere=office.places.of(heard.mention_id),
        halt=halt,
        opinions=opinions(office, heard),
        no_reply_reasons=NO_REPLY_REASONS,
        decline_reasons=DECLINE_REASONS,
        contact_reasons=CONTACT_REASONS,
        **_shown_draft(office, heard, draft, halt),
    )


def _rewordings(heard: Heard, draft: Draft | None) -> tuple[Piece, ...]:
    """What they changed since a person approved; nothing where they changed nothing."""
    if draft is None or draft.read_as is None or draft.read_as == heard.mention.text:
        return ()
    return reworded(draft.read_as, heard.mention.text)


def _shown_draft(office: Office, heard: Heard, draft: Draft | None, halt: Halt | None) -> dict[str, object]:
    text = halt.own if halt and halt.own is not None else draft.text if draft else ""
    limit = limit_for(heard.mention.platform)
    return {
        "draft": draft,
        "rewordings": _rewordings(heard, draft),
        "edited": draft is not None and office.inbox.is_edited(draft.draft_id),
        "text": text,
        "length": limit.length(text),
        "limit": limit,
        "problems": problems(office, draft, text) if draft and draft.state is State.HELD else (),
        "left_s": seconds_left(draft, office.now()) if draft else 0,
        "receipt": office.inbox.receipt_of(draft.draft_id) if draft else None,
        "posting_page": page_for(heard.mention, draft.text, home=office.settings.mastodon_home) if draft else "",
        "fills_in_text": fills_in_text(heard.mention),
    }


async def answered(request: Request) -> Response:
    """What was approved, and what became of it."""
    inbox = desk_of(request).office.inbox
    groups = [
        Group(anchor, title, tuple((card, _receipt(request, card)) for card in inbox.in_state(*states, limit=PAGE)))
        for anchor, title, states in GROUPS
    ]
    return show(request, "answered.html", groups=[group for group in groups if group.rows])


def _receipt(request: Request, card: Card) -> Receipt | None:
    return desk_of(request).office.inbox.receipt_of(card.draft_id) if card.draft_id else None


async def search(request: Request) -> Response:
    """Mentions that hold all the words asked for."""
    words = " ".join(request.query_params.get("q", "").replace("\0", " ").split())[:200]
    found = desk_of(request).office.archive.search(words, limit=PAGE) if words else []
    return show(request, "search.html", words=words, found=found, most=PAGE)


async def keys(request: Request) -> Response:
    """The keys that work on these pages."""
    return show(request, "keys.html")


def sign_in_page(request: Request, status: int = 401, *, spent: bool = False) -> Response:
    """What someone without a session sees: how to get in."""
    return show_bare(request, "signin.html", status, spent=spent)


def find_mention(request: Request) -> Heard:
    """The mention the address names. Raises HTTPException 404 where there is none."""
    number = request.path_params["mention_id"]
    if not is_number(number):
        raise HTTPException(404)
    try:
        return desk_of(request).office.archive.get(int(number))
    except KeyError as why:
        raise HTTPException(404) from why


def lane_of(request: Request) -> str | None:
    """The lane the address names, or those not sure; None for all. Raises HTTPException 404 where there is no such."""
    lane = request.query_params.get("lane") or (UNSURE if request.query_params.get("unsure") else None)
    if lane is not None and lane not in VIEWS:
        raise HTTPException(404)
    return lane


def place_in_queue(office: Office, mention_id: int, lane: str | None) -> Place:
    """Who comes before and after a mention in the queue. For one that does not wait, the queue's head comes after."""
    draft = office.queue.draft_of(mention_id)
    if draft is None or draft.state is not State.HELD:
        return Place(after=office.inbox.next_waiting(mention_id))
    return Place(*office.inbox.neighbours(draft.draft_id, lane))
