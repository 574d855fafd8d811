"""`warmline digest`: looked at, kept in a file, and really mailed, once to each for a week."""

from __future__ import annotations

import email
import json
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from click.testing import Result

from tests.smtp_server import PASSWORD, USER, Running, smtp_server

WEEK = "2026-W46"  # 9 to 15 November


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with smtp_server(tmp_path) as running:
        yield running


@pytest.fixture
def heard(settings: Path, warmline: Callable[..., Result]) -> Path:
    said = [("ada", "thank you, my mother reads again"), ("bo", "the lamp broke, nobody answers, awful")]
    rows = [
        {"text": f"@harbourlight {text}", "posted_at": f"2026-11-1{number}T10:00Z", "author_handle": who}
        for number, (who, text) in enumerate(said)
    ]
    file = settings.parent / "two.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    warmline("import", str(file))
    return settings


def test_the_letter_can_be_looked_at_and_kept_without_mail(heard: Path, warmline: Callable[..., Result]) -> None:
    out = warmline("digest", "--week", WEEK, "--preview").stdout
    assert out.startswith("Subject: Harbourlight, 9 to 15 November 2026")
    assert "my mother reads again" in out
    warmline("digest", "--week", WEEK, "--to", "week.eml")
    message = email.message_from_bytes((heard.parent / "week.eml").read_bytes(), policy=default)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "my mother reads again" in plain.get_content()


def test_the_letter_is_mailed_once_to_each(
    heard: Path, server: Running, warmline: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARMLINE_SMTP_PASSWORD", PASSWORD)
    with heard.open("a", encoding="utf-8") as file:
        file.write(
            f'[digest]\nrecipients = ["ana@acme.example", "bo@acme.example"]\n[digest.mail]\nhost = "127.0.0.1"\n'
            f'port = {server.port}\nsecurity = "starttls"\nusername = "{USER}"\n'
            f'sender = "Warmline <{USER}>"\nca_file = "{server.ca_file}"\n'
        )
    assert warmline("digest", "--week", WEEK, "--send").stdout.count("sent") == 2
    assert len(server.inbox.taken) == 2
    warmline("digest", "--week", WEEK, "--send")
    assert len(server.inbox.taken) == 2


def test_sending_to_nobody_says_what_is_missing(heard: Path, warmline: Callable[..., Result]) -> None:
    assert "[digest]" in warmline("digest", "--week", WEEK, "--send", expect=1).stderr
