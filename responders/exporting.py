"""What was heard and what became of it, as rows to take away: one a mention, in the order they were heard."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.archive.read import Heard, Reading
from listener.rows import COLUMNS
from listener.rows.exported import COLUMN, row_of
from listener.rows.guard import guarded

CHUNK = 500  # mentions read at once: so many stand in memory, however many there are

# The columns, in their order. First an import's own, then what Warmline made of it; `exported` is for reading it back.
EXPORTED = (
    "mention_id", *COLUMNS, "heard_at", "changed_at", "gone_at", "watches", "about_us", "same_as", "sentiment",
    "intent", "lane", "priority", "because", "language", "set_aside", "outcome", "outcome_reason", "outcome_by",
    "outcome_at", "draft_state", "reply", "approved_by", "approved_at", "reply_post_id", "reply_url", "reply_how",
    "replied_at", COLUMN,
)  # fmt: skip


def exported(db: Database, since: datetime | None = None, watch: str | None = None) -> Iterator[dict[str, object]]:
    """Each mention with its triage, its outcome, our reply and its receipt; of those posted `since`, heard for `watch`.

    What was forgotten keeps its row and has no words. Reads a chunk at a time, and holds no lock between two.
    """
    for chunk in Reading(db).chosen(since, watch, CHUNK):
        numbers = json.dumps([heard.mention_id for heard in chunk])
        became = {row["mention_id"]: row for row in db.query(_BECAME, {"mentions": numbers})}
        for heard in chunk:
            row = {**row_of(heard.mention), **_kept(heard), **_became(became[heard.mention_id], heard)}
            yield {name: row[name] for name in EXPORTED}


def as_csv(rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The rows as lines of CSV, their names first: every cell in quotes, and no text that would be taken for a formula.

    A text may hold line ends: a row is not always one line.
    """
    yield _line(EXPORTED)
    for row in rows:
        beside = {**_object(row[COLUMN]), "guarded": True}
        yield _line([guarded(_cell(value)) for value in {**row, COLUMN: beside}.values()])


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return line.getvalue()


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _cell(value: object) -> str:
    """One value as text: nothing for None, times as ISO 8601, lists joined by commas, objects as JSON."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return ", ".join(value) if isinstance(value, list | tuple) else str(value)


def _kept(heard: Heard) -> dict[str, object]:
    """What the listener made of it."""
    triage = heard.triage
    return {
        "mention_id": heard.mention_id,
        "heard_at": heard.heard_at,
        "changed_at": heard.changed_at,
        "gone_at": heard.gone_at,
        "watches": heard.watches,
        "about_us": heard.about_us,
        "same_as": heard.same_as,
        "sentiment": triage and triage.sentiment,
        "intent": triage and triage.intent,
        "lane": triage and triage.lane,
        "priority": triage and triage.priority,
        "because": triage and triage.because,
        "language": triage and triage.language,
    }


def _became(row: Mapping[str, Any], heard: Heard) -> dict[str, object]:
    """What we made of it. A draft to what was forgotten may quote it, and is told only where it was posted."""
    told = heard.gone_at is None or row["state"] == "sent"
    return {
        "set_aside": row["why"],
        "outcome": row["outcome"],
        "outcome_reason": row["reason"],
        "outcome_by": row["person"],
        "outcome_at": _moment(row["outcome_at"]),
        "draft_state": row["state"],
        "reply": row["reply"] if told else None,
        "approved_by": row["approved_by"],
        "approved_at": _moment(row["approved_at"]),
        "reply_post_id": row["post_id"],
        "reply_url": row["url"],
        "reply_how": row["how"],
        "replied_at": _moment(row["replied_at"]),
    }


def _moment(text: str | None) -> datetime | None:
    return moment(text) if text else None


# The last draft is the one that counts: an earlier one was declined, or overtaken.
_BECAME = """
SELECT m.mention_id, s.why, o.outcome, o.reason, o.person, o.at AS outcome_at, d.state, d.text AS reply, d.approved_by,
  d.approved_at, r.post_id, r.url, r.how, r.at AS replied_at
FROM mentions m LEFT JOIN set_aside s USING (mention_id) LEFT JOIN outcomes o USING (mention_id)
  LEFT JOIN drafts d ON d.draft_id = (SELECT max(draft_id) FROM drafts WHERE drafts.mention_id = m.mention_id)
  LEFT JOIN receipts r ON r.draft_id = d.draft_id
WHERE m.mention_id IN (SELECT value FROM json_each(:mentions))
"""
