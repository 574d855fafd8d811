"""A mailbox of alert mails over IMAP: the way to hear Reddit and the web where there is no API for us.

Only ever read: the folder is opened with EXAMINE and mails are fetched with BODY.PEEK (RFC 3501), so that no mail is
marked as seen, moved or deleted. The cursor is the folder's UIDVALIDITY and the last UID: UIDs only ever grow, as long
as UIDVALIDITY is the same; when it changes, the mails of the first look are read again, and known ones are known.
"""

from __future__ import annotations

import imaplib
import json
import logging
import re
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from listener.budget import Budget
from listener.mention import Batch, Mention, Unreadable
from listener.settings import SettingsError, SourceSettings, read_secret
from listener.source import Revoked, Unavailable
from listener.sources.mailbox.alerts import PLATFORM, mentions_in, read_letter
from listener.web import trusted, without_secrets

log = logging.getLogger(__name__)

ACCESS = "mailbox: set username and host of an IMAP mailbox for alerts, and WARMLINE_MAILBOX_PASSWORD"
PASSWORD = "WARMLINE_MAILBOX_PASSWORD"  # noqa: S105 - the variable's name, not the password
STREAM = "mail:"
MAILS = 50  # a fetch
BYTES = 10_000_000  # a fetch, all mails together
MAIL_MOST = 1_000_000  # bytes; an alert has some ten thousand
HEAD = 20_000  # bytes kept of a mail that is larger
OVERALL = 4  # so many timeouts may one fetch take in all
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# A login that is refused for now, and not for good (RFC 5530).
_FOR_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG)\]|too many", re.IGNORECASE)


