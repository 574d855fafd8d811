"""The week's people, in their own words: who wrote back, who waits, what was kindest and what was hardest.

All of them spoke of us, or to us: what is said of others we watch is nobody's voice here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.mention import Author
from responders.digest.week.calendar import Week
from responders.digest.week.figures import REPLIES, VOICE, span

# Beyond this, an unanswered mention that nobody has put on the desk is history (an import, an old backlog).
STILL_OPEN = timedelta(days=28)
# As many different words as make a mention worth reading out; one with fewer counts for less, or not at all.
ENOUGH_WORDS = 18
SAYS_SOMETHING = 4 / ENOUGH_WORDS
CANDIDATES = 200
# How strong a text counts that no engine could read: it stands neither first nor last.
UNSCORED = 0.5
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Voice:
    """A mention worth reading out. `outcome` is what became of it: answered, declined, no_reply; empty: nothing yet.

    `compound` is None where no engine could read the text; `places` counts where the same was said, this one included.
    """

    mention_id: int
    who: Author
    text: str
    url: str
    posted_at: datetime
    compound: float | None
    outcome: str
    places: int = 1


@dataclass(frozen=True, slots=True)
class Wait:
    """A person who asked for something and has no answer, by the first of their open mentions.

    `others` counts their further open mentions. `draft` is the state of our draft, empty where there is none.
    """

    mention_id: int
    who: Author
    text: str
    url: str
    since: datetime
    lane: str
    priority: str
    draft: str
    others: int


@dataclass(frozen=True, slots=True)
class Waits:
    """How many people wait, with how many mentions, and those who have waited longest."""

    people: int = 0
    mentions: int = 0
    longest: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class Deepened:
    """A person whom we answered and who then answered us. `replies` counts ours to them so far."""

    mention_id: int
    who: Author
    ours: str
    theirs: str
    at: datetime
    url: str
    replies: int


def read_deepened(db: Database, week: Week) -> tuple[Deepened, ...]:
    """Those who wrote back to us this week, each once with their latest answer; the longest talks first."""
    latest: dict[int, Deepened] = {}
    for row in db.query(_DEEPENED, span(week)):
        latest[row["person_id"]] = Deepened(
            row["mention_id"],
            _author(row),
            row["ours"],
            row["text"],
            moment(row["posted_at"]),
            row["url"],
            row["replies"],
        )
    return tuple(sorted(latest.values(), key=lambda one: (-one.replies, one.at)))


def read_waits(db: Database, week: Week, most: int) -> Waits:
    """Who had asked by the week's end and has no answer now, the longest wait first.

    Asked: help, complaint or question, at least of normal priority, and where we may answer. Not answered: neither an
    outcome nor a receipt, nor a reply of ours on the platform. What nobody put on the desk within four weeks stays out.
    """
    bound = {"since": stamp(week.ends - STILL_OPEN), "ends": stamp(week.ends), "most": most}
    rows = list(db.query(_WAITS, bound))
    if not rows:
        return Waits()
    return Waits(rows[0]["people"], rows[0]["all_mentions"], tuple(_wait(row) for row in rows))


def read_voices(
    db: Database, week: Week, mood: Literal["positive", "negative"], most: int, told: Collection[int] = ()
) -> tuple[Voice, ...]:
    """The kindest or hardest mentions of the week: one a person, no text twice, and none of those `told` already.

    What a person means by it goes before how the words sound: "please help, thank you" is no kind word. The kind ones
    are praise, then cheerful chat, and never urgent; the hard ones are complaints and calls for help that sound
    unhappy, or that no engine could read.

    Strength alone would pick bare cheers and curses, so among the strongest the ones that say something go first, and
    those that say nothing stay out.
    """
    query = _KIND if mood == "positive" else _HARD
    strongest = db.query(query, {**span(week), "unscored": UNSCORED, "most": CANDIDATES})
    rows = [row for row in strongest if row["mention_id"] not in told and substance(row["text"]) >= SAYS_SOMETHING]
    rows.sort(key=lambda row: (row["after"], -row["strength"] * substance(row["text"]), row["posted_at"]))
    return tuple(_voice(row) for _, row in zip(range(most), _one_each(rows), strict=False))


def substance(text: str) -> float:
    """How much a text says, 0 to 1: its different words, links, tags and repetitions apart.

    Where words are written without spaces, two characters stand for one.
    """
    own = re.sub(r"https?://\S+|[@#]\w\S*", " ", text.casefold())
    words, unspaced = set(re.findall(r"[^\W\d_]{2,}", own)), set(_UNSPACED.findall(own))
    return min(1.0, (len(words) + len(unspaced) / 2) / ENOUGH_WORDS)


def _one_each(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    people: set[int] = set()
    texts: set[str] = set()
    for row in rows:
        said = " ".join(row["text"].casefold().split())
        if row["person_id"] not in people and said not in texts:
            people.add(row["person_id"])
            texts.add(said)
            yield row


def _author(row: dict[str, Any]) -> Author:
    return Author(row["platform"], row["author_id"], row["handle"], row["name"], row["followers"], row["author_url"])


def _voice(row: dict[str, Any]) -> Voice:
    said = (row["text"], row["url"], moment(row["posted_at"]), row["compound"])
    return Voice(row["mention_id"], _author(row), *said, row["outcome"] or "", row["places"])


def _wait(row: dict[str, Any]) -> Wait:
    said = (row["text"], row["url"], moment(row["posted_at"]), row["lane"], row["priority"])
    return Wait(row["mention_id"], _author(row), *said, row["state"] or "", row["mentions"] - 1)


_SAID = (
    "m.mention_id, m.person_id, m.text, m.url, m.posted_at, "
    "a.platform, a.author_id, a.handle, a.name, a.followers, a.url AS author_url"
)

# From our replies, which are few, to the same person's posts in the week: an answer to our post, or where the
# platform names no parent, a later post in the thread that we answered in. CROSS JOIN keeps SQLite to this order.
_DEEPENED = f"""
WITH {REPLIES}, to_whom AS (
  SELECT replies.*, m.person_id, coalesce(m.thread_id, m.post_id) AS thread_id
  FROM replies JOIN mentions m ON m.mention_id = replies.mention_id
)
SELECT {_SAID}, r.text AS ours, (
  SELECT count(*) FROM to_whom t WHERE t.person_id = m.person_id AND t.at <= m.posted_at
) AS replies
FROM to_whom r
  CROSS JOIN mentions m
  JOIN authors a ON a.person_id = m.person_id
