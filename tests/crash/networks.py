"""The networks that are listened to while the listening process dies: three ways of paging, two posts at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from listener.archive.ledger import Ledger
from listener.plaza.api import Api, Tokens
from listener.plaza.book import Book
from listener.plaza.cast import BRAND
from listener.plaza.diary import Diary
from listener.plaza.exchange import Request, refused
from listener.plaza.world import Refusal, World
from listener.source import Source
from listener.sources import plaza
from listener.web import Web
from tests.contract import NOW, SECRET, Listed, Posted, SourceContract
from tests.listener.sources import test_hackernews, test_lemmy
from tests.plaza_server import READ, WRITE
from tests.servers.scripted import Asked, Say, Scripted

PAGE = 2
UNBEARABLE = "my lantern is unbearable"


@dataclass
class Network:
    """A network. `said` are the posts that are there by their ids, and when it took them in."""

    name: ClassVar[str]
    policy: ClassVar[str]
    stream: ClassVar[str]
    secrets: ClassVar[Mapping[str, str]] = {}

    url: str
    said: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Build the network."""

    def say(self, at: datetime, text: str = "my lantern hisses") -> None:
        """Somebody says something."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Say:
        """What is said to one request."""
        raise NotImplementedError

    def connect(self, folder: Path, budget: Ledger) -> Source:
        """The source under trial, in a process that begins."""
        raise NotImplementedError


class Plaza(Network):
    """The pretend network, whose pages have tokens."""

    name, policy, stream = "plaza", "pages by token", "search:lantern"

    def __post_init__(self) -> None:
        self._world = World(Book(":memory:"), lambda: NOW)
        self._world.add_person("mara", "Mara")
        self._api = Api(self._world, Diary(self._world, 1.0), Tokens(READ, WRITE, "control"), self.url)

    def say(self, at: datetime, text: str = "my lantern hisses") -> None:
        post = self._world.post("mara", f"{text}, the {len(self.said) + 1}th", posted_at=at, received_at=at)
        self.said[post.post_id] = at

    def answer(self, asked: Asked) -> Say:
        query = {name: values[-1] for name, values in asked.query.items()}
        try:
            given = self._api.answer(Request(asked.verb, asked.path, query, READ, b""))
        except Refusal as why:
            given = refused(why)
        return Say(given.body, given.status)

    def connect(self, folder: Path, budget: Ledger) -> Source:
        web = Web(self.url, timeout_s=5, headers={"Authorization": f"Bearer {READ}"})
        return plaza.Plaza(web, BRAND, ["lantern"], page_size=PAGE)


class Contracted(Network):
    """A network in the shape that its SourceContract subclass knows."""

    case: ClassVar[type[SourceContract]]

    def __post_init__(self) -> None:
        self._case, self._server = self.case(), Scripted(self.url)
        self._case.page = PAGE  # type: ignore[misc]  # of this one alone
        self._listed: list[Listed] = []

    def say(self, at: datetime, text: str = "my lantern hisses") -> None:
        post = Posted(100 + len(self.said), at, f"{text}, the {len(self.said) + 1}th")
        self.said[self._case.post_id(post)] = at
        self._listed.append(Listed(self._case.raw(post), at))
        self._case.serve(self._server, self._listed)

    def answer(self, asked: Asked) -> Say:
        return self._server.answer(asked)

    def connect(self, folder: Path, budget: Ledger) -> Source:
        return self._case.connect(self.url, budget, folder)


class HackerNews(Contracted):
    """Pages by number, and no further back than a time."""

    name, policy, stream, case = (
        "hackernews",
        "pages by number since a time",
        "search:lantern",
        test_hackernews.TestContract,
    )


class Lemmy(Contracted):
    """Pages by number alone, so that what is said meanwhile moves them."""

    name, policy, stream, case = "lemmy", "pages by number", "comments:lantern", test_lemmy.TestContract
    secrets: ClassVar = {test_lemmy.READ_TOKEN: SECRET}


NETWORKS: Mapping[str, Callable[[str], Network]] = {one.name: one for one in (Plaza, HackerNews, Lemmy)}
