"""What an answer of X's says, whoever asked: the last one heard, its words, and how long to wait.

tweepy reads the body of an error before it raises, and trips over what is no object (a list: AttributeError, a bare
number: TypeError), so that the status is lost. So the answer itself is noted as it comes in, and read here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from listener.sdk_session import SdkSession
from listener.source import OutOfCredits, SourceError, Unavailable
from listener.web import error_for, read_wait

HOSTS = frozenset({"api.twitter.com", "api.x.com"})  # those that tweepy has built in
POST_FIELDS = (
    "id,text,created_at,author_id,conversation_id,in_reply_to_user_id,referenced_tweets,entities,note_tweet,lang,"
    "public_metrics,edit_history_tweet_ids"
)
USER_FIELDS = "id,name,username,public_metrics"
# What a JSON of another shape than the documents' makes of reading it.
ODD = (KeyError, TypeError, ValueError, AttributeError)
_DAYS = ("x-user-limit-24hour", "x-app-limit-24hour")


class NoAnswer(Exception):
    """No whole answer came; the cause tells what happened instead (requests' own error, as a rule)."""


class Answers:
    """The answers X gives to tweepy's calls, whatever their status, and whatever tweepy makes of them."""

    def __init__(self, session: SdkSession, sdk_error: type[Exception]) -> None:
        """`sdk_error` is what tweepy raises by intention. Beside it, seen in 4.17: it wraps no fault of the network."""
        self._expected: tuple[type[Exception], ...] = (sdk_error, OSError, RecursionError, *ODD)
        self._last = threading.local()
        self.close = session.close
        session.hooks["response"].append(self._note)

    def to(self, call: Callable[..., Any], *who: Any, **asked: Any) -> Any:
        """The answer (a requests.Response) to one call. Raises NoAnswer where none came whole."""
        self._last.answer = None
        try:
            call(*who, **asked)
        except self._expected as why:
            if self._last.answer is None or isinstance(why, OSError):
                raise NoAnswer(type(why).__name__) from why
        return self._last.answer

    def _note(self, answer: Any, *_: Any, **__: Any) -> None:
        self._last.answer = answer


class BadAsked(Unavailable):
    """X did not understand the question (400): a page's token it has forgotten, or a time too long ago."""


def error_of(status: int, words: str, said: str, headers: Mapping[str, str]) -> SourceError:
    """What an answer that is no success means to a listener; `said` is the line for a person, without secrets."""
    if status == 400:
        return BadAsked(said)
    if status in (404, 410):
        return Unavailable(said)
    if status == 429 and "usage" in words.lower() and "cap" in words.lower():
        # The month's posts are used up: no wait of minutes will do (problem type usage-capped).
        return OutOfCredits(said)
    return error_for(status, said, waiting(headers))


def waiting(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The headers under the names that others use, too: X writes `x-rate-limit-reset`, and more of it for 24 hours.

    The day's limits count only where it is they that are used up.
    """
    low = {name.lower(): value for name, value in headers.items()}
    days = [window for window in _DAYS if low.get(f"{window}-remaining") == "0"]
    reset = next((low[name] for window in (*days, "x-rate-limit") if (name := f"{window}-reset") in low), None)
    return low if reset is None else {**low, "x-ratelimit-reset": reset}


def wait_of(headers: Mapping[str, str]) -> datetime | None:
    """When X wants to be asked again; None where it does not say."""
    return read_wait(waiting(headers), datetime.now(UTC))


def words_of(body: Any) -> str:
    """X's own words for what is wrong, on one line; empty where it has none.

    They stand in `detail`, or in each of `errors` (as `detail` or `message`), or under older names.
    """
    if not isinstance(body, dict):
        return ""
    said = [text for text in _said(body) if text.strip()]
    return " ".join("; ".join(dict.fromkeys(said)).split())[:300]


def _said(body: Mapping[str, Any]) -> Iterator[str]:
    errors = body.get("errors")
    for part in (body, *(errors if isinstance(errors, list) else ())):
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            names = ("detail", "message", "error", "title")
            yield next((part[name] for name in names if isinstance(part.get(name), str)), "")


def problems(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The problems that a success may carry beside what it hands out: posts that are gone, authors out of sight."""
    errors = body.get("errors")
    return [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []


def is_kind(problem: Mapping[str, Any], *kinds: str) -> bool:
    """Whether a problem is of one of these types: the last part of its address (`resource-not-found`)."""
    return str(problem.get("type", "")).rpartition("/")[2] in kinds
