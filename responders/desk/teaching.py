"""What people teach triage from the desk: that it was right, or what it should have said."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from listener.archive.read import Heard
from listener.archive.taught import About
from responders import correcting
from responders.desk.actions import Asked, stay
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
    correcting.correct(asked.office, heard.mention_id, {"sentiment": meant}, asked.person)
    return _back(asked, heard, "confirmed" if right else "corrected")


def uncorrect(asked: Asked, heard: Heard) -> Response:
    """Take back what was last said of how it was sorted."""
    correcting.take_back(asked.office, heard.mention_id, asked.person)
    return _back(asked, heard, "uncorrected")


def _back(asked: Asked, heard: Heard, done: str) -> Response:
    """To the list they work along, else to the mention."""
    if asked.form.get("back") != UNSURE:
        return stay(heard, done, asked.lane)
    after = asked.form.get("place", "")
    query = urlencode({"lane": UNSURE, **({"after": after} if after else {}), "done": done, "of": heard.mention_id})
    return RedirectResponse(f"/?{query}", 303)


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
