"""Reddit: who speaks to our account, and who speaks of us, heard through its listings by praw.

Off until Reddit itself has said yes: its Responsible Builder Policy (November 2025, support.reddithelp.com article
42728983564564) wants explicit approval before any access. Listings are read raw, so that one odd item spoils no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from configparser import ConfigParser
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from listener.budget import Budget, Pool, Purpose
from listener.listing import page_of
from listener.mention import Batch, Mention
from listener.paging import OVERLAP, Page, walk_back
from listener.query.syntax import Native
from listener.sdk_session import SdkSession
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import NotFound, Revoked, SourceError, Unavailable
from listener.sources.reddit.gate import (
    API,
    Answer,
    Gate,
    NoAnswer,
    NoSuccess,
    OneTry,
    TwoHosts,
    is_closed,
    login_session,
    words_in,
)
from listener.sources.reddit.posts import PLATFORM, SITE, is_hidden, parse, taken_in
from listener.web import error_for, without_secrets

SECRET_VARIABLE = "WARMLINE_REDDIT_CLIENT_SECRET"  # noqa: S105 - the variable's name, not the secret
REFRESH_VARIABLE = "WARMLINE_REDDIT_REFRESH_TOKEN"
ACCESS = (
    "Reddit must approve it first (support.reddithelp.com, Responsible Builder Policy): then set approved_on, "
    f"approved_as and client_id in [listener.sources.reddit], and {SECRET_VARIABLE}. "
    "Without approval: alert mails by [listener.sources.mailbox], or paste links"
)
# Reddit's Data API Wiki, 2026: 100 queries a minute an OAuth client, averaged over ten minutes.
POOL = Pool("queries in ten minutes", 1_000, timedelta(minutes=10))
PAGE = 100  # the most a listing or /api/info gives at once
# A listing ends after about 1,000 items, and a token is only good while the item it names is there: walked in one go.
PAGES = 11
SEARCH_LAG = timedelta(hours=1)  # the search's index follows the site
# Our own listings, by praw's own paths. Post replies stand in a listing apart from comment replies.
INBOX = {"mentions": "message/mentions", "replies": "message/comments/", "post-replies": "message/selfreply/"}
AGENT = r"^[\w.-]+:[\w.-]+:[\w.-]+ \(by /?u/[A-Za-z0-9_-]+\)$"
NAME = r"^[A-Za-z0-9_-]{2,24}$"
_FULLNAME = re.compile(r"t[13]_[0-9a-z]+")


class Settings(SourceSettings):
    """`[listener.sources.reddit]`: what Reddit approved, the app it is for, and what to listen to.

    `approved_on` and `approved_as` record Reddit's yes: when, and to what. `user_agent` is of the form that Reddit asks
    for, "<platform>:<app id>:<version> (by /u/name)". With `username` and that account's refresh
    token (WARMLINE_REDDIT_REFRESH_TOKEN; scopes identity, read, history, privatemessages) its inbox is heard as well.
    New comments are heard in the `subreddits` named; posts are searched everywhere, or there alone. `login_url` is
    where tokens are fetched: Reddit's own site, unless `base_url` is elsewhere. What is stored must follow deletions
    within 48 h, however old, hence `recheck_days`.
    """

    base_url: str = API
    login_url: str | None = None
    approved_on: date | None = None
    approved_as: str = ""
    client_id: str = Field(min_length=1)
    user_agent: str = Field(pattern=AGENT)
    client_secret_file: str | None = None
    username: str | None = Field(default=None, pattern=NAME)
    refresh_token_file: str | None = None
    subreddits: tuple[Annotated[str, Field(pattern=r"^(/?r/)?[A-Za-z0-9_]{2,24}/?$")], ...] = ()
    search_everywhere: bool = True
    recheck_days: float = Field(default=36_500.0, gt=0, le=36_500)


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Reddit:
    """The source, ready to be polled; it has called nobody yet.

    Raises SettingsError where Reddit's approval is not recorded, or a secret is missing.
    """
    if settings.approved_on is None or not settings.approved_as.strip():
        raise SettingsError(f"reddit: approved_on and approved_as are not set. {ACCESS}")
    secret = read_secret(SECRET_VARIABLE, settings.client_secret_file)
    refresh = read_secret(REFRESH_VARIABLE, settings.refresh_token_file) if settings.username else None
    if secret is None:
        raise SettingsError(f"reddit: no client secret: set {SECRET_VARIABLE}, or name a client_secret_file")
    if settings.username and refresh is None:
        raise SettingsError(f"reddit: no token for u/{settings.username}: set {REFRESH_VARIABLE} or refresh_token_file")
    app = App(settings.client_id, secret, settings.user_agent, refresh)
    api = SdkSession(settings.base_url, settings.timeout_s, instead_of={urlsplit(API).netloc})
    hosts = TwoHosts(api, login_session(settings.base_url, settings.login_url, settings.timeout_s))
    return Reddit(Line(app, hosts, lambda until: budget.block(POOL, until)), budget, settings, searches)


class Reddit:
    """Reddit as a source: our inbox and our own comments, a search a term, and the new comments of each community."""

    platform = PLATFORM

    def __init__(self, line: Line, budget: Budget, settings: Settings, searches: Sequence[str]) -> None:
        self._line = line
        self._budget = budget
        self._account = settings.username
        self._communities = tuple(name.strip("/").removeprefix("r/") for name in settings.subreddits)
        self._searched = "all" if settings.search_everywhere else "+".join(self._communities) or "all"
        self._searches = tuple(searches)
        self._natives = frozenset(one for one in searches if isinstance(one, Native))
        self._first_look = settings.first_look

    def streams(self) -> Sequence[str]:
        """People who speak to us come first. Comments can't be searched: they are heard community by community."""
        own = (*INBOX, "ours") if self._account else ()
        searches = tuple(f"search:{term}" for term in self._searches)
        return own + searches + tuple(f"comments:{name}" for name in self._communities)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """What this stream says since `cursor`. Raises RateLimited, Unavailable or Revoked."""
        path, params, purpose = self._listing(stream)

        def page_after(token: str | None, floor: datetime) -> Page:
            after, _, seen = (token or "").rpartition(":")
            place: dict[str, str | int] = {"after": after, "count": seen} if after else {}
            listing = self._get(path, {"limit": PAGE, **params, **place}, purpose)
            return _page(listing, after, int(seen or 0))

        return walk_back(
            cursor,
            page_after,
            lambda raw: parse(raw, self._account, to_us=stream in INBOX),
            now=now,
            pages=PAGES,
            overlap=SEARCH_LAG if stream.startswith("search:") else OVERLAP,
            first_look=self._first_look,
        )

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """These posts as they are now: None where deleted, removed or no longer shown; a hundred a call.

        Left out are those whose author has blocked us. Raises RateLimited, Unavailable or Revoked where nothing could
        be told.
        """
        kept = [mention for mention in mentions if _FULLNAME.fullmatch(mention.post_id)]
        told: dict[str, Mention | None] = {}
        for start in range(0, len(kept), PAGE):
            try:
                told |= self._as_they_are(kept[start : start + PAGE])
            except SourceError:
                if not told:
                    raise
                break
        return told

    def probe(self) -> str:
        """Whether Reddit lets us in, and as whom. Raises RateLimited, Unavailable or Revoked."""
        if self._account is None:
            self._get(f"r/{self._searched}/new", {"limit": 1}, "duty")
            return f"let in without an account; {self._line.left}"
        name = name_in(self._get("api/v1/me", {}, "duty"))
        if name.lower() != self._account.lower():
            raise Revoked(f"the refresh token belongs to u/{name}, not to u/{self._account}")
        return f"let in as u/{name}; {self._line.left}"

    def close(self) -> None:
        """Let go of connections."""
        self._line.close()

    def _listing(self, stream: str) -> tuple[str, dict[str, str | int], Purpose]:
        """Where a stream is listed, and for whom it is read."""
        kind, _, what = stream.partition(":")
        if kind in INBOX:
            # A person may read the same inbox: what we hear must not count as read.
            return INBOX[kind], {"mark": "false"}, "mentions"
        if kind == "ours":
            return f"user/{self._account}/comments", {"sort": "new"}, "mentions"
        if kind == "comments":
            return f"r/{what}/comments/", {}, "search"
        phrase = what if what in self._natives else '"{}"'.format(what.replace('"', " ").strip())
        only_there = "false" if self._searched == "all" else "true"
        asked: dict[str, str | int] = {"q": phrase, "sort": "new", "t": "all", "restrict_sr": only_there}
        return f"r/{self._searched}/search/", asked, "search"

    def _get(self, path: str, params: Mapping[str, str | int], purpose: Purpose) -> Any:
        self._budget.take(POOL, purpose=purpose)
        return self._line.get(path, params)

    def _as_they_are(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        asked = ",".join(mention.post_id for mention in mentions)
        there = _listing_in(self._get("api/info/", {"id": asked}, "duty"))["children"]
        found = {_name_of(raw): raw for raw in there}
        told: dict[str, Mention | None] = {}
        for mention in mentions:
            raw = found.get(mention.post_id)
            if raw is None and None in found:
                continue  # it may be the one whose name can't be read
            try:
                if raw and is_hidden(raw):
                    continue
                now = parse(raw, self._account) if raw else None
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
            # Who was spoken to shows in the inbox alone.
            told[mention.post_id] = now and replace(now, to_us=now.to_us or mention.to_us)
        return told


def name_in(me: Any) -> str:
    """The account's name in what /api/v1/me says. Raises Unavailable where there is none."""
    name = me.get("name") if isinstance(me, dict) else None
    if not isinstance(name, str):
        raise Unavailable("reddit does not say whose token this is")
    return name


def _page(answer: Any, after: str, seen: int) -> Page:
    """The page after the item `after`, where `seen` were listed before it.

    Reddit does not say why a listing ends. Listings are cut at about 1,000 items less what was removed from them, a
    search at about 250 (praw #2025, snoowrap #162), and one whose `after` has gone ends at once. So an end past the
    first hundred, or where more was promised, is a limit: it matters only if what is known was not reached by then.
    """
    listing = _listing_in(answer)
    children, onward = listing["children"], listing.get("after")
    seen += len(children)
    goes_on = isinstance(onward, str) and onward not in ("", after)
    broken_off = bool(after) and not children
    return page_of(
        children,
        lambda raw: taken_in(raw["data"]),
        f"{onward}:{seen}" if goes_on else None,
        end_is_limit=not goes_on and (broken_off or seen >= PAGE),
    )


def _listing_in(answer: Any) -> Mapping[str, Any]:
    """The part of a listing that holds its `children`, a list. Raises Unavailable where there is none."""
    listing = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listing, dict) or not isinstance(listing.get("children"), list):
        raise Unavailable("reddit answered without a listing")
    return listing


