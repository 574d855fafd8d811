"""A small world to make a week in, written straight into the tables, so that its figures can be told by hand."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import connect, stamp
from listener.archive.schema import migrations as listener_migrations
from responders.schema import migrations as responders_migrations

# 2026-W47 in UTC: Monday 16 to Sunday 22 November.
MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def at(day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time in that week: day 0 is Monday; negative days lie before, day 7 is the Monday after."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


class World:
    """The database, and verbs for what people and we do in it."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.db: Database = connect(path, [listener_migrations, responders_migrations])
        self._ids = count(1)
        self._people: dict[tuple[str, str], int] = {}

    def says(
        self,
        handle: str,
        when: datetime,
        text: str = "I had a coffee at the corner today",
        *,
        name: str = "",
        platform: str = "bluesky",
        mood: str | None = "neutral",
        compound: float | None = 0.0,
        lane: str = "chat",
        priority: str = "normal",
        url: str | None = None,
        **more: Any,
    ) -> int:
        """One mention with its triage (none where `mood` is None); its mention_id."""
        mention = next(self._ids)
        post_id = more.pop("post_id", f"post{mention}")
        row = {"in_reply_to": None, "thread_id": None, **more}
        self.db.table("mentions").insert(
            {
                "mention_id": mention,
                "platform": platform,
                "post_id": post_id,
                "person_id": self._person(platform, handle, name, when),
                "text": text,
                "url": f"https://{platform}.example/{post_id}" if url is None else url,
                "posted_at": stamp(when),
                "heard_at": stamp(when),
                "to_us": 0,
                "ours": 0,
                "about_us": 1,
                "links": "[]",
                "extra": "{}",
                "stream": "mentions",
                **row,
            }
        )
        if mood is not None:
            said = {"sentiment": mood, "compound": compound, "lane": lane, "priority": priority}
            self.db.table("triage").insert(
                {"mention_id": mention, **said, "reasons": "[]", "words": "[]", "engine": "vader"}
            )
        return mention

    def _person(self, platform: str, handle: str, name: str, when: datetime) -> int:
        if (platform, handle) not in self._people:
            self._people[platform, handle] = person = next(self._ids)
            who = {"platform": platform, "author_id": f"did:{handle}", "handle": handle, "name": name, "url": ""}
            seen = {"first_heard_at": stamp(when), "last_heard_at": stamp(when)}
            self.db.table("authors").insert({"person_id": person, **who, **seen})
        return self._people[platform, handle]

    def drafted(self, mention: int, when: datetime, text: str = "Thank you", state: str = "held") -> int:
        """A draft for a mention; its draft_id."""
        draft = next(self._ids)
        row = next(self.db.query("SELECT posted_at FROM mentions WHERE mention_id = ?", [mention]))
        self.db.table("drafts").insert(
            {
                "draft_id": draft,
                "mention_id": mention,
                "revision": 1,
                "text": text,
                "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
                "state": state,
                "route": "api",
                "lane": "chat",
                "turn": 2,
                "posted_at": row["posted_at"],
                "template": "chat/hello",
                "evidence": "[]",
                "made_at": stamp(when),
                "changed_at": stamp(when),
            }
        )
        return draft

    def answers(self, mention: int, when: datetime, text: str = "Thank you", post_id: str = "") -> None:
        """Our reply to a mention, out and receipted."""
        draft = self.drafted(mention, when, text, "sent")
        sent = {"platform": "bluesky", "post_id": post_id or f"ours{draft}", "url": "", "text_sha256": "", "how": "api"}
        self.db.table("receipts").insert({"draft_id": draft, **sent, "at": stamp(when)})
        self.ends(mention, "answered", when)

    def ends(self, mention: int, outcome: str, when: datetime, reason: str = "") -> None:
        """What a mention came to: answered, declined or no_reply."""
        row = {"mention_id": mention, "outcome": outcome, "reason": reason, "person": "kim", "at": stamp(when)}
        self.db.table("outcomes").insert(row)

    def heard(self, since: datetime, until: datetime, stream: str = "mentions", lost: int = 0) -> None:
        """A coverage interval."""
        row = {"platform": "bluesky", "stream": stream, "heard_from": stamp(since), "heard_until": stamp(until)}
        self.db.table("coverage").insert({**row, "lost": lost})

    def stream(self, state: str, heard_at: datetime | None, next_at: datetime | None = None, **more: str) -> None:
        """How a stream is doing now."""
        times = {"polled_at": heard_at, "heard_at": heard_at, "next_at": next_at}
        kept = {name: time and stamp(time) for name, time in times.items()}
        self.db.table("cursors").insert({"platform": "bluesky", "stream": "mentions", "state": state, **kept, **more})

    def close(self) -> None:
        """Let go of the database."""
        self.db.close()
