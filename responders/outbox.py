"""The way out of an approved draft: claim it, try once, settle it; every attempt on the wire is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from listener.archive.connect import StorageError, moment, stamp, writing
from responders.contact import Contact
from responders.controls import SOFTWARE, Controls
from responders.draft import Draft, Receipt, State, fingerprint
from responders.lease import Lease, Lock
from responders.publisher import Overruled
from responders.queue import Queue, draft_from

HELD_THERE = "held there"  # how an attempt ends that was taken, and is kept by the platform's moderators for now
DIED = "the process that was sending this ended before the answer came"
STOPPED = "the process that was sending this has stood still for too long"


@dataclass(frozen=True, slots=True)
class Claim:
    """One approved draft on its way out. The intent to send it is committed; nobody else can claim it.

    `token` is the fencing token; `lock` shows that this attempt is under way, as long as its process lives.
    """

    attempt_id: int
    draft: Draft
    started_at: datetime
    lease_until: datetime
    token: int
    lock: Lock


class Outbox:
    """Claims approved drafts and settles how each attempt ended."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._queue = Queue(db)
        self._controls = Controls(db)
        self._contact = Contact(db)
        self._lease = Lease(db)

    def next(self, platforms: Sequence[str], now: datetime) -> Draft | None:
        """The approved draft that goes out next; None where none is due, or sending is paused. Claims nothing."""
        if self._controls.paused() is not None:
            return None
        rows = self._db.query(_CLAIMABLE, {"now": stamp(now), "platforms": json.dumps(list(platforms)), "only": None})
        return next((draft_from(row) for row in rows), None)

    def put_off(self, draft: Draft, platform: str, until: datetime, why: str, now: datetime) -> None:
        """Let every approved draft that is due on this platform wait: whether this one may go out can't be told now.

        Whether that is the platform's fault or this one's can't be told either, so that it is asked about last from now
        on: where nothing but it is wrong, all others go out before it.
        """
        with writing(self._db):
            self._db.execute(_PUT_OFF, {"until": stamp(until), "why": why, "platform": platform, "now": stamp(now)})
            self._db.execute("UPDATE drafts SET looks = looks + 1 WHERE draft_id = ?", [draft.draft_id])

    def known_posts(self, platform: str, since: datetime) -> frozenset[str]:
        """The posts there that are known to be replies of ours, by their receipts since that time.

        By their ids, and by their links: of what a person confirmed by hand the link is all that is known.
        """
        rows = self._db.query(_RECEIPTS_SINCE, [platform, stamp(since)])
        return frozenset(name for row in rows for name in (row["post_id"], row["url"]) if name)

    def last_end(self, draft_id: int) -> str:
        """How the last attempt to send this draft ended."""
        found = self._db.execute(
            "SELECT outcome FROM attempts WHERE draft_id = ? ORDER BY attempt_id DESC LIMIT 1", [draft_id]
        ).fetchone()
        return str(found[0] or "") if found else ""

    def claim(self, platforms: Sequence[str], now: datetime, lease: timedelta, only: int | None = None) -> Claim | None:
        """Take one approved draft whose undo window is over, and commit the intent to send it.

        None if there is none, or while another attempt is under way, in this process or any other. With `only`, none
        but that draft. The pause, the fingerprint and the state are checked in the transaction that sets `sending`:
        once a pause is committed nothing new goes out, and what goes out is what was approved.
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

    def look_again(self, claim: Claim, now: Callable[[], datetime]) -> None:
        """The last look before the first byte. Raises Overruled where this attempt may not write any more."""
        try:
            found = self._db.execute(_UNDER_WAY, [claim.attempt_id]).fetchone()
            paused, holds = self._controls.paused(), self._lease.holds(claim.token, now())
            stop = self._contact.reason_against(claim.draft.mention_id)
        except StorageError as why:
            raise Overruled(f"not sent: the database can't be asked whether it still may ({why})") from why
        if paused is not None:
            raise Overruled(f"not sent: sending was paused {paused}")
        if found is None or not holds:
            raise Overruled("not sent: its time was over, and another process may have taken over")
        if stop is not None or found[0]:
            raise Overruled(f"not sent: {stop or 'they edited or deleted what they said meanwhile'}")

    def over(self, claim: Claim, now: datetime) -> None:
        """An attempt has ended, whichever way: the next may begin."""
        claim.lock.let_go()
        self._lease.give_back(claim.token, now)

    def stands_still(self, draft_id: int) -> str | None:
        """The process that has an attempt to send this under way, given up or not; None where there is none."""
        tokens = self._db.execute("SELECT token FROM attempts WHERE draft_id = ?", [draft_id]).fetchall()
        return next((self._lease.who(token) for (token,) in tokens if self._lease.is_under_way(token)), None)

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

    def was_there(self, draft: Draft, receipt: Receipt, platform: str, now: datetime) -> Draft:
        """An approved draft turned out to be on the platform, by an attempt whose fate was unknown."""
        with writing(self._db):
            found = "an earlier attempt is there after all"
            draft = self._queue.carry_out(draft, State.UNKNOWN, "late answer", SOFTWARE, found, now)
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
            if draft.state is State.UNKNOWN and to is State.APPROVED and not self.perhaps_there(draft.draft_id):
                return self._queue.carry_out(draft, to, "never sent", SOFTWARE, detail, now, **columns)
            if draft.state is not State.SENDING:  # given up on in the meantime: what became of it is being looked for
                return draft
            return self._queue.carry_out(draft, to, "deliver", SOFTWARE, detail, now, **columns)

    def give_up_on_the_dead(self, now: datetime) -> int:
        """Call unknown what was on the wire of a process that died, or whose time is over; how many those were."""
        with writing(self._db):
            self._lease.sweep()
            lost = [row for row in list(self._db.query(_ON_THE_WIRE)) if self._is_lost(row, now)]
            for row in lost:
                draft, why = draft_from(row), STOPPED if self._lease.is_under_way(row["token"] or 0) else DIED
                self._db.execute(_GIVEN_UP, [why, draft.draft_id])
                self._queue.carry_out(draft, State.UNKNOWN, "deliver", SOFTWARE, why, now, note=why)
            for attempt_id, token in self._db.execute(_MAY_WAKE).fetchall():
                if not self._lease.is_under_way(token):  # nor will it ever wake
                    self._db.execute("UPDATE attempts SET ended_at = ? WHERE attempt_id = ?", [stamp(now), attempt_id])
            return len(lost)

    def _is_lost(self, row: Mapping[str, Any], now: datetime) -> bool:
        if row["lease_until"] is None or not self._lease.is_under_way(row["token"]):
            return True
        # A clock that was set back makes nobody wait for the time it showed.
        return not moment(row["started_at"]) <= now < moment(row["lease_until"])

    def looked(self, draft: Draft, look_at: datetime | None, note: str, now: datetime, *, asks: bool = False) -> Draft:
        """It was looked for in vain, and is looked for again at `look_at`; `asks`: from now on a person is asked."""
        with writing(self._db):
            self._db.execute(_LOOKED, [draft.looks + 1, look_at and stamp(look_at), note, draft.draft_id])
            if asks:
                self._queue.say(draft, "not found", SOFTWARE, note, now)
            return self._queue.get(draft.draft_id)

    def not_looked(self, draft: Draft, look_at: datetime, note: str) -> None:
        """It could not be looked for: that counts as no look, and is said beside it."""
        with writing(self._db):
            self._db.execute(_LOOKED, [draft.looks, stamp(look_at), note, draft.draft_id])

    def answered_there(self, draft: Draft, post_id: str, url: str, now: datetime) -> Draft:
        """One of us answered on the platform itself: what was approved goes back to the desk, with the link.

        From then on that answer is known to whoever approves it once more, for a second reply.
        """
        why = f"one of us answered them there meanwhile: {url}".removesuffix(": ")
        with writing(self._db):
            told = json.dumps([*draft.told_of, post_id])
            self._db.execute("UPDATE drafts SET told_of = ? WHERE draft_id = ?", [told, draft.draft_id])
            return self._queue.put_back(draft.draft_id, why, SOFTWARE, now)

    def tries(self, draft_id: int) -> int:
        """How many attempts there were to send this draft."""
        (n,) = self._db.execute("SELECT count(*) FROM attempts WHERE draft_id = ?", [draft_id]).fetchone()
        return int(n)

    def first_attempt(self, draft_id: int) -> datetime | None:
        """When the first attempt to send this draft began: from then on it may be out there."""
        (at,) = self._db.execute("SELECT min(started_at) FROM attempts WHERE draft_id = ?", [draft_id]).fetchone()
        return moment(at) if at else None

    def _begin(self, draft: Draft, now: datetime, lease: timedelta) -> Claim | None:
        if (taken := self._lease.take(now, lease)) is None:
            return None
        token, lock = taken
        with ExitStack() as otherwise:
            otherwise.callback(lock.let_go)
            sending = self._queue.carry_out(draft, State.SENDING, "claim", SOFTWARE, "", now)
            started = (draft.draft_id, draft.text_sha256, stamp(now), stamp(now + lease), token)
            made = self._db.execute(_ATTEMPT, started)
            otherwise.pop_all()
        return Claim(int(made.lastrowid or 0), sending, now, now + lease, token, lock)

    def perhaps_there(self, draft_id: int) -> bool:
        """Whether an attempt to send this ended so that it may have left something there all the same."""
        (lost,) = self._db.execute(_PERHAPS_THERE, [draft_id]).fetchone()
        return int(lost) > 0

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
  AND (d.read_as IS NULL OR d.read_as = m.text)
  AND (:only IS NULL OR d.draft_id = :only)
ORDER BY d.looks, d.turn, d.send_after, d.draft_id LIMIT 10
"""