WHERE m.person_id = r.person_id AND m.posted_at >= :starts AND m.posted_at < :ends AND m.about_us
  AND m.gone_at IS NULL AND m.mention_id != r.mention_id AND (m.in_reply_to = r.post_id OR (m.in_reply_to IS NULL
    AND m.posted_at > r.at AND m.thread_id = r.thread_id))
ORDER BY m.posted_at, r.at
"""  # nosec B608 # made of our own words; values are bound

# Our own posts bear no triage, and so are nobody's question and nobody's voice.
_ASKED = (
    "m.posted_at < :ends AND t.lane IN ('help', 'complaint', 'question') AND t.priority IN ('normal', 'high', 'urgent')"
)

# `asked` reads the index of times alone; about_us is looked up in `open`, for the few who asked.
_WAITS = f"""
WITH asked AS (
  SELECT m.mention_id FROM mentions m JOIN triage t ON t.mention_id = m.mention_id
  WHERE m.posted_at >= :since AND {_ASKED}
  UNION
  SELECT d.mention_id FROM drafts d CROSS JOIN mentions m JOIN triage t ON t.mention_id = m.mention_id
  WHERE d.state IN ('held', 'approved', 'rehearsed', 'by_hand', 'escalated', 'sending', 'refused', 'unknown')
    AND m.mention_id = d.mention_id AND {_ASKED}
), open AS (
  SELECT asked.mention_id FROM asked JOIN mentions m ON m.mention_id = asked.mention_id
  WHERE m.about_us AND m.gone_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.mention_id = asked.mention_id)
    AND NOT EXISTS (SELECT 1 FROM set_aside s WHERE s.mention_id = asked.mention_id AND s.why IN ('echo', 'spam'))
    AND NOT EXISTS (SELECT 1 FROM drafts d JOIN receipts r ON r.draft_id = d.draft_id
      WHERE d.mention_id = asked.mention_id)
    AND NOT EXISTS (SELECT 1 FROM mentions o WHERE o.ours AND o.platform = m.platform AND o.in_reply_to = m.post_id)
    AND NOT EXISTS (SELECT 1 FROM permissions p WHERE p.mention_id = asked.mention_id
      AND p.route IN ('listen_only', 'do_not_contact'))
), ranked AS (
  SELECT m.mention_id, m.posted_at, count(*) OVER (PARTITION BY m.person_id) AS mentions,
    row_number() OVER (PARTITION BY m.person_id ORDER BY m.posted_at, m.mention_id) AS nth
  FROM open JOIN mentions m ON m.mention_id = open.mention_id
), longest AS (
  SELECT mention_id, mentions, count(*) OVER () AS people, sum(mentions) OVER () AS all_mentions
  FROM ranked WHERE nth = 1 ORDER BY posted_at, mention_id LIMIT :most
)
SELECT {_SAID}, t.lane, t.priority, d.state, longest.mentions, longest.people, longest.all_mentions
FROM longest
  JOIN mentions m ON m.mention_id = longest.mention_id
  JOIN authors a ON a.person_id = m.person_id
  JOIN triage t ON t.mention_id = m.mention_id
  LEFT JOIN drafts d ON d.mention_id = m.mention_id AND d.state NOT IN ('declined', 'superseded')
