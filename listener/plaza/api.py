"""The plaza's public API.

    GET  /api/mentions?account=H&page=TOKEN&limit=N   posts that tag @H or reply to H, newest received first
    GET  /api/search?q=WORDS&page=TOKEN&limit=N       posts that hold every word
    GET  /api/people/HANDLE                           {handle, name, bio, followers, joined_at, url}
    GET  /api/people/HANDLE/posts?page=TOKEN&limit=N  what they have said themselves
    GET  /api/posts/ID                                one post; public, like its page
    GET  /api/posts/ID/thread                         {thread_id, posts}: the conversation, oldest first; public
    POST /api/posts {text, in_reply_to}               201 {post_id, url, posted_at, …}; at most 500 characters

Listings answer {posts, next}; `next` is the token of the next older page, null at the end; `limit` is 1 to 100.
A post is {post_id, url, author, text, lang, posted_at, received_at, in_reply_to, in_reply_to_handle, thread_id, tags,
links, likes, replies}. Reading takes the read or the write token as `Authorization: Bearer`, writing the write token;
a no is {error, message} with 400, 401, 403, 404 or 422. There is no idempotency key: the same POST twice is two posts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from listener.plaza.cast import BRAND
from listener.plaza.diary import Diary
from listener.plaza.exchange import Answer, Request, said
from listener.plaza.world import Person, Post, Refusal, World

Listing = Callable[[str | None, int], tuple[list[Post], str | None]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Who may do what. The write token speaks as the brand; the control token moves the scenery."""

    read: str
    write: str
    control: str


class Api:
    """Answers under /api."""

    def __init__(self, world: World, diary: Diary, tokens: Tokens, base_url: str) -> None:
        self._world = world
        self._diary = diary
        self._tokens = tokens
        self._base_url = base_url

    def answer(self, request: Request) -> Answer:
        """The answer. Raises Refusal for every no."""
        parts = request.path.strip("/").split("/")[1:]
        match request.method, parts:
            case "POST", ["posts"]:
                return self._speak(request)
            case "GET", ["posts", post_id]:
                return said(200, self.shown(self._world.get(post_id)))
            case "GET", ["posts", post_id, "thread"]:
                return self._thread(post_id)
            case "GET", _:
                self._let_read(request)
                return self._read(request, parts)
            case _:
                raise Refusal(405, f"{request.path} does not take {request.method}.")

    def shown(self, post: Post) -> dict[str, Any]:
        """A post as the API shows it."""
        fields = asdict(post)
        author = {name: fields.pop(name) for name in ("handle", "name", "followers")}
        for inner in ("seq", "mood"):
            del fields[inner]
        return fields | {
            "url": f"{self._base_url}/posts/{post.post_id}",
            "author": author | {"url": f"{self._base_url}/people/{post.handle}"},
            "tags": post.tags,
            "links": post.links,
        }

    def _read(self, request: Request, parts: list[str]) -> Answer:
        world, query = self._world, request.query
        match parts:
            case ["mentions"]:
                account = query.get("account", "")
                return self._listed(request, lambda page, limit: world.mentions(account, page, limit))
            case ["search"]:
                return self._listed(request, lambda page, limit: world.search(query.get("q", ""), page, limit))
            case ["people", handle]:
                return said(200, self._profile(world.person(handle)))
            case ["people", handle, "posts"]:
                return self._listed(request, lambda page, limit: world.timeline(handle, page, limit))
            case _:
                raise Refusal(404, f"There is nothing at {request.path}.")

    def _speak(self, request: Request) -> Answer:
        if request.token != self._tokens.write:
            self._let_read(request)
            raise Refusal(403, "This token may read but not write.")
        asked = request.json()
        text, in_reply_to = asked.get("text"), asked.get("in_reply_to")
        if not isinstance(text, str) or not isinstance(in_reply_to, str | None):
            raise Refusal(422, "A post needs a text, and in_reply_to must be a post's id.")
        with self._world.book.together():
            post = self._world.post(BRAND, text, in_reply_to)
            self._diary.notice(post, self._world.clock())
        return said(201, self.shown(post), post_id=post.post_id)

    def _let_read(self, request: Request) -> None:
        if request.token not in {self._tokens.read, self._tokens.write}:
            raise Refusal(401, "Who is asking? The token is missing or not one of ours.")

    def _listed(self, request: Request, listing: Listing) -> Answer:
        asked = request.query.get("limit", "20")
        if not re.fullmatch("[0-9]{1,3}", asked) or not 1 <= int(asked) <= 100:
            raise Refusal(400, "limit must be a number from 1 to 100.")
        posts, following = listing(request.query.get("page"), int(asked))
        return said(200, {"posts": [self.shown(post) for post in posts], "next": following})

    def _thread(self, post_id: str) -> Answer:
        posts = self._world.thread(post_id)
        return said(200, {"thread_id": posts[0].thread_id, "posts": [self.shown(post) for post in posts]})

    def _profile(self, person: Person) -> dict[str, Any]:
        return asdict(person) | {"url": f"{self._base_url}/people/{person.handle}"}
