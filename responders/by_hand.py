"""Where a person posts a reply themselves: the platform's own page to open, and whether a link leads there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode, urlsplit

from listener.mention import Mention

# The hosts under which a platform's own posts stand; what has none here (Mastodon, forums, pages) stands anywhere.
HOSTS: Mapping[str, tuple[str, ...]] = {
    "x": ("x.com", "twitter.com"),
    "reddit": ("reddit.com", "redd.it"),
    "bluesky": ("bsky.app",),
    "hackernews": ("news.ycombinator.com",),
    "youtube": ("youtube.com", "youtu.be"),
    "github": ("github.com",),
    "stackexchange": (
        "stackexchange.com",
        "stackoverflow.com",
        "superuser.com",
        "serverfault.com",
        "askubuntu.com",
        "mathoverflow.net",
        "stackapps.com",
    ),
}


def page_for(mention: Mention, text: str, *, home: str = "") -> str:
    """The page on which to post `text` as an answer; empty where none is known.

    X's own compose page takes the post and the text. A Mastodon post is opened on our own server, `home`, where that
    is known, since one can only answer where one is signed in. Everywhere else it is their post's own page.
    """
    if fills_in_text(mention):
        asked = urlencode({"in_reply_to": mention.post_id, "text": text}, quote_via=quote, safe="")
        return f"https://x.com/intent/tweet?{asked}"
    if mention.platform == "mastodon" and home and mention.url:
        return f"{home.rstrip('/')}/authorize_interaction?{urlencode({'uri': mention.url}, quote_via=quote, safe='')}"
    return mention.url


def fills_in_text(mention: Mention) -> bool:
    """Whether the page opens with the text already in its box."""
    return mention.platform == "x" and mention.post_id.isascii() and mention.post_id.isdecimal()


def platform_at(url: str) -> str:
    """The platform whose page this is; empty where that can't be told from its host."""
    host = _host(url)
    found = (name for name, hosts in HOSTS.items() if any(host == one or host.endswith(f".{one}") for one in hosts))
    return next(found, "")


def what_is_wrong(link: str, mention: Mention) -> str:
    """Why this can't be the link of our reply to the mention, in words for a person; empty where it may be."""
    if not link.startswith(("https://", "http://", "at://")):
        return "paste the link of the posted reply, beginning with https://"
    if link.rstrip("/") == mention.url.rstrip("/"):
        return "this is the link of their post: paste the one of your reply"
    hosts = HOSTS.get(mention.platform, ())
    record = mention.platform == "bluesky" and link.startswith("at://")
    if hosts and not record and platform_at(link) != mention.platform:
        leads_to = _host(link) or "nowhere that is known"
        return f"this link leads to {leads_to}: paste the one of your reply, on {' or '.join(hosts[:2])}"
    return ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""
