"""What people teach triage from the desk: that it was right, or what it should have said."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from listener.archive.read import Heard
from listener.archive.taught import About
from responders import correcting
from responders.desk.actions import Asked, stay
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


def uncorrect(asked: Asked, heard: Heard) -> Response:
    """Take back what was last said of how it was sorted."""
    correcting.take_back(asked.office, heard.mention_id, asked.person)
    return stay(heard, "uncorrected", asked.lane)


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