def _name_of(raw: Any) -> str | None:
    post = raw.get("data") if isinstance(raw, dict) else None
    name = post.get("name") if isinstance(post, dict) else None
    return name if isinstance(name, str) else None


@dataclass(frozen=True, slots=True)
class App:
    """What Reddit knows us by. Without a refresh token it is the app alone, which has no account and no inbox."""

    client_id: str
    client_secret: SecretStr
    user_agent: str
    refresh_token: SecretStr | None = None


class Line:
    """One OAuth client at Reddit. praw carries tokens and addresses; nothing sleeps, nothing is asked again unasked."""

    def __init__(self, app: App, hosts: TwoHosts, on_wait: Callable[[datetime], None]) -> None:
        """`on_wait` is told until when Reddit wants to be left alone. Opens no connection yet."""
        from prawcore import exceptions

        praw = _open_praw(app, hosts)
        core = praw._core
        # praw has no setting for either: stock, it sleeps to spread its requests, and sends a failed one up to three
        # times, POSTs included. tests/responders/publishers/test_reddit.py counts.
        self._gate = core._rate_limiter = Gate(core.authorizer, exceptions, on_wait)
        core._retry_strategy_class = OneTry
        self._request, self._errors = praw.request, exceptions
        self._authorizer, self._hosts = core.authorizer, hosts
        self._secrets = [part.get_secret_value() for part in (app.client_secret, app.refresh_token) if part]

    @property
    def left(self) -> str:
        """What Reddit last said is left of our allowance."""
        return self._gate.left

    @property
    def scopes(self) -> frozenset[str]:
        """What our token may be used for, once there is one; `*` is everything."""
        return frozenset(self._authorizer.scopes or ())

    def get(self, path: str, params: Mapping[str, str | int]) -> Any:
        """What Reddit answers to a GET, parsed. Raises RateLimited, Revoked, OutOfCredits or Unavailable."""
        try:
            return self._get_with_fresh_token(path, params)
        except NoSuccess as why:
            said = self.said(why.answer)
            error = error_for(why.answer.status_code, said, why.answer.headers)
            mild = isinstance(error, NotFound) or is_closed(why.answer)
            raise Unavailable(said) if mild else error from None
        except NoAnswer as why:
            raise Unavailable(f"{self._hosts.host} did not answer in full: {why}") from None

    def ask(
        self, verb: str, path: str, params: Mapping[str, str | int] | None = None, form: Mapping[str, str] | None = None
    ) -> Any:
        """What Reddit answers to exactly one request, parsed.

        Raises SourceError where no token could be had (then nothing was asked), NoSuccess and NoAnswer.
        """
        try:
            return self._request(method=verb, path=path, params=dict(params or {}), data=dict(form) if form else None)
        except (self._errors.PrawcoreException, RecursionError) as why:
            # RequestException holds our bearer token among its arguments: it goes no further.
            raise NoAnswer(getattr(why, "original_exception", why)) from None

    def said(self, answer: Answer) -> str:
        """An answer that is no success as one line for a person, without secrets."""
        moved = "sends us elsewhere, as for a community that is not there" if answer.is_redirect else ""
        return f"{self._hosts.host} said {answer.status_code} {moved or self.words(answer)}".rstrip()

    def words(self, answer: Answer) -> str:
        """Reddit's own words for what is wrong, on one line, without secrets; empty where it has none."""
        return without_secrets(words_in(answer), [*self._secrets, *self._gate.tokens])

    def close(self) -> None:
        """Let go of connections."""
        self._hosts.close()

    def _get_with_fresh_token(self, path: str, params: Mapping[str, str | int]) -> Any:
        try:
            return self.ask("GET", path, params)
        except NoSuccess as why:
            if not why.stale:
                raise
        return self.ask("GET", path, params)


def _open_praw(app: App, hosts: TwoHosts) -> Any:
    """praw.Reddit with every setting given by name.

    What is not, praw takes from `praw_…` in the environment and from a praw.ini in the working directory or at home,
    which could send our credentials elsewhere. It reads those files only while its configuration is not there yet.
    """
    import praw
    from praw.config import Config

    Config.CONFIG = ConfigParser()
    refresh = app.refresh_token.get_secret_value() if app.refresh_token else None
    return praw.Reddit(
        "DEFAULT",
        client_id=app.client_id,
        client_secret=app.client_secret.get_secret_value(),
        refresh_token=refresh,
        redirect_uri=None,
        username=None,
        password=None,
        comment_kind="t1",
        redditor_kind="t2",
        submission_kind="t3",
        message_kind="t4",
        subreddit_kind="t5",
        trophy_kind="t6",
        user_agent=app.user_agent,
        oauth_url=API,
        reddit_url=SITE,
        short_url="https://redd.it",
        timeout=16,  # has no effect (prawcore 4.0.0 passes its own): the session's counts
        window_size=600,
        ratelimit_seconds=0,
        check_for_updates=False,
        check_for_async=False,
        requestor_kwargs={"session": hosts},
    )
