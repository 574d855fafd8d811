"""A real mail server on loopback: TLS, AUTH, and a choice of ways to fail. Keeps what it took."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "post@acme.example", "correct horse battery"


@dataclass
class Inbox:
    """What the server took, and how it is to answer: a line, or `drop` to hang up without one.

    `fails` maps a stage (RCPT, DATA, END for the answer after the text) to that answer.
    """

    fails: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    logins: int = 0

    def mails(self) -> list[EmailMessage]:
        """The mails taken, parsed back."""
        return [email.message_from_bytes(raw, policy=MAIL) for _, raw in self.taken]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.fails:
            return self.fails["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        how = self.fails.get("END", "250 Taken")
        if how in ("250 Taken", "keep and drop"):
            assert isinstance(envelope.original_content, bytes)
            self.taken.append((envelope.rcpt_tos, envelope.original_content))
        if how.endswith("drop"):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return how

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, way: str, given: Any) -> AuthResult:
        """Whether the login is ours."""
        self.logins += 1
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(),
            PASSWORD.encode(),
        )
        return AuthResult(success=right, handled=right)


class _Server(SMTP):
    """Hangs up, or says no, where DATA begins, if it is told to."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        how = self.event_handler.fails.get("DATA")
        if how == "drop":
            assert isinstance(self.transport, asyncio.Transport)
            self.transport.abort()
        elif how:
            await self.push(how)
        else:
            await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@dataclass(frozen=True)
class Running:
    """A running server: its port, its inbox, and the file with the certificate to trust."""

    port: int
    inbox: Inbox
    ca_file: Path


@contextmanager
def smtp_server(
    folder: Path, *, implicit: bool = False, name: str = "127.0.0.1", bare: bool = False
) -> Iterator[Running]:
    """A server with STARTTLS and AUTH for as long as the block runs; `implicit`: TLS at once; `bare`: neither."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    inbox = Inbox()
    # aiosmtpd does not see that an implicit connection is private, and would call a required login there unsafe.
    login = {} if bare else {"authenticator": inbox.authenticate, "auth_required": not implicit}
    tls = {"tls_context": context, "require_starttls": True} if not (implicit or bare) else {}
    loop = asyncio.new_event_loop()
    controller = _Controller(
        inbox,
        hostname="127.0.0.1",
        port=_free_port(),
        loop=loop,
        ssl_context=context if implicit else None,
        auth_require_tls=not (implicit or bare),
        **login,
        **tls,
    )
    controller.start()
    try:
        yield Running(controller.port, inbox, ca_file)
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
