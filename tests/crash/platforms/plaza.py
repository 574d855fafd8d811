"""The plaza: by looking at once, in our own timeline. Mentions are read again there too."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from listener.mention import Mention
from listener.plaza.api import Api, Tokens
from listener.plaza.book import Book
from listener.plaza.cast import BRAND
from listener.plaza.diary import Diary
from listener.plaza.exchange import Request, refused
from listener.plaza.world import Refusal, World
from listener.source import Source
from listener.sources import plaza as plaza_in
from listener.sources.plaza import READ_TOKEN
from responders.publisher import Publisher
from responders.publishers import plaza as plaza_out
from responders.publishers.plaza import WRITE_TOKEN
from tests.crash.platforms.platform import SECOND, TEXT, Platform
from tests.fakes import UNLIMITED
from tests.plaza_server import READ, WRITE
from tests.servers.scripted import Asked, Say


class Plaza(Platform):
    """The pretend network itself, without its socket: by looking at once. Mentions are read again there too."""

    name, policy = "plaza", "by looking at once"
    secrets: ClassVar = {READ_TOKEN: READ, WRITE_TOKEN: WRITE}

    def __post_init__(self) -> None:
        self.book = Book(":memory:")
        self.world = World(self.book)
        for handle in (BRAND, "mara", "sol"):
            self.world.add_person(handle, handle.title())
        self._api = Api(self.world, Diary(self.world, 1.0), Tokens(READ, WRITE, "control"), self.url)
        self._heard = [
            self.world.post(*said) for said in (("mara", "@harbourlight it hisses"), ("sol", "@harbourlight hm"))
        ]

    def answer(self, asked: Asked) -> Say:
        query = {name: values[-1] for name, values in asked.query.items()}
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        body = json.dumps(asked.body).encode() if asked.body is not None else b""
        try:
            given = self._api.answer(Request(asked.verb, asked.path, query, token, body))
        except Refusal as why:
            given = refused(why)
        say = Say(given.body, given.status)
        if asked.verb == "POST" and given.post_id is not None:
            self.took(asked.body["text"], say)
        return say

    def connect(self, folder: Path) -> Publisher:
        return plaza_out.connect(plaza_out.Settings(base_url=self.url, account=BRAND, timeout_s=5))

    def reader(self) -> Source:
        return plaza_in.connect(plaza_in.Settings(base_url=self.url, account=BRAND, timeout_s=5), (), UNLIMITED)

    def mentions(self) -> Sequence[tuple[Mention, str]]:
        heard = [plaza_in.parse(self._api.shown(post), BRAND) for post in self._heard]
        return list(zip(heard, (TEXT, SECOND), strict=True))
