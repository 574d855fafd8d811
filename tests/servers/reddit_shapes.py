"""Reddit's own shapes, as its API documents and praw's fixtures have them: things, listings, tokens, errors.

What is invented here is what people say. A listing is served as Reddit does: newest first, `limit` at a time and 100 at
most, `after` naming the last item where more follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from tests.servers.scripted import Asked, Say, Scripted, scripted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = "/api/v1/access_token"
AGENT = "linux:com.example.warmline:v1 (by /u/harbourlight)"
LIMITS = {"x-ratelimit-used": "4", "x-ratelimit-remaining": "996.0", "x-ratelimit-reset": "312"}


def a_comment(number: int | str, at: datetime = NOW, body: str = "my lantern hisses", **more: Any) -> dict[str, Any]:
    """A comment as subreddits and users list it."""
    return {
        "kind": "t1",
        "data": {
            "id": str(number),
            "name": f"t1_{number}",
            "author": "mara",
            "author_fullname": "t2_mara1",
            "body": body,
            "body_html": f'<div class="md"><p>{body}</p></div>',
            "subreddit": "lamps",
            "subreddit_name_prefixed": "r/lamps",
            "link_id": "t3_40",
            "link_title": "Which lamp for a cold pier?",
            "link_author": "sol",
            "parent_id": "t1_39",
            "permalink": f"/r/lamps/comments/40/which_lamp/{number}/",
            "created": at.timestamp(),
            "created_utc": at.timestamp(),
            "edited": False,
            "score": 3,
            "score_hidden": False,
            "num_comments": 12,
            "locked": False,
            "archived": False,
            "replies": "",
            **more,
        },
    }


def a_post(
    number: int | str, at: datetime = NOW, selftext: str | None = "It hisses at night.", **more: Any
) -> dict[str, Any]:
    """A submission as a search lists it."""
    return {
        "kind": "t3",
        "data": {
            "id": str(number),
            "name": f"t3_{number}",
            "author": "mara",
            "author_fullname": "t2_mara1",
            "title": "my lantern hisses",
            "selftext": selftext,
            "is_self": True,
            "url": f"https://www.reddit.com/r/lamps/comments/{number}/my_lantern_hisses/",
            "subreddit": "lamps",
            "permalink": f"/r/lamps/comments/{number}/my_lantern_hisses/",
            "created_utc": at.timestamp(),
            "edited": False,
            "score": 12,
            "num_comments": 4,
            "num_crossposts": 1,
            "removed_by_category": None,
            "locked": False,
            "archived": False,
            **more,
        },
    }


def in_inbox(number: int | str, at: datetime = NOW, body: str = "u/harbourlight it hisses") -> dict[str, Any]:
    """A comment as an inbox lists it: no permalink and no link_id."""
    return {
        "kind": "t1",
        "data": {
            "id": str(number),
            "name": f"t1_{number}",
            "author": "mara",
            "author_fullname": "t2_mara1",
            "body": body,
            "subreddit": "lamps",
            "parent_id": "t1_39",
            "context": f"/r/lamps/comments/40/which_lamp/{number}/?context=3",
            "link_title": "Which lamp for a cold pier?",
            "subject": "username mention",
            "type": "username_mention",
            "dest": "harbourlight",
            "was_comment": True,
            "new": True,
            "num_comments": 12,
            "created_utc": at.timestamp(),
            "score": 1,
        },
    }


def listing(children: Sequence[Any], after: str | None = None) -> Say:
    """One page of a listing."""
    data = {"after": after, "before": None, "dist": len(children), "modhash": None, "children": list(children)}
    return Say({"kind": "Listing", "data": data}, headers=LIMITS)


def paged(found: Sequence[Any], most: int = 100, depth: int | None = None) -> Callable[[Asked], Say]:
    """A listing of these items, already newest first, of which no more than `depth` are ever shown."""
    shown = list(found)[:depth]
    names = [_name(raw, place) for place, raw in enumerate(shown)]

    def page(asked: Asked) -> Say:
        after = asked.one("after")
        start = names.index(after) + 1 if after in names else len(shown) if after else 0
        end = start + min(int(asked.one("limit") or 25), most)
        return listing(shown[start:end], names[end - 1] if end < len(shown) else None)

    return page


def _name(raw: Any, place: int) -> str:
    data = raw.get("data") if isinstance(raw, dict) else None
    name = data.get("name") if isinstance(data, dict) else None
    return name if isinstance(name, str) and name else f"t3_place{place}"


def a_token(scope: str = "*") -> Say:
    """What the token address says."""
    return Say({"access_token": "an-hour-long-token", "token_type": "bearer", "expires_in": 3600, "scope": scope})


def taken(number: str, body: str, parent: str, at: datetime) -> Say:
    """What /api/comment says to a comment that was taken."""
    made = a_comment(number, at, body, author="harbourlight", parent_id=parent)
    return Say({"json": {"errors": [], "data": {"things": [made]}}}, headers=LIMITS)


def errors(*found: Sequence[str], **more: Any) -> Say:
    """What /api/comment says, with a 200, to one that was not."""
    return Say({"json": {"errors": [list(error) for error in found], **more}}, headers=LIMITS)


@contextmanager
def reddit() -> Iterator[Scripted]:
    """A server that gives tokens, and knows nothing else yet."""
    with scripted() as script:
        script.spared = {TOKEN}
        script.on(TOKEN, a_token())
        yield script
