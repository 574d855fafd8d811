"""The way out of an approved draft: claim it, try once, settle it; every attempt on the wire is kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from listener.archive.connect import moment, stamp, writing
from responders.contact import Contact
from responders.controls import SOFTWARE, Controls
from responders.draft import Draft, Receipt, State, fingerprint
from responders.queue import Queue, draft_from


@dataclass(frozen=True, slots=True)
class Claim:
    """One approved draft on its way out. The intent to send it is committed; nobody else can claim it."""

    attempt_id: int
    draft: Draft
    started_at: datetime
    lease_until: datetime


class Outbox:
    """Claims approved drafts and settles how each attempt ended."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue = Queue(db)
        self._controls = Controls(db)
        self._contact = Contact(db)

    def next(self, platforms: Sequence[str], now: datetime) -> Draft | None:
        """The approved draft that goes out next; None where none is due, or sending is paused. Claims nothing."""
        if self._controls.paused() is not None:
            return None
        rows = self._db.query(_CLAIMABLE, {"now": stamp(now), "platforms": json.dumps(list(platforms)), "only": None})
        return next((draft_from(row) for row in rows), None)

    def put_off(self, platform: str, until: datetime, why: str, now: datetime) -> None:
        """Let every approved draft that is due on this platform wait: whether it may go out can't be told now."""
        with writing(self._db):
            self._db.execute(_PUT_OFF, {"until": stamp(until), "why": why, "platform": platform, "now": stamp(now)})

    def known_posts(self, platform: str, since: datetime) -> frozenset[str]:
        """The posts there that are known to be replies of ours, by their receipts since that time."""
        rows = self._db.query("SELECT post_id FROM receipts WHERE platform = ? AND at >= ?", [platform, stamp(since)])
        return frozenset(row["post_id"] for row in rows)

    def last_end(self, draft_id: int) -> str:
        """How the last attempt to send this draft ended."""
        found = self._db.execute(
            "SELECT outcome FROM attempts WHERE draft_id = ? ORDER BY attempt_id DESC LIMIT 1", [draft_id]
        ).fetchone()
        return str(found[0] or "") if found else ""

    def claim(self, platforms: Sequence[str], now: datetime, lease: timedelta, only: int | None = None) -> Claim | None:
        """Take one approved draft whose undo window is over, and commit the intent to send it; None if there is none.

        With `only`, none but that draft. The pause, the fingerprint and the state are checked in the transaction that
        sets `sending`: once a pause is committed nothing new goes out, and what goes out is what was approved.
        """
        with writing(self._db):
            if self._controls.paused() is not None:
                return None
            wanted = {"now": stamp(now), "platforms": json.dumps(list(platforms)), "only": only}
            for row in self._db.query(_CLAIMABLE, wanted):
                draft = draft_from(row)
                if (reason := self._contact.reason_against(draft.mention_id)) is not None:
                    self._contact.withdraw(draft, reason, SOFTWARE, now)
                    continue
                if self._is_what_was_approved(draft):
                    return self._begin(draft, now, lease)
                wrong = "the text is not the one that was approved"
                self._queue.carry_out(draft, State.HELD, "withdraw", SOFTWARE, wrong, now)
            return None

    def delivered(self, claim: Claim, receipt: Receipt, platform: str, now: datetime) -> Draft:
        """Write the receipt of a claim."""
        with writing(self._db):
            self._end(claim, "sent", receipt.post_id, now)
            draft = self._queue.get(claim.draft.draft_id)
            if draft.state is State.SENT:  # given up on in the meantime, looked for and found
                return draft
            if draft.state in (State.HELD, State.APPROVED):  # given up on and not found, yet here is the answer
                late = "the answer came after it had been given up"
                draft = self._queue.carry_out(draft, State.UNKNOWN, "late answer", SOFTWARE, late, now)
            return self._queue.arrived(draft, receipt, platform, SOFTWARE, now)

    def not_delivered(
        self, claim: Claim, to: State, detail: str, now: datetime, retry_at: datetime | None = None, end: str = ""
    ) -> Draft:
        """End a claim without a receipt: refused, unknown, or approved again where nothing was posted for certain.

        `end` says more of how the attempt ended than the state it leads to.
        """
        columns: dict[str, object] = {"note": detail}
        if to is State.APPROVED and retry_at is not None:
            columns["send_after"] = stamp(retry_at)
        with writing(self._db):
            self._end(claim, end or to.value, detail, now)
            draft = self._queue.get(claim.draft.draft_id)
            if draft.state is not State.SENDING:  # given up on in the meantime: what became of it is being looked for
                return draft
            return self._queue.carry_out(draft, to, "deliver", SOFTWARE, detail, now, **columns)

    def give_up_on_the_dead(self, now: datetime) -> int:
        """Call unknown whatever a process left on the wire when it died, and return how many those were."""
        lost = "the process that was sending this ended before the answer came"
        with writing(self._db):
            rows = list(self._db.query(_EXPIRED, [stamp(now)]))
            for row in rows:
                draft = draft_from(row)
                self._db.execute(_END_ALL, [stamp(now), lost, draft.draft_id])
                self._queue.carry_out(draft, State.UNKNOWN, "deliver", SOFTWARE, lost, now, note=lost)
            return len(rows)

    def tries(self, draft_id: int) -> int:
        """How many attempts there were to send this draft."""
        (n,) = self._db.execute("SELECT count(*) FROM attempts WHERE draft_id = ?", [draft_id]).fetchone()
        return int(n)

    def first_attempt(self, draft_id: int) -> datetime | None:
        """When the first attempt to send this draft began: from then on it may be out there."""
        (at,) = self._db.execute("SELECT min(started_at) FROM attempts WHERE draft_id = ?", [draft_id]).fetchone()
        return moment(at) if at else None

    def _begin(self, draft: Draft, now: datetime, lease: timedelta) -> Claim:
        sending = self._queue.carry_out(draft, State.SENDING, "claim", SOFTWARE, "", now)
        started = (draft.draft_id, draft.text_sha256, stamp(now), stamp(now + lease))
        made = self._db.execute(_ATTEMPT, started)
        return Claim(int(made.lastrowid or 0), sending, now, now + lease)

    def _is_what_was_approved(self, draft: Draft) -> bool:
        """Whether the audit holds a person's approval of exactly this revision and these bytes."""
        found = self._db.execute(_APPROVAL, [draft.draft_id, draft.revision, fingerprint(draft.text)]).fetchone()
        return found is not None

    def _end(self, claim: Claim, outcome: str, detail: str, now: datetime) -> None:
        self._db.execute(
            "UPDATE attempts SET ended_at = ?, outcome = ?, detail = ? WHERE attempt_id = ?",
            [stamp(now), outcome, detail, claim.attempt_id],
        )


