"""A person's word on whether a mention is about a watch, given at the desk."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from listener.archive.read import Heard
from responders.about import thumb
from responders.desk.actions import Asked


def about(asked: Asked, heard: Heard) -> Response:
    """This is about the watch that the form names; once more takes that back."""
    return _thumb(asked, heard, relevant=True)


def not_about(asked: Asked, heard: Heard) -> Response:
    """This is not about it; once more takes that back."""
    return _thumb(asked, heard, relevant=False)


def _thumb(asked: Asked, heard: Heard, *, relevant: bool) -> Response:
    watch = asked.form.get("watch", "")
    if watch not in heard.watches:
        raise HTTPException(400)
    said = thumb(asked.office, heard.mention_id, watch, relevant, asked.person)
    if asked.form.get("back") == "aside":
        told = urlencode({"why": "not_about_us", "done": said.replace(" ", "_"), "of": heard.mention_id})
        return RedirectResponse(f"/aside?{told}", 303)
    lane = {"lane": asked.lane} if asked.lane else {}
    query = urlencode({**lane, "done": said.replace(" ", "_"), "of": heard.mention_id})
    return RedirectResponse(f"/mentions/{heard.mention_id}?{query}", 303)
