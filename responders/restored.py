"""What holds after a backup was put in the database's place: nothing is sent until it was looked for."""

from __future__ import annotations

from datetime import datetime

from listener.archive.connect import moment, writing
from listener.archive.copying import copied_at, unmark
from responders.controls import SOFTWARE
from responders.desk.session import sign_out_everybody
from responders.draft import Draft, State
from responders.office import Office


def after_restore(office: Office, backup_name: str, made_at: datetime) -> int:
    """Pause all sending, and call unknown whatever may have gone out since the backup; how many drafts that are."""
    now = office.now()
    with writing(office.db):
        office.controls.pause(
            office.settings.person, f"restored from {backup_name} of {made_at:%Y-%m-%d %H:%M} UTC", now
        )
        # Who had signed out since, or whose link was spent, must not come in by it again.
        sign_out_everybody(office.db)
        perhaps_out = office.queue.in_state(State.APPROVED, State.SENDING)
        for draft in perhaps_out:
            _look_for(office, draft, now)
        unmark(office.db.conn)
    return len(perhaps_out)


def heed_copy(office: Office, backup_name: str = "a copy") -> int | None:
    """Where the database was made as a copy and nobody has heeded that yet: what `after_restore` says, else None.

    So a backup that somebody put in place by hand is as careful as one that `warmline restore` put there.
    """
    made_at = copied_at(office.db.conn)
    return None if made_at is None else after_restore(office, backup_name, moment(made_at))


def _look_for(office: Office, draft: Draft, now: datetime) -> None:
    note = "a backup was restored: it may have been sent since that was made, and is looked for first"
    if draft.state is State.APPROVED:
        draft = office.queue.carry_out(draft, State.SENDING, "claim", SOFTWARE, note, now)
    office.queue.carry_out(draft, State.UNKNOWN, "deliver", SOFTWARE, note, now, note=note)
