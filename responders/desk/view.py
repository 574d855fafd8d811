"""How values are shown: times in words, short forms of long texts, links that are safe to follow. Pure."""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from urllib.parse import urlsplit

import regex

from listener.mention import Mention
from listener.relevance import is_doubt
from responders.inbox import COUNTED_MOST
from responders.platform_names import platform_name
from responders.privacy import how_private


def _words(**words: str) -> Mapping[str, str]:
    return MappingProxyType(words)


LANE_TITLES = _words(
    help="Help", complaint="Complaints", question="Questions", praise="Praise", chat="Chat", unsure="Not sure"
)
LANE_WORDS = _words(
    help="needs help", complaint="a complaint", question="a question", praise="praise", chat="chat", spam="spam"
)
SENTIMENT_WORDS = _words(
    positive="sounds glad", neutral="even in tone", negative="sounds unhappy", unscored="not scored"
)
ASIDE_TITLES = _words(
    spam="Spam and bots",
    not_about_us="Probably not about us",
    echo="Said elsewhere",
    rule="By a rule",
    older="Older, or not ours",
)
PRIORITY_WORDS = _words(urgent="urgent", high="soon", normal="", low="no hurry")
# What is no platform, as it is said in a sentence.
NO_PLATFORM = _words(feed="a feed", mailbox="a letter", link="a link")
STATE_WORDS = _words(
    held="Waits for a decision",
    approved="Approved, about to go out",
    rehearsed="Rehearsed: approved, not sent",
    by_hand="For you to post",
    declined="Declined",
    escalated="Waits for a colleague",
    superseded="Overtaken: someone answered first, their words changed, or they asked us to stop",
    sending="On its way",
    sent="Sent",
    refused="The platform refused it",
    unknown="Not sure whether it is out",
)
ROUTE_WORDS = _words(
    api="We may answer here",
    by_hand="By hand",
    listen_only="We only listen here",
    do_not_contact="We do not contact them",
)
STREAM_WORDS = _words(
    listening="Listening",
    waiting="Waiting, as the platform asked",
    unavailable="Cannot hear",
    revoked="Not allowed in: the credentials are refused",
)


