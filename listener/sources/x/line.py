"""One question to X at a time: within its rate limits, and answered with a JSON object or one of our named errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from listener.budget import Budget, Pool, Purpose
from listener.source import RateLimited, Unavailable
from listener.sources.x.answers import Answers, NoAnswer, error_of, words_of
from listener.web import parse_json, without_secrets


class Line:
    """The way to X for one app's token."""

    def __init__(self, host: str, answers: Answers, budget: Budget, token: SecretStr) -> None:
        self.host = host
        self._answers = answers
        self._budget = budget
        self._secrets = (token.get_secret_value(),)

    def ask(self, pool: Pool, purpose: Purpose, call: Callable[..., Any], *who: Any, **asked: Any) -> dict[str, Any]:
        """What X answers to one of tweepy's calls.

        Raises RateLimited, Unavailable (its kind BadAsked for a 400), Revoked or OutOfCredits.
        """
        self._budget.take(pool, 1, purpose=purpose)
        try:
            answer = self._answers.to(call, *who, **asked)
        except NoAnswer as why:
            raise Unavailable(f"{self.host} did not answer: {why}") from why
        body = parse_json(answer.content)
        if not 200 <= answer.status_code < 300:
            self._refuse(answer, words_of(body), pool)
        if not isinstance(body, dict):
            raise Unavailable(f"{self.host} said {answer.status_code}, but not with a JSON object")
        return body

    def close(self) -> None:
        """Let go of connections."""
        self._answers.close()

    def _refuse(self, answer: Any, words: str, pool: Pool) -> None:
        said = without_secrets(f"{self.host} said {answer.status_code} {words}".rstrip(), self._secrets)
        error = error_of(answer.status_code, words, said, answer.headers)
        if isinstance(error, RateLimited) and error.retry_at is not None:
            self._budget.block(pool, error.retry_at)
        raise error
