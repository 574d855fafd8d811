"""What the listings of most platforms have in common: a list under a name, a time for each item, a next page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from listener.paging import Item, Page, unreadable_item
from listener.source import Unavailable

One = TypeVar("One")


def listed(answer: Any, name: str | None = None) -> list[Any]:
    """The list an answer holds under this name, or is (None). Raises Unavailable where there is none."""
    found = answer if name is None else answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise Unavailable(f"it answered without {name or 'a list'}")
    return found


def page_of(
    raws: Iterable[Any],
    taken_in: Callable[[Any], datetime],
    following: str | None = None,
    *,
    end_is_limit: bool = False,
) -> Page:
    """The page of these items; `taken_in` reads an item's time, and what has none that can be read is set aside."""
    items, unreadable = [], []
    for raw in raws:
        try:
            items.append(Item(raw, taken_in(raw)))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as why:
            unreadable.append(unreadable_item(raw, why))
    return Page(tuple(items), following, tuple(unreadable), end_is_limit)


def lots(items: Sequence[One], size: int) -> Iterator[Sequence[One]]:
    """The items, so many at a time, for look-ups that take no more at once."""
    return (items[start : start + size] for start in range(0, len(items), size))


def quoted(term: str) -> str:
    """The term as a phrase to search for."""
    return '"{}"'.format(term.replace('"', " ").strip())


@dataclass(frozen=True, slots=True)
class Window:
    """A page of a search that shows only so many hits a query, and whose numbered pages shift while they are read.

    So each page asks for what is not newer than the last hit of the page before (`until`, in epoch seconds; None: the
    newest); only within one second are pages numbered, from 1.
    """

    until: int | None = None
    page: int = 1

    @classmethod
    def read(cls, token: str | None) -> Window:
        """The window that a page's token names."""
        until, _, page = (token or "").partition(":")
        return cls(int(until), int(page)) if until else cls()

    def token_after(self, page: Page) -> str:
        """The token of the page after this one. Raises Unavailable where no item of it has a time."""
        if not page.items:
            raise Unavailable("it answered with a whole page of items that have no time")
        oldest = int(min(item.at for item in page.items).timestamp())
        same = self.until is not None and oldest >= self.until
        return f"{self.until}:{self.page + 1}" if same else f"{oldest}:1"


def moment(value: Any) -> datetime:
    """A time, aware and in UTC, from ISO text (UTC where it names no zone) or epoch seconds.

    Raises TypeError or ValueError where it is neither.
    """
    try:
        if isinstance(value, str):
            at = datetime.fromisoformat(value)
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        if isinstance(value, int) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as why:
        raise ValueError(f"{value!r} is outside of all calendars") from why
    raise TypeError(f"{value!r:.60} is no time")


def word(raw: Mapping[str, Any], name: str) -> str:
    """The text under this name. Raises KeyError, TypeError or ValueError where there is none or it is empty."""
    value = raw[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text: {value!r:.60}")
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def number(raw: Mapping[str, Any], name: str) -> int:
    """The whole number under this name. Raises KeyError or TypeError where there is none."""
    value = raw[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} is no number: {value!r:.60}")
    return value


def count(raw: Any, name: str) -> int | None:
    """The number under this name, where there is one."""
    value = raw.get(name) if isinstance(raw, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_number(post_id: str) -> bool:
    """Whether this is written in the ten digits alone, as several platforms' ids are."""
    return post_id.isascii() and post_id.isdigit()
