"""Mastodon: one reply, seen by nobody who could not see the post it answers, under a key fixed at approval.

The server is asked not to take the same key twice, but keeps it for an hour at most, has been seen to answer 500 to a
repeated one, and some kinds of server ignore it. So the key is a second lock and never the first: an attempt whose end
is unknown is looked for among our own posts.

Nobody is told of a reply that does not name them. The text is posted as it was approved, so the draft must begin with
the handle; where the reply could not even be seen without it (private and direct posts), it is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import Field

from listener import source
from listener.html.posts import read_html
from listener.mention import Mention
from listener.sdk_session import SdkSession
from listener.settings import Part, SettingsError, read_secret
from listener.sources.mastodon.instance import Answer, Line, our_account
from listener.sources.mastodon.source import import_sdk, whole_handle
from listener.sources.mastodon.statuses import PLATFORM, Where, id_of, moment
from listener.web import read_wait
from responders.draft import Receipt
from responders.limits import limit_for
from responders.looking import CLOCKS_DIFFER, afterwards, beforehand, doubting
from responders.publisher import Order, Postponed, PublishError, Refused, Revoked, TooLong, Unknown
from responders.wire import NOT_A_NO
from responders.wording import same_words
from responders.writing_session import WritingSession, never_sent

WRITE_VARIABLE = "WARMLINE_MASTODON_WRITE_TOKEN"
LIMIT = limit_for(PLATFORM)
# Who may see an answer: the same as see the post. What a fork may call else (`local`, `list`) is answered directly.
VISIBILITIES = ("public", "unlisted", "private", "direct")
MUST_NAME = ("private", "direct")
PAGE = 40
MOST_PAGES = 10
# What some servers set in type: quotation marks, dashes and dots, as they were typed.
_TYPED = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "..."})
MAY_WRITE = {"write", "write:statuses"}


class Settings(Part):
    """`[responders.publishers.mastodon]`: the account that answers, and its server as `base_url`.

    A token with the scopes read and write:statuses comes from WARMLINE_MASTODON_WRITE_TOKEN or `token_file`.
    `max_characters` is for a server that takes more than the usual 500. `unlisted` answers public posts where they can
    be seen but are not listed, as some servers ask of automated accounts.
    """

    enabled: bool = True
    handle: str = Field(min_length=1)
    base_url: str = "https://mastodon.social"
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    token_file: str | None = None
    max_characters: int = Field(default=LIMIT.most, gt=0, le=1_000_000)
    unlisted: bool = False


def connect(settings: Settings) -> Mastodon:
    """The way out; it has called nobody yet. Raises SettingsError where the token is missing."""
    token = read_secret(WRITE_VARIABLE, settings.token_file)
    if token is None:
        raise SettingsError(f"no token for {settings.handle}: set {WRITE_VARIABLE}, or name a token_file")
    sdk, url, key = import_sdk(), settings.base_url, token.get_secret_value()
    reader = Line(sdk, url, key, SdkSession(url, settings.timeout_s))
    out = WritingSession(url, settings.timeout_s)
    return Mastodon(reader, Line(sdk, url, key, out), out, settings)


def fix(parent: Mention, approved_at: datetime) -> str:
    """The Idempotency-Key of this reply, the same for every attempt to send it, and of no other approval."""
    approved = f"{parent.post_id}\n{approved_at.astimezone(UTC).isoformat()}"
    return hashlib.sha256(approved.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Answered:
    """The post that is answered: its id on our server, who may see it, and the warning it stands under."""

    status_id: str
    visibility: str
    warning: str


class Mastodon:
    """Mastodon as a way out: one POST of a status an attempt."""

    platform = PLATFORM

    def __init__(self, reader: Line, writer: Line, out: WritingSession, settings: Settings) -> None:
        """`out` is what the writer's requests go through."""
        self.limit = settings.max_characters
        self._reader = reader
        self._writer = writer
        self._out = out
        ours = whole_handle(settings.handle, settings.base_url) or ""
        self._where = Where(reader.host, ours.partition("@")[2], ours)
        self._unlisted = settings.unlisted

    def length(self, text: str) -> int:
        """Characters as Mastodon counts them: a link is 23, and of @name@host only @name is counted."""
        return LIMIT.length(text)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as the protocol says."""
        self._must_fit(order.text, order.parent.extra.get("spoiler_text", ""))
        _must_be_whole(order.text)
        with beforehand():
            answered = self._answered(order.parent)
        self._must_fit(order.text, answered.warning)
        visibility = self._seen_by(answered)
        if visibility in MUST_NAME and not self._names(order.text, order.parent.author.handle):
            raise Refused(f"a {visibility} reply that does not name @{order.parent.author.handle} never reaches them")
        with self._out.looking(order.last_look):
            answer = self._post(order, answered, visibility)
        receipt = _receipt_in(answer)
        if receipt is None:
            with doubting(lambda: self.find(order)):
                raise _meaning(answer)
        return receipt

    def find(self, order: Order) -> Receipt | None:
        """Our own post since the attempt with this very text under this very parent; None if it is not there now.

        Raises Unknown where our posts can't be read, Revoked where our credentials are refused.
        """
        with afterwards():
            answered = self._local_id(order.parent)
            said = (raw for raw in self._posts_since(order.attempted_at - CLOCKS_DIFFER) if _says(raw, order))
            return next((_found(raw) for raw in said if self._stands_below(raw, answered)), None)

    def answered(self, order: Order) -> Receipt | None:
        """From our own posts since theirs: a page as a rule, and they are all there, those to few people included.

        The post's context would hold everybody's answers, thousands where a post went round. Raises as `find` does.
        """
        with afterwards():
            theirs = self._local_id(order.parent)
            if theirs is None:
                return None  # nobody can have answered, on our server, what it does not know
            ours = self._posts_since(order.parent.posted_at - CLOCKS_DIFFER)
            answers = (raw for raw in ours if id_of(raw, "in_reply_to_id") == theirs)
            return next((_found(raw) for raw in answers if raw["uri"] not in order.known), None)

    def probe(self) -> str:
        """That the token is our account's, and may write where the server tells. Raises Revoked or Unknown."""
        try:
            me = self._me()
        except source.Revoked as why:
            raise Revoked(str(why)) from why
        except source.SourceError as why:
            raise Unknown(str(why)) from why
        scopes = self._scopes()
        if scopes and not scopes & MAY_WRITE:
            raise Revoked(f"the token may only {', '.join(sorted(scopes))}: give it the scope write:statuses")
        return f"let in, as @{me['acct']}" + ("" if scopes else " (what the token may do is not told)")

    def close(self) -> None:
        """Let go of connections."""
        self._reader.close()
        self._writer.close()

    def _must_fit(self, text: str, warning: str) -> None:
        length = self.length(text) + self.length(warning)
        if length > self.limit:
            kept = " with the content warning it keeps" if warning else ""
            raise TooLong(f"{length} characters{kept}: this server takes {self.limit}")

    def _post(self, order: Order, answered: _Answered, visibility: str) -> Answer:
        return self._writer.overhear(
            lambda client: client.status_post(
                order.text,
                in_reply_to_id=answered.status_id,
                visibility=visibility,
                spoiler_text=answered.warning or None,
                sensitive=bool(answered.warning),
                language=order.parent.lang,
                idempotency_key=order.key or fix(order.parent, order.approved_at),
            )
        )

    def _seen_by(self, answered: _Answered) -> str:
        """Whom the reply is shown to: never more people than the post it answers."""
        if answered.visibility == "public" and self._unlisted:
            return "unlisted"
        return answered.visibility if answered.visibility in VISIBILITIES else "direct"

    def _names(self, text: str, handle: str) -> bool:
        """Whether the text names them so that our server finds them: without a host it looks among its own people."""
        name, _, host = handle.partition("@")
        at_host = f"@{re.escape(host)}"
        written = f"(?:{at_host})?" if host.lower() == self._where.domain.lower() else at_host
        return re.search(rf"(?<![\w@/])@{re.escape(name)}{written}(?![\w@-]|\.\w)", text, re.IGNORECASE) is not None

    def _answered(self, parent: Mention) -> _Answered:
        """The post to answer, as our server knows it; asked for where it was heard elsewhere."""
        extra = parent.extra
        if extra.get("server") == self._where.host and {"status_id", "visibility"} <= extra.keys():
            return _Answered(extra["status_id"], extra["visibility"], extra.get("spoiler_text", ""))
        raw = self._resolved(parent)
        if raw is None:
            raise Refused(f"our server can't find the post it answers: {parent.url or parent.post_id}")
        # A post whose audience is not told is answered to its author alone.
        visibility, warning = raw.get("visibility") or "direct", raw.get("spoiler_text") or ""
        return _Answered(str(id_of(raw)), str(visibility), str(warning))

    def _local_id(self, parent: Mention) -> str | None:
        if parent.extra.get("server") == self._where.host and "status_id" in parent.extra:
            return parent.extra["status_id"]
        return id_of(self._resolved(parent) or {})

    def _resolved(self, parent: Mention) -> Mapping[str, Any] | None:
        """The post as our server knows it: it fetches what it has not seen yet. None where it can't find it."""
        said = self._read(
            lambda client: client.search_v2(parent.post_id, resolve=True, result_type="statuses", limit=5)
        )
        hits = said.get("statuses") if isinstance(said, dict) else None
        if not isinstance(hits, list):
            raise source.Unavailable(f"{self._where.host} answered without statuses")
        known = (hit for hit in hits if isinstance(hit, dict) and hit.get("uri") == parent.post_id and id_of(hit))
        return next(known, None)

    def _posts_since(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        place = None
        account = id_of(self._me())
        for _ in range(MOST_PAGES):
            answer = self._reader.overhear(_our_posts(account, place)).good()
            if not isinstance(answer.said, list):
                raise source.Unavailable(f"{self._where.host} answered without a list")
            posts = answer.said
            yield from (raw for raw in posts if moment(raw["created_at"]) >= since)
            before, place = place, answer.older(posts)
            if place in (None, before) or all(moment(raw["created_at"]) < since for raw in posts):
                return
        raise Unknown(f"more than {MOST_PAGES * PAGE} posts of ours since then: too many to look through")

    def _stands_below(self, raw: Mapping[str, Any], answered: str | None) -> bool:
        """Whether a post of ours answers theirs. When theirs is deleted, ours stays and forgets its parent."""
        parent = id_of(raw, "in_reply_to_id")
        return self._is_gone(answered) if parent is None else parent == answered

    def _is_gone(self, status_id: str | None) -> bool:
        """Whether our server has no such post, or not any more."""
        try:
            return status_id is None or not self._read(lambda client: client.status(status_id))
        except source.NotFound:
            return True

    def _me(self) -> Mapping[str, Any]:
        return our_account(self._read(lambda client: client.account_verify_credentials()), self._where)

    def _scopes(self) -> set[str]:
        """What the token's application may do; empty where the server does not tell (before 4.3, and other kinds)."""
        try:
            said = self._read(lambda client: client.app_verify_credentials())
        except source.SourceError:
            return set()
        scopes = said.get("scopes") if isinstance(said, dict) else None
        return {scope for scope in scopes if isinstance(scope, str)} if isinstance(scopes, list) else set()

    def _read(self, call: Callable[[Any], object]) -> Any:
        return self._reader.overhear(call).good().said


def _must_be_whole(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as why:
        raise Refused("the text holds half a character (a lone surrogate): edit it and approve again") from why


def _receipt_in(answer: Answer) -> Receipt | None:
    """The receipt in an answer; None where it is none: only a success that names the post counts."""
    said = answer.said
    taken = answer.response is not None and 200 <= answer.response.status_code < 300
    if not taken or not isinstance(said, dict) or not id_of(said) or not isinstance(said.get("uri"), str):
        return None
    # Known by its uri like every post, so that it is recognised where it is heard as one of ours.
    return Receipt(said["uri"], _page_of(said)) if said["uri"] else None


def _meaning(answer: Answer) -> PublishError:
    """What an answer that is no receipt means; whatever is not a clear no is Unknown."""
    if answer.response is None:
        name = type(answer.why).__name__
        if answer.why is not None and never_sent(answer.why):
            return Postponed(f"could not connect to {answer.host}: {name}")
        return Unknown(f"{answer.host} did not give a whole answer: {name}")
    status, words = answer.response.status_code, answer.words()
    said = f"{answer.host} said {status} {words}".rstrip()
    match status:
        case 429:
            return Postponed(said, read_wait(answer.response.headers, datetime.now(UTC)))
        case 401:
            return Revoked(said)
        case no if 400 <= no < 500 and no not in NOT_A_NO:
            return Refused(words or said)
        case _:
            return Unknown(said)


def _our_posts(account: str | None, place: str | None) -> Callable[[Any], object]:
    return lambda client: client.account_statuses(account, exclude_reblogs=True, max_id=place, limit=PAGE)


def _says(raw: Mapping[str, Any], order: Order) -> bool:
    said = read_html(raw["content"])[0]
    return raw["uri"] not in order.known and same_words(_unmarked(said), _unmarked(order.text))


def _unmarked(text: str) -> str:
    """The text with handles as they are shown, and without what servers that read Markdown make of plain text."""
    shown = re.sub(r"(@\w[\w.-]*)@[\w.-]+\w", r"\1", text)
    return re.sub(r"[*_~`]", "", shown.translate(_TYPED))


def _found(raw: Mapping[str, Any]) -> Receipt:
    return Receipt(str(raw["uri"]), _page_of(raw), how="found")


def _page_of(raw: Mapping[str, Any]) -> str:
    url = raw.get("url")
    return url if isinstance(url, str) and url else str(raw["uri"])
