"""The mailer against a real SMTP server: what arrives, and how each failure ends."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

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
from tests.smtp_server import PASSWORD, USER, Running, smtp_server

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SIGNED_IN = {"WARMLINE_SMTP_PASSWORD": PASSWORD}


def a_mail(**changes: str) -> EmailMessage:
    parts = {"subject": "The week", "text": "Hello\n", "html": "<p>Hello</p>", **changes}
    return build(
        **parts,
        sender="Acme <post@acme.example>",
        recipient="anna@acme.example",
        message_id="<a.b@acme.example>",
        at=AT,
    )


def to(server: Running, **changes: Any) -> MailSettings:
    known = {"host": "127.0.0.1", "port": server.port, "username": USER, "sender": "Acme <post@acme.example>"}
    return MailSettings.model_validate({**known, "ca_file": str(server.ca_file), "timeout_s": 5, **changes})


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with smtp_server(tmp_path) as running:
        yield running


def test_a_mail_arrives_once_with_both_its_parts(server: Running) -> None:
    text = "Grüße, 你好, 👩‍🚀\n.a line that begins with a dot\n.\n" + "long " * 400 + "\n"
    send(
        to(server),
        a_mail(subject="Die Woche: Größe zählt", text=text, html=f"<p>{text}</p>"),
        "anna@acme.example",
        SIGNED_IN,
    )

    (arrived,) = server.inbox.mails()
    assert server.inbox.taken[0][0] == ["anna@acme.example"]
    assert arrived["Subject"] == "Die Woche: Größe zählt"
    assert arrived["From"] == "Acme <post@acme.example>"
    assert arrived["Message-ID"] == "<a.b@acme.example>"
    assert arrived["Date"].datetime == AT
    plain, html = arrived.get_body(("plain",)), arrived.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert text in html.get_content().replace("\r\n", "\n")
    assert all(len(line) <= 78 for line in server.inbox.taken[0][1].split(b"\r\n"))


def test_tls_from_the_start(tmp_path: Path) -> None:
    with smtp_server(tmp_path, implicit=True) as server:
        send(to(server, security="tls"), a_mail(), "anna@acme.example", SIGNED_IN)
        assert (len(server.inbox.taken), server.inbox.logins) == (1, 1)


def test_a_bare_server_on_this_machine(tmp_path: Path) -> None:
    with smtp_server(tmp_path, bare=True) as server:
        send(to(server, security="none", username=None), a_mail(), "anna@acme.example", {})
        assert len(server.inbox.taken) == 1


def test_a_server_that_offers_no_tls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    with smtp_server(tmp_path, bare=True) as server:
        with pytest.raises(MailRefused, match="starttls"):
            send(to(server), a_mail(), "anna@acme.example", SIGNED_IN)
        assert (server.inbox.taken, server.inbox.logins) == ([], 0)


@pytest.mark.parametrize("implicit", [True, False])
def test_a_certificate_for_another_name_gets_neither_password_nor_mail(tmp_path: Path, implicit: bool) -> None:
    with smtp_server(tmp_path, implicit=implicit, name="mail.example.org") as server:
        with pytest.raises(MailPostponed, match="cannot trust the certificate"):
            send(to(server, security="tls" if implicit else "starttls"), a_mail(), "anna@acme.example", SIGNED_IN)
        assert (server.inbox.taken, server.inbox.logins) == ([], 0)


def test_an_unknown_authority_is_not_trusted(server: Running) -> None:
    with pytest.raises(MailPostponed, match="cannot trust the certificate"):
        send(to(server, ca_file=None), a_mail(), "anna@acme.example", SIGNED_IN)


def test_a_wrong_password_is_refused_and_never_told(server: Running) -> None:
    for secret in ("hunter2-hunter2", "pässwörd-hunter2"):
        with pytest.raises(MailRefused) as caught:
            send(to(server), a_mail(), "anna@acme.example", {"WARMLINE_SMTP_PASSWORD": secret})
        told: BaseException | None = caught.value
        assert told is not None
        assert told.__cause__ is None
        assert told.__suppress_context__
        assert "hunter2" not in str(told)
    assert server.inbox.taken == []


def test_a_password_that_is_not_set_says_where_to_set_it(server: Running) -> None:
    with pytest.raises(MailPostponed, match="set WARMLINE_SMTP_PASSWORD"):
        send(to(server), a_mail(), "anna@acme.example", {})


def test_a_password_file_that_others_can_read_is_not_used(server: Running, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(PASSWORD)
    file.chmod(0o644)
    with pytest.raises(MailPostponed, match="chmod 600"):
        send(to(server, password_file=str(file)), a_mail(), "anna@acme.example", {})
    file.chmod(0o600)
    send(to(server, password_file=str(file)), a_mail(), "anna@acme.example", {})
    assert len(server.inbox.taken) == 1


@pytest.mark.parametrize(
    ("fails", "ending", "kept"),
    [
        ({"RCPT": "550 no such mailbox"}, MailRefused, 0),
        ({"RCPT": "450 come back later"}, MailPostponed, 0),
        ({"DATA": "451 try again"}, MailPostponed, 0),
        ({"DATA": "554 no"}, MailRefused, 0),
        ({"DATA": "drop"}, MailPostponed, 0),
        ({"END": "452 full"}, MailPostponed, 0),
        ({"END": "554 looks like spam"}, MailRefused, 0),
        ({"END": "drop"}, MailUnknown, 0),
        ({"END": "keep and drop"}, MailUnknown, 1),
        ({"END": "299 hm"}, MailUnknown, 0),
    ],
)
def test_each_failure_has_its_ending(
    server: Running, fails: dict[str, str], ending: type[MailError], kept: int
) -> None:
    server.inbox.fails.update(fails)
    with pytest.raises(MailError) as caught:
        send(to(server), a_mail(), "anna@acme.example", SIGNED_IN)
    assert type(caught.value) is ending
    assert len(server.inbox.taken) == kept
    assert PASSWORD not in str(caught.value)


def test_nobody_at_home_is_postponed() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = MailSettings(host="127.0.0.1", port=closed.getsockname()[1], sender="a@acme.example", timeout_s=2)
        with pytest.raises(MailPostponed, match="no mail could be handed"):
            send(nobody, a_mail(), "anna@acme.example", {})


def test_a_missing_ca_file_is_named(server: Running) -> None:
    with pytest.raises(MailPostponed, match=r"missing\.pem"):
        send(to(server, ca_file="missing.pem"), a_mail(), "anna@acme.example", SIGNED_IN)


def test_a_subject_cannot_bring_headers_of_its_own() -> None:
    mail = a_mail(
        subject="Hello\r\nBcc: eve@evil.example\n\nbody\x0b\u2028X: y\ud83d",
        text="half a \ud83d character",
        html="\udfff",
    )
    back = a_parsed(mail)
    assert back["Bcc"] is None
    assert set(back.keys()) == set(a_mail().keys())
    assert "\n" not in back["Subject"]


def a_parsed(mail: EmailMessage) -> EmailMessage:
    import email
    from email.policy import SMTP

    parsed = email.message_from_bytes(mail.as_bytes(), policy=SMTP)
    assert isinstance(parsed, EmailMessage)
    return parsed


@settings(max_examples=40, deadline=None)
@given(subject=st.text(max_size=200), text=st.text(max_size=300))
def test_any_text_makes_a_mail_that_reads_back(subject: str, text: str) -> None:
    mail = a_mail(subject=subject, text=text, html=text)
    raw = mail.as_bytes()
    assert raw.isascii()
    back = a_parsed(mail)
    assert sorted(back.keys()) == sorted(mail.keys())
    assert [part.get_content_type() for part in back.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_no_security_is_for_this_machine_only() -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        MailSettings(host=host, security="none", sender="a@acme.example")
    for host in ("mail.example.org", "10.0.0.1", "localhost.example.org"):
        with pytest.raises(ValidationError, match="on this machine"):
            MailSettings(host=host, security="none", sender="a@acme.example")


@pytest.mark.parametrize(
    "address",
    [
        "anna",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "A <a@b.example",
        "a@b.example <c@d.example>",
    ],
)
def test_a_recipient_is_one_mailbox(address: str) -> None:
    with pytest.raises(ValidationError, match="write one address"):
        DigestSettings.model_validate({"recipients": [address], "mail": {"host": "h", "sender": "a@b.example"}})


def test_a_name_may_hold_what_names_hold() -> None:
    for mailbox in ("Jürgen Ä <j.a@acme.example>", '"A, B" <j.a@acme.example>', "j.a@acme.example"):
        assert address_of(mailbox) == "j.a@acme.example"


def test_digest_settings_say_what_is_missing() -> None:
    mail = {"host": "h", "sender": "a@b.example"}
    for wrong, said in (
        ({"recipients": ["a@b.example"]}, r"\[digest\.mail\]"),
        ({"zone": "Europe/Berlinn"}, "name one like Europe/Berlin"),
        ({"time": "08:00+01:00"}, "without an offset"),
        ({"recipients": ["a@b.example", "A <A@b.example>"], "mail": mail}, "twice"),
    ):
        with pytest.raises(ValidationError, match=said):
            DigestSettings.model_validate(wrong)
