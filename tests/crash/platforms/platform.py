"""A platform that is answered on while the answering process dies, in the shape its own contract test gives it.

What a platform took is kept here, in the parent's memory: the text byte for byte, and what it said to the write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from listener.mention import Mention
from listener.source import Source
from responders.publisher import Publisher
from tests.contract import PublisherContract
from tests.fakes import FakeSource
from tests.servers.scripted import Asked, Say, Scripted


@dataclass(frozen=True, slots=True)
class Taken:
    """One post that the platform took: its text, and its own answer to the write, sent or not."""

    text: str
    told: str

    @property
    def sha256(self) -> str:
        """The text's fingerprint, reckoned here and not by the code that is tried."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass
class Platform:
    """One publisher's platform, made anew for each death. `shown` is whether its lists show what it took by now."""

    name: ClassVar[str]
    policy: ClassVar[str]
    secrets: ClassVar[Mapping[str, str]] = {}
    table: ClassVar[Mapping[str, Any]] = {}  # of [responders.publishers.<name>], where the rules for answering ask
    lags: ClassVar[bool] = False  # whether its own lists lag behind its writes

    url: str
    posts: list[Taken] = field(default_factory=list)
    again: int = 0  # whole writes of a text that had been taken before, whatever became of them
    shown: bool = True
    late: int = 0  # reads for which its lists lag on even then

    def __post_init__(self) -> None:
        """Build the platform."""

    def answer(self, asked: Asked) -> Say:
        """What is said to one request. A write is kept once it is taken."""
        raise NotImplementedError

    def connect(self, folder: Path) -> Publisher:
        """The publisher under trial, in a process that begins."""
        raise NotImplementedError

    def reader(self) -> Source:
        """What mentions are read again with before a reply goes out."""
        return FakeSource()

    def mentions(self) -> Sequence[tuple[Mention, str]]:
        """What was heard, and the reply to each; the replies differ."""
        raise NotImplementedError

    def took(self, text: str, say: Say) -> None:
        """Keep a post that was taken."""
        self.again += any(one.text == text for one in self.posts)
        self.posts.append(Taken(text, say.raw().decode()))


TEXT = "Hello Mara — the hiss is the valve; “quarter turn” left. ✨"
SECOND = "Hello Sol — a new wick, then an hour’s patience. 🕯️"


@dataclass
class Contracted(Platform):
    """A platform in the shape that its PublisherContract subclass knows."""

    case: ClassVar[type[PublisherContract]]

    def __post_init__(self) -> None:
        self._case, self._server = self._made()
        # What its lists showed before it took anything: what they go on showing while they lag behind.
        self._behind = self._made()[1]

    def _made(self) -> tuple[PublisherContract, Scripted]:
        case, server = self.case(), Scripted(self.url)
        server.spared = set(self.case.spared)
        self.prepare(case, server)
        case.accept(server)
        return case, server

    def prepare(self, case: PublisherContract, server: Scripted) -> None:
        """What the contract's own fixtures would see to."""

    def connect(self, folder: Path) -> Publisher:
        return self._case.connect(self.url, folder)

    def answer(self, asked: Asked) -> Say:
        if asked.verb == "GET":
            return (self._behind if self._lags_behind() else self._server).answer(asked)
        if asked.path in self.case.spared:
            return self._server.answer(asked)
        before = len(self._case.taken(self._server))
        say = self._server.answer(asked)
        now = self._case.taken(self._server)
        if len(now) > before:
            self.took(now[-1], say)
        return say

    def _lags_behind(self) -> bool:
        if self.lags and self.shown and self.late:
            self.late -= 1
            return True
        return self.lags and not self.shown

    def mentions(self) -> Sequence[tuple[Mention, str]]:
        first = replace(self._case.parent(), to_us=True)
        return [(first, self.words(TEXT)), (replace(self.another(first), to_us=True), self.words(SECOND))]

    def words(self, text: str) -> str:
        """The reply as this platform's people write it."""
        return text

    def another(self, first: Mention) -> Mention:
        """A second post there, by somebody else."""
        raise NotImplementedError


def by_sol(first: Mention, **changes: Any) -> Mention:
    """The same post, by somebody else."""
    author = replace(first.author, author_id=first.author.author_id.replace("mara", "sol") + "2", handle="sol")
    return replace(first, author=author, text="my wick smokes", **changes)
