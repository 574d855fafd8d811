"""The one road from a link to the post behind it. Only platforms' own interfaces are asked, never the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from listener import sources
from listener.jobs import open_sources
from listener.mention import Author, Mention
from listener.settings import ListenerSettings, SettingsError
from listener.source import NotFound, SourceError

AS_THEY_COME: Mapping[str, str] = {}
GONE = "this post is not there, or not any more"
# What tells where a reader came from, and nothing of what is read.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|igshid?", re.IGNORECASE)


def find_post(url: str, settings: ListenerSettings, path: Path) -> Mention | None:
    """The post behind a link, as its platform gives it; None where only a person can read it there.

    Without an account where that goes. With ours where the source is on: only then can be told whether they speak to
    us. Raises NotFound where the post is gone, and what a source raises where it could be read but not now.
    """
    found = look_up(url, addresses(settings))
    named = post_named(url) if found is None else (found.platform, found.post_id)
    if named is None or not _is_on(named[0], settings):
        return found
    try:
        return _with_our_account(found or _stub(*named, url), settings, path)
    except NotFound:
        # Shown to all the world and not to us: they may not want us there.
        raise
    except (SourceError, SettingsError):
        if found is None:
            raise
        return found


def look_up(url: str, at: Mapping[str, str] = AS_THEY_COME) -> Mention | None:
    """The post behind a link, without an account; None where no platform shows it so.

    `at` gives platforms' addresses where they are not the usual ones. Raises NotFound where the post is gone,
    Unavailable where its platform can't be reached.
    """
    for name, platform in _files():
        lookup = getattr(platform, "lookup", None)
        mention: Mention | None = lookup(url, at.get(name)) if lookup else None
        if mention is not None:
            return mention
    return None


def addresses(settings: ListenerSettings) -> Mapping[str, str]:
    """Where to look posts up, by platform, as far as the settings name another address than the usual one."""
    found = {}
    for name, table in settings.listener.sources.items():
        # Where reading without an account has an address of its own, the account's server would not answer it.
        key = "public_url" if "public_url" in sources.FILES.load(name).Settings.model_fields else "base_url"
        if isinstance(address := table.get(key), str):
            found[name] = address
    return found


def post_named(url: str) -> tuple[str, str] | None:
    """Platform and post id that a link names, for platforms that show a post only to an account; None for others."""
    parts = _split(url)
    if parts is None:
        return None
    host = re.sub(r"^(www|old|new|np|m|mobile)\.", "", (parts.hostname or "").lower())
    for platform, hosts, path in _PATHS:
        if host in hosts and (named := re.fullmatch(path, parts.path)):
            return platform, _post_id(platform, **named.groupdict())
    return None


def author_named(url: str) -> str:
    """The author's handle where the link says it (X); else empty."""
    parts, named = _split(url), post_named(url)
    if parts is None or named is None or named[0] != "x":
        return ""
    first = parts.path.split("/")[1]
    return "" if first.lower() == "i" else first


def canonical(url: str) -> str:
    """The link in one form, so that the same page is known again; empty where it is no http(s) or at:// link.

    What only tells where a reader came from goes, and so does the fragment, unless it names one comment of many
    (`#comment-17`): two people under one article must not become one.
    """
    parts = _split(url)
    if parts is None:
        return ""
    kept = [(name, value) for name, value in parse_qsl(parts.query, True) if not _TRACKING.fullmatch(name)]
    # A query without tracking stays as it is written, byte for byte: not every server reads one as we would write it.
    query = parts.query if len(kept) == len(parse_qsl(parts.query, True)) else urlencode(kept)
    fragment = parts.fragment if re.fullmatch(r"[\w-]*\d[\w-]*", parts.fragment) else ""
    return urlunsplit((parts.scheme, _host(parts), parts.path or "/", query, fragment))


# Of X: x.com/NAME/status/ID, /i/web/status/ID. Of Reddit: /r/SUB/comments/POST/SLUG/COMMENT/, /comments/POST,
# /user/NAME/comments/…, and redd.it/POST; its share links (/r/SUB/s/…) say nothing by themselves.
_REDDIT = r"(?:/(?:r|u|user)/[\w-]+)?/comments/(?P<post>\w+)(?:/(?:[^/]*/(?P<comment>\w+)/?|[^/]*/?))?"
_PATHS = (
    ("x", ("x.com", "twitter.com"), r"/(?:\w{1,20}|i/web)/status(?:es)?/(?P<post>\d{1,20})(?:/.*)?"),
    ("reddit", ("reddit.com",), _REDDIT),
    ("reddit", ("redd.it",), r"/(?P<post>\w+)/?"),
)


def _post_id(platform: str, post: str, comment: str | None = None) -> str:
    """The id as the platform's source writes it: X's number, Reddit's full name."""
    if platform == "x":
        return post
    return (f"t1_{comment}" if comment else f"t3_{post}").lower()


def _host(parts: SplitResult) -> str:
    """Host and port, without the usual port and without what would sign someone in."""
    host = parts.netloc.rpartition("@")[2].lower()
    return host.removesuffix({"https": ":443", "http": ":80"}.get(parts.scheme, "\0"))


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname if parts.scheme in {"http", "https"} else parts.netloc
        _ = parts.port if parts.scheme != "at" else None  # read only to see whether it is one
    except ValueError:
        return None
    whole = parts.scheme in {"http", "https", "at"} and bool(host) and not re.search(r"\s", url.strip())
    return parts if whole else None


def _files() -> Iterator[tuple[str, ModuleType]]:
    for name in sources.FILES.names():
        yield name, sources.FILES.load(name)


def _is_on(name: str, settings: ListenerSettings) -> bool:
    table: Mapping[str, Any] | None = settings.listener.sources.get(name)
    return table is not None and table.get("enabled", True) is not False


def _with_only(name: str, settings: ListenerSettings) -> ListenerSettings:
    """The settings without the other sources: what is missing for them is no reason not to read this one."""
    listener = settings.listener.model_copy(update={"sources": {name: settings.listener.sources[name]}})
    return settings.model_copy(update={"listener": listener})


def _with_our_account(mention: Mention, settings: ListenerSettings, path: Path) -> Mention:
    """The post as our own account is shown it. Raises NotFound, RateLimited, Unavailable, Revoked or SettingsError."""
    ((source, _),) = open_sources(_with_only(mention.platform, settings), path)
    with closing(source):
        now = source.reread([mention])
    if mention.post_id not in now:
        raise SourceError(f"{mention.platform} did not say what this post is")
    if (read := now[mention.post_id]) is None:
        raise NotFound(GONE)
    return _with_handle(read, mention.author.handle)


def _with_handle(read: Mention, handle: str) -> Mention:
    """The post with its author's handle as the link has it, where the platform gave a number alone (X)."""
    author = read.author
    known = author.handle != author.author_id or not handle
    return read if known else replace(read, author=replace(author, handle=handle))


def _stub(platform: str, post_id: str, url: str) -> Mention:
    """As much of a mention as its link says: enough to ask for the rest."""
    handle = author_named(url)
    return Mention(platform, post_id, Author(platform, handle, handle), "", datetime.now(UTC), url)