_CLAIMABLE = """
SELECT d.* FROM drafts d JOIN mentions m USING (mention_id)
WHERE d.state = 'approved' AND d.send_after <= :now AND d.route = 'api'
  AND m.platform IN (SELECT value FROM json_each(:platforms))
  AND m.gone_at IS NULL AND (m.changed_at IS NULL OR m.changed_at <= d.approved_at)
  AND (:only IS NULL OR d.draft_id = :only)
ORDER BY d.turn, d.send_after, d.draft_id LIMIT 10
"""

_PUT_OFF = """
UPDATE drafts SET send_after = :until, note = :why
WHERE state = 'approved' AND send_after <= :now
  AND mention_id IN (SELECT mention_id FROM mentions WHERE platform = :platform)
"""

_APPROVAL = """
SELECT 1 FROM decisions WHERE draft_id = ? AND verb = 'approve' AND revision = ? AND text_sha256 = ? LIMIT 1
"""

_ATTEMPT = "INSERT INTO attempts (draft_id, text_sha256, started_at, lease_until) VALUES (?, ?, ?, ?)"

_END_ALL = """
UPDATE attempts SET ended_at = ?, outcome = 'unknown', detail = ? WHERE draft_id = ? AND ended_at IS NULL
"""

_EXPIRED = """
SELECT d.* FROM drafts d WHERE d.state = 'sending' AND NOT EXISTS (
  SELECT 1 FROM attempts a WHERE a.draft_id = d.draft_id AND a.ended_at IS NULL AND a.lease_until > ?)
"""
