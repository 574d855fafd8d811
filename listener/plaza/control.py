"""The plaza's stage door, for tests and the demo on this machine: it has a token of its own.

POST /control/faults {fault, times, on, seconds, passing}  switch a fault on (see faults.py)
POST /control/release                                   let late answers go
POST /control/clear                                     switch all faults off
POST /control/posts {handle, text, in_reply_to, at, received_at, lang, name, bio, followers}
                                                        speak as anybody, at any date
POST /control/delete {post_id}                          take a post down
POST /control/edit {post_id, text}                      say something else in its place
POST /control/tick {at}                                 say what is due by then
GET  /control/posts                                     everything that stands, oldest first
GET  /control/wire                                      every API request that arrived
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from listener.plaza.api import Api
from listener.plaza.book import moment
from listener.plaza.diary import Diary
from listener.plaza.exchange import Answer, Request, said
from listener.plaza.faults import Faults
from listener.plaza.wirelog import WireLog
from listener.plaza.world import Refusal, World


class Control:
    """Answers under /control."""

    def __init__(self, world: World, diary: Diary, faults: Faults, wire: WireLog, api: Api, token: str) -> None:
        self._world = world
        self._diary = diary
        self._faults = faults
        self._wire = wire
        self._api = api
        self._token = token

    def answer(self, request: Request) -> Answer:
        """The answer. Raises Refusal for every no."""
        if request.token != self._token:
            raise Refusal(401, "The stage door takes the control token.")
        try:
            return said(200, self._do(request.method, request.path, request.json()))
        except (KeyError, TypeError, ValueError) as why:
            raise Refusal(422, f"Cannot read that: {type(why).__name__} {why}") from why

    def _do(self, method: str, path: str, asked: Mapping[str, Any]) -> object:
        match method, path:
            case "POST", "/control/faults":
                self._switch(asked)
            case "POST", "/control/release":
                self._faults.release()
            case "POST", "/control/clear":
                self._faults.clear()
            case "POST", "/control/posts":
                return self._post(asked)
            case "POST", "/control/delete":
                self._world.delete(str(asked["post_id"]))
            case "POST", "/control/edit":
                return self._api.shown(self._world.edit(str(asked["post_id"]), str(asked["text"])))
            case "POST", "/control/tick":
                return [
                    self._api.shown(post) for post in self._diary.tick(_time(asked.get("at")) or self._world.clock())
                ]
            case "GET", "/control/posts":
                return [self._api.shown(post) for post in self._world.everything()]
            case "GET", "/control/wire":
                return self._wire.entries()
            case _:
                raise Refusal(404, f"There is no {method} {path} behind the stage.")
        return {"status": "ok"}

    def _switch(self, asked: Mapping[str, Any]) -> None:
        self._faults.switch(
            str(asked["fault"]),
            int(asked.get("times", 1)),
            str(asked.get("on", "write")),
            float(asked.get("seconds", 30.0)),
            int(asked.get("passing", 0)),
        )

    def _post(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        handle = str(asked["handle"])
        about = (str(asked.get("name", "")), str(asked.get("bio", "")), int(asked.get("followers", 0)))
        self._world.add_person(handle, *about)
        post = self._world.post(
            handle,
            str(asked["text"]),
            asked.get("in_reply_to"),
            posted_at=_time(asked.get("at")),
            received_at=_time(asked.get("received_at")),
            lang=str(asked.get("lang", "en")),
        )
        return self._api.shown(post)


def _time(stamped: str | None) -> datetime | None:
    return moment(stamped) if stamped else None
