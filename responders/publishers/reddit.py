"""Reddit: one comment under what they wrote, in a subreddit that allows it, once Reddit has approved this use.

praw sends a POST up to three times where it gets no answer, which would be as many public replies; here it has one
try. Reddit has no idempotency key: what became of a lost answer can only be learnt by looking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn
from urllib.parse import urlsplit

from pydantic import Field

from listener import source
from listener.settings import Part, SettingsError, read_secret
from listener.sources.reddit.gate import API, Answer, NoAnswer, NoSuccess, TwoHosts, login_session
from listener.sources.reddit.posts import address_of, taken_in
from listener.sources.reddit.source import AGENT, NAME, App, Line, name_in
from listener.web import read_wait
from responders.draft import Receipt
from responders.limits import limit_for
from responders.looking import CLOCKS_DIFFER, doubting
from responders.permission.standing import as_subreddit
from responders.publisher import Order, Postponed, Refused, Revoked, TooLong, Unknown
from responders.wire import NOT_A_NO
from responders.writing_session import WritingSession, never_sent

PLATFORM = "reddit"
SECRET_VARIABLE = "WARMLINE_REDDIT_WRITE_CLIENT_SECRET"  # noqa: S105 - the variable's name, not the secret
REFRESH_VARIABLE = "WARMLINE_REDDIT_WRITE_REFRESH_TOKEN"
LIMIT = limit_for(PLATFORM)
PAGE_SIZE = 100
MOST_PAGES = 2  # each may take as long as the timeout
NEEDED = frozenset({"identity", "history", "submit"})
# "Take a break for 9 minutes before trying again": praw's own reading of it, with hours.
_WAIT = re.compile(r"(\d{1,4}) (millisecond|second|minute|hour)s?")
_SECONDS = {"millisecond": 0.001, "second": 1, "minute": 60, "hour": 3600}


class Settings(Part):
    """`[responders.publishers.reddit]`: the account that answers, what Reddit approved, and where we may speak.

    Only in the `subreddits` named, whose own rules somebody has read: many ban bots. The refresh token comes from
    WARMLINE_REDDIT_WRITE_REFRESH_TOKEN (scopes identity, history, submit), the app's secret from
    WARMLINE_REDDIT_WRITE_CLIENT_SECRET.
    """

    enabled: bool = True
    base_url: str = API
    login_url: str | None = None
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    approved_on: date | None = None
    approved_as: str = ""
    client_id: str = Field(min_length=1)
    user_agent: str = Field(pattern=AGENT)
    username: str = Field(pattern=NAME)
    client_secret_file: str | None = None
    refresh_token_file: str | None = None
    subreddits: tuple[str, ...] = ()


def connect(settings: Settings) -> Reddit:
    """The way out; it has called nobody yet.

    Raises SettingsError where Reddit's approval is not recorded, or a secret is missing.
    """
    if settings.approved_on is None or not settings.approved_as.strip():
        raise SettingsError(
            "reddit: approved_on and approved_as are not set: Reddit must approve it before software posts "
            "(support.reddithelp.com, Responsible Builder Policy). Until then answer by hand: enabled = false"
        )
    secret = read_secret(SECRET_VARIABLE, settings.client_secret_file)
    refresh = read_secret(REFRESH_VARIABLE, settings.refresh_token_file)
    if secret is None or refresh is None:
        raise SettingsError(
            f"reddit: set {SECRET_VARIABLE} and {REFRESH_VARIABLE}, or client_secret_file and refresh_token_file"
        )
    app = App(settings.client_id, secret, settings.user_agent, refresh)
    api = WritingSession(settings.base_url, settings.timeout_s, instead_of={urlsplit(API).netloc})
    login = login_session(settings.base_url, settings.login_url, settings.timeout_s)
    allowed = frozenset(as_subreddit(name) for name in settings.subreddits)
    return Reddit(Line(app, TwoHosts(api, login), lambda _: None), api, settings.username, allowed)


class Reddit:
    """Reddit as a way out: one POST to /api/comment an attempt."""

    platform = PLATFORM
    limit = LIMIT.most

    def __init__(self, line: Line, out: WritingSession, account: str, allowed: frozenset[str]) -> None:
        """`out` is what the line's requests go through, but for those that fetch a token."""
        self._line = line
        self._out = out
        self._account = account
        self._allowed = allowed

    def length(self, text: str) -> int:
        """Characters."""
        return LIMIT.length(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as the protocol says."""
        self._check(order)
        with doubting(lambda: self.find(order), lags=True):
            return self._post(order)

    def find(self, order: Order) -> Receipt | None:
        """Our comment under this parent with this very text, since the attempt; None if it is not listed now.

        The listing follows the site after a while only. Raises Unknown where it can't be read, Revoked where our
        credentials are refused.
        """
        with _as_looked_for():
            ours = self._our_comments_since(order.attempted_at - CLOCKS_DIFFER)
            found = next((post for post in ours if _is_it(post, order)), None)
            return Receipt(str(found["name"]), address_of(found), how="found") if found else None

    def answered(self, order: Order) -> Receipt | None:
        """From our own comments since theirs, which the token may read; for the thread it would need another scope.

        What was said in the last minutes may not be listed yet. Raises as `find` does.
        """
        with _as_looked_for():
            ours = self._our_comments_since(order.parent.posted_at - CLOCKS_DIFFER)
            found = next((post for post in ours if _answers(post, order)), None)
            return Receipt(str(found["name"]), address_of(found), how="found") if found else None

    def probe(self) -> str:
        """As whom we are let in, and that the token may post. Raises Revoked or Unknown."""
        with _as_looked_for():
            me = self._line.get("api/v1/me", {})
            name = name_in(me)
        if name.lower() != self._account.lower():
            raise Revoked(f"the refresh token belongs to u/{name}, not to u/{self._account}")
        if me.get("is_suspended"):
            raise Revoked(f"u/{name} is suspended")
        if "*" not in self._line.scopes and (lacking := NEEDED - self._line.scopes):
            raise Revoked(f"the token of u/{name} lacks the scope {', '.join(sorted(lacking))}")
        return f"let in as u/{name}, may answer in {len(self._allowed)} subreddits; {self._line.left}"

    def close(self) -> None:
        """Let go of connections."""
        self._line.close()

    def _check(self, order: Order) -> None:
        """Raise TooLong or Refused for what must not even be tried."""
        if not LIMIT.holds(order.text):
            raise TooLong(f"{self.length(order.text)} characters: Reddit takes {self.limit}")
        community = order.parent.extra.get("community", "")
        if as_subreddit(community) not in self._allowed:
            raise Refused(f"r/{community} is not among the subreddits that we may answer in")
        if not re.fullmatch(r"t[13]_[0-9a-z]+", order.parent.post_id):
            raise Refused(f"{order.parent.post_id!r:.40} is neither a post nor a comment of Reddit's")
        try:
            order.text.encode("utf-8")
        except UnicodeEncodeError as why:
            raise Refused("the text holds half a character (a lone surrogate): edit it and approve again") from why

    def _post(self, order: Order) -> Receipt:
        form = {"thing_id": order.parent.post_id, "text": order.text}
        try:
            with self._out.looking(order.last_look):
                answer = self._line.ask("POST", "api/comment/", form=form)
        except source.SourceError as why:
            raise _not_sent(why) from why
        except NoSuccess as why:
            self._explain(why.answer, stale=why.stale)
        except NoAnswer as why:
            if never_sent(why.cause):
                raise Postponed(f"could not connect to Reddit: {why}") from None
            raise Unknown(f"Reddit did not give a whole answer: {why}") from None
        return _receipt(answer)

    def _explain(self, answer: Answer, *, stale: bool) -> NoReturn:
        """Raise what an answer that is no success means."""
        said = self._line.said(answer)
        match answer.status_code:
            case 429:
                raise Postponed(said, read_wait(answer.headers, datetime.now(UTC)))
            case 401 if stale:
                raise Postponed(f"{said}; a new token is fetched for the next attempt")
            case 401 | 402:
                raise Revoked(said)
            case 403 if "insufficient_scope" in answer.headers.get("www-authenticate", ""):
                raise Revoked(f"{said}: the token lacks the scope submit")
            case status if 400 <= status < 500 and status not in NOT_A_NO:
                raise Refused(self._line.words(answer) or said)
            case _:
                raise Unknown(said)

    def _our_comments_since(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        after: str | None = None
        for _ in range(MOST_PAGES):
            asked: dict[str, str | int] = {"sort": "new", "limit": PAGE_SIZE, **({"after": after} if after else {})}
            listing = self._line.get(f"user/{self._account}/comments", asked)["data"]
            posts, after = [child["data"] for child in listing["children"]], listing["after"]
            yield from (post for post in posts if taken_in(post) >= since)
            if after is None or all(taken_in(post) < since for post in posts):
                return
        raise Unknown(f"more than {MOST_PAGES * PAGE_SIZE} comments of ours since then: too many to look through")


def _receipt(answer: Any) -> Receipt:
    """The receipt in a 200. Raises Postponed or Refused for the errors it lists, Unknown where it names no comment."""
    body = answer.get("json") if isinstance(answer, dict) else None
    errors = body.get("errors") if isinstance(body, dict) else None
    things = _things(body)
    if isinstance(body, dict) and isinstance(errors, list) and errors and not things:
        _raise_for(errors, body)
    made = things[0].get("data") if things and isinstance(things[0], dict) else None
    name = made.get("name") if isinstance(made, dict) else None
    if not isinstance(made, dict) or not isinstance(name, str) or not name.startswith("t1_"):
        # A quarantined subreddit takes a comment without showing it to us (praw, Comment.reply).
        raise Unknown("Reddit said yes without naming the comment")
    return Receipt(name, address_of(made))


def _things(body: Any) -> list[Any]:
    made = body.get("data") if isinstance(body, dict) else None
    things = made.get("things") if isinstance(made, dict) else None
    return things if isinstance(things, list) else []


def _raise_for(errors: list[Any], body: Mapping[str, Any]) -> NoReturn:
    """Raise what errors of the form [["THREAD_LOCKED", "Comments are locked.", "parent"]] mean."""
    parts = [[str(part) for part in error if part] if isinstance(error, list) else [str(error)] for error in errors]
    words = " ".join("; ".join(": ".join(error[:2]) for error in parts).split())[:300]
    kinds = {error[0] for error in parts if error}
    if "RATELIMIT" in kinds:
        raise Postponed(words, _ratelimit_end(words, body.get("ratelimit")))
    if "USER_REQUIRED" in kinds:
        raise Revoked(words)
    raise Refused(words)


def _ratelimit_end(words: str, exactly: Any) -> datetime | None:
    """When we may post again: to the second where Reddit says so, else by its words; None where neither tells."""
    if isinstance(exactly, int | float) and 0 < exactly < 86_400:
        return datetime.now(UTC) + timedelta(seconds=exactly)
    parts = _WAIT.findall(words)
    wait = timedelta(seconds=sum(int(number) * _SECONDS[unit] for number, unit in parts))
    # It rounds down: a second more, as praw adds.
    return datetime.now(UTC) + min(wait, timedelta(days=1)) + timedelta(seconds=1) if parts else None


def _not_sent(why: source.SourceError) -> Postponed | Revoked:
    """What it means that no token could be had: nothing was posted, for certain."""
    if isinstance(why, source.Revoked):
        return Revoked(str(why))
    return Postponed(str(why), why.retry_at if isinstance(why, source.RateLimited) else None)


@contextmanager
def _as_looked_for() -> Iterator[None]:
    """What a failed read means to a publisher."""
    try:
        yield
    except source.Revoked as why:
        raise Revoked(str(why)) from why
    except source.SourceError as why:
        raise Unknown(str(why)) from why
    except (KeyError, TypeError, ValueError, AttributeError) as why:
        # What cannot be read might be ours: to say "not there" would be a guess.
        raise Unknown(f"Reddit's answer is not as documented: {type(why).__name__} {why}") from why


def _is_it(post: Mapping[str, Any], order: Order) -> bool:
    return _answers(post, order) and _as_kept(post["body"]) == _as_kept(order.text)


def _answers(post: Mapping[str, Any], order: Order) -> bool:
    return bool(post["parent_id"] == order.parent.post_id and post["name"] not in order.known)


def _as_kept(text: str) -> str:
    """The text as Reddit keeps it: without space at its ends and at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
