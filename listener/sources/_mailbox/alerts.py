"""An alert mail as mentions: F5Bot's, Google Alerts', and any other as one mention that says what it says.

A mail is foreign text whoever it claims to be from: it is read, and nothing in it is ever done. The formats were read
off other programs that take them in (November 2026); what does not look like them any more is still heard, as it comes.
"""

from __future__ import annotations

import email
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime

from listener.alert_links import author_of, canonical, host_of_link, known_post, unwrap
from listener.mention import Author, Mention
from listener.page_text import Piece, links_in, plain_text, read_page, tidy

PLATFORM = "mailbox"
PARTS_MOST = 100
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")
# F5Bot: `Reddit Comments (/r/lamps/): 'The title' by mara`, with or without quotes, a subreddit and a name.
_FOUND = re.compile(r"\s*(Reddit|Hacker News|Lobsters)\b([^:\n]*):\s*(.*)", re.IGNORECASE)
_KEYWORD = re.compile(r"\s*Keyword:\s*[\"“']?(.+?)[\"”']?\s*\Z", re.IGNORECASE)
_SUBREDDIT = re.compile(r"/?r/([\w-]+)")
_BY = re.compile(r"(.*)\sby\s+(?:/?u/)?([\w.-]{1,40})\s*\Z", re.DOTALL)
_F5BOT_ENDS = re.compile(r"\s*(Do you have comments or suggestions|Want to advertise|You are receiving|Unsubscribe)")
_QUOTES = "'\"‘’“”"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's words: who it says it is from, what about, and its text as pieces (of its HTML, where it has any)."""

    letter_id: str
    sender: str
    name: str
    subject: str
    sent_at: datetime
    pieces: tuple[Piece, ...]
    forged: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that an alert found."""

    link: str
    title: str = ""
    snippet: str = ""
    author: str = ""
    community: str = ""
    keyword: str = ""


def read_letter(raw: bytes, came_at: datetime) -> Letter:
    """The mail in these bytes; `came_at` is when its server took it in. Raises ValueError where it says nothing."""
    mail = email.message_from_bytes(raw)
    name, sender = parseaddr(header(mail, "From"))
    pieces = _pieces(mail)
    subject = header(mail, "Subject")
    if not subject and not plain_text(pieces):
        raise ValueError("the mail has no words in it")
    own_id = header(mail, "Message-ID") or f"{sender} {header(mail, 'Date')} {subject}"
    checked = " ".join(str(value) for value in mail.get_all("Authentication-Results", []))
    forged = bool(re.search(r"\bdmarc=fail\b", checked, re.IGNORECASE))
    return Letter(own_id, sender.lower(), name or sender, subject, _sent_at(mail, came_at), pieces, forged)


def mentions_in(letter: Letter, source: str) -> list[Mention]:
    """What the mail tells of: a mention for each thing found, or one for the mail itself. `source` names the mailbox.

    Only a mail that says it is from an alert service, and that its server did not find to be forged, may speak of a
    post on another platform: whoever knows the mailbox could else put words into anyone's mouth.
    """
    service = letter.sender.rpartition("@")[2]
    found: Sequence[Found] = ()
    if service == "f5bot.com" or service.endswith(".f5bot.com"):
        found = list(_found_by_f5bot(letter.pieces))
    elif letter.sender == "googlealerts-noreply@google.com":
        found = list(_found_by_google(letter))
    if not found or letter.forged:
        return [_whole(letter, source)]
    return [_mention(one, letter, source, service) for one in _merged(found)]


def header(mail: Message, name: str) -> str:
    """A header's words on one line, decoded; as they stand where they can't be."""
    value = str(mail.get(name, ""))
    with suppress(LookupError, ValueError):
        value = str(make_header(decode_header(value)))
    return " ".join(value.split())


def _sent_at(mail: Message, came_at: datetime) -> datetime:
    """When it was sent, where its date can be true; else when it came."""
    try:
        told = parsedate_to_datetime(header(mail, "Date"))
        at = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return came_at
    return at if came_at - timedelta(days=7) < at <= came_at + timedelta(hours=1) else came_at


def _pieces(mail: Message) -> tuple[Piece, ...]:
    """The words of the first HTML part; of the first plain one where there is none."""
    plain = ""
    for _, part in zip(range(PARTS_MOST), mail.walk(), strict=False):
        kind = part.get_content_type()
        if part.is_multipart() or part.get_content_disposition() == "attachment":
            continue
        if kind == "text/html" and (pieces := read_page(_text(part))):
            return pieces
        # A multipart that has no parts is one whose boundary was lost: its text stands there as it is.
        if (kind == "text/plain" or kind.startswith("multipart/")) and not plain:
            plain = _text(part)
    return _plain_pieces(plain)


def _text(part: Message) -> str:
    """The part's text, in the character set that it names if that is true, else in the one that fits."""
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return raw.decode(charset).replace("\r\n", "\n")
        except (LookupError, UnicodeError):
            continue
    return raw.decode("cp1252", "replace").replace("\r\n", "\n")


