"""What is wrong with a query, where, and what to write instead."""

from __future__ import annotations

SHOWN = 30  # characters of a long query on each side of the place


class QueryError(ValueError):
    """A query that can't be read. `column` is where, counted from 1; the message says what to write instead."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.column = column

    def shown(self, text: str) -> str:
        """The message over the query, with a caret under the place."""
        return f"column {self.column}: {self.message}\n{pointed_at(text, self.column)}"


def pointed_at(text: str, column: int) -> str:
    """Two lines: the query around the column, and a caret under it."""
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    at = min(max(column - 1, 0), len(line))
    first = max(0, at - SHOWN) if len(line) > 2 * SHOWN else 0
    last = at + SHOWN if len(line) > 2 * SHOWN else len(line)
    before = "…" if first else ""
    return f"  {before}{line[first:last]}{'…' if last < len(line) else ''}\n  {' ' * (len(before) + at - first)}^"
