"""One mail, built so that nothing foreign can bend it, and sent once over SMTP with an ending that can be told."""

from __future__ import annotations

import ipaddress
import os
import re
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from datetime import time as clock
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from listener.clean import clean_line, clean_text
from listener.settings import Part, SettingsError, read_secret
from responders.digest.plainly import cut
from responders.digest.week.calendar import Day, zone_named

PASSWORD = "WARMLINE_SMTP_PASSWORD"  # noqa: S105 - the variable's name
SUBJECT_MOST = 150


class MailError(Exception):
    """A mail that was not seen to arrive. The message is one line for a person and holds no secret."""


class MailRefused(MailError):
    """A definite no (5xx, or our login): nothing was delivered, and trying again will not help."""


class MailPostponed(MailError):
    """Nothing was delivered, for certain (not connected, 4xx): may be tried again later."""


class MailUnknown(MailError):
    """The connection was lost after the text had begun to leave: it may have arrived. Never sent again blindly."""


_ADDRESS = r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9][A-Za-z0-9.-]*"
_MAILBOX = re.compile(rf"(?:\"?(?P<name>[^<>@\"]*?)\"?\s*<)?(?P<address>(?a:{_ADDRESS}))>?")


def _parts(mailbox: str) -> tuple[str, str]:
    """The name (may be empty) and the bare address. Raises ValueError for anything but one mailbox."""
    found = _MAILBOX.fullmatch(mailbox.strip())
    if found is None or ("<" in mailbox) != (">" in mailbox) or not mailbox.isprintable():
        raise ValueError("write one address, like anna@example.org or Acme <hello@example.org>")
    return found["name"] or "", found["address"]


def address_of(mailbox: str) -> str:
    """The bare address of `Name <name@host>`."""
    return _parts(mailbox)[1]


def _mailbox(text: str) -> str:
    _parts(text)
    return text.strip()


def _zone(name: str) -> str:
    zone_named(name)
    return name


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class MailSettings(Part):
    """`[digest.mail]`: the server that takes our mail. The password comes from WARMLINE_SMTP_PASSWORD or a 0600 file.

    `security`: starttls (usual, port 587), tls (port 465), or none, which only a server on this machine may have.
    `ca_file` names the certificates to trust instead of the system's.
    """

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password_file: str | None = None
    sender: Mailbox
    timeout_s: float = Field(default=30.0, gt=0, le=300)
    ca_file: str | None = None

    @model_validator(mode="after")
    def _open_only_at_home(self) -> MailSettings:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError('security = "none" is for a server on this machine; use "starttls" or "tls"')
        return self

    @property
    def domain(self) -> str:
        """The host part of the sender's address: what our Message-IDs end in."""
        return address_of(self.sender).rpartition("@")[2].lower()


