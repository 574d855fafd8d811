"""One request and one answer, as the plaza's rooms hand them on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from listener.plaza.world import Refusal

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived. `path` is without its query; `token` is the bearer token, if one came."""

    method: str
    path: str
    query: Mapping[str, str]
    token: str | None
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body's JSON object. Raises Refusal (400)."""
        try:
            parsed = json.loads(self.body or b"{}")
        except (ValueError, RecursionError) as why:
            raise Refusal(400, "The body is not JSON.") from why
        if not isinstance(parsed, dict):
            raise Refusal(400, "The body must be a JSON object.")
        return parsed


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and how: `whole`, or one of the broken ways of faults.py."""

    status: int
    body: bytes = b""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: str = "whole"
    post_id: str | None = None


def said(status: int, thing: object, **more: Any) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(thing, ensure_ascii=False).encode("utf-8", "replace"), **more)


def refused(why: Refusal) -> Answer:
    """A no, in the plaza's words."""
    return said(why.status, {"error": _NAMES.get(why.status, "Refused"), "message": str(why)})


_NAMES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "NoSuchMethod"} | {
    413: "TooLarge",
    422: "NotAcceptable",
}