ORDER BY m.posted_at, m.mention_id
"""  # nosec B608 # made of our own words; values are bound

# The index of times finds the week, triage chooses, and only what it chose is read as a row: CROSS JOIN keeps SQLite
# to this order.
_STRONGEST = f"""
WITH strongest AS (
  SELECT t.mention_id, t.compound, {{after}} AS after, max({{strength}}, 0) AS strength
  FROM mentions week CROSS JOIN triage t ON t.mention_id = week.mention_id
    CROSS JOIN mentions m ON m.mention_id = t.mention_id
  WHERE week.posted_at >= :starts AND week.posted_at < :ends AND {{chosen}} AND m.about_us
    AND m.gone_at IS NULL AND {VOICE}
  ORDER BY after, strength DESC LIMIT :most
)
SELECT {_SAID}, strongest.compound, strongest.after, strongest.strength, o.outcome,
  1 + (SELECT count(*) FROM mentions e WHERE e.mention_id != m.mention_id
    AND (e.mention_id = m.same_as OR e.same_as = coalesce(m.same_as, m.mention_id))) AS places
FROM strongest
  JOIN mentions m ON m.mention_id = strongest.mention_id
  JOIN authors a ON a.person_id = m.person_id
  LEFT JOIN outcomes o ON o.mention_id = m.mention_id
"""  # nosec B608 # made of our own words; values are bound
_KIND = _STRONGEST.format(
    after="t.lane = 'chat'",
    strength="coalesce(t.compound, :unscored)",
    chosen="(t.lane = 'praise' OR (t.lane = 'chat' AND t.sentiment = 'positive')) AND t.priority != 'urgent'",
)
_HARD = _STRONGEST.format(
    after="0",
    strength="coalesce(-t.compound, :unscored)",
    chosen="t.lane IN ('complaint', 'help') AND t.sentiment IN ('negative', 'unscored')",
)
