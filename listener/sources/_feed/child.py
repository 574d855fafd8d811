"""`python -m listener.feeds.child`: one feed on standard input, its entries as JSON lines on standard output.

A process of its own, since a feed comes from strangers and its parser is large: where it hangs or swells up it is
killed, and nothing else is hurt. It has no secrets (its environment is bare), calls nobody and opens no files.
"""

from __future__ import annotations

import json
import resource
import sys
from calendar import timegm
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urljoin

from listener.page_text import links_in, plain_text, read_page

CPU_S = 20
MEMORY = 600_000_000  # bytes of address space; 2 MB of feed take about 100 MB
ENTRIES_MOST = 200
TEXT_MOST = 20_000
NAME_MOST = 2_000


def main() -> None:
    """Read a line of JSON (`content_type`, `url`), then the feed; write a line about it, and one for each entry."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    asked = json.loads(sys.stdin.buffer.readline())
    body = sys.stdin.buffer.read()
    about, entries = read_json_feed(body) or read_xml_feed(body, asked["content_type"], asked["url"])
    newest_first = sorted(entries, key=lambda entry: entry.get("at") or "", reverse=True)
    kept = newest_first if len(entries) > ENTRIES_MOST else entries
    for line in ({**about, "entries": len(entries)}, *kept[:ENTRIES_MOST]):
        sys.stdout.buffer.write(json.dumps(line).encode() + b"\n")


def read_xml_feed(body: bytes, content_type: str, url: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What RSS, RDF or Atom says; `kind` is empty where it is none of them."""
    import feedparser

    # What is shown is plain text, so nothing needs to be made safe as HTML here.
    told = {"content-type": content_type, "content-location": url}
    feed = feedparser.parse(body, response_headers=told, sanitize_html=False, resolve_relative_uris=False)
    title = plain_text(read_page(feed.feed.get("title") or ""))[:NAME_MOST]
    wrong = f"{type(feed.bozo_exception).__name__}" if feed.bozo else ""
    link, kind = str(feed.feed.get("link") or ""), feed.get("version") or ""
    return {"kind": kind, "title": title, "link": link, "wrong": wrong}, [_one(raw, _xml_entry) for raw in feed.entries]


def read_json_feed(body: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """What a JSON Feed says (jsonfeed.org, version 1 and 1.1); None where this is none."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or "jsonfeed.org/version" not in str(feed.get("version")):
        return None
    items = feed.get("items")
    about = {"kind": "json", "title": str(feed.get("title") or ""), "link": str(feed.get("home_page_url") or "")}
    return {**about, "wrong": ""}, [_one(raw, _json_entry) for raw in (items if isinstance(items, list) else [])]


def _one(raw: Any, read: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    try:
        entry = read(raw)
        # An id is taken for a link by feedparser where there is none.
        if not (entry["title"] or entry["text"] or entry["link"] not in {"", entry["id"]}):
            raise ValueError("it has no title, no text and no link")
    except Exception as why:  # noqa: BLE001 - it is told to the parent, which keeps it
        # One entry is one unit of work: it is told raw, and the others go on.
        return {"raw": json.dumps(raw, default=repr)[:TEXT_MOST], "reason": f"{type(why).__name__}: {why}"[:300]}
    return entry


def _xml_entry(raw: Mapping[str, Any]) -> dict[str, Any]:
    link = str(raw.get("link") or "")
    content = raw.get("content") or []
    detail = content[0] if content else raw.get("summary_detail") or {}
    text, links = _text(detail, link)
    at = raw.get("published_parsed") or raw.get("updated_parsed")
    return {
        "id": str(raw.get("id") or "")[:NAME_MOST],
        "link": link[:NAME_MOST],
        "title": _text(raw.get("title_detail") or {}, link)[0][:NAME_MOST],
        "text": text[:TEXT_MOST],
        "links": links,
        "author": _name(raw)[:NAME_MOST],
        "at": datetime.fromtimestamp(timegm(at), UTC).isoformat() if at else None,
    }


def _name(raw: Mapping[str, Any]) -> str:
    """Who wrote it. RSS writes "mara@pier.example (Mara)", which feedparser cuts up in the wrong place at times."""
    author = str(raw.get("author") or "")
    told = raw.get("author_detail") or {}
    return parseaddr(author)[0] or author if "@" in author else str(told.get("name") or author)


def _json_entry(raw: Mapping[str, Any]) -> dict[str, Any]:
    link = _string(raw, "url") or _string(raw, "external_url")
    markup = _string(raw, "content_html")
    detail = {"value": markup or _string(raw, "content_text") or _string(raw, "summary"), "html": bool(markup)}
    text, links = _text(detail, link)
    authors = raw.get("authors") or [raw.get("author") or {}]
    at = _string(raw, "date_published") or _string(raw, "date_modified")
    number = raw.get("id")
    return {
        "id": str(number)[:NAME_MOST] if isinstance(number, str | int) else "",
        "link": link[:NAME_MOST],
        "title": _string(raw, "title")[:NAME_MOST],
        "text": text[:TEXT_MOST],
        "links": links,
        "author": _string(authors[0], "name")[:NAME_MOST],
        "at": _moment(at),
    }


def _text(detail: Mapping[str, Any], link: str) -> tuple[str, list[str]]:
    """The words of a title or a text, and the links in it, whole."""
    value = str(detail.get("value") or "")
    if not (detail.get("html") or "html" in str(detail.get("type"))):
        return value.strip(), []
    pieces = read_page(value)
    base = [piece.link for piece in pieces if piece.link.startswith("/")]
    return plain_text(pieces), [*links_in(pieces), *(urljoin(link, path) for path in base if link)][:50]


def _moment(at: str) -> str | None:
    try:
        told = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _string(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value or ""


if __name__ == "__main__":
    main()
