"""What an answering process does beside listening: draft, deliver, look for what is unknown, mail the digest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from listener.daemon import Job
from listener.settings import SettingsError
from responders import publishers as platforms
from responders.deliver import deliver_once, reconcile
from responders.drafting import draft_new
from responders.office import Office
from responders.publisher import Publisher
from responders.publishers import Shadow
from responders.settings import Settings

log = logging.getLogger(__name__)


def open_publishers(settings: Settings, path: Path) -> dict[str, Publisher]:
    """The ways out that are open now; in shadow mode only the pretend network's. Raises SettingsError."""
    live = settings.responders.mode == "live"
    opened: dict[str, Publisher] = {}
    for name, table in settings.responders.publishers.items():
        try:
            opened[name] = platforms.connect(name, platforms.settings_for(name, table, path), live=live)
        except Shadow as why:
            log.info("%s", why)
    return opened


def answering_jobs(open_office: Callable[[], Office], publishers: Mapping[str, Publisher]) -> list[Job]:
    """The answering half's jobs, each with an office of its own: they run on different threads."""
    drafting, delivering, looking, mailing = (open_office() for _ in range(4))
    return [
        Job("draft", 1.0, lambda: draft_new(drafting)),
        Job("deliver", 1.0, lambda: deliver_once(delivering, publishers) is not None),
        Job("look for unknown replies", 20.0, lambda: bool(reconcile(looking, publishers)) and False),
        Job("digest", 60.0, lambda: mail_due(mailing)),
    ]


def mail_due(office: Office) -> bool:
    """Mail the digest to whom it is due; True where another may be."""
    from responders.digest import send_due

    settings = office.settings
    if not settings.digest.recipients:
        return False
    if settings.digest.mail is None:
        raise SettingsError("[digest] names recipients, but there is no [digest.mail] to send by")
    return bool(send_due(office.db, settings.digest, settings.brand.name, office.now()))
