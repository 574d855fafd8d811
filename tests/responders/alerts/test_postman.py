"""Alerts by mail: all of a minute in one letter, to each recipient once, over a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from listener.archive.forget import Forgetting
from responders.alerts.postman import MOST_TOLD, in_words, send_alerts, subject
from responders.mailer import MailSettings
from responders.office import Office
from responders.settings import Settings
from tests.builders import Clock, a_mention, an_author
from tests.responders.desk.seeded import hear
from tests.smtp_server import PASSWORD, USER, Running, smtp_server

DESK = "http://127.0.0.1:8100"
TO = ("Ana <Ana@acme.example>", "bo@acme.example")
SIGNED_IN = {"WARMLINE_SMTP_PASSWORD": PASSWORD}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    with smtp_server(tmp_path) as running:
        yield running


def tick(office: Office, server: Running, to: tuple[str, ...] = TO) -> list[tuple[str, str]]:
    mail = MailSettings.model_validate(
        {
            "host": "127.0.0.1", "port": server.port, "username": USER, "sender": "Acme <post@acme.example>",
            "ca_file": str(server.ca_file), "timeout_s": 5,
        }
    )  # fmt: skip
    return list(send_alerts(office.alerts, mail, to, DESK, office.now(), SIGNED_IN))


def ring(office: Office, number: int, rule: str = "Press", **changes: object) -> int:
    mention_id = hear(office, a_mention(number, **changes), because="Soon: asks a question.")
    office.alerts.ring(mention_id, rule, office.now())
    return mention_id


def test_all_of_a_minute_go_in_one_letter_to_each_once(office: Office, server: Running, clock: Clock) -> None:
    assert tick(office, server) == []
    first = ring(office, 1, text="A question for\r\nthe press office, =?utf-8?q?hm?=")
    second = ring(office, 2, "Refunds")
    office.alerts.ring(first, "Press", office.now())
    assert tick(office, server) == [("ana@acme.example", "sent"), ("bo@acme.example", "sent")]
    assert tick(office, server) == []
    clock.forward(days=3)
    assert tick(office, server) == []
    one, other = server.inbox.mails()
    assert one["Subject"] == "2 alerts: Press, Refunds"
    assert one["Message-ID"] != other["Message-ID"]
    assert not one.is_multipart()
    text = one.get_content().replace("\r\n", "\n")
    assert text.startswith(
        "By your rule “Press”: Mira (@mira) on plaza\n  A question for the press office, =?utf-8?q?hm?=\n"
        f"Soon: asks a question.\n{DESK}/mentions/{first}\n\n"
    )
    assert f"{DESK}/mentions/{second}\n" in text


def test_what_rings_later_goes_in_a_letter_of_its_own(office: Office, server: Running, clock: Clock) -> None:
    ring(office, 1)
    tick(office, server, TO[:1])
    clock.forward(minutes=1)
    ring(office, 2)
    tick(office, server, TO[:1])
    assert [mail["Subject"] for mail in server.inbox.mails()] == ["Alert: Press", "Alert: Press"]


def test_one_that_may_have_arrived_is_never_sent_again(office: Office, server: Running, clock: Clock) -> None:
    ring(office, 1)
    server.inbox.fails["END"] = "keep and drop"
    assert tick(office, server, TO[:1]) == [("ana@acme.example", "unknown")]
    server.inbox.fails.clear()
    for _ in range(5):
        clock.forward(hours=7)
        assert tick(office, server, TO[:1]) == []
    assert len(server.inbox.taken) == 1


def test_one_that_did_not_get_out_is_tried_again_for_a_day(office: Office, server: Running, clock: Clock) -> None:
    ring(office, 1)
    server.inbox.fails["RCPT"] = "451 come back later"
    assert tick(office, server, TO[:1]) == [("ana@acme.example", "postponed")]
    assert tick(office, server, TO[:1]) == []
    server.inbox.fails.clear()
    clock.forward(minutes=6)
    assert tick(office, server, TO[:1]) == [("ana@acme.example", "sent")]
    ring(office, 2)
    server.inbox.fails["RCPT"] = "451 come back later"
    tick(office, server, TO[:1])
    server.inbox.fails.clear()
    clock.forward(days=1, minutes=1)
    assert tick(office, server, TO[:1]) == []
    assert office.alerts.letters()[-1] == (2, "ana@acme.example", "refused", "not out within a day")


def test_what_died_on_the_way_is_unknown(office: Office, server: Running, clock: Clock) -> None:
    ring(office, 1)
    office.alerts.plan(["ana@acme.example"], "acme.example", office.now())
    assert office.alerts.claim(office.now()) is not None
    assert office.alerts.claim(office.now()) is None
    clock.forward(hours=2)
    assert tick(office, server, TO[:1]) == []
    assert office.alerts.letters()[0][2] == "unknown"


def test_what_was_deleted_is_not_mailed(office: Office, server: Running) -> None:
    ring(office, 1)
    Forgetting(office.db).forget_posts("plaza", ["p1"], office.now())
    assert tick(office, server, TO[:1]) == [("ana@acme.example", "refused")]
    assert server.inbox.taken == []
    assert office.alerts.unseen() == []


def test_without_a_mail_server_only_the_desk_tells_and_old_news_stays_there(
    office: Office, server: Running, clock: Clock
) -> None:
    ring(office, 1)
    assert send_alerts(office.alerts, None, TO, DESK, office.now()) == []
    assert [alert.rule for alert in office.alerts.unseen()] == ["Press"]
    clock.forward(days=2)
    assert tick(office, server) == []


def test_seen_is_what_rang_before_one_looked(office: Office, clock: Clock) -> None:
    ring(office, 1)
    looked = clock()
    clock.forward(seconds=5)
    ring(office, 2, "Late")
    office.alerts.see("Ana", looked, clock())
    assert [alert.rule for alert in office.alerts.unseen()] == ["Late"]


def test_a_flood_is_counted_and_no_name_can_bend_the_letter(office: Office) -> None:
    for number in range(MOST_TOLD + 2):
        ring(office, number + 1, author=an_author("x", name="X\r\nBcc: all@acme.example"))
    told = office.alerts.unseen(100)
    text = in_words(told, DESK)
    assert "and 2 more at the desk" in text
    assert "\nBcc" not in text
    assert subject(told) == "52 alerts: Press"


def test_recipients_of_alerts_need_a_mail_server() -> None:
    with pytest.raises(ValueError, match="need a mail server"):
        Settings.model_validate({"alerts": {"recipients": ["ana@acme.example"]}})


BENDING = "\u202e\u2066\u200b\ufeff\U000e0041"


def test_their_words_bend_nothing_of_ours(office: Office, server: Running) -> None:
    author = an_author(f"mi{BENDING}ra", name=f"Mi{BENDING}ra\r\nBcc: all@acme.example")
    mention = a_mention(1, author=author, text=f"A question{BENDING}\r\n\r\nhttp://evil.example")
    office.alerts.ring(hear(office, mention, because=f"Soon{BENDING}: asks."), f"Press{BENDING}", office.now())
    [alert] = office.alerts.unseen()
    told = in_words([alert], DESK)
    assert [char for char in told + subject([alert]) if char in BENDING] == []
    assert "Mira Bcc: all@acme.example (@mira)" in told
    assert len(told.splitlines()) == 4