def ago(at: datetime, now: datetime) -> str:
    """How long since, as a person would say it: "4 minutes ago", "yesterday", "12 Mar 2025"."""
    seconds = (now - at).total_seconds()
    days = (now.date() - at.date()).days
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{count(seconds // 60, 'minute')} ago"
    if seconds < 86400:
        return f"{count(seconds // 3600, 'hour')} ago"
    if days <= 13:
        return "yesterday" if days == 1 else f"{days} days ago"
    return f"{at:%-d %b}" if at.year == now.year else f"{at:%-d %b %Y}"


def span(since: datetime, until: datetime) -> str:
    """How long it lasted: "40 seconds", "4 minutes", "3 hours", "2 days"."""
    seconds = max(0, (until - since).total_seconds())
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return count(seconds // size, word)
    return count(seconds, "second")


def length(lasted: timedelta) -> str:
    """How long that is: "40 seconds", "9 hours"."""
    start = datetime.min.replace(tzinfo=UTC)
    return span(start, start + lasted)


def when(at: datetime) -> str:
    """The moment in full: "23 Nov 2026, 02:43 UTC"."""
    return f"{at.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def clock(at: datetime) -> str:
    """The time of day, to the second: "02:43:07 UTC"."""
    return f"{at.astimezone(UTC):%H:%M:%S} UTC"


def count(number: float, word: str) -> str:
    """A count with its word: "1 place", "3 places"."""
    return f"{int(number)} {word}" if int(number) == 1 else f"{int(number)} {word}s"


def also_on(places: Mapping[str, int]) -> str:
    """Where else the same was said: "also on Reddit, Mastodon (3 places)"."""
    names = ", ".join(platform(name) for name in places)
    return f"also on {names} ({sum(places.values()) + 1} places)"


def number(count: int) -> str:
    """A count as all our sentences write it: "12,400"."""
    return f"{count:,}"


def signed(value: float) -> str:
    """A valence as print has it, with a true minus: "1.7", "−2"."""
    return f"{value:g}".replace("-", "−")


def counted(count: int) -> str:
    """A count that was not counted to its end: "1,000+" once there are more."""
    return number(count) if count <= COUNTED_MOST else f"{number(COUNTED_MOST)}+"


def excerpt(text: str, most: int) -> str:
    """The text on one line, cut after a whole word once it is longer than `most` characters as people see them."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    # Plain letters need no look for clusters, which is what most of a long page's time went into.
    cut = line[:most] if line.isascii() else "".join(regex.findall(r"\X", line[: most * 8])[:most])
    if cut == line:
        return line
    return (cut.rsplit(" ", 1)[0] if " " in cut[most // 2 :] else cut).rstrip(" ,;:.-") + "…"


def link(url: str) -> str:
    """The address if a browser may safely follow it (http or https, to a host, no user part), else nothing."""
    if any(ord(letter) <= 32 or letter in "\\\x7f" for letter in url):
        return ""
    try:
        parts = urlsplit(url)
        safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if safe else ""


def link_host(url: str) -> str:
    """Where a link leads, to stand beside it."""
    return urlsplit(link(url)).hostname or ""


# Marks that reorder or hide text. The joiners inside emoji, Persian and Indic words are not among them, nor the tags
# that make a black flag that of Scotland.
_FLAG = regex.compile(r"\U0001F3F4[\U000E0020-\U000E007F]+")
_HIDDEN = regex.compile(r"[\u202A-\u202E\u2066-\u2069\u200B\u2060-\u2064\uFEFF\u00AD\u180E\U000E0001-\U000E007F]")


def hidden(text: str) -> tuple[str, ...]:
    """The names of the marks in a text that reorder or hide its letters, each once, in order of appearance."""
    found = dict.fromkeys(_HIDDEN.findall(_FLAG.sub("", text)))
    return tuple(f"U+{ord(mark):04X} {unicodedata.name(mark, 'unnamed').lower()}" for mark in found)


def initial(name: str, handle: str) -> str:
    """The first letter or picture of a name, for the round mark beside it. No picture is fetched from anywhere."""
    first: list[str] = regex.findall(r"[\p{L}\p{N}\p{Extended_Pictographic}]\p{M}*", name + handle)
    return first[0].upper() if first else "·"


def tint(handle: str) -> int:
    """One of six quiet colours, always the same for one person."""
    return zlib.crc32(handle.encode("utf-8", "replace")) % 6


def platform(name: str) -> str:
    """A platform's name as its people write it, or what came by none."""
    return NO_PLATFORM.get(name) or platform_name(name)


def private(mention: Mention, by_hand: bool) -> str:
    """What to mind where it was not said to everyone; empty where it was. `by_hand`: a person posts the reply."""
    return how_private(mention, by_hand=by_hand)


def place(name: str) -> str:
    """Where an answer to something heard there is posted, in a sentence: a platform, or the page that came with it."""
    return "the page itself" if name in NO_PLATFORM else platform(name)


_ADDRESS = regex.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?")


def source_link(source: str) -> str:
    """The link to a rule's source, where the source is an address and nothing else."""
    return f"https://{source}" if _ADDRESS.fullmatch(source) and "/" in source and ".toml" not in source else ""


def source(name: str) -> str:
    """What we listen to, by name: the platform itself, or what brings us others' words."""
    return {"feed": "Feeds", "mailbox": "Mailbox"}.get(name) or platform(name)


def tags(
    lane: str | None,
    priority: str | None,
    sentiment: str | None,
    to_us: bool,
    route: str = "",
    reasons: Sequence[str] = (),
    because: str = "",
) -> list[str]:
    """Why a mention stands where it stands, in a few words, and whether a person will have to post the answer.

    Glad words in a cry for help or a complaint are politeness or irony: the tag would only be in the way. What the
    sentence `because` says as well is not said twice, but that it is urgent.
    """
    if sentiment == "positive" and lane in ("help", "complaint"):
        sentiment = None
    doubted = any(map(is_doubt, reasons))
    words = (
        "" if because and priority != "urgent" else PRIORITY_WORDS.get(priority or "", ""),
        LANE_WORDS.get(lane or "", ""),
        SENTIMENT_WORDS.get(sentiment or "", ""),
        "may not be about us" if doubted and not to_us else "speaks to us" if to_us and not because else "",
        "by hand" if route == "by_hand" else "",
    )
    return [word for word in words if word]


def by_rule(words: str, rule: str) -> str:
    """A rule by its name, where what it did can be seen; all that is said of it where it was not let do."""
    return f"by your rule “{rule}”" if rule and words.startswith("by your rule “") else words


def is_number(text: str) -> bool:
    """Whether a form or an address holds a number of ours: plain digits, and no more of them than any we give out."""
    return text.isascii() and text.isdecimal() and len(text) < 16


def capitalize_first(text: str) -> str:
    """The text with its first letter in upper case, all else as it is."""
    return text[:1].upper() + text[1:]
