"""What we listen for: each watch with its query, and what each platform is asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from listener.query.clauses import clauses_of, joined_of
from listener.query.explain import as_tree
from listener.settings import WatchSettings
from responders.about import learned
from responders.desk.frame import desk_of, show
from responders.settings import Settings
from responders.watching import Asked, asked, own_exclusions

# A page is for reading: a watch of hundreds of names shows the first of them and says how many more there are.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """One watch: in plain words as a tree, what it alone leaves out, and what each platform is asked."""

    watch: WatchSettings
    tree: tuple[str, ...]
    without: tuple[tuple[str, tuple[str, ...]], ...]
    asked: tuple[Asked, ...]


async def watches(request: Request) -> Response:
    """What we listen for, and how each platform is asked."""
    office = desk_of(request).office
    settings = office.settings
    known = {one.watch: one for one in learned(office)}
    everywhere = [
        (name, value)
        for name, value in (
            ("words", settings.exclude.terms),
            ("authors", settings.exclude.authors),
            ("communities", settings.exclude.communities),
        )
        if value
    ]
    watches = list(_shown(settings))
    return show(request, "watches.html", watches=watches, learned=known, everywhere=everywhere, most=SHOWN)


def _shown(settings: Settings) -> Iterator[Shown]:
    for watch in settings.watches:
        root = joined_of(clauses_of(watch))
        tree = tuple(as_tree(root)) if root is not None else ()
        yield Shown(watch, tree, tuple(own_exclusions(watch, settings)), tuple(asked(watch, settings)))
