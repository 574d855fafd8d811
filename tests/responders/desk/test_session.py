"""Login links work once; sessions end when they should."""

from __future__ import annotations

from responders.desk.session import new_link, session_of, sign_in, sign_out
from responders.office import Office
from tests.builders import Clock
from tests.responders.desk.seeded import rows


def test_a_link_signs_in_once(office: Office, clock: Clock) -> None:
    link = new_link(office.db, "Ana", clock())
    token = sign_in(office.db, link, clock())
    assert token is not None
    session = session_of(office.db, token, clock())
    assert session is not None
    assert session.person == "Ana"
    assert sign_in(office.db, link, clock()) is None


def test_a_link_is_no_session_and_a_session_is_no_link(office: Office, clock: Clock) -> None:
    link = new_link(office.db, "Ana", clock())
    assert session_of(office.db, link, clock()) is None
    token = sign_in(office.db, link, clock())
    assert token is not None
    assert sign_in(office.db, token, clock()) is None


def test_a_link_is_good_for_a_day(office: Office, clock: Clock) -> None:
    link = new_link(office.db, "Ana", clock())
    assert sign_in(office.db, link, clock.forward(hours=24)) is None


def test_no_token_stands_in_the_database(office: Office, clock: Clock) -> None:
    link = new_link(office.db, "Ana", clock())
    other = sign_in(office.db, new_link(office.db, "Ana", clock()), clock())
    kept = repr(rows(office)["sessions"])
    assert len(link) >= 43
    assert link not in kept
    assert str(other) not in kept


def test_a_session_ends_after_twelve_idle_hours(office: Office, clock: Clock) -> None:
    token = sign_in(office.db, new_link(office.db, "Ana", clock()), clock()) or ""
    assert session_of(office.db, token, clock.forward(hours=11)) is not None
    assert session_of(office.db, token, clock.forward(hours=11)) is not None, "use keeps it alive"
    assert session_of(office.db, token, clock.forward(hours=12)) is None


def test_a_session_ends_after_fourteen_days_however_busy(office: Office, clock: Clock) -> None:
    token = sign_in(office.db, new_link(office.db, "Ana", clock()), clock()) or ""
    for _ in range(33):
        assert session_of(office.db, token, clock.forward(hours=10)) is not None
    assert session_of(office.db, token, clock.forward(hours=10)) is None


def test_reading_does_not_write_on_every_click(office: Office, clock: Clock) -> None:
    token = sign_in(office.db, new_link(office.db, "Ana", clock()), clock()) or ""
    before = rows(office)["sessions"]
    session_of(office.db, token, clock.forward(minutes=5))
    assert rows(office)["sessions"] == before


def test_signing_out_ends_it_here_and_now(office: Office, clock: Clock) -> None:
    token = sign_in(office.db, new_link(office.db, "Ana", clock()), clock()) or ""
    sign_out(office.db, token)
    assert session_of(office.db, token, clock()) is None


def test_old_rows_go_when_a_link_is_made(office: Office, clock: Clock) -> None:
    new_link(office.db, "Ana", clock())
    new_link(office.db, "Ana", clock.forward(days=2))
    assert len(rows(office)["sessions"]) == 1


def test_form_tokens_differ_between_sessions(office: Office, clock: Clock) -> None:
    tokens = [sign_in(office.db, new_link(office.db, "Ana", clock()), clock()) or "" for _ in range(2)]
    first, second = (session_of(office.db, token, clock()) for token in tokens)
    assert first is not None
    assert second is not None
    assert first.form_token != second.form_token
    assert first.form_token not in tokens
