"""What is kept without a draft, by the reason why, so that a person can look whether it was right."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from listener.archive.taught import Correction
from listener.relevance import is_doubt
from responders.about import Opinion, opinions
from responders.desk.frame import desk_of, show
from responders.desk.pages import PAGE
from responders.desk.view import ASIDE_TITLES, is_number
from responders.draft import Aside
from responders.inbox import Card
from responders.office import Office
from responders.permission import Permission


@dataclass(frozen=True, slots=True)
class Kind:
    """One reason to set something aside: what it means, and the button that takes somebody out of it."""

    why: Aside
    lead: str
    button: str = "Write a draft"
    verb: str = "write"

    @property
    def title(self) -> str:
        """What its list is called."""
        return ASIDE_TITLES[self.why]


KINDS = (
    Kind(
        "spam",
        "What looks like advertising or software. Take out whoever is a person.",
        button="This is a person",
        verb="not-spam",
    ),
    Kind(
        "not_about_us",
        "These hold our words, but seem to speak of something else. Say so of a few, and others are told apart.",
        button="About us after all",
    ),
    Kind("echo", "Reposts and copies of something that has a card of its own."),
    Kind("rule", "Set aside because a rule of yours says so."),
    Kind(
        "older",
        "Too old when we heard them, or not ours to answer. Where a draft is offered, answer if it still helps.",
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One mention that was set aside: in a sentence why, how it may be answered, which watches it may not be about."""

    card: Card
    why: str
    permission: Permission | None
    opinions: tuple[Opinion, ...] = ()


async def aside(request: Request) -> Response:
    """What was set aside for one reason, the last heard first; without a reason, for the first that has any."""
    office, before = desk_of(request).office, request.query_params.get("before", "")
    inbox = office.inbox
    counts = inbox.aside_counts()
    kind = _kind(request.query_params.get("why") or next((one.why for one in KINDS if counts[one.why]), "older"))
    if before and not is_number(before):
        raise HTTPException(404)
    cards, token = inbox.aside(kind.why, limit=PAGE, before=int(before) if before else None)
    rows = [_row(office, card, kind.why) for card in cards]
    return show(
        request, "aside.html", kinds=KINDS, kind=kind, counts=counts, rows=rows, following=token, page_size=PAGE
    )  # fmt: skip


async def older(_: Request) -> Response:
    """Where a link of before leads: these stand among what was set aside."""
    return RedirectResponse("/aside?why=older", 301)


def _row(office: Office, card: Card, why: Aside) -> Row:
    number = card.mention_id
    doubted: tuple[Opinion, ...] = ()
    if why == "not_about_us":
        doubted = tuple(one for one in opinions(office, office.archive.get(number)) if one.at_once)
    lane = office.taught.corrections_of(number).get("lane") if why == "spam" else None
    return Row(card, why_in_words(card, why, lane), office.inbox.permission_of(number), doubted)


def why_in_words(card: Card, why: Aside, lane: Correction | None = None) -> str:
    """Why this one was set aside, and nothing else that was noticed; empty where the tab says all there is to say.

    `lane`: where a person says that it belongs.
    """
    match why:
        case "spam" if lane is not None and lane.meant == "spam":
            return f"{lane.person} says so"
        case "spam":
            return card.reasons[0] if card.lane == "spam" and card.reasons else ""
        case "not_about_us":
            return next((reason for reason in card.reasons if is_doubt(reason)), "")
        case "rule":
            return card.by_rule or (f"by your rule “{card.rule}”" if card.rule else "")
        case _:
            return ""


def _kind(why: str) -> Kind:
    for kind in KINDS:
        if kind.why == why:
            return kind
    raise HTTPException(404)
