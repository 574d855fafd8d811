"""Mails what rang: all of a minute in one plain letter, to each recipient once, with a link to the desk."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage

from responders.alerts.kept import Alert, AlertLetter, Alerts
from responders.digest.plainly import cut
from responders.digest.week.post import Ending
from responders.mailer import (
    MailError,
    MailPostponed,
    MailRefused,
    MailSettings,
    MailUnknown,
    address_of,
    build,
    send,
)

log = logging.getLogger(__name__)

LONGEST_QUOTE = 280
LONGEST_NAME = 100
LONGEST_REASON = 500
MOST_TOLD = 50


def send_alerts(
    alerts: Alerts,
    mail: MailSettings | None,
    recipients: Sequence[str],
    desk_url: str,
    now: datetime,
    environ: Mapping[str, str] = os.environ,
) -> list[tuple[str, Ending]]:
    """Mail what rang since the last time, and what is due again; to whom, and how each ended.

    One unit of work: what is due is known to the database alone. Without a mail server only the desk shows alerts.
    """
    if mail is None or not recipients:
        return []
    to = {address_of(recipient).lower(): recipient for recipient in recipients}
    alerts.plan(to, mail.domain, now)
    return list(_deliver(alerts, mail, to, desk_url, now, environ))


def _deliver(
    alerts: Alerts, mail: MailSettings, to: Mapping[str, str], desk_url: str, now: datetime, environ: Mapping[str, str]
) -> Iterator[tuple[str, Ending]]:
    while letter := alerts.claim(now):
        told, recipient = alerts.in_letter(letter.letter), to.get(letter.recipient)
        if recipient is None:
            ending, detail = _NOBODY
        elif not told:
            ending, detail = _GONE
        else:
            message = _message(mail, letter, told, recipient, desk_url, now)
            ending, detail = _attempt(mail, message, recipient, environ)
        alerts.settle(letter, ending, now, detail)
        yield letter.recipient, ending


_NOBODY: tuple[Ending, str] = ("refused", "not among the recipients any more")
_GONE: tuple[Ending, str] = ("refused", "their authors deleted what it was about")


def _attempt(
    mail: MailSettings, message: EmailMessage, recipient: str, environ: Mapping[str, str]
) -> tuple[Ending, str]:
    """Hand a claimed letter to the mail server, once."""
    try:
        send(mail, message, recipient, environ)
    except MailError as why:
        log.warning("alerts to %s: %s", address_of(recipient), why)
        return _ENDINGS[type(why)], str(why)
    return "sent", ""


def _message(
    mail: MailSettings, letter: AlertLetter, told: Sequence[Alert], recipient: str, desk_url: str, now: datetime
) -> EmailMessage:
    return build(
        subject(told),
        in_words(told, desk_url),
        None,
        sender=mail.sender,
        recipient=recipient,
        message_id=letter.message_id,
        at=now,
    )


def subject(told: Sequence[Alert]) -> str:
    """“Alert: Refunds”, “3 alerts: Refunds, Press”."""
    rules = ", ".join(dict.fromkeys(cut(alert.rule, LONGEST_NAME) for alert in told))
    return f"Alert: {rules}" if len(told) == 1 else f"{len(told)} alerts: {rules}"


def in_words(told: Sequence[Alert], desk_url: str) -> str:
    """The letter's text: each mention with who, where, why, and its page at the desk."""
    parts = [_one(alert, desk_url) for alert in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        parts.append(f"and {len(told) - MOST_TOLD} more at the desk: {desk_url}/")
    return "\n\n".join(parts) + "\n"


def _one(alert: Alert, desk_url: str) -> str:
    # Their words keep to their own line and their own reading order: a mark that turns it would bend ours as well.
    name, handle = cut(alert.name, LONGEST_NAME), cut(alert.handle, LONGEST_NAME)
    who = f"{name} (@{handle})" if name else f"@{handle}"
    lines = (
        f"By your rule “{cut(alert.rule, LONGEST_NAME)}”: {who} on {cut(alert.platform, LONGEST_NAME)}",
        *(["  " + cut(alert.text, LONGEST_QUOTE)] if alert.text else []),
        *([cut(alert.because, LONGEST_REASON)] if alert.because else []),
        f"{desk_url}/mentions/{alert.mention_id}",
    )
    return "\n".join(lines)


_ENDINGS: Mapping[type[MailError], Ending] = {
    MailRefused: "refused",
    MailPostponed: "postponed",
    MailUnknown: "unknown",
}
