"""The week's plain counts: what was said, by how many people, and what we did.

Our own posts count as answers only; what is said of others we watch, and of us not at all, counts apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from responders.digest.week.calendar import Week


@dataclass(frozen=True, slots=True)
class Figures:
    """What the tables say of one week. Mentions count by when they were posted, our acts by when we did them.

    `first_time` people had written nothing we heard before this week; `returning` ones had. A mention that no engine
    could read counts as `unscored`, never as neutral. `no_reply` is a decision somebody took, with `reasons`.
    `others` counts the mentions of others we watch, `set_aside` those that name us and were set aside as probably not
    about us: they are in no other figure, nor is what we did with them. Of those who say the same only the first
    counts, as one voice; `echoes` counts what was said again, or passed on. `spam` counts what nobody waits behind,
    which is in no other figure either.
    """

    mentions: int
    people: int
    first_time: int
    by_sentiment: Mapping[str, int]
    by_lane: Mapping[str, int]
    by_platform: Mapping[str, int]
    others: int
    answered: int
    declined: int
    no_reply: int
    reasons: tuple[tuple[str, int], ...]
    time_to_answer: timedelta | None
    set_aside: int = 0
    echoes: int = 0
    spam: int = 0

    @property
    def returning(self) -> int:
        """People who wrote this week and had written before."""
        return self.people - self.first_time


@dataclass(frozen=True, slots=True)
class Totals:
    """As much of another week as a comparison in words needs."""

    mentions: int
    people: int
    answered: int


def span(week: Week) -> dict[str, str]:
    """The week's two ends, as the queries bind them."""
    return {"starts": stamp(week.starts), "ends": stamp(week.ends)}


def read_figures(db: Database, week: Week) -> Figures:
    """The figures of one week."""
    heard = list(db.query(_COUNTS, span(week)))
    about_us = [row for row in heard if row["about_us"]]
    counts = [row for row in about_us if not row["echo"] and row["lane"] != "spam"]
    (who,) = db.query(_PEOPLE, span(week))
    kept = list(db.query(_DECIDED, span(week)))
    waits = _answered_after(db, week)
    return Figures(
        mentions=sum(row["mentions"] for row in counts),
        people=who["people"],
        first_time=who["first_time"],
        by_sentiment=_tally(counts, "sentiment"),
        by_lane=_tally(counts, "lane"),
        by_platform=_tally(counts, "platform"),
        others=sum(row["mentions"] for row in heard if not row["about_us"] and not row["set_aside"]),
        set_aside=sum(row["mentions"] for row in heard if not row["about_us"] and row["set_aside"]),
        echoes=sum(row["mentions"] for row in about_us if row["echo"] and row["lane"] != "spam"),
        spam=sum(row["mentions"] for row in about_us if row["lane"] == "spam"),
        answered=len(waits) + _answered_elsewhere(db, week),
        declined=sum(row["mentions"] for row in kept if row["outcome"] == "declined"),
        no_reply=sum(row["mentions"] for row in kept if row["outcome"] == "no_reply"),
        reasons=tuple((row["reason"], row["mentions"]) for row in kept if row["outcome"] == "no_reply"),
        time_to_answer=timedelta(seconds=median(wait.total_seconds() for wait in waits)) if waits else None,
    )


def read_totals(db: Database, week: Week) -> Totals:
    """The totals of one week, in a fraction of the time that all its figures take."""
    (said,) = db.query(_TOTALS, span(week))
    answered = len(_answered_after(db, week)) + _answered_elsewhere(db, week)
    return Totals(said["mentions"], said["people"], answered)


def _tally(rows: list[dict[str, str | int]], column: str) -> dict[str, int]:
    """Mentions by one column, most first, then by name."""
    tally: Counter[str] = Counter()
    for row in rows:
        tally[str(row[column])] += int(row["mentions"])
    return dict(sorted(tally.items(), key=lambda pair: (-pair[1], pair[0])))


def _answered_after(db: Database, week: Week) -> list[timedelta]:
    """How long each mention answered this week had waited for its first answer in it."""
    rows = db.query(_ANSWERED, span(week))
    return [moment(row["answered_at"]) - moment(row["posted_at"]) for row in rows]


def _answered_elsewhere(db: Database, week: Week) -> int:
    """Mentions that somebody declared answered, and whose answer we have not seen."""
    (row,) = db.query(_ELSEWHERE, span(week))
    return int(row["mentions"])


