"""Where a link in an alert really leads, and which post of which platform that is.

Alert services wrap links so as to count clicks. Unwrapped, one article has one address, whoever told us of it; and a
link to a post on a platform that Warmline knows gives the very id that the platform's own API gives, so that a post
heard by alert and by API is one mention. All of it is read from the address alone: nobody is called.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from listener.mention import Author

# Only Google's own domains: an address that merely looks like theirs is not taken apart.
_GOOGLE = re.compile(r"(?:www\.|news\.)?google\.(?:com?\.)?[a-z]{2,3}\Z")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid)\Z", re.IGNORECASE)
_REDDIT = re.compile(r"/(?:r|user|u)/([\w-]+)/comments/([a-z0-9]+)(?:/[^/]*(?:/([a-z0-9]+))?)?/?\Z", re.IGNORECASE)
_REDDIT_HOSTS = frozenset({"reddit.com", "www.reddit.com", "old.reddit.com", "new.reddit.com", "np.reddit.com"})
_X_HOSTS = frozenset({"x.com", "www.x.com", "twitter.com", "www.twitter.com", "mobile.twitter.com"})
_X = re.compile(r"/(\w{1,15})/status(?:es)?/(\d{1,20})(?:/.*)?\Z")
_BLUESKY = re.compile(r"/profile/(did:[a-z]+:[\w.:%-]+)/post/([\w.~:-]+)/?\Z")


def unwrap(link: str) -> str:
    """The address behind Google's and F5Bot's counting links; any other link as it is."""
    for _ in range(3):
        inner = _wrapped(link)
        if inner is None:
            break
        link = inner
    return link


def is_google(link: str) -> bool:
    """Whether the link is to one of Google's own domains."""
    return bool(_GOOGLE.match(host_of_link(link)))


def host_of_link(link: str) -> str:
    """The host's name in lower case, without www; empty for what is no web address."""
    parts = _split(link)
    return (parts.hostname or "").removeprefix("www.") if parts else ""


def canonical(link: str) -> str:
    """One writing for one page: host in lower case, and without the marks that campaigns add to count clicks.

    The fragment stays: it is where a comment's own address differs from its article's.
    """
    parts = _split(link)
    if parts is None:
        return link
    query = parts.query
    if any(_TRACKING.match(name) for name, _ in parse_qsl(query)):
        kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if not _TRACKING.match(name)]
        query = urlencode(kept)
    fragment = "" if parts.fragment.startswith(":~:") else parts.fragment
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), parts.path or "/", query, fragment))


def known_post(link: str) -> tuple[str, str, str | None] | None:
    """Platform, post id and thread id of a post on a platform that Warmline knows; None for any other page.

    Reddit's, Hacker News's, X's and Bluesky's are told by their addresses. A Mastodon id is another on each server,
    and a Bluesky link by handle needs a look-up: those stay pages.
    """
    parts = _split(link)
    if parts is None:
        return None
    host = parts.hostname or ""
    if host in _REDDIT_HOSTS and (found := _REDDIT.match(parts.path)):
        thread = f"t3_{found[2].lower()}"
        return "reddit", f"t1_{found[3].lower()}" if found[3] else thread, thread
    if host == "news.ycombinator.com" and parts.path == "/item":
        item = parse_qs(parts.query).get("id", [""])[0]
        post = parts.fragment if _is_number(parts.fragment) else item
        return ("hackernews", post, None) if _is_number(post) else None
    if host in _X_HOSTS and (found := _X.match(parts.path)):
        return "x", found[2], None
    if host == "bsky.app" and (found := _BLUESKY.match(parts.path)):
        return "bluesky", f"at://{found[1]}/app.bsky.feed.post/{found[2]}", None
    return None


def author_of(platform: str, post_id: str, handle: str, link: str) -> Author:
    """Who wrote it, as far as an alert says. One unknown person is not mistaken for another."""
    if platform == "x" and not handle:
        found = _X.match(urlsplit(link).path)
        handle = found[1] if found else ""
    handle = handle.lstrip("@").removeprefix("/u/").removeprefix("u/")
    if not handle:
        return Author(platform, f"unknown:{post_id}", "", "someone")
    urls = {
        "reddit": f"https://www.reddit.com/user/{handle}",
        "hackernews": f"https://news.ycombinator.com/user?id={handle}",
        "x": f"https://x.com/{handle}",
    }
    return Author(platform, handle, handle, url=urls.get(platform, ""))


def _wrapped(link: str) -> str | None:
    parts = _split(link)
    if parts is None or parts.path.rstrip("/") != "/url":
        return None
    host = parts.hostname or ""
    names = ("url", "q") if _GOOGLE.match(host) else ("u",) if host in {"f5bot.com", "www.f5bot.com"} else ()
    asked = parse_qs(parts.query)
    return next((asked[name][0] for name in names if name in asked and _split(asked[name][0])), None)


def _split(link: str) -> SplitResult | None:
    """The link's parts; None where it is not an http(s) address with a host."""
    try:
        parts = urlsplit(link.strip())
        found = parts.scheme.lower() in {"http", "https"} and parts.hostname
    except ValueError:
        return None
    return parts if found else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