class DigestSettings(Part):
    """`[digest]`: who gets the weekly letter, and when by whose clocks. Without recipients none is sent."""

    recipients: tuple[Mailbox, ...] = ()
    day: Day = "monday"
    time: clock = clock(8, 0)
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    mail: MailSettings | None = None

    @model_validator(mode="after")
    def _can_be_sent(self) -> DigestSettings:
        if self.recipients and self.mail is None:
            raise ValueError("recipients need a mail server: write a table [digest.mail] with host and sender")
        if self.time.tzinfo is not None:
            raise ValueError('write the time without an offset, like "08:00"; its zone stands in zone')
        addresses = [address_of(recipient).casefold() for recipient in self.recipients]
        if len(set(addresses)) < len(addresses):
            raise ValueError("someone stands among the recipients twice")
        return self


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def build(
    subject: str, text: str, html: str | None, *, sender: str, recipient: str, message_id: str, at: datetime
) -> EmailMessage:
    """The mail with a plain part, and an HTML one where there is any, ready to send.

    Both parts travel as quoted-printable, so any line length and any script passes every server in plain ASCII. What
    no mail can carry (controls and line ends in a header, lone surrogates) is taken out here, and from the subject what
    would turn its reading order.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = cut(subject, SUBJECT_MOST)
    message["From"] = _header_address(sender)
    message["To"] = _header_address(recipient)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: keeps out-of-office notes from answering a machine
    message.set_content(clean_text(text, 2_000_000), cte="quoted-printable")
    if html is not None:
        message.add_alternative(clean_text(html, 2_000_000), subtype="html", cte="quoted-printable")
    return message


def _header_address(mailbox: str) -> Address:
    name, address = _parts(mailbox)
    return Address(clean_line(name), addr_spec=address)


def send(
    settings: MailSettings, message: EmailMessage, recipient: str, environ: Mapping[str, str] = os.environ
) -> None:
    """Hand the mail to the server for one recipient, once; it returns only where the server took it.

    Raises MailRefused, MailPostponed or MailUnknown.
    """
    password = _password(settings, environ)
    content = _dotted(message.as_bytes())
    with _session(settings) as smtp:
        _sign_in(smtp, settings, password)
        _expect(smtp.mail(address_of(settings.sender)), 250)
        _expect(smtp.rcpt(address_of(recipient)), 250, 251)
        _expect(smtp.docmd("DATA"), 354)
        _hand_over(smtp, content)
        # The server has it: whatever goes wrong with the goodbye is no failure of the mail.
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def greet(settings: MailSettings, environ: Mapping[str, str] = os.environ) -> None:
    """Connect, go private and sign in as for a mail, then leave without one. Raises MailRefused or MailPostponed."""
    password = _password(settings, environ)
    with _session(settings) as smtp:
        _sign_in(smtp, settings, password)
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> None:
    """Send the text and hear the server's last word on it.

    From the text's first byte on, silence or an answer that makes no sense means that it may be delivered.
    """
    try:
        smtp.send(content)
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException) as why:
        raise MailUnknown(f"the mail server fell silent after it was given the mail: {_said(why)}") from why
    if code not in range(400, 600) and code != 250:
        raise MailUnknown(f"the mail server's answer to the mail makes no sense: {code}")
    _expect((code, said), 250)


@contextmanager
def _session(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    """A connection as private as the settings ask; every failure before the text leaves becomes a definite ending."""
    smtp: smtplib.SMTP | None = None
    where = f"{settings.host}:{settings.port}"
    try:
        smtp = _connect(settings)
        yield smtp
    except smtplib.SMTPNotSupportedError as why:
        raise MailRefused(f'{where} does not offer what security = "{settings.security}" needs: {_said(why)}') from why
    except smtplib.SMTPResponseException as why:
        raise _ending(why.smtp_code, why.smtp_error) from why
    except ssl.SSLCertVerificationError as why:
        raise MailPostponed(f"cannot trust the certificate of {where}: {why.verify_message}") from why
    except (OSError, smtplib.SMTPException) as why:
        raise MailPostponed(f"no mail could be handed to {where}: {_said(why)}") from why
    finally:
        if smtp is not None:
            smtp.close()


def _connect(settings: MailSettings) -> smtplib.SMTP:
    # Our name for the greeting is the sender's domain: asking the resolver for it can hang for many seconds.
    host, port, we, patience = settings.host, settings.port, settings.domain, settings.timeout_s
    if settings.security == "tls":
        return smtplib.SMTP_SSL(host, port, we, timeout=patience, context=_trust(settings))
    with ExitStack() as hang_up:
        smtp = smtplib.SMTP(host, port, we, timeout=patience)
        hang_up.callback(smtp.close)
        if settings.security == "starttls":
            _expect(smtp.starttls(context=_trust(settings)), 220)
        hang_up.pop_all()
        return smtp


def _trust(settings: MailSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as why:
        raise MailPostponed(f"cannot read the certificates in {settings.ca_file}: {_said(why)}") from why


def _sign_in(smtp: smtplib.SMTP, settings: MailSettings, password: SecretStr | None) -> None:
    # Nothing below is chained: the library's own errors may carry what was sent.
    if settings.username is None or password is None:
        smtp.ehlo_or_helo_if_needed()
        return
    try:
        smtp.login(settings.username, password.get_secret_value())
    except smtplib.SMTPAuthenticationError as why:
        later = 400 <= why.smtp_code < 500
        kind = MailPostponed if later else MailRefused
        raise kind(f"the mail server does not accept the login of {settings.username} ({why.smtp_code})") from None
    except UnicodeError:
        raise MailRefused(f"the user name or the password in {PASSWORD} has letters that SMTP can't carry") from None


def _password(settings: MailSettings, environ: Mapping[str, str]) -> SecretStr | None:
    if settings.username is None:
        return None
    try:
        password = read_secret(PASSWORD, settings.password_file, environ)
    except SettingsError as why:
        raise MailPostponed(str(why)) from why
    if password is None:
        raise MailPostponed(f"there is no password for {settings.username}: set {PASSWORD}, or password_file")
    return password


def _expect(reply: tuple[int, bytes], *codes: int) -> None:
    if reply[0] not in codes:
        raise _ending(*reply)


def _ending(code: int, said: bytes | str) -> MailError:
    """What an unwelcome answer of the server means: 5xx is a no, anything else a not now."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    kind = MailRefused if 500 <= code < 600 else MailPostponed
    return kind(f"the mail server answered {code}: {clean_line(words)}")


def _said(why: Exception) -> str:
    return clean_line(str(why)) or type(why).__name__


def _dotted(content: bytes) -> bytes:
    """The text as DATA takes it (RFC 5321, 4.5.2): leading dots doubled, and a line of one dot at the end."""
    lines = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"
