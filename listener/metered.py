"""What sources over a plain API have in common: every call counted before it is made, every listing walked back.

A platform's own file says how its pages and its posts are asked for, and what they mean.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar

from listener.budget import Budget, Pool, Purpose
from listener.mention import Batch, Mention
from listener.paging import DEEP, Deep, Page, walk_back
from listener.settings import SourceSettings, read_secret
from listener.source import NotFound, OutOfCredits, RateLimited, SourceError, Unavailable
from listener.web import NO_PARAMS, Params, Web

FEW = 3  # where so many in a row can't be read, it is hardly their own fault


class TokenSettings(SourceSettings):
    """What a source takes that has one secret of ours: it stands in a variable, or in the `token_file`."""

    token_file: str | None = None

    def token(self, variable: str) -> str | None:
        """The secret, None where there is none. Raises SettingsError where the file is missing or open to others."""
        secret = read_secret(variable, self.token_file)
        return secret.get_secret_value() if secret else None


class AccountSettings(TokenSettings):
    """The same for a platform on which we have an `account`: what is said to it is said to us."""

    account: str = ""

    @property
    def us(self) -> str:
        """Our account's name as names are compared: without the @, in lower case."""
        return self.account.lstrip("@").lower()


def bearer(token: str | None) -> dict[str, str]:
    """The headers that show a token, where there is one."""
    return {"Authorization": f"Bearer {token}"} if token else {}


class Metered:
    """One platform, read within its published limits."""

    def __init__(self, web: Web, budget: Budget) -> None:
        self._web = web
        self._budget = budget

    def get_json(self, pool: Pool, path: str, params: Params = NO_PARAMS, *, purpose: Purpose = "search") -> Any:
        """What the platform answers, for one unit of the pool.

        Raises what `Web.get_json` does, but Unavailable where nothing is found: a listing that isn't there is a setting
        to mend. Raises RateLimited without a call where the pool is used up.
        """
        try:
            return self._get(pool, path, params, purpose)
        except NotFound as why:
            raise Unavailable(f"{why}: look at base_url, and at what else the settings name there") from why

    def get_object(
        self, pool: Pool, path: str, params: Params = NO_PARAMS, *, purpose: Purpose = "search"
    ) -> Mapping[str, Any]:
        """The same, where the platform answers with an object. Raises Unavailable where it is none."""
        return self._object(self.get_json(pool, path, params, purpose=purpose))

    def get_post(self, pool: Pool, path: str, params: Params = NO_PARAMS) -> Mapping[str, Any]:
        """The object of a post that we know, read again as we owe its author. Raises NotFound where it is gone."""
        return self._object(self._get(pool, path, params, "duty"))

    def each_now(
        self, mentions: Sequence[Mention], read: Callable[[Mention], Mention | None]
    ) -> dict[str, Mention | None]:
        """These posts as they are now, as `one_by_one` asks for them."""
        return one_by_one(mentions, lambda known: self.now(partial(read, known)))

    def now(self, read: Callable[[], Mention | None]) -> Mention | None:
        """One post as it is now, None where it is gone; `read` asks for it and parses it.

        Raises Unavailable where the answer makes no sense, and what `read` does but NotFound.
        """
        try:
            return read()
        except NotFound:
            return None
        except (LookupError, TypeError, ValueError, AttributeError) as why:
            raise Unavailable(f"{self._web.host} answered with something that is no post: {why!r}") from why

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    def _get(self, pool: Pool, path: str, params: Params, purpose: Purpose) -> Any:
        """One call. Told when to come back, we leave the whole pool alone until then."""
        self._budget.take(pool, purpose=purpose)
        try:
            return self._web.get_json(path, params)
        except RateLimited as why:
            if why.retry_at is not None:
                self._budget.block(pool, why.retry_at)
            raise

    def _object(self, answer: Any) -> Mapping[str, Any]:
        if not isinstance(answer, dict):
            raise Unavailable(f"{self._web.host} answered with something that is no object")
        return answer


def one_by_one(mentions: Sequence[Mention], now_of: Callable[[Mention], Mention | None]) -> dict[str, Mention | None]:
    """Each of these posts as `now_of` says that it is; one that can't be read now (Unavailable, Revoked) is left out.

    A limit on the way, or a few failures in a row, leave the rest for another time. Raises RateLimited, Unavailable or
    Revoked where nothing could be told at all: then it is the platform, and not one of its posts.
    """
    now: dict[str, Mention | None] = {}
    failed = 0
    for nth, known in enumerate(mentions, 1):
        try:
            now[known.post_id] = now_of(known)
            failed = 0
        except (RateLimited, OutOfCredits):
            if not now:
                raise
            break
        except SourceError:
            failed += 1
            if not now and (failed == FEW or nth == len(mentions)):
                raise
            if failed == FEW:
                break
    return now


Settings = TypeVar("Settings", bound=SourceSettings)


class PlainSource(ABC, Generic[Settings]):
    """A source that reads listings newest first; a platform's own adds `streams`, `probe` and what is abstract here."""

    pages = 5  # read a poll
    deep: Deep | None = DEEP
    named_by: ClassVar[Mapping[str, re.Pattern[str]]] = {}  # what of a post's `extra` it is asked for by, and its form

    def __init__(
        self, web: Web, budget: Budget, settings: Settings, searches: Sequence[str], token: str | None
    ) -> None:
        """Calls nobody yet. `token` is the one that `web` shows, None where we are a visitor."""
        self._web, self._budget = Metered(web, budget), budget
        self._settings, self._searches = settings, tuple(searches)
        self._token, self._let_in = token, token is not None

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        page_after, read = partial(self._page, stream), partial(self._read, stream)
        first_look = self._settings.first_look
        return walk_back(cursor, page_after, read, now=now, pages=self.pages, first_look=first_look, deep=self.deep)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now, asked for one by one; left out where they are not named as the platform does.

        Raises RateLimited, Unavailable or Revoked.
        """
        return self._web.each_now([one for one in mentions if self._is_named(one)], self._now)

    def _is_named(self, known: Mention) -> bool:
        """Whether the platform can be asked for this post: what a person or a file brought may name it otherwise."""
        return all(form.fullmatch(known.extra.get(name, "")) for name, form in self.named_by.items())

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()

    @abstractmethod
    def _page(self, stream: str, token: str | None, floor: datetime) -> Page:
        """One page of a stream, the newest for None, of what is not older than the floor."""

    @abstractmethod
    def _read(self, stream: str, raw: Any) -> Mention | None:
        """The mention in an item of a page; None for one that is none."""

    def _now(self, known: Mention) -> Mention | None:
        """A post as it is now. Raises NotFound, or returns None, where it is gone."""
        raise NotImplementedError("a source either says how one post is read again, or has a `reread` of its own")