# Every reply of ours, once: those we hold a receipt for, and those we posted on the platform itself. What we sent
# is heard again as our own post, and is then left out here.
REPLIES = """
replies AS (
  SELECT r.platform, r.post_id, r.at, d.text, d.mention_id FROM receipts r JOIN drafts d ON d.draft_id = r.draft_id
  UNION ALL
  SELECT o.platform, o.post_id, o.posted_at, o.text, m.mention_id
  FROM mentions o JOIN mentions m ON m.platform = o.platform AND m.post_id = o.in_reply_to
    LEFT JOIN receipts sent ON sent.platform = o.platform AND sent.post_id = o.post_id
  WHERE o.ours AND NOT m.ours AND sent.draft_id IS NULL
)
"""

# A voice of the week: of those who say the same, the first that was heard, or the first within the week.
VOICE = """(m.same_as IS NULL OR NOT EXISTS (
  SELECT 1 FROM mentions e WHERE (e.mention_id = m.same_as OR (e.same_as = m.same_as AND e.mention_id < m.mention_id))
    AND e.posted_at >= :starts AND e.posted_at < :ends))"""
_A_PERSON = "NOT EXISTS (SELECT 1 FROM triage t WHERE t.mention_id = m.mention_id AND t.lane = 'spam')"

# Of about_us, as of `ours`, no index knows: both are looked up in the few rows that a range of time or a person's
# posts have found, which are read anyway.
_COUNTS = f"""
SELECT m.about_us, NOT {VOICE} AS echo, m.platform, coalesce(t.sentiment, 'unscored') AS sentiment,
  coalesce(t.lane, 'untriaged') AS lane, s.mention_id IS NOT NULL AS set_aside, count(*) AS mentions
FROM mentions m LEFT JOIN triage t ON t.mention_id = m.mention_id
  LEFT JOIN set_aside s ON s.mention_id = m.mention_id AND s.why = 'not_about_us'
WHERE m.posted_at >= :starts AND m.posted_at < :ends AND NOT m.ours
GROUP BY 1, 2, 3, 4, 5, 6
"""  # nosec B608 # made of our own words; values are bound

_TOTALS = f"""
SELECT count(*) AS mentions, count(DISTINCT person_id) AS people FROM mentions m
WHERE posted_at >= :starts AND posted_at < :ends AND NOT ours AND about_us AND {VOICE} AND {_A_PERSON}
"""  # nosec B608 # made of our own words; values are bound

_PEOPLE = f"""
WITH wrote AS (
  SELECT DISTINCT person_id FROM mentions m
  WHERE posted_at >= :starts AND posted_at < :ends AND NOT ours AND about_us AND {VOICE} AND {_A_PERSON}
)
SELECT count(*) AS people, count(*) FILTER (WHERE NOT EXISTS (
  SELECT 1 FROM mentions m WHERE m.person_id = wrote.person_id AND m.posted_at < :starts AND m.about_us
)) AS first_time
FROM wrote
"""  # nosec B608 # made of our own words; values are bound

_ANSWERED = f"""
WITH {REPLIES}
SELECT m.posted_at, min(replies.at) AS answered_at
FROM replies JOIN mentions m ON m.mention_id = replies.mention_id
WHERE replies.at >= :starts AND replies.at < :ends AND m.about_us
GROUP BY m.mention_id, m.posted_at
"""  # nosec B608 # made of our own words; values are bound

_ELSEWHERE = """
SELECT count(*) AS mentions FROM outcomes a JOIN mentions m ON m.mention_id = a.mention_id
WHERE a.at >= :starts AND a.at < :ends AND a.outcome = 'answered' AND m.about_us
  AND NOT EXISTS (SELECT 1 FROM drafts d JOIN receipts r ON r.draft_id = d.draft_id WHERE d.mention_id = a.mention_id)
  AND NOT EXISTS (SELECT 1 FROM mentions o WHERE o.ours AND o.platform = m.platform AND o.in_reply_to = m.post_id)
"""

_DECIDED = """
SELECT a.outcome, a.reason, count(*) AS mentions FROM outcomes a JOIN mentions m ON m.mention_id = a.mention_id
WHERE a.at >= :starts AND a.at < :ends AND a.outcome IN ('declined', 'no_reply') AND m.about_us
GROUP BY a.outcome, a.reason ORDER BY mentions DESC, a.reason
"""
