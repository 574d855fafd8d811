"""After a backup was restored: what may have gone out since it was made is looked for before anything is sent.

The database knows nothing of what happened after the backup. So sending is paused; what it believes approved or on the
wire becomes unknown, and is looked for on the platforms like any other reply whose fate is unknown; and before whatever
a person approves later goes out it is looked whether one of us answered there already (before_sending.py).
"""

from __future__ import annotations

from datetime import datetime

from listener.archive.connect import moment, writing
from listener.archive.copying import copied_at, unmark
from responders import publishers
from responders.audit import Entry, enter
from responders.controls import SOFTWARE
from responders.desk.session import sign_out_everybody
from responders.draft import Draft, State
from responders.office import Office

LOOKING = "restored"  # the control that is set while it is looked for
WHY = "a backup was restored: it may have gone out since"


def after_restore(office: Office, backup: str, made_at: datetime) -> int:
    """Pause all sending, and have everything looked for that may be out; how many replies those are."""
    now, what = office.now(), f"{backup} of {made_at:%Y-%m-%d %H:%M} UTC"
    with writing(office.db):
        enter(office.db, Entry("restored", SOFTWARE, what), now)
        office.controls.pause(SOFTWARE, f"restored from {what}", now)
        office.controls.set(LOOKING, what, SOFTWARE, now)
        # Who had signed out since, or whose link was spent, must not come in by it again.
        sign_out_everybody(office.db)
        for draft in office.queue.in_state(State.APPROVED, State.SENDING):
            office.queue.move(draft.draft_id, State.UNKNOWN, "restore", SOFTWARE, WHY, now)
        unmark(office.db.conn)
    return len(office.queue.in_state(State.UNKNOWN))


def heed_copy(office: Office, backup: str = "a copy") -> int | None:
    """Where the database was made as a copy and nobody has heeded that yet: what `after_restore` says, else None.

    So a backup that somebody put in place by hand is as careful as one that `warmline restore` put there.
    """
    made_at = copied_at(office.db.conn)
    return None if made_at is None else after_restore(office, backup, moment(made_at))


def still_to_look_for(office: Office) -> int:
    """How many replies are not looked for often enough yet since a backup was restored, of those that can be."""
    if not office.controls.read(LOOKING):
        return 0
    left = [draft for draft in office.queue.in_state(State.UNKNOWN) if draft.looks < 2]
    return sum(1 for draft in left if _can_be_looked_for(office, draft))


def _can_be_looked_for(office: Office, draft: Draft) -> bool:
    """Whether there is a way to its platform: where there is none, nothing can be sent there either."""
    platform = office.archive.get(draft.mention_id).mention.platform
    live = office.settings.responders.mode == "live" or publishers.is_pretend(platform)
    return live and platform in office.settings.platforms_on


def done(office: Office) -> None:
    """A person lets sending go on."""
    if office.controls.read(LOOKING):
        office.controls.set(LOOKING, "", SOFTWARE, office.now())
