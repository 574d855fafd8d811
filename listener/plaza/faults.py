"""What can go wrong on a real network, on a switch: each fault holds for the next n requests it is meant for.

A write fault says by its name whether the post was stored: nobody on the other end can tell, which is the point.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from listener.plaza.exchange import HTML, Answer, Request, said
from listener.plaza.world import Refusal

SLOW_DOWN = {"error": "TooManyRequests", "message": "Slow down a little."}
# Nothing is done or stored; this is the answer.
INSTEAD: Mapping[str, Callable[[float], Answer]] = {
    "drop_before": lambda _: Answer(0, delivery="drop"),
    "ok_but_refused": lambda _: said(200, {"status": "rejected", "post_id": "zzzzzz"}),
    "429_with_reset": lambda wait_s: said(429, SLOW_DOWN, headers=_reset(wait_s)),
    "429_bare": lambda _: said(429, SLOW_DOWN),
    "401": lambda _: said(401, {"error": "Unauthorized", "message": "This token has been revoked."}),
    "403": lambda _: said(403, {"error": "Forbidden", "message": "This account may not do that."}),
    "500": lambda _: said(500, {"error": "InternalError", "message": "Something broke on our side."}),
    "html": lambda _: Answer(200, b"<!doctype html><title>Plaza</title><p>We will be back soon.", HTML),
    "huge": lambda _: Answer(200, b'{"posts": ["', delivery="endless"),
}
# The request is carried out; this becomes of its answer.
AFTER: Mapping[str, Callable[[Answer], Answer]] = {
    "accept_then_reset": lambda done: Answer(done.status, delivery="reset", post_id=done.post_id),
    "accept_then_504": lambda done: said(504, {"error": "GatewayTimeout"}, post_id=done.post_id),
    "ok_without_id": lambda done: said(200, {"status": "ok"}, post_id=done.post_id),
    "late_answer": lambda done: done,
    "slow": lambda done: Answer(done.status, done.body, done.kind, done.headers, "drip", done.post_id),
}
NAMES = frozenset(INSTEAD) | frozenset(AFTER)


def _reset(wait_s: float) -> dict[str, str]:
    return {"Retry-After": f"{wait_s:.0f}", "x-ratelimit-reset": f"{time.time() + wait_s:.0f}"}


@dataclass(slots=True)
class Fault:
    """One switch. `seconds` is the wait that 429 asks for, or how late a late answer is; `passing` go free first."""

    name: str
    on: str
    left: int
    seconds: float
    passing: int


class Faults:
    """The switches, and the latch that late answers wait behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._switched: list[Fault] = []
        self.released = threading.Event()

    def switch(self, name: str, times: int = 1, on: str = "write", seconds: float = 30.0, passing: int = 0) -> None:
        """Have the next `times` reads or writes fail so. Raises Refusal (422) for a fault there is none of."""
        if name not in NAMES or on not in {"read", "write"}:
            raise Refusal(422, f"There is no fault {name!r} on {on!r}. Faults: {', '.join(sorted(NAMES))}.")
        with self._lock:
            others = [fault for fault in self._switched if fault.name != name]
            self._switched = [*others, Fault(name, on, times, seconds, passing)]
            if name == "late_answer":
                self.released.clear()

    def release(self) -> None:
        """Let late answers go, those waiting and those to come."""
        self.released.set()

    def clear(self) -> None:
        """Switch everything off and let go of whoever waits."""
        with self._lock:
            self._switched = []
        self.release()

    def around(self, request: Request, carry_out: Callable[[], Answer]) -> tuple[Answer, str | None]:
        """The answer to a request as the next fault leaves it, and that fault's name; None where nothing is wrong."""
        fault = self._next("read" if request.method == "GET" else "write")
        if fault is None:
            return carry_out(), None
        if fault.name in INSTEAD:
            return INSTEAD[fault.name](fault.seconds), fault.name
        done = carry_out()
        if fault.name == "late_answer":
            self.released.wait(fault.seconds)
        return AFTER[fault.name](done), fault.name

    def _next(self, on: str) -> Fault | None:
        with self._lock:
            fault = next((fault for fault in self._switched if fault.on == on and fault.left > 0), None)
            if fault is not None and fault.passing > 0:
                fault.passing -= 1
                return None
            if fault is not None:
                fault.left -= 1
            return fault
