"""Hand-written stand-ins for a platform, scripted by the test: what is heard, and how a reply ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from listener.budget import Pool, Purpose
from listener.mention import Author, Batch, Mention
from responders.draft import Receipt
from responders.publisher import Order, Unknown


class Unlimited:
    """A budget that never ends, for sources that ask little of theirs."""

    def take(self, pool: Pool, units: float = 1, *, purpose: Purpose = "search") -> None:
        pass

    def left(self, pool: Pool, *, purpose: Purpose = "search") -> float:
        return pool.most

    def block(self, pool: Pool, until: datetime) -> None:
        pass

    def charge(self, pool: Pool, stream: str, what: str, items: Iterable[str], usd_each: float) -> float:
        return 0.0

    def authors(self, author_ids: Iterable[str], since: datetime) -> Mapping[str, Author]:
        return {}


UNLIMITED = Unlimited()


class FakeSource:
    """Says what it is told to: each fetch takes the next of its answers, and the last one for ever."""

    platform = "plaza"

    def __init__(self, **streams: Sequence[Batch | Exception]) -> None:
        self._answers = {name: list(answers) for name, answers in streams.items()}
        self.cursors: list[tuple[str, str | None]] = []
        self.now: dict[str, Mention | None] = {}  # what a post is by now, where that differs from what was heard

    def streams(self) -> Sequence[str]:
        return list(self._answers)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        self.cursors.append((stream, cursor))
        answers = self._answers[stream]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        return {mention.post_id: self.now.get(mention.post_id, mention) for mention in mentions}

    def probe(self) -> str:
        return "let in"

    def close(self) -> None:
        pass


class FakePublisher:
    """Keeps what was posted. `answer` decides how an attempt ends; `stores` whether it was posted all the same."""

    platform = "plaza"
    limit = 500

    def __init__(self) -> None:
        self.posted: list[Order] = []
        self.attempts = 0
        self.looked = 0
        self.error: Exception | None = None
        self.stores = True
        self.visible = True
        self.before: Callable[[], None] = lambda: None
        self.unreadable: set[str] = set()  # by the parent's post_id: below these it can't be told what is there
        self.native: dict[str, Receipt] = {}  # by the parent's post_id: what a colleague answered on the platform

    def length(self, text: str) -> int:
        return len(text)

    def reply(self, order: Order) -> Receipt:
        self.before()
        order.last_look()
        self.attempts += 1
        if self.stores:
            self.posted.append(order)
        if self.error is not None:
            raise self.error
        return Receipt(f"r{len(self.posted)}", f"http://127.0.0.1:8101/posts/r{len(self.posted)}")

    def find(self, order: Order) -> Receipt | None:
        self.looked += 1
        if order.parent.post_id in self.unreadable:
            raise Unknown("too many to look through")
        for number, one in enumerate(self.posted, start=1):
            is_it = one.text == order.text and one.parent.post_id == order.parent.post_id
            if is_it and self.visible and f"r{number}" not in order.known:
                return Receipt(f"r{number}", f"http://127.0.0.1:8101/posts/r{number}", "found")
        return None

    def answered(self, order: Order) -> Receipt | None:
        if order.parent.post_id in self.unreadable:
            raise Unknown("too many to look through")
        found = self.native.get(order.parent.post_id)
        return found if found and found.post_id not in order.known else None

    def probe(self) -> str:
        return "let in"

    def close(self) -> None:
        pass
