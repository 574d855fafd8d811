"""What the database says afterwards, held against what the platform took."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from listener.archive.connect import look_into
from responders.audit import verify
from responders.draft import State, may_move
from tests.crash.platforms.platform import Platform, Taken
from tests.crash.verdict import Verdict

# Where a draft rests whose reply is not there: before a person. What is still approved would have gone out meanwhile.
RESTS = frozenset({State.HELD, State.UNKNOWN, State.REFUSED})


def judge(database: Path, platform: Platform, told: Sequence[int]) -> Verdict:
    """Compare the two. `told` are the drafts whose approval was confirmed to a person before the process died."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        drafts = db.execute("SELECT * FROM drafts").fetchall()
        approved = {row["text_sha256"] for row in _said(db, "approve")}
        twice = [one.text for one in platform.posts if sum(one.text == other.text for other in platform.posts) > 1]
        unapproved = [one.text for one in platform.posts if one.sha256 not in approved]
        forgotten = [wrong for draft in drafts for wrong in _forgotten(db, draft, platform, told)]
        audit = [wrong for draft in drafts for wrong in _unexplained(db, draft)]
    with closing(look_into(database)) as kept:
        audit += [f"audit: {wrong}"] if (wrong := verify(kept).wrong) else []
    again = [f"sent again {platform.again} times"] if platform.again else []
    return Verdict(
        good=len({one.text for one in platform.posts}),
        twice=len(twice) + platform.again,
        unapproved=len(unapproved),
        forgotten=len(forgotten),
        before_a_person=sum(draft["state"] in RESTS and draft["text_sha256"] in approved for draft in drafts),
        wrong=(
            *(f"posted twice: {text}" for text in twice), *again,
            *(f"nobody approved: {text}" for text in unapproved), *forgotten, *audit,
        ),
    )  # fmt: skip


def _said(db: sqlite3.Connection, verb: str) -> list[sqlite3.Row]:
    return db.execute("SELECT * FROM decisions WHERE verb = ?", [verb]).fetchall()


def _forgotten(db: sqlite3.Connection, draft: sqlite3.Row, platform: Platform, told: Sequence[int]) -> list[str]:
    """What is not as promised about one draft's approval."""
    number, state = draft["draft_id"], State(draft["state"])
    approvals = [row for row in _said(db, "approve") if row["draft_id"] == number]
    receipt = db.execute("SELECT * FROM receipts WHERE draft_id = ?", [number]).fetchone()
    there = [one for one in platform.posts if one.text == draft["text"]]
    if number in told and not approvals:
        return [f"draft {number}: a person was told that it is approved, and nothing is left of that"]
    if there and (state is not State.SENT or receipt is None):
        return [f"draft {number}: it is on the platform, and is {state} here"]
    if not there and (state not in RESTS or receipt is not None):
        return [f"draft {number}: it is not on the platform, and is {state} here"]
    if receipt is not None and not _is_of(receipt, there[0], platform.posts):
        return [f"draft {number}: its receipt {receipt['post_id']} is of another post"]
    return []


def _is_of(receipt: sqlite3.Row, post: Taken, posts: Sequence[Taken]) -> bool:
    """Whether a receipt names this post and no other: each word of its id stands in what was said of this one alone."""
    words = set(re.findall(r"\w+", receipt["post_id"]))
    named = [one for one in posts if words <= set(re.findall(r"\w+", one.told))]
    return named == [post] and receipt["text_sha256"] == post.sha256


def _unexplained(db: sqlite3.Connection, draft: sqlite3.Row) -> list[str]:
    """State changes without their audit row: its decisions, replayed in order, must lead to where the draft stands."""
    number = draft["draft_id"]
    rows = db.execute("SELECT * FROM decisions WHERE draft_id = ? ORDER BY decision_id", [number]).fetchall()
    at = State.HELD
    for row in rows:
        to = State(row["state"]) if row["state"] else at
        if to is not at and not may_move(at, to, row["verb"]):
            return [f"draft {number}: from {at} to {to} by {row['verb']!r} in the audit"]
        at = to
    counts: Mapping[str, int] = {verb: sum(row["verb"] == verb for row in rows) for verb in ("claim", "sent")}
    (attempts,) = db.execute("SELECT count(*) FROM attempts WHERE draft_id = ?", [number]).fetchone()
    (open_ones,) = db.execute(
        "SELECT count(*) FROM attempts WHERE draft_id = ? AND outcome IS NULL", [number]
    ).fetchone()
    (receipts,) = db.execute("SELECT count(*) FROM receipts WHERE draft_id = ?", [number]).fetchone()
    wrong = [] if draft["state"] == at else [f"draft {number} is {draft['state']}, by its audit {at}"]
    if (attempts, receipts) != (counts["claim"], counts["sent"]):
        wrong.append(f"draft {number}: {attempts} attempts and {receipts} receipts, by its audit {dict(counts)}")
    return [*wrong, *([f"draft {number}: {open_ones} attempts never ended"] if open_ones else [])]
