"""What is kept without a draft, by the reason why, so that a person can look whether it was right."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from responders.desk.frame import desk_of, show
from responders.desk.pages import PAGE
from responders.desk.view import ASIDE_TITLES, is_number
from responders.draft import Aside
from responders.inbox import Card
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
    # The thumb that teaches the watch takes this button's place once relevance is learned; until then a draft says it.
    Kind(
        "not_about_us",
        "These hold our words, but seem to speak of something else.",
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
    """One mention that was set aside, in a sentence why, and how it may be answered."""

    card: Card
    why: str
    permission: Permission | None


async def aside(request: Request) -> Response:
    """What was set aside for one reason, the last heard first; without a reason, for the first that has any."""
    inbox, before = desk_of(request).office.inbox, request.query_params.get("before", "")
    counts = inbox.aside_counts()
    kind = _kind(request.query_params.get("why") or next((one.why for one in KINDS if counts[one.why]), "older"))
    if before and not is_number(before):
        raise HTTPException(404)
    cards, token = inbox.aside(kind.why, limit=PAGE, before=int(before) if before else None)
    rows = [Row(card, why_in_words(card, kind.why), inbox.permission_of(card.mention_id)) for card in cards]
    return show(
        request, "aside.html", kinds=KINDS, kind=kind, counts=counts, rows=rows, following=token, page_size=PAGE
    )  # fmt: skip


async def older(_: Request) -> Response:
    """Where a link of before leads: these stand among what was set aside."""
    return RedirectResponse("/aside?why=older", 301)


def why_in_words(card: Card, why: Aside) -> str:
    """Why this one was set aside, as triage gives its reasons; empty where the tab says all there is to say."""
    if why == "rule":
        return card.by_rule or (f"by your rule “{card.rule}”" if card.rule else "")
    if why == "older":
        return ""
    return "; ".join(card.reasons[:3])


def _kind(why: str) -> Kind:
    for kind in KINDS:
        if kind.why == why:
            return kind
    raise HTTPException(404)
