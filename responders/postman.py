"""The weekly post's round: every letter that is due goes out once, and how each ended is written down."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from functools import cache
from pathlib import Path

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.clean import clean_line
from responders.controls import SOFTWARE, Controls
from responders.digest import Rendered, assemble, render
from responders.mailer import (
    DigestSettings,
    MailError,
    MailPostponed,
    MailRefused,
    MailSettings,
    MailUnknown,
    address_of,
    build,
    send,
)
from responders.week import Letter, Outcome, Post, Week, due_week
from responders.week.post import Ending

log = logging.getLogger(__name__)


def send_due(
    db: Database,
    settings: DigestSettings,
    brand_name: str,
    desk_url: str,
    folders: Sequence[Path],
    now: datetime,
    environ: Mapping[str, str] = os.environ,
) -> list[Outcome]:
    """Send every letter that is due now, each once, and say how each ended.

    One unit of work: what is due is known to the database alone, so it may be called at any pace, by any process.
    """
    mail, post = settings.mail, Post(db)
    if mail is None or not settings.recipients:
        return []
    to = {address_of(recipient).lower(): recipient for recipient in settings.recipients}
    post.give_up_lost(now)
    if due := due_week(now, settings.day, settings.time, settings.zone, _since(db, now)):
        post.plan(to, *due, mail.domain)

    @cache
    def written(name: str) -> Rendered:
        return render(assemble(db, Week.parse(name, settings.zone), now), brand_name, desk_url, folders)

    outcomes: list[Outcome] = []
    while letter := post.claim(now):
        ending, detail = _attempt(letter, written, to.get(letter.recipient), mail, now, environ)
        outcomes.append(post.settle(letter, ending, now, detail))
    return outcomes


def _since(db: Database, now: datetime) -> datetime:
    """When the weekly post began here. What was due before is nobody's: a fresh install doesn't begin with a letter."""
    controls = Controls(db)
    if (since := controls.read("digest_since")) is None:
        since = stamp(now)
        controls.set("digest_since", since, SOFTWARE, now)
    return moment(since)


def _attempt(
    letter: Letter,
    written: Callable[[str], Rendered],
    recipient: str | None,
    mail: MailSettings,
    now: datetime,
    environ: Mapping[str, str],
) -> tuple[Ending, str]:
    """Write one claimed letter and hand it to the mail server, once; how it ended, and the detail."""
    if recipient is None:
        return "refused", "not among the recipients any more"
    try:
        message = _enveloped(written(letter.week), letter, recipient, mail, now)
    except Exception as why:
        # A letter is a unit of work: a template broken by hand must not end the daemon, nor cost the letter, since
        # nothing has left yet.
        log.exception("the digest of %s could not be written", letter.week)
        return "postponed", f"the letter could not be written: {clean_line(str(why))}"
    try:
        send(mail, message, recipient, environ)
    except MailError as why:
        return _ENDINGS[type(why)], str(why)
    return "sent", ""


def _enveloped(written: Rendered, letter: Letter, recipient: str, mail: MailSettings, now: datetime) -> EmailMessage:
    return build(
        written.subject,
        written.text,
        written.html,
        sender=mail.sender,
        recipient=recipient,
        message_id=letter.message_id,
        at=now,
    )


_ENDINGS: Mapping[type[MailError], Ending] = {
    MailRefused: "refused",
    MailPostponed: "postponed",
    MailUnknown: "unknown",
}
