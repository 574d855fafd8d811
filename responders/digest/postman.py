"""The weekly post's round: every letter that is due goes out once, and how each ended is written down."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from functools import cache, cached_property
from pathlib import Path

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.clean import clean_line
from responders.controls import SOFTWARE, Controls
from responders.digest.assemble import assemble
from responders.digest.render import Rendered, render
from responders.digest.week import Letter, Outcome, Post, Week, due_week
from responders.digest.week.post import Ending
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
from responders.queue import NotPossible

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
    if settings.mail is None or not settings.recipients:
        return []
    post, bag = Post(db), _Bag(db, settings, settings.mail, brand_name, desk_url, folders, now, environ)
    post.give_up_lost(now)
    if due := due_week(now, settings.day, settings.time, settings.zone, _since(db, now)):
        post.plan(bag.to, *due, settings.mail.domain)
    return list(bag.deliver(post))


def send_week(
    db: Database,
    settings: DigestSettings,
    brand_name: str,
    desk_url: str,
    folders: Sequence[Path],
    week: Week,
    now: datetime,
    environ: Mapping[str, str] = os.environ,
) -> list[Outcome]:
    """Send one week's letter because a person asks for it, and say how it stands with every recipient.

    Whoever has it gets no second one; where it was refused or its fate is unknown it is tried once more. Raises
    NotPossible while the week is not over: the whole of it could not be told to anyone any more.
    """
    if settings.mail is None or not settings.recipients:
        return []
    if now < week.ends:
        raise NotPossible(f"{week.name} is not over yet: look at it with warmline digest --week {week.name} --preview")
    post, bag = Post(db), _Bag(db, settings, settings.mail, brand_name, desk_url, folders, now, environ)
    post.plan(bag.to, week, now, settings.mail.domain)
    for recipient in bag.to:
        post.again(recipient, week, now)
    for outcome in bag.deliver(post, week):
        log.info("digest %s to %s: %s", outcome.week, outcome.recipient, outcome.state)
    return [post.standing(recipient, week.name) for recipient in bag.to]


def _since(db: Database, now: datetime) -> datetime:
    """When the weekly post began here. What was due before is nobody's: a fresh install doesn't begin with a letter."""
    controls = Controls(db)
    if (since := controls.read("digest_since")) is None:
        since = stamp(now)
        controls.set("digest_since", since, SOFTWARE, now)
    return moment(since)


@dataclass(frozen=True)
class _Bag:
    """What one round needs to write the letters and hand them over."""

    db: Database
    settings: DigestSettings
    mail: MailSettings
    brand_name: str
    desk_url: str
    folders: Sequence[Path]
    now: datetime
    environ: Mapping[str, str]

    @cached_property
    def to(self) -> Mapping[str, str]:
        """The recipients as settings.toml has them, by the address that the post knows them under."""
        return {address_of(recipient).lower(): recipient for recipient in self.settings.recipients}

    def deliver(self, post: Post, week: Week | None = None) -> Iterator[Outcome]:
        """Claim, hand over and settle, until nothing is due (about `week`, if one is named)."""
        written = cache(self._write)
        while letter := post.claim(self.now, week):
            ending, detail = self._attempt(letter, written)
            yield post.settle(letter, ending, self.now, detail)

    def _write(self, week_name: str) -> Rendered:
        week = Week.parse(week_name, self.settings.zone)
        return render(assemble(self.db, week, self.now), self.brand_name, self.desk_url, self.folders)

    def _attempt(self, letter: Letter, written: Callable[[str], Rendered]) -> tuple[Ending, str]:
        """Write one claimed letter and hand it to the mail server, once; how it ended, and the detail."""
        recipient = self.to.get(letter.recipient)
        if recipient is None:
            return "refused", "not among the recipients any more"
        try:
            message = self._envelope(written(letter.week), letter, recipient)
        except Exception as why:
            # A letter is a unit of work: a template broken by hand must not end the daemon, nor cost the letter,
            # since nothing has left yet.
            log.exception("the digest of %s could not be written", letter.week)
            return "postponed", f"the letter could not be written: {clean_line(str(why))}"
        try:
            send(self.mail, message, recipient, self.environ)
        except MailError as why:
            return _ENDINGS[type(why)], str(why)
        return "sent", ""

    def _envelope(self, written: Rendered, letter: Letter, recipient: str) -> EmailMessage:
        return build(
            written.subject,
            written.text,
            written.html,
            sender=self.mail.sender,
            recipient=recipient,
            message_id=letter.message_id,
            at=self.now,
        )


_ENDINGS: Mapping[type[MailError], Ending] = {
    MailRefused: "refused",
    MailPostponed: "postponed",
    MailUnknown: "unknown",
}
