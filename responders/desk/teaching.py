"""What people teach triage from the desk: that it was right, or what it should have said."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from listener.archive.read import Heard
from listener.archive.taught import About
from responders import correcting
from responders.desk.actions import Asked, stay
from responders.desk.judgement import is_drawn
from responders.inbox import UNSURE
from responders.queue import NotPossible


def correct(asked: Asked, heard: Heard) -> Response:
    """Take over what they say that it is, where that differs from what they had before them."""
    meant = _changed(asked, _as_shown(asked, heard))
    if not meant:
        raise NotPossible("choose what it should have been first; or, where it is right, say so")
    correcting.correct(asked.office, heard.mention_id, meant, asked.person)
    return stay(heard, "corrected", asked.lane)


def confirm(asked: Asked, heard: Heard) -> Response:
    """Keep that all of it was right, as they had it before them."""
    if _changed(asked, _as_shown(asked, heard)):
        raise NotPossible("you chose something else than what we said: correct it, or choose as it was")
    correcting.confirm(asked.office, heard.mention_id, asked.person)
    return stay(heard, "confirmed", asked.lane)


def sounds(asked: Asked, heard: Heard) -> Response:
    """Keep how it sounds to them, said in one click on a list; the same as was said confirms it."""
    meant = asked.form.get("sounds", "")
    right = heard.triage is not None and heard.triage.sentiment == meant
    drawn = asked.form.get("back") == "check" and is_drawn(asked.office, _back_to(asked), heard.mention_id)
    correcting.correct(asked.office, heard.mention_id, {"sentiment": meant}, asked.person, sampled=drawn)
    return _back(asked, heard, "confirmed" if right else "corrected")


def uncorrect(asked: Asked, heard: Heard) -> Response:
    """Take back what was last said of how it was sorted."""
    correcting.take_back(asked.office, heard.mention_id, asked.person)
    return _back(asked, heard, "uncorrected")


def _back(asked: Asked, heard: Heard, done: str) -> Response:
    """To the list they work along, else to the mention."""
    told = {"done": done, "of": heard.mention_id}
    match asked.form.get("back"):
        case "unsure":
            after = {"after": _back_to(asked)} if _back_to(asked) else {}
            return RedirectResponse(f"/?{urlencode({'lane': UNSURE} | after | told)}", 303)
        case "check":
            return RedirectResponse(f"/judgement/check?{urlencode({'draw': _back_to(asked)} | told)}", 303)
        case _:
            return stay(heard, done, asked.lane)


def _back_to(asked: Asked) -> str:
    """Which page of the list, or which draw."""
    return asked.form.get("back_to", "")


def _changed(asked: Asked, shown: Mapping[About, str]) -> dict[About, str]:
    """What they chose that is not what they had before them."""
    chosen = {about: asked.form.get(f"meant_{about}", "") for about in shown}
    return {about: what for about, what in chosen.items() if what not in ("", shown[about])}


def _as_shown(asked: Asked, heard: Heard) -> Mapping[About, str]:
    """What triage says. Raises NotPossible where that is not what stood on their page."""
    said = correcting.said_of(heard.triage) if heard.triage else {}
    if asked.form.get("shown", "") != " ".join(said.values()):
        raise NotPossible("it was sorted anew while you were reading: look once more")
    return said
