"""What an answering process does beside listening: draft, deliver, look for what is unknown, mail the digest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

from listener.about_us import AboutUs
from listener.daemon import Job
from listener.jobs import open_sources, watches
from listener.source import Source
from responders import publishers as platforms
from responders.about import judge_anew
from responders.alerts.postman import send_alerts
from responders.deliver import deliver_once
from responders.digest.postman import send_due
from responders.drafting import draft_new
from responders.office import Office, template_folders
from responders.overtaken import draw_back
from responders.publisher import Publisher
from responders.publishers import Shadow
from responders.reconcile import reconcile
from responders.settings import Settings

log = logging.getLogger(__name__)


def open_publishers(settings: Settings, path: Path) -> dict[str, Publisher]:
    """The ways out that are open now; in shadow mode only the pretend network's. Raises SettingsError."""
    live = settings.responders.mode == "live"
    opened: dict[str, Publisher] = {}
    for name, table in settings.responders.publishers.items():
        if name not in settings.platforms_on:
            continue
        try:
            opened[name] = platforms.connect(name, platforms.FILES.settings_for(name, table, path), live=live)
        except Shadow as why:
            log.info("%s", why)
    return opened


def open_readers(settings: Settings, path: Path) -> dict[str, Source]:
    """What each platform's posts are read again with before anything is sent. Raises SettingsError."""
    listening = settings.listening
    return {source.platform: source for source, _ in open_sources(listening, path)}


def answering_jobs(
    open_office: Callable[[], Office], publishers: Mapping[str, Publisher], readers: Mapping[str, Source]
) -> list[Job]:
    """The answering half's jobs, each with an office of its own: they run on different threads."""
    drafting, drawing_back, delivering, looking, mailing, alerting, learning = (open_office() for _ in range(7))
    about_us = AboutUs(watches(learning.settings.watches))
    return [
        # Hearing goes first, and so does sending what was approved: nobody waits for a draft yet.
        Job("draft", 1.0, lambda: draft_new(drafting), gives_way=True),
        Job("draw back what was deleted or edited", 5.0, lambda: draw_back(drawing_back)),
        Job("deliver", 1.0, lambda: deliver_once(delivering, publishers, readers) is not None),
        Job("look for unknown replies", 20.0, lambda: bool(reconcile(looking, publishers)) and False),
        Job("judge anew what is about us", 2.0, lambda: judge_anew(learning, about_us)),
        Job("digest", 60.0, lambda: mail_due(mailing)),
        Job("alerts", 60.0, lambda: mail_alerts(alerting)),
    ]


def mail_alerts(office: Office) -> bool:
    """Mail what rang within the last minute."""
    settings = office.settings
    recipients = settings.alerts.recipients or settings.digest.recipients
    mailed = send_alerts(office.alerts, settings.digest.mail, recipients, settings.desk_url, office.now())
    for recipient, ending in mailed:
        log.info("alerts to %s: %s", recipient, ending)
    return False


def mail_due(office: Office) -> bool:
    """Mail the digest to whom it is due."""
    settings = office.settings
    folders = template_folders(settings, office.settings_path, "digest")
    for outcome in send_due(
        office.db, settings.digest, settings.brand.name, settings.desk_url, folders, office.now()
    ):  # fmt: skip
        log.info("digest %s to %s: %s %s", outcome.week, outcome.recipient, outcome.state, outcome.detail)
    return False
