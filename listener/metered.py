"""A platform's address together with what we may use up of it: each call is counted before it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from listener.budget import Budget, Pool, Purpose
from listener.mention import Mention
from listener.source import NotFound, RateLimited, Unavailable
from listener.web import NO_PARAMS, Params, Web


class Metered:
    """One platform, read within its published limits."""

    def __init__(self, web: Web, budget: Budget) -> None:
        self._web = web
        self._budget = budget

    def get_json(
        self, pool: Pool, path: str, params: Params = NO_PARAMS, *, purpose: Purpose = "search", units: float = 1
    ) -> Any:
        """What the platform answers, for so many units of the pool.

        Raises what `Web.get_json` does, and RateLimited without a call where the pool is used up. Told when to come
        back, we leave the whole pool alone until then.
        """
        self._budget.take(pool, units, purpose=purpose)
        try:
            return self._web.get_json(path, params)
        except RateLimited as why:
            if why.retry_at is not None:
                self._budget.block(pool, why.retry_at)
            raise

    def get_object(
        self, pool: Pool, path: str, params: Params = NO_PARAMS, *, purpose: Purpose = "search"
    ) -> Mapping[str, Any]:
        """The same, where the platform answers with an object. Raises Unavailable where it is none."""
        answer = self.get_json(pool, path, params, purpose=purpose)
        if not isinstance(answer, dict):
            raise Unavailable(f"{self._web.host} answered with something that is no object")
        return answer

    def each_now(
        self, mentions: Sequence[Mention], read: Callable[[Mention], Mention | None]
    ) -> dict[str, Mention | None]:
        """These posts as they are now, asked for one by one; a limit on the way leaves the rest for another time.

        Raises RateLimited, Unavailable or Revoked where not even the first could be told.
        """
        now: dict[str, Mention | None] = {}
        for known in mentions:
            try:
                now[known.post_id] = self.now(partial(read, known))
            except RateLimited:
                if not now:
                    raise
                break
        return now

    def now(self, read: Callable[[], Mention | None]) -> Mention | None:
        """One post as it is now, None where it is gone; `read` asks for it and parses it.

        Raises Unavailable where the answer makes no sense, and what `read` does but NotFound.
        """
        try:
            return read()
        except NotFound:
            return None
        except (KeyError, TypeError, ValueError, AttributeError) as why:
            raise Unavailable(f"{self._web.host} answered with something that is no post: {why!r}") from why

    def close(self) -> None:
        """Let go of connections."""
        self._web.close()
