"""The write half of settings.toml: who we are, how we answer, the desk, the digest. Write secrets are named only here
and in the publishers' own files."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from listener.settings import ListenerPart, ListenerSettings, Part, TriagePart, Watching, checked, read_toml
from responders.mailer import DigestSettings, Mailbox
from responders.permission import Standing


class BrandSettings(Part):
    """`[brand]`: who speaks. `signature` ends every reply where it is set; `help_url` is where more help is found."""

    name: str = "us"
    signature: str = ""
    help_url: str = ""


class RespondersPart(Part):
    """`[responders]`: how we answer.

    `mode`: in shadow (a fresh install) all works and nothing leaves. `undo_s` is how long an approval can be taken
    back; one that could not go out within `approval_holds_h` is asked for again. Mentions older than
    `answer_within_days` are kept without a draft, and so is what was said more than `backlog_days` before a source
    was first listened to: a first connection floods nobody. `templates` names a folder whose files override the
    shipped ones. `staff` and `bots` are handles that no reply is ever drafted for: "ana" on every platform, "x:ana"
    on that one only.
    """

    mode: Literal["shadow", "live"] = "shadow"
    undo_s: float = Field(default=20.0, ge=0, le=600)
    approval_holds_h: float = Field(default=24.0, gt=0, le=720)
    answer_within_days: float = Field(default=14.0, gt=0, le=36_500)
    backlog_days: float = Field(default=2.0, ge=0, le=36_500)
    templates: str | None = None
    staff: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    publishers: Mapping[str, Mapping[str, Any]] = {}


class DeskPart(Part):
    """`[desk]`: where the web inbox listens, and the name beside what is decided there."""

    host: str = "127.0.0.1"
    port: int = Field(default=8100, ge=0, le=65535)
    person: str = ""


class AlertSettings(Part):
    """`[alerts]`: who is mailed when a rule rings, over the server of [digest.mail]; else whoever gets the digest."""

    recipients: tuple[Mailbox, ...] = ()


class Settings(Watching):
    """All of settings.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brand: BrandSettings = BrandSettings()
    triage: TriagePart = TriagePart()
    listener: ListenerPart = ListenerPart()
    responders: RespondersPart = RespondersPart()
    desk: DeskPart = DeskPart()
    digest: DigestSettings = DigestSettings()
    alerts: AlertSettings = AlertSettings()

    @model_validator(mode="after")
    def _alerts_can_be_sent(self) -> Self:
        if self.alerts.recipients and self.digest.mail is None:
            raise ValueError("[alerts] recipients need a mail server: write a table [digest.mail] with host and sender")
        return self

    @property
    def listening(self) -> ListenerSettings:
        """The read half, as the listener wants it."""
        return ListenerSettings(watches=self.watches, triage=self.triage, listener=self.listener)

    @property
    def our_handles(self) -> frozenset[str]:
        """Our own handles as the settings give them, without @, in lower case; "x:acme" is meant for X alone."""
        ours = [watch for watch in self.watches if watch.kind == "brand"]
        return frozenset(handle.lstrip("@").lower() for watch in ours for handle in watch.handles)

    @property
    def standing(self) -> Standing:
        """What the rules for answering need to know of all this."""
        part = self.responders
        reddit = part.publishers.get("reddit", {})
        return Standing.of(self.our_handles, part.staff, part.bots, self.platforms_on, reddit)

    @property
    def mastodon_home(self) -> str:
        """Our own Mastodon server's address, where a table names it: there a person answers by hand."""
        tables = (self.responders.publishers.get("mastodon", {}), self.listener.sources.get("mastodon", {}))
        for table in tables:
            if isinstance(address := table.get("base_url"), str):
                return address
            if "@" in (handle := str(table.get("handle", "")).lstrip("@")):
                return f"https://{handle.partition('@')[2]}"
        return ""

    @property
    def platforms_on(self) -> frozenset[str]:
        """The platforms we may post on: those with a table under [responders.publishers] that isn't switched off."""
        tables = self.responders.publishers.items()
        return frozenset(name for name, table in tables if table.get("enabled", True))

    @property
    def desk_url(self) -> str:
        """Where the desk is, for links in letters."""
        return f"http://{self.desk.host}:{self.desk.port}"

    @property
    def person(self) -> str:
        """The name beside what is decided at this desk or on this command line."""
        return self.desk.person or getpass.getuser()


def read_settings(path: Path | None) -> Settings:
    """The file at `path`; all defaults for None. Raises SettingsError."""
    if path is None:
        return Settings()
    return checked(Settings, read_toml(path), path)
