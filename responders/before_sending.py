"""Before a reply goes out: is all as it was when a person approved it?

What they said must still be there and say the same, nobody of ours may have answered it on the platform meanwhile, and
the approval must be fresh. Otherwise it goes back to the desk, with what changed.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.archive.read import Heard
from listener.archive.trouble import is_trouble
from listener.jobs import sifter_from
from listener.mention import Mention
from listener.recheck import Rereader, edited
from listener.source import Revoked, Source, SourceError
from responders import publisher
from responders.controls import SOFTWARE
from responders.draft import Draft
from responders.drafting import considered_through, permit
from responders.office import Office
from responders.order import order_for
from responders.overtaken import let_go, take_in, withdraw_if_old
from responders.publisher import Publisher, PublishError
from responders.queue import NotPossible

log = logging.getLogger(__name__)

CANNOT_LOOK = "it cannot be read again before sending: set up [listener.sources.{}] in settings.toml"
NOT_SHOWN = "they can't be read any more (blocked, or private now): look before you approve it again"
WAIT = timedelta(minutes=1)
REVOKED_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=30)


def may_go(office: Office, draft: Draft, publishers: Mapping[str, Publisher], sources: Mapping[str, Source]) -> bool:
    """Whether an approved draft may go out now; where it may not, it was put where it belongs."""
    heard = office.archive.get(draft.mention_id)
    platform = heard.mention.platform
    source = sources.get(platform)
    try:
        if withdraw_if_old(office, draft):
            return False
        if source is None:
            _withdraw(office, draft, CANNOT_LOOK.format(platform))
            return False
        found = source.reread([heard.mention])
        may = _as_approved(office, draft, heard, found) and _unanswered(office, draft, publishers[platform])
        if office.controls.read(_unread(platform)):
            office.controls.set(_unread(platform), "", SOFTWARE, office.now())
        return may
    except NotPossible:
        return False  # somebody took it back meanwhile
    except (SourceError, PublishError) as why:
        _put_off(office, draft, platform, str(why), why)
    except Exception as why:
        # One reply is one unit of work: it waits, and the others go out.
        if is_trouble(why):
            raise
        log.exception("draft %d: unforeseen while reading its mention again", draft.draft_id)
        _put_off(office, draft, platform, f"unforeseen {type(why).__name__}", why)
    return False


def _unanswered(office: Office, draft: Draft, there: Publisher) -> bool:
    """Whether nobody of ours answered this on the platform, as far as the person who approved knows."""
    order = order_for(office, draft)
    if office.outbox.tries(draft.draft_id) and (receipt := there.find(order)) is not None:
        office.outbox.was_there(draft, receipt, order.parent.platform, office.now())
        return False
    if (answer := there.answered(order)) is None:
        return True
    office.outbox.answered_there(draft, answer.post_id, answer.url, office.now())
    return False


def heed_new_words(office: Office, person_id: int) -> None:
    """What this person said that nobody has considered yet may ask us to stop: it counts from now on.

    Within the transaction that claims a reply to them, so that no "stop" is heard and still overtaken by a reply.
    """
    for heard in office.archive.said_by(person_id, considered_through(office)):
        if not heard.mention.ours:
            permit(office, heard)


def _as_approved(office: Office, draft: Draft, heard: Heard, found: Mapping[str, Mention | None]) -> bool:
    if heard.mention.post_id not in found:
        _withdraw(office, draft, NOT_SHOWN)
        return False
    current = found[heard.mention.post_id]
    if current is not None and not edited(heard, current):
        return True
    sifter = sifter_from(office.settings, office.settings_path)
    with writing(office.db):
        Rereader(office.db, sifter, office.now).take_over(heard, current)
        (let_go if current is None else take_in)(office, heard.mention_id)
    return False


def _put_off(office: Office, draft: Draft, platform: str, said: str, why: Exception) -> None:
    """Let every reply that is due on this platform wait, longer each time: one that is down holds up no other."""
    now = office.now()
    failures = int(office.controls.read(_unread(platform)) or 0)
    wait = (
        REVOKED_WAIT
        if isinstance(why, Revoked | publisher.Revoked)
        else min(WAIT * 2 ** min(failures, 10), LONGEST_WAIT)
    )
    asked_for: datetime = getattr(why, "retry_at", None) or now
    office.controls.set(_unread(platform), str(failures + 1), SOFTWARE, now)
    note = f"not sent yet: it could not be looked first whether all is as it was ({said})"
    office.outbox.put_off(draft, platform, max(asked_for, now + wait), note, now)


def _withdraw(office: Office, draft: Draft, why: str) -> None:
    office.queue.put_back(draft.draft_id, why, SOFTWARE, office.now())


def _unread(platform: str) -> str:
    return f"unread_before_sending:{platform}"
