"""The plaza as a newcomer sees it: the timeline, a thread, a person. Plain HTML, every text escaped, no script."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

from listener.plaza.book import moment
from listener.plaza.cast import BRAND
from listener.plaza.world import LINK, Person, Post

STYLE = Path(__file__).with_name("style.css")
HUES = 8
MARKED = re.compile(rf"((?<![\w@])@\w{{1,30}}|{LINK.pattern})")
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def timeline(threads: Sequence[Sequence[Post]], now: datetime) -> str:
    """Every conversation, the liveliest first."""
    shown = "\n".join(_thread(thread, now) for thread in threads)
    return _page("Plaza", shown or '<p class="quiet">Nobody has said anything yet.</p>')


def thread(posts: Sequence[Post], now: datetime, pointed_at: str) -> str:
    """One conversation, with the post marked that the address names."""
    return _page(f"{posts[0].name} on Plaza", _back() + _thread(posts, now, pointed_at))


def person(who: Person, posts: Sequence[Post], now: datetime) -> str:
    """Somebody's profile and what they have said, newest first."""
    head = (
        f'<header class="who">{_avatar(who.handle, who.name)}<div><h2>{escape(who.name)}</h2>'
        f'<p class="fine">@{escape(who.handle)} · {who.followers:,} followers</p>'
        f"<p>{escape(who.bio)}</p></div></header>"
    )
    return _page(f"{who.name} on Plaza", _back() + head + "\n".join(_thread([post], now) for post in posts))


def missing(words: str) -> str:
    """A page for what is not there."""
    return _page("Not here", f'{_back()}<p class="quiet">{escape(words)}</p>')


def _page(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="4">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header class="top"><a class="sign" href="/">plaza</a>
<p class="fine">A pretend network with pretend people. It lives on this machine only.</p></header>
<main>
{body}
</main>
</body>
</html>
"""


def _back() -> str:
    return '<p class="back"><a href="/">← All conversations</a></p>'


def _thread(posts: Sequence[Post], now: datetime, pointed_at: str = "") -> str:
    shown = "\n".join(_post(post, now, post.post_id == pointed_at, reply=i > 0) for i, post in enumerate(posts))
    return f'<section class="thread">\n{shown}\n</section>'


def _post(post: Post, now: datetime, pointed_at: bool, reply: bool) -> str:
    classes = "post" + " reply" * reply + " ours" * (post.handle == BRAND) + " here" * pointed_at
    badge = '<span class="badge">lamp maker</span>' if post.handle == BRAND else ""
    to = f'<span class="fine">to @{escape(post.in_reply_to_handle)}</span>' if post.in_reply_to_handle else ""
    likes = f'<span class="likes">♥ {post.likes}</span>' if post.likes else ""
    address = f"/posts/{escape(post.post_id)}"
    return (
        f'<article class="{classes}" id="{escape(post.post_id)}">{_avatar(post.handle, post.name)}<div class="said">'
        f'<p class="by"><a class="name" href="/people/{escape(post.handle)}">{escape(post.name)}</a>{badge}'
        f'<span class="fine">@{escape(post.handle)}</span>{to}'
        f'<a class="when fine" href="{address}"><time datetime="{escape(post.posted_at)}">'
        f"{_when(moment(post.posted_at), now)}</time></a></p>"
        f'<p class="text" lang="{escape(post.lang)}" dir="auto">{_marked(post.text)}</p>{likes}</div></article>'
    )


def _avatar(handle: str, name: str) -> str:
    initials = "".join(word[0] for word in re.findall(r"\w+", name)[:2]).upper()
    # crc32 and not hash(): somebody keeps their colour when the plaza starts again.
    return f'<span class="face hue{zlib.crc32(handle.encode()) % HUES}" aria-hidden="true">{escape(initials)}</span>'


def _marked(text: str) -> str:
    """The text, escaped, with its tags set off; links are shown but lead nowhere, since the plaza ends at its edge."""
    parts = MARKED.split(text)
    return "".join(
        f'<span class="tag">{escape(part)}</span>' if i % 2 else escape(part) for i, part in enumerate(parts)
    )


def _when(at: datetime, now: datetime) -> str:
    seconds = (now - at).total_seconds()
    if seconds < 45:
        return "just now"
    for unit, length, most in (("min", 60, 60), ("h", 3600, 24), ("d", 86400, 14)):
        if (count := round(seconds / length)) < most:
            return f"{max(count, 1)} {unit}"
    return f"{at:%-d %b %Y}"