_RECEIPTS_SINCE = "SELECT post_id, url FROM receipts WHERE platform = ? AND at >= ?"

_PUT_OFF = """
UPDATE drafts SET send_after = :until, note = :why
WHERE state = 'approved' AND send_after <= :now
  AND mention_id IN (SELECT mention_id FROM mentions WHERE platform = :platform)
"""

_APPROVAL = """
SELECT 1 FROM decisions
WHERE draft_id = ? AND verb IN ('approve', 'send again') AND revision = ? AND text_sha256 = ? LIMIT 1
"""

_LOOKED = "UPDATE drafts SET looks = ?, look_at = ?, note = ? WHERE draft_id = ? AND state = 'unknown'"

_ATTEMPT = "INSERT INTO attempts (draft_id, text_sha256, started_at, lease_until, token) VALUES (?, ?, ?, ?, ?)"

# Not ended: its process may still wake, and say what became of it.
_GIVEN_UP = "UPDATE attempts SET outcome = 'unknown', detail = ? WHERE draft_id = ? AND ended_at IS NULL"

_MAY_WAKE = "SELECT attempt_id, token FROM attempts WHERE ended_at IS NULL AND outcome = 'unknown'"

_UNDER_WAY = """
SELECT m.gone_at IS NOT NULL OR coalesce(m.text != d.read_as, 0)
FROM attempts a JOIN drafts d USING (draft_id) JOIN mentions m USING (mention_id)
WHERE a.attempt_id = ? AND a.ended_at IS NULL AND d.state = 'sending'
"""

_ON_THE_WIRE = """
SELECT d.*, a.token, a.started_at, a.lease_until FROM drafts d
LEFT JOIN attempts a ON a.draft_id = d.draft_id AND a.ended_at IS NULL AND a.attempt_id = (
  SELECT max(attempt_id) FROM attempts WHERE draft_id = d.draft_id)
WHERE d.state = 'sending'
"""

_PERHAPS_THERE = "SELECT count(*) FROM attempts WHERE draft_id = ? AND outcome IN ('unknown', 'held there')"
