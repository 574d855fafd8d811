"""What a person decides, carried out by `decide`. Every one is a POST with the session's own form token."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from listener.archive.read import Heard
from responders import decide
from responders.desk.frame import desk_of, signed_in
from responders.desk.pages import Halt, find_mention, mention_page, place_in_queue
from responders.desk.security import cookie_name
from responders.desk.session import sign_out
from responders.desk.view import is_number
from responders.draft import Draft, State
from responders.drafting import write_draft
from responders.inbox import VIEWS
from responders.office import Office

Endpoint = Callable[[Request], Awaitable[Response]]
FORM_FIELDS = 20
MOST_REASON = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a signed-in person asks for, with the form they sent."""

    request: Request
    office: Office
    person: str
    form: Mapping[str, str]

    @property
    def lane(self) -> str | None:
        """The lane they are working along."""
        lane = self.form.get("lane")
        return lane if lane in VIEWS else None


Decision = Callable[[Asked, Heard], Response]


def changing(act: Callable[[Asked], Response]) -> Endpoint:
    """An endpoint for `act` that lets only our own forms in."""

    async def endpoint(request: Request) -> Response:
        return act(await asked_in(request))

    return endpoint


async def asked_in(request: Request) -> Asked:
    """What one of our own forms asks for. Raises HTTPException 403 for any other."""
    form = await request.form(max_files=0, max_fields=FORM_FIELDS)
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    session = signed_in(request)
    if not hmac.compare_digest(fields.get("form_token", "").encode(), session.form_token.encode()):
        raise HTTPException(403)
    return Asked(request, desk_of(request).office, session.person, fields)


def deciding(decision: Decision) -> Endpoint:
    """An endpoint for a decision on the mention its address names; what stops it is shown on the mention's page."""

    def act(asked: Asked) -> Response:
        heard = find_mention(asked.request)
        try:
            return decision(asked, heard)
        except decide.Blocked as why:
            return _halted(asked, heard, 422, Halt("Not approved yet.", problems=why.problems))
        except decide.Changed:
            title = "This changed while you were reading, so nothing was done."
            return _halted(asked, heard, 409, Halt(title))
        except decide.NotPossible as why:
            return _halted(asked, heard, 409, Halt("That could not be done.", str(why)))

    return changing(act)


def _halted(asked: Asked, heard: Heard, status: int, halt: Halt) -> Response:
    own = decide.as_typed(asked.form["text"]) if "text" in asked.form else None
    return mention_page(asked.request, heard, status, Halt(halt.title, halt.words, own, halt.problems))


def approve(asked: Asked, heard: Heard) -> Response:
    """Approve exactly what stands in the box."""
    draft = _draft(asked, heard)
    following = _following(asked, heard)
    approved = decide.approve(asked.office, draft.draft_id, _seen(asked), _text(asked), asked.person)
    if approved.state is State.BY_HAND:
        return stay(heard, "approved", asked.lane)
    return _to(following, "approved", heard, asked.lane)


def edit(asked: Asked, heard: Heard) -> Response:
    """Save what stands in the box; it still waits."""
    draft = _draft(asked, heard)
    decide.edit(asked.office, draft.draft_id, _seen(asked), _text(asked), asked.person)
    return stay(heard, "saved", asked.lane)


def decline(asked: Asked, heard: Heard) -> Response:
    """Say no to the draft, with a reason."""
    draft = _draft(asked, heard)
    if (draft.revision, draft.text_sha256) != (_seen(asked).revision, _seen(asked).text_sha256):
        raise decide.Changed(draft)
    following = _following(asked, heard)
    decide.decline(asked.office, draft.draft_id, _reason(asked), asked.person)
    return _to(following, "declined", heard, asked.lane)


def no_reply(asked: Asked, heard: Heard) -> Response:
    """Leave this mention in peace, with a reason."""
    following = _following(asked, heard)
    decide.no_reply(asked.office, heard.mention_id, _reason(asked), asked.person)
    return _to(following, "no_reply", heard, asked.lane)


def undo(asked: Asked, heard: Heard) -> Response:
    """Take an approval back, while it can be."""
    decide.undo(asked.office, _draft(asked, heard).draft_id, asked.person)
    return stay(heard, "undone", asked.lane)


def reopen(asked: Asked, heard: Heard) -> Response:
    """Take a decline or a no reply back."""
    decide.reopen(asked.office, heard.mention_id, asked.person)
    return stay(heard, "reopened", asked.lane)


def write(asked: Asked, heard: Heard) -> Response:
    """Ask for a draft where there is none."""
    write_draft(asked.office, heard.mention_id, asked.person)
    return stay(heard, "written", asked.lane)


