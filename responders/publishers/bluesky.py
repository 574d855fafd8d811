"""Bluesky: one reply, under a record key chosen at approval, so that it cannot be posted twice.

A key holds one post for good: to create it again is an error there. The key and the date are fixed when a person
approves, every attempt uses the same two, and whatever an attempt came to, the key tells whether the reply is there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import regex
from pydantic import Field

from listener import source
from listener.mention import Mention
from listener.settings import Part, SettingsError, read_secret
from listener.sources.bluesky.posts import web_address
from listener.sources.bluesky.xrpc import STALE, Account, BadRequest, Line, Session, Xrpc
from listener.web import without_secrets
from responders.draft import Receipt
from responders.limits import limit_for
from responders.looking import CLOCKS_DIFFER, MOST_PAGES, afterwards, beforehand
from responders.publisher import Order, Postponed, Refused, Revoked, TooLong, Unknown
from responders.wire import Answer, Wire

PLATFORM = "bluesky"
WRITE_VARIABLE = "WARMLINE_BLUESKY_WRITE_PASSWORD"
POST = "app.bsky.feed.post"
# The alphabet of record keys, in which text sorts as time (atproto.com/specs/tid).
SORTABLE = "234567abcdefghijklmnopqrstuvwxyz"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIMIT = limit_for(PLATFORM)
PAGE = 100  # records of a page, the most there are

_LINK = regex.compile(r"(?<=^|[\s(])https?://\S+", regex.IGNORECASE)
_TAG = regex.compile(r"(?<=^|\s)[#＃](\S+)")
_CLOSING = ".,;:!?…'\"”’»*_"


class Settings(Part):
    """`[responders.publishers.bluesky]`: the account that answers, and its own server as `base_url`.

    An app password, not the account's own, comes from WARMLINE_BLUESKY_WRITE_PASSWORD or `app_password_file`. All the
    calls of one attempt together stay under the lease of a delivery, hence the cap on `timeout_s`.
    """

    enabled: bool = True
    handle: str = Field(min_length=1)
    base_url: str = "https://bsky.social"
    timeout_s: float = Field(default=20.0, gt=0, le=25)
    app_password_file: str | None = None
    session_file: str = "~/.local/state/warmline/bluesky-write.json"


def connect(settings: Settings) -> Bluesky:
    """The way out; it has called nobody yet. Raises SettingsError where the password is missing."""
    password = read_secret(WRITE_VARIABLE, settings.app_password_file)
    if password is None:
        raise SettingsError(f"no app password for {settings.handle}: set {WRITE_VARIABLE}, or an app_password_file")
    handle = settings.handle.removeprefix("@")
    line = Line(settings.base_url, settings.timeout_s)
    account = Account(line, handle, password, settings.session_file)
    return Bluesky(handle, account, Xrpc(line, account), Wire(settings.base_url, settings.timeout_s))


def fix(parent: Mention, approved_at: datetime) -> str:
    """The record key and the date that this reply will have, whenever it is sent: {"rkey": …, "createdAt": …}."""
    created_at = approved_at.astimezone(UTC)
    millis = (created_at - EPOCH) // timedelta(milliseconds=1)
    # Approvals of one moment must not share a key, so whom it answers decides the digits below the millisecond.
    whom = int.from_bytes(hashlib.sha256(parent.post_id.encode("utf-8", "surrogatepass")).digest()[:8])
    micros, clock = millis * 1000 + whom % 1000, whom // 1000 % 1024
    date = f"{created_at:%Y-%m-%dT%H:%M:%S}.{created_at.microsecond // 1000:03d}Z"
    return json.dumps({"rkey": _tid(micros << 10 | clock), "createdAt": date})


@dataclass(frozen=True, slots=True)
class _Key:
    rkey: str
    created_at: str


class Bluesky:
    """Bluesky as a way out: one createRecord an attempt."""

    platform = PLATFORM
    limit = LIMIT.most

    def __init__(self, handle: str, account: Account, reader: Xrpc, wire: Wire) -> None:
        self._handle = handle
        self._account = account
        self._reader = reader
        self._wire = wire

    def length(self, text: str) -> int:
        """Graphemes, the platform's measure; a text too many bytes long counts as too long as well."""
        return LIMIT.length(text)

    def fix(self, parent: Mention, approved_at: datetime) -> str | None:
        """As the file's own `fix`, which needs no account."""
        return fix(parent, approved_at)

    def reply(self, order: Order) -> Receipt:
        """Post it, once. Raises TooLong, Refused, Postponed, Revoked or Unknown, as the protocol says."""
        if not LIMIT.holds(order.text):
            raise TooLong(f"{self.length(order.text)} graphemes: Bluesky takes {self.limit}")
        key = _read_key(order.key)
        if key is None:
            raise Refused("this reply has no record key: approve it again")
        with beforehand():
            answers = self._refs(order.parent)
            session = self._account.fresh(order.attempted_at)
        record = _record(order, key, answers)
        asked = {"repo": session.did, "collection": POST, "rkey": key.rkey, "record": record}
        bearer = {"Authorization": f"Bearer {session.access}"}
        said = self._wire.post_json("xrpc/com.atproto.repo.createRecord", asked, order.last_look, bearer)
        answer = _hiding(session.access, said)
        uri = answer.body.get("uri")
        if answer.status != 200 or not isinstance(uri, str) or not uri:
            self._explain(answer, order, session)
        return Receipt(uri, web_address(uri, self._handle))

    def find(self, order: Order) -> Receipt | None:
        """The post at the order's key; None if there is none, or one that answers somebody else.

        A key can hold one post only, so what is there is our reply, even if its text differs. Raises Unknown where the
        server can't be asked, Revoked where it refuses us.
        """
        key = _read_key(order.key)
        if key is None:
            return None
        try:
            mine = {"repo": self._account.session().did, "collection": POST, "rkey": key.rkey}
            found = self._reader.get("com.atproto.repo.getRecord", mine)
            theirs = found["value"]["reply"]["parent"]["uri"] == order.parent.post_id
            ours = theirs and found["uri"] not in order.known
            return Receipt(found["uri"], web_address(found["uri"], self._handle), how="found") if ours else None
        except source.Revoked as why:
            raise Revoked(str(why)) from why
        except BadRequest as why:
            if why.name == "RecordNotFound":
                return None
            raise Unknown(str(why)) from why
        except (source.SourceError, KeyError, TypeError) as why:
            raise Unknown(f"could not look for it: {why}") from why

    def answered(self, order: Order) -> Receipt | None:
        """From our own repository, newest first, as far back as theirs: a page of a hundred as a rule.

        That is what was posted. A view of the thread (getPostThread) lags behind it, and leaves out what it ranks low.
        Raises Unknown where it can't be read, Revoked where the server refuses us.
        """
        with afterwards():
            ours = self._records_since(order.parent.posted_at - CLOCKS_DIFFER)
            answers = (one for one in ours if _parent_of(one) == order.parent.post_id)
            found = next((one["uri"] for one in answers if one["uri"] not in order.known), None)
            return Receipt(found, web_address(found, self._handle), how="found") if found else None

    def probe(self) -> str:
        """That the session is let in, and is that of our handle.

        Raises Revoked where it isn't or the account is switched off, Unknown where it can't be told.
        """
        try:
            said = self._reader.get("com.atproto.server.getSession")
        except source.Revoked as why:
            raise Revoked(str(why)) from why
        except source.SourceError as why:
            raise Unknown(str(why)) from why
        if not {"did", "handle"} <= said.keys():
            raise Unknown(f"{self._wire.host} did not say whose session this is")
        if self._handle.casefold() not in (str(said["handle"]).casefold(), said["did"]):
            raise Revoked(f"the app password is that of {said['handle']}, and the handle set is {self._handle}")
        if said.get("active") is False:
            raise Revoked(f"the account {self._handle} is switched off there: {said.get('status') or 'no reason'}")
        return f"let in as {said['handle']}, to reply"

    def close(self) -> None:
        """Let go of connections."""
        self._reader.close()
        self._wire.close()

    def _records_since(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        """Our posts since then. They are listed by their keys, which sort as time does."""
        oldest = _tid(max((since.astimezone(UTC) - EPOCH) // timedelta(microseconds=1), 0) << 10)
        asked: dict[str, str | int] = {"repo": self._account.session().did, "collection": POST, "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = self._reader.get("com.atproto.repo.listRecords", asked)
            records = page["records"]
            yield from records
            cursor = page.get("cursor")
            if not records or not isinstance(cursor, str) or records[-1]["uri"].rpartition("/")[2] < oldest:
                return
            asked["cursor"] = cursor
        raise Unknown(f"more than {MOST_PAGES * PAGE} posts of ours since then: too many to look through")

    def _explain(self, answer: Answer, order: Order, session: Session) -> NoReturn:
        """Raise what an answer that is no receipt means."""
        if answer.status in (400, 401) and answer.body.get("error") in STALE:
            with beforehand():
                self._account.renew(session)
            raise Postponed(f"{self._wire.host} refused the session; there is a new one now")
        if answer.status == 401:
            with beforehand():
                self._account.renew(session)  # whoever mends it should not meet an old session
        try:
            self._wire.raise_for(answer, order.attempted_at)
        except Refused:
            # Servers differ in what they answer to a key that is taken. A no is one only if nothing is there.
            if self.find(order) is not None:
                raise Unknown("it was refused, and yet there is a post at its key") from None
            raise

    def _refs(self, parent: Mention) -> dict[str, dict[str, str]]:
        """Root and parent of the reply, each by address and content hash; read from the network if not known yet."""
        known = parent.extra
        if not {"cid", "root_uri", "root_cid"} <= known.keys():
            known = self._look_up(parent.post_id)
        root = {"uri": known["root_uri"], "cid": known["root_cid"]}
        return {"root": root, "parent": {"uri": parent.post_id, "cid": known["cid"]}}

    def _look_up(self, uri: str) -> Mapping[str, str]:
        try:
            posts = self._reader.get("app.bsky.feed.getPosts", {"uris": [uri]})["posts"]
            if not posts:
                raise Refused("the post it answers is gone")
            itself = {"uri": uri, "cid": posts[0]["cid"]}
            root = (posts[0]["record"].get("reply") or {"root": itself})["root"]
            return {"cid": itself["cid"], "root_uri": root["uri"], "root_cid": root["cid"]}
        except BadRequest as why:
            raise Refused(f"the post it answers can't be found: {why}") from why
        except (KeyError, TypeError, AttributeError) as why:
            raise Postponed(f"the post it answers can't be read: {why!r}") from why


def _parent_of(record: Mapping[str, Any]) -> str | None:
    """The address of what a post of ours answers; None for one that answers nothing."""
    reply = record["value"].get("reply")
    return reply["parent"]["uri"] if reply else None


def _hiding(secret: str, answer: Answer) -> Answer:
    """The answer without our token in it: some servers quote the request back at us."""
    said = {name: without_secrets(words, [secret]) if isinstance(words, str) else words
            for name, words in answer.body.items()}  # fmt: skip
    return answer._replace(body=said)


def _record(order: Order, key: _Key, answers: Mapping[str, Any]) -> dict[str, Any]:
    record = {"$type": POST, "text": order.text, "createdAt": key.created_at, "reply": answers}
    facets = sorted(_facets(order.text, order.parent), key=lambda facet: facet["index"]["byteStart"])
    return {**record, "facets": facets} if facets else record


def _facets(text: str, parent: Mention) -> Iterator[dict[str, Any]]:
    """What makes links, tags and the name of the person answered clickable. The text itself stays as it is."""
    for found in _LINK.finditer(text):
        link = _without_closing(found[0])
        yield _facet(text, found.start(), found.start() + len(link), "link", uri=link)
    for found in _TAG.finditer(text):
        tag = found[1].rstrip(_CLOSING + ")")
        # The lexicon's own bounds; a bare number ("#1") is no tag.
        if 0 < len(tag) <= 64 and not tag.isdigit():
            yield _facet(text, found.start(), found.start(1) + len(tag), "tag", tag=tag)
    name = rf"(?<=^|[\s(])@{regex.escape(parent.author.handle)}(?![\w-]|\.\w)"
    for found in regex.finditer(name, text, regex.IGNORECASE):
        yield _facet(text, found.start(), found.end(), "mention", did=parent.author.author_id)


def _without_closing(link: str) -> str:
    """The link without the punctuation of the sentence around it."""
    link = link.rstrip(_CLOSING)
    return link if "(" in link else link.rstrip(_CLOSING + ")")


def _facet(text: str, start: int, end: int, kind: str, **what: str) -> dict[str, Any]:
    # Places are counted in bytes of UTF-8. Half a character is the wire's to refuse.
    first, last = (len(text[:at].encode("utf-8", "surrogatepass")) for at in (start, end))
    feature = {"$type": f"app.bsky.richtext.facet#{kind}", **what}
    return {"index": {"byteStart": first, "byteEnd": last}, "features": [feature]}


def _read_key(key: str | None) -> _Key | None:
    try:
        fixed = json.loads(key or "")
        return _Key(fixed["rkey"], fixed["createdAt"])
    except (ValueError, KeyError, TypeError):
        return None


def _tid(number: int) -> str:
    """Thirteen letters for 64 bits, the top one zero."""
    return "".join(SORTABLE[number >> shift & 31] for shift in range(60, -1, -5))
