"""What a person marks mentions with at the desk: who answers, tags; and that alerts have been seen."""

from __future__ import annotations

from datetime import datetime

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from listener.archive.read import Heard
from responders.desk.actions import Asked, stay


def assign(asked: Asked, heard: Heard) -> Response:
    """Say who is to answer; an empty name: anybody."""
    asked.office.marks.assign(heard.mention_id, asked.form.get("to", ""), asked.person, asked.office.now())
    return stay(heard, "assigned", asked.lane)


def tag(asked: Asked, heard: Heard) -> Response:
    """Put a tag on."""
    asked.office.marks.tag(heard.mention_id, asked.form.get("tag", ""), asked.person, asked.office.now())
    return stay(heard, "tagged", asked.lane)


def untag(asked: Asked, heard: Heard) -> Response:
    """Take a tag off."""
    asked.office.marks.untag(heard.mention_id, asked.form.get("tag", ""), asked.person, asked.office.now())
    return stay(heard, "tagged", asked.lane)


def seen(asked: Asked) -> Response:
    """Put away all alerts that stood on the page they saw."""
    try:
        until = datetime.fromisoformat(asked.form.get("until", ""))
    except ValueError as why:
        raise HTTPException(400) from why
    if until.tzinfo is None:
        raise HTTPException(400)
    asked.office.alerts.see(asked.person, until, asked.office.now())
    return RedirectResponse("/?done=seen", 303)