def not_spam(asked: Asked, heard: Heard) -> Response:
    """Take someone out of what was set aside as spam."""
    decide.not_spam(asked.office, heard.mention_id, asked.person)
    return stay(heard, "not_spam", asked.lane)


def do_not_contact(asked: Asked, heard: Heard) -> Response:
    """Leave this person alone from here on, with a reason."""
    decide.do_not_contact(asked.office, heard.mention_id, _reason(asked), asked.person)
    return stay(heard, "left_alone", asked.lane)


def contact_again(asked: Asked, heard: Heard) -> Response:
    """Take this person off the do-not-contact list, with a reason."""
    decide.contact_again(asked.office, heard.mention_id, _reason(asked), asked.person)
    return stay(heard, "contact_again", asked.lane)


def posted(asked: Asked, heard: Heard) -> Response:
    """Confirm, with its link, that the reply was posted by hand."""
    draft = _draft(asked, heard)
    following = _following(asked, heard)
    decide.posted_by_hand(asked.office, draft.draft_id, _url(asked), asked.person)
    return _to(following, "posted", heard, asked.lane)


def settle(asked: Asked, heard: Heard) -> Response:
    """Answer whether a reply whose fate is unknown is on the platform."""
    draft = _draft(asked, heard)
    match asked.form.get("answer"):
        case "there":
            decide.is_there(asked.office, draft.draft_id, _url(asked), asked.person)
            return _to(_following(asked, heard), "settled", heard, asked.lane)
        case "again":
            decide.send_again(asked.office, draft.draft_id, asked.person)
            return _to(_following(asked, heard), "approved", heard, asked.lane)
        case "drop":
            decide.drop(asked.office, draft.draft_id, asked.person)
            return _to(_following(asked, heard), "dropped", heard, asked.lane)
        case _:
            raise HTTPException(400)


def pause(asked: Asked) -> Response:
    """Stop all sending."""
    decide.pause(asked.office, asked.person, asked.form.get("reason", "").strip()[:MOST_REASON])
    return RedirectResponse("/listening?done=paused", 303)


def resume(asked: Asked) -> Response:
    """Allow sending again, unless replies are still looked for that a restored backup knows nothing of."""
    try:
        decide.resume(asked.office, asked.person, anyway=asked.form.get("anyway") == "yes")
    except decide.NotPossible:
        return RedirectResponse("/listening#sending", 303)  # there it says why, and what to do
    return RedirectResponse("/listening?done=resumed", 303)


def leave(asked: Asked) -> Response:
    """End the session."""
    name = cookie_name(asked.request)
    sign_out(asked.office.db, asked.request.cookies.get(name, ""))
    response = RedirectResponse("/", 303)
    response.delete_cookie(name, path="/", secure=name.startswith("__Host-"), httponly=True, samesite="lax")
    return response


def _draft(asked: Asked, heard: Heard) -> Draft:
    """The draft they had before them. Raises Changed or NotPossible where it is no longer this mention's draft."""
    draft = asked.office.queue.draft_of(heard.mention_id)
    if draft is None:
        raise decide.NotPossible("this draft was declined or overtaken in the meantime")
    if asked.form.get("draft_id") != str(draft.draft_id):
        raise decide.Changed(draft)
    return draft


def _seen(asked: Asked) -> decide.Seen:
    revision = asked.form.get("revision", "")
    if not is_number(revision):
        raise HTTPException(400)
    return decide.Seen(int(revision), asked.form.get("text_sha256", ""))


def _text(asked: Asked) -> str:
    if "text" not in asked.form:
        raise HTTPException(400)
    return asked.form["text"]


def _url(asked: Asked) -> str:
    return asked.form.get("url", "").strip()[:2000]


def _reason(asked: Asked) -> str:
    """The reason they chose, with their own words; their own words alone where they chose something else."""
    chosen, more = asked.form.get("reason", "").strip(), asked.form.get("more", "").strip()
    if chosen == "something else" and more:
        chosen = ""
    return ": ".join(part for part in (chosen, more) if part)[:MOST_REASON]


def _following(asked: Asked, heard: Heard) -> int | None:
    """Whom to turn to next, asked before the decision: the one behind this one in the queue, else the one before."""
    place = place_in_queue(asked.office, heard.mention_id, asked.lane)
    return place.after or place.before


def stay(heard: Heard, done: str, lane: str | None) -> Response:
    """Back to the mention, with a notice of what was done."""
    return _to(heard.mention_id, done, heard, lane)


def _to(mention_id: int | None, done: str, heard: Heard, lane: str | None) -> Response:
    """On to a mention, or to the queue where nobody is left, with a notice of what was done to `heard`."""
    query = urlencode({**({"lane": lane} if lane else {}), "done": done, "of": heard.mention_id})
    return RedirectResponse(f"/mentions/{mention_id}?{query}" if mention_id else f"/?{query}", 303)
