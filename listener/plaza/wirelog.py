"""Every API request that arrived, so that a test can count what was really sent."""

from __future__ import annotations

import hashlib
from typing import Any

from listener.plaza.book import Book, stamp
from listener.plaza.exchange import Request
from listener.plaza.world import World


class WireLog:
    """Arrivals in order. No token is ever written down."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def _book(self) -> Book:
        return self._world.book

    def arrived(self, request: Request) -> int:
        """Write a request down before anything is done about it; its number."""
        return self._book.tell(
            "INSERT INTO wire (at, method, path, body, body_sha256, outcome) VALUES (?, ?, ?, ?, ?, 'arrived')",
            (
                stamp(self._world.clock()),
                request.method,
                request.path,
                request.body.decode("utf-8", "replace"),
                hashlib.sha256(request.body).hexdigest(),
            ),
        )

    def ended(self, n: int, outcome: str, post_id: str | None) -> None:
        """Add what became of it: a status or a fault's name, and the post that was stored, if one was."""
        self._book.tell("UPDATE wire SET outcome = ?, post_id = ? WHERE n = ?", (outcome, post_id, n))

    def entries(self) -> list[dict[str, Any]]:
        """All of it, oldest first."""
        return [dict(row) for row in self._book.ask("SELECT * FROM wire ORDER BY n")]
