"""What a query is asked about: one mention, with what triage found out about it where that is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from listener.mention import Mention


@dataclass(frozen=True, slots=True)
class Subject:
    """A mention as queries see it. `author` is the handle; `facts` are triage's: {"lane": {"complaint"}}."""

    text: str
    author: str = ""
    platform: str = ""
    lang: str | None = None
    links: tuple[str, ...] = ()
    community: str = ""
    followers: int | None = None
    likes: int | None = None
    reply: bool = False
    to_us: bool = False
    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, mention: Mention, facts: Mapping[str, frozenset[str]] | None = None) -> Subject:
        """The mention, with these facts."""
        return cls(
            text=mention.text,
            author=mention.author.handle,
            platform=mention.platform,
            lang=mention.lang,
            links=mention.links,
            community=mention.extra.get("community", ""),
            followers=mention.author.followers,
            likes=mention.likes,
            reply=mention.in_reply_to is not None,
            to_us=mention.to_us,
            facts=facts or {},
        )