def _plain_pieces(text: str) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for address in _ADDRESS.finditer(text):
        pieces += [Piece(text[at : address.start()]), Piece(address[0], address[0])]
        at = address.end()
    return (*pieces, Piece(text[at:]))


def _found_by_f5bot(pieces: Sequence[Piece]) -> Iterator[Found]:
    """A heading line for each post, with its link beside or below it, and what stands below that up to the next."""
    keyword, open_found = "", None
    for line, link in _lines(pieces):
        named, found = _KEYWORD.match(line), _FOUND.match(line)
        if (named or found or _F5BOT_ENDS.match(line)) and open_found:
            yield open_found
            open_found = None
        if named:
            keyword = named[1]
        elif found:
            open_found = _headed(found[2], found[3], link, keyword)
        elif open_found:
            more = "" if _ADDRESS.fullmatch(line) else line
            open_found = _with_more(open_found, more, link)
    if open_found:
        yield open_found


def _headed(where: str, said: str, link: str, keyword: str) -> Found:
    community = _SUBREDDIT.search(where)
    said = _ADDRESS.sub("", said).strip()
    by = _BY.match(said)
    title, author = (by[1], by[2]) if by else (said, "")
    return Found(link, title.strip().strip(_QUOTES), "", author, community[1] if community else "", keyword)


def _with_more(found: Found, words: str, link: str) -> Found:
    return replace(found, link=found.link or link, snippet=tidy(f"{found.snippet}\n{words}"))


def _lines(pieces: Sequence[Piece]) -> Iterator[tuple[str, str]]:
    """The mail line by line, each with the first link in it."""
    line, link = "", ""
    for piece in pieces:
        first, *rest = piece.words.split("\n")
        line, link = line + first, link or piece.link
        for part in rest:
            if line.strip():
                yield line.strip(), link
            line, link = part, ""
    if line.strip():
        yield line.strip(), link


def _found_by_google(letter: Letter) -> Iterator[Found]:
    """A linked title for each page, then its site and some words, up to the next link of any kind.

    In a plain mail the address comes last, below the words.
    """
    term = letter.subject.partition("Google Alert")[2].strip(" -–—" + _QUOTES)
    last: Found | None = None
    words = ""
    for piece in letter.pieces:
        if not piece.link:
            words = piece.words
            last = last and _with_more(last, words, "")
            continue
        if last:
            yield last
        last = None
        inner = unwrap(piece.link)
        if inner != piece.link and _ADDRESS.fullmatch(piece.words):
            yield Found(inner, *_title_and_rest(words), keyword=term)
        elif inner != piece.link:
            last = Found(inner, piece.words, keyword=term)
    if last:
        yield last


def _title_and_rest(words: str) -> tuple[str, str]:
    """The last paragraph before a plain address: its first line is the title."""
    title, _, rest = words.strip(" \n<").rpartition("\n\n")[2].partition("\n")
    return title.strip(), tidy(rest)


def _merged(found: Sequence[Found]) -> list[Found]:
    """One for each page: a picture, a title and a site's name may all link to the same one."""
    by_link: dict[str, Found] = {}
    for one in found:
        known = by_link.setdefault(one.link, one)
        if known is not one:
            words = one.title if known.title and one.title != known.title else ""
            more = tidy("\n".join((known.snippet, words, one.snippet)))
            by_link[one.link] = replace(known, title=known.title or one.title, snippet=more)
    return [one for link, one in by_link.items() if link]


def _mention(found: Found, letter: Letter, source: str, service: str) -> Mention:
    link = unwrap(found.link)
    post = known_post(link)
    platform, post_id, thread = post or (PLATFORM, canonical(link), None)
    host = host_of_link(link)
    author = author_of(*post[:2], found.author, link) if post else _site(found.author, host)
    text = "\n\n".join(part for part in (found.title, found.snippet) if part) or link
    if found.keyword and found.keyword.lower() not in text.lower():
        # The alert shows too little of the page to see why it was sent; the word it was set for says that.
        text = f"{text}\n\n[alert: {found.keyword}]"
    extra = {"source": source, "alert": service, "community": found.community or ("" if post else host)}
    return Mention(
        platform, post_id, author, text, letter.sent_at, link, thread_id=thread, links=(link,),
        extra={name: value for name, value in extra.items() if value},
    )  # fmt: skip


def _site(name: str, host: str) -> Author:
    return Author(PLATFORM, f"{host}/{name.lower()}" if name else host, name or host, name or host)


def _whole(letter: Letter, source: str) -> Mention:
    """The mail itself as a mention: whatever it is, someone set it up to be read."""
    links = tuple(dict.fromkeys(unwrap(link) for link in links_in(letter.pieces)))
    text = "\n\n".join(part for part in (letter.subject, plain_text(letter.pieces)) if part)
    return Mention(
        platform=PLATFORM,
        post_id="mail:" + hashlib.sha256(letter.letter_id.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        author=Author(PLATFORM, letter.sender or "nobody", letter.name or "nobody", letter.name),
        text=text,
        posted_at=letter.sent_at,
        url=links[0] if links else "",
        links=links,
        extra={"source": source},
    )
