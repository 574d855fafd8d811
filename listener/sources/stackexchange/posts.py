"""What a question or an answer of Stack Exchange says."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from listener.html.posts import read_html
from listener.listing import count, moment, number, word
from listener.mention import Author, Mention

PLATFORM = "stackexchange"
HOSTS = {"mathoverflow": "mathoverflow.net"} | {
    name: f"{name}.com" for name in ("stackoverflow", "superuser", "serverfault", "askubuntu", "stackapps")
}


def parse(raw: Mapping[str, Any], site: str) -> Mention:
    """The mention in a question or an answer. Raises where something needed is missing."""
    kind, post = name_of(raw)
    question, (body, links) = number(raw, "question_id"), read_html(word(raw, "body"))
    return Mention(
        platform=PLATFORM,
        post_id=f"{site}:{post}",
        author=_author(raw.get("owner") or {}, site, post),
        text=body if kind == "answer" else f"{unescape(word(raw, 'title'))}\n\n{body}",
        posted_at=moment(raw["creation_date"]),
        url=f"https://{_host(raw, site)}/{kind[0]}/{post}",
        in_reply_to=f"{site}:{question}" if kind == "answer" else None,
        thread_id=f"{site}:{question}",
        likes=count(raw, "score"),
        replies=count(raw, "answer_count"),
        links=tuple(dict.fromkeys(links)),
        extra={"community": site, "kind": kind},
    )


def _host(raw: Mapping[str, Any], site: str) -> str:
    """Where the site stands: as the post's own link says, else by the site's name, short (ja.stackoverflow) or not."""
    for link in (raw.get("link"), raw.get("share_link")):
        if isinstance(link, str) and link.startswith(("https://", "http://")):
            return urlsplit(link).netloc
    if site.endswith((".com", ".net")):
        return site
    before, dot, name = site.rpartition(".")
    return f"{before}{dot}{HOSTS[name]}" if name in HOSTS else f"{site}.stackexchange.com"


def _author(owner: Mapping[str, Any], site: str, post: int) -> Author:
    """Who wrote it; one who has left (user_type does_not_exist) keeps at most a name."""
    name, user = unescape(owner.get("display_name") or "") or "somebody who left", owner.get("user_id")
    author_id = f"{site}:{user}" if isinstance(user, int) else f"{site}:of {post}"
    # User -1 is the Community user, which is their own software.
    return Author(PLATFORM, author_id, name, url=owner.get("link") or "", bot=user == -1)


def name_of(raw: Mapping[str, Any]) -> tuple[str, int]:
    """Kind and id of a post, or of the one that a hit stands for. Raises KeyError or TypeError where it has none."""
    kind = "answer" if "answer_id" in raw else "question"
    return kind, number(raw, f"{kind}_id")