class Settings(SourceSettings):
    """`[listener.sources.mailbox]`: an IMAP mailbox of its own for alerts, best at an address that nobody knows.

    `security`: "tls" (port 993), "starttls" (143), or "none" for a server on this machine. `senders`, where there are
    any, are the only addresses (or @domains) that are listened to. `base_url` has no meaning here.
    """

    base_url: str = ""
    every_s: float = Field(default=120.0, ge=0.2)
    host: str = Field(min_length=1)
    port: int | None = Field(default=None, gt=0, lt=65_536)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = Field(min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")
    password_file: str | None = None
    folder: str = Field(default="INBOX", min_length=1, pattern=r"^[^\x00-\x1f\x7f]+$")
    senders: tuple[str, ...] = ()


def connect(settings: Settings, searches: Sequence[str], budget: Budget) -> Mailbox:
    """The source, ready to be polled; it has called nobody yet. Raises SettingsError where the password is missing."""
    password = read_secret(PASSWORD, settings.password_file)
    if not password:
        raise SettingsError(f"mailbox: set {PASSWORD}, or name a file that holds it as password_file")
    if settings.security == "none" and settings.host not in LOOPBACK:
        raise SettingsError('mailbox: security = "none" would send the password in the clear: use "tls" or "starttls"')
    return Mailbox(settings, password.get_secret_value())


@dataclass(frozen=True, slots=True)
class Place:
    """The cursor: this UIDVALIDITY is read up to this UID; `since` (a day) while older mail is still being read."""

    validity: int = 0
    uid: int = 0
    since: str | None = None
    complete_until: str | None = None

    @classmethod
    def read(cls, cursor: str | None) -> Place:
        """The place a cursor describes. Raises ValueError or TypeError where it is not one of ours."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def write(self) -> str:
        """The cursor's text."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is known of a mail before it is fetched. `came_at` is the server's own clock."""

    uid: int
    size: int
    came_at: datetime


class Mailbox:
    """One folder as a source: one stream, `mail:FOLDER`. It logs in for each fetch, and out again."""

    platform = PLATFORM

    def __init__(self, settings: Settings, password: str) -> None:
        self._settings = settings
        self._password = password

    def streams(self) -> Sequence[str]:
        """The one folder."""
        return (STREAM + self._settings.folder,)

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        """The mentions in the mails that came since `cursor`. Raises Unavailable or Revoked."""
        before = Place.read(cursor)
        with self._open() as imap:
            validity, following = _examine(imap, self._settings.folder)
            # Below the last UID again: a server that was restored from a backup gives its UIDs a second time.
            if validity != before.validity or 0 < following <= before.uid:
                before = self._anew(before, validity, now)
            uids = _search(imap, before)
            envelopes = _within(_envelopes(imap, uids[:MAILS]))
            batch = self._read(imap, envelopes, stream)
        return self._ended(batch, before, uids, envelopes, following, now)

    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        """Nothing: a mail tells once, and what became of the post since is for its platform to tell."""
        return {}

    def probe(self) -> str:
        """That the folder can be opened. Raises Unavailable or Revoked."""
        with self._open() as imap:
            _examine(imap, self._settings.folder)
            mails = imap.response("EXISTS")[1][0]
        return f"the folder {self._settings.folder} can be read ({_number(mails)} mails)"

    def close(self) -> None:
        """Nothing is kept open between two fetches."""

    @contextmanager
    def _open(self) -> Iterator[imaplib.IMAP4]:
        """The mailbox, logged in. Whatever goes wrong inside is Unavailable, but for a login that is refused."""
        imap = None
        try:
            imap = self._call()
            self._log_in(imap)
            yield imap
            imap.logout()
        except (imaplib.IMAP4.error, OSError, EOFError, ValueError, IndexError, TypeError, AttributeError) as why:
            said = without_secrets(" ".join(str(why).split())[:200], [self._password])
            raise Unavailable(f"{self._settings.host}: {type(why).__name__}: {said}") from why
        finally:
            if imap:
                with suppress(OSError):
                    imap.shutdown()

    def _call(self) -> imaplib.IMAP4:
        host, port, timeout_s = self._settings.host, self._settings.port, self._settings.timeout_s
        if self._settings.security == "tls":
            return _TimedTls(host, port or 993, ssl_context=trusted(), timeout=timeout_s)
        imap = _Timed(host, port or 143, timeout=timeout_s)
        if self._settings.security == "starttls":
            try:
                imap.starttls(trusted())
            except (imaplib.IMAP4.error, OSError):
                with suppress(OSError):
                    imap.shutdown()
                raise
        return imap

    def _log_in(self, imap: imaplib.IMAP4) -> None:
        """Raises Revoked where the server will not have us; imaplib's own errors where it can't say."""
        username, password = self._settings.username, self._password
        try:
            if "LOGINDISABLED" not in imap.capabilities and (username + password).isascii():
                imap.login(username, password)
            else:
                # LOGIN takes ASCII only; PLAIN is UTF-8 (RFC 4616).
                imap.authenticate("PLAIN", lambda _: f"\0{username}\0{password}".encode())
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as why:
            said = without_secrets(" ".join(str(why).split())[:200], [password])
            if _FOR_NOW.search(said):
                raise
            raise Revoked(f"{self._settings.host} does not let {username} in: {said}") from why

    def _anew(self, before: Place, validity: int, now: datetime) -> Place:
        """The place from which all of the first look is read (again), and back to where we had got to."""
        until = datetime.fromisoformat(before.complete_until) if before.complete_until else now
        since = min(until, now - self._settings.first_look) - timedelta(days=1)  # SINCE is in the server's own days
        return Place(validity, 0, f"{since.day}-{MONTHS[since.month - 1]}-{since.year}", before.complete_until)

    def _read(self, imap: imaplib.IMAP4, envelopes: Sequence[Envelope], stream: str) -> Batch:
        mentions: list[Mention] = []
        unreadable: list[Unreadable] = []
        mails = _mails(imap, envelopes)
        for envelope in envelopes:
            raw = mails.get(envelope.uid)
            if raw is None:
                continue  # deleted since
            if envelope.size > MAIL_MOST:
                unreadable.append(_set_aside(raw, f"a mail of {envelope.size:,} bytes: more than {MAIL_MOST:,}"))
                continue
            try:
                letter = read_letter(raw, envelope.came_at)
                if self._listens_to(letter.sender):
                    mentions += mentions_in(letter, stream)
            except Exception as why:  # noqa: BLE001 - whatever a stranger can make of a mail
                # One mail is one unit of work: it is set aside as it came, and the others are read.
                log.warning("%s: a mail could not be read: %s", PLATFORM, type(why).__name__)
                unreadable.append(_set_aside(raw, f"{type(why).__name__}: {why}"[:300]))
        return Batch(tuple(mentions), unreadable=tuple(unreadable))

    def _listens_to(self, sender: str) -> bool:
        wanted = [one.lower() for one in self._settings.senders]
        return not wanted or any(sender == one or sender.endswith("@" + one.lstrip("@")) for one in wanted)

    def _ended(
        self,
        batch: Batch,
        before: Place,
        uids: Sequence[int],
        envelopes: Sequence[Envelope],
        following: int,
        now: datetime,
    ) -> Batch:
        """The batch with its cursor, and what is now heard: all of it, or nothing yet while more is waiting."""
        left = len(uids) > len(envelopes)
        # Mails that are gone before they could be looked at are passed over.
        uid = envelopes[-1].uid if left and envelopes else max(uids[:MAILS], default=before.uid)
        more = uid < max(uids, default=0)
        if more:
            place = Place(before.validity, uid, before.since, before.complete_until)
            return Batch(batch.mentions, place.write(), True, batch.unreadable)
        # Mails that lie here since before the first look are passed over for good.
        place = Place(before.validity, max(uid, following - 1), None, now.isoformat())
        known = before.complete_until
        heard_from = datetime.fromisoformat(known) if known else now - self._settings.first_look
        return Batch(batch.mentions, place.write(), False, batch.unreadable, heard_from, now)


class _Timed(imaplib.IMAP4):
    """A conversation that ends in good time: a server that drips keeps each single wait short for ever."""

    _clock: threading.Timer | None = None

    def open(self, host: str = "", port: int | None = None, timeout: float | None = None) -> None:
        """Call the server, and start the clock; imaplib waits for the greeting before anyone else could."""
        super().open(host, port or 143, timeout)
        self._clock = threading.Timer(OVERALL * (timeout or 1.0), self._hang_up)
        self._clock.daemon = True
        self._clock.start()

    def shutdown(self) -> None:
        """Let go of the connection."""
        if self._clock:
            self._clock.cancel()
        super().shutdown()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.socket().shutdown(socket.SHUT_RDWR)


class _TimedTls(_Timed, imaplib.IMAP4_SSL):
    """The same over TLS from the beginning."""


def folder_name(name: str) -> str:
    """A folder's name as IMAP writes it: quoted, and what is not ASCII in modified UTF-7 (RFC 3501, 5.1.3)."""
    told = re.sub(r"[^\x20-\x25\x27-\x7e]+", lambda found: _shifted(found[0]), name)
    return '"' + told.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _shifted(text: str) -> str:
    return "".join("&-" if part == "&" else _base64(part) for part in re.split("(&)", text) if part)


def _base64(text: str) -> str:
    import binascii

    coded = binascii.b2a_base64(text.encode("utf-16-be"), newline=False).decode("ascii")
    return "&" + coded.rstrip("=").replace("/", ",") + "-"


def _examine(imap: imaplib.IMAP4, folder: str) -> tuple[int, int]:
    """Open the folder for reading only; its UIDVALIDITY and the UID that the next mail will have (0: not told)."""
    status, said = imap.select(folder_name(folder), readonly=True)
    if status != "OK":
        told = said[0].decode("utf-8", "replace") if said and isinstance(said[0], bytes) else ""
        raise Unavailable(f"the folder {folder!r} can't be opened: {told[:100]}. Its name is set as folder")
    validity = _number(imap.response("UIDVALIDITY")[1][0])
    if validity <= 0:
        raise Unavailable(f"the folder {folder!r} has no UIDVALIDITY: mails in it can't be told apart")
    return validity, _number(imap.response("UIDNEXT")[1][0])


def _search(imap: imaplib.IMAP4, place: Place) -> list[int]:
    """The UIDs after the place, in their order."""
    asked = ["UID", f"{place.uid + 1}:*", *(["SINCE", place.since] if place.since else [])]
    found = _said(imap.uid("SEARCH", *asked))
    # "51:*" also means the last mail there is, whatever its number.
    return sorted({uid for line in found if line for uid in map(int, line.split()) if uid > place.uid})


def _envelopes(imap: imaplib.IMAP4, uids: Sequence[int]) -> list[Envelope]:
    if not uids:
        return []
    lines = _said(imap.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE)"))
    found = {one.uid: one for line in lines if (one := _envelope(line))}
    return [found[uid] for uid in uids if uid in found]


def _envelope(line: Any) -> Envelope | None:
    told = line if isinstance(line, bytes) else b""
    uid, size = (re.search(rb"\b%s (\d+)" % name, told) for name in (b"UID", b"RFC822.SIZE"))
    came = re.search(rb'INTERNALDATE "([^"]+)"', told)
    if not (uid and size and came):
        return None
    at = datetime.strptime(came[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    return Envelope(int(uid[1]), int(size[1]), at.astimezone(UTC))


def _within(envelopes: Sequence[Envelope]) -> list[Envelope]:
    """As many as may be fetched at once by their size, and one at least."""
    kept: list[Envelope] = []
    total = 0
    for envelope in envelopes:
        total += min(envelope.size, MAIL_MOST)
        if kept and total > BYTES:
            break
        kept.append(envelope)
    return kept


def _mails(imap: imaplib.IMAP4, envelopes: Sequence[Envelope]) -> dict[int, bytes]:
    """The mails' bytes by UID, only the head of one that is too large; those that are gone are left out."""
    large = [envelope.uid for envelope in envelopes if envelope.size > MAIL_MOST]
    others = [envelope.uid for envelope in envelopes if envelope.size <= MAIL_MOST]
    found: dict[int, bytes] = {}
    for uids, most in ((others, MAIL_MOST), (large, HEAD)):
        if uids:
            asked = f"(UID BODY.PEEK[]<0.{most}>)"
            found.update(_bodies(_said(imap.uid("FETCH", ",".join(map(str, uids)), asked))))
    return found


def _bodies(lines: Sequence[Any]) -> Iterator[tuple[int, bytes]]:
    """UID and body of each mail in an answer; the UID may stand before the body or after it."""
    for line, after in zip(lines, [*lines[1:], b""], strict=True):
        if isinstance(line, tuple) and b"BODY[]" in line[0]:
            said = line[0] + (after if isinstance(after, bytes) else b"")
            if uid := re.search(rb"\bUID (\d+)", said):
                yield int(uid[1]), bytes(line[1])


def _said(answer: tuple[str, list[Any]]) -> list[Any]:
    """An answer's lines. Raises IMAP4.error where it is not OK."""
    status, lines = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"said {status}")
    return lines


def _number(told: Any) -> int:
    return int(told) if isinstance(told, bytes) and told.isdigit() else 0


def _set_aside(raw: bytes, reason: str) -> Unreadable:
    return Unreadable(raw[:HEAD].decode("utf-8", "replace"), reason)
