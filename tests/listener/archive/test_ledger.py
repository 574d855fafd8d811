"""What an account used up is kept over restarts, searches give way first, and nothing is paid for twice a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from listener.archive.connect import connect
from listener.archive.forget import Forgetting
from listener.archive.ledger import Ledger, costs
from listener.archive.schema import migrations
from listener.budget import USERS, Pool
from listener.mention import Batch
from listener.poll import Poller
from listener.source import RateLimited
from responders.office import Office
from tests.builders import NOON, Clock, a_mention, an_author
from tests.fakes import FakeSource

CALLS = Pool("calls", 100, timedelta(minutes=15))
DOLLARS = Pool("usd", 10, "month")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    connect(tmp_path / "w.db", [migrations]).close()
    return tmp_path / "w.db"


@pytest.fixture
def ledger(database: Path, clock: Clock) -> Ledger:
    return Ledger(database, "plaza", clock)


def test_searches_give_way_first_and_duty_last(ledger: Ledger) -> None:
    ledger.take(CALLS, 75)
    with pytest.raises(RateLimited):
        ledger.take(CALLS)
    ledger.take(CALLS, 20, purpose="mentions")
    with pytest.raises(RateLimited):
        ledger.take(CALLS, purpose="mentions")
    ledger.take(CALLS, 5, purpose="duty")
    with pytest.raises(RateLimited) as caught:
        ledger.take(CALLS, purpose="duty")
    assert caught.value.retry_at == NOON + timedelta(minutes=15)


def test_a_window_begins_with_its_first_use_and_ends(ledger: Ledger, clock: Clock) -> None:
    ledger.take(CALLS, 75)
    clock.forward(minutes=14)
    assert ledger.left(CALLS) == 0
    clock.forward(minutes=1)
    assert ledger.left(CALLS) == 75
    ledger.take(CALLS)
    assert ledger.left(CALLS) == 74


def test_a_restart_forgets_nothing(ledger: Ledger, database: Path, clock: Clock) -> None:
    ledger.take(CALLS, 70)
    ledger.block(DOLLARS, NOON + timedelta(hours=1))
    anew = Ledger(database, "plaza", clock)
    assert anew.left(CALLS) == 5
    with pytest.raises(RateLimited) as caught:
        anew.take(DOLLARS, 0)
    assert caught.value.retry_at == NOON + timedelta(hours=1)
    assert Ledger(database, "elsewhere", clock).left(CALLS) == 75
    clock.forward(hours=1)
    anew.take(DOLLARS, 0)


def test_months_and_days_are_the_calendars(ledger: Ledger, clock: Clock) -> None:
    clock.now = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    ledger.take(DOLLARS, 7)
    clock.forward(minutes=59)
    assert ledger.left(DOLLARS) == 0.5
    clock.forward(minutes=1)
    assert ledger.left(DOLLARS) == 7.5
    pacific = Pool("units", 100, "day", zone="America/Los_Angeles")
    start, end = pacific.window(datetime(2026, 7, 1, 6, 59, tzinfo=UTC), None)
    assert (start, end) == (datetime(2026, 6, 30, 7, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC))


def test_what_was_paid_for_today_costs_nothing_again(ledger: Ledger, database: Path, clock: Clock) -> None:
    assert ledger.charge(DOLLARS, "search:lamp", "posts", ["1", "2"], 0.005) == pytest.approx(0.01)
    assert ledger.charge(DOLLARS, "search:lantern", "posts", ["2", "3"], 0.005) == pytest.approx(0.005)
    assert ledger.left(DOLLARS, purpose="duty") == pytest.approx(9.985)
    clock.forward(days=1)
    assert ledger.charge(DOLLARS, "search:lamp", "posts", ["1"], 0.005) == pytest.approx(0.005)
    db = connect(database)
    told = [(cost.stream, cost.day.day, cost.items) for cost in costs(db, NOON - timedelta(days=1))]
    db.close()
    assert told == [("search:lamp", 18, 2), ("search:lantern", 18, 1), ("search:lamp", 19, 1)]


def test_authors_are_known_for_as_long_as_they_were_paid_for(office: Office, poller: Poller, clock: Clock) -> None:
    poller.poll(FakeSource(mentions=[Batch((a_mention(1),), "one")]))
    (database,) = (row["file"] for row in office.db.query("PRAGMA database_list") if row["name"] == "main")
    ledger = Ledger(Path(database), "plaza", clock)
    month_ago = clock() - timedelta(days=30)
    assert ledger.authors(["mira"], month_ago) == {}
    ledger.charge(DOLLARS, "mentions", USERS, ["mira"], 0.01)
    assert ledger.authors(["mira", "nobody"], month_ago)["mira"] == a_mention(1).author
    clock.forward(days=31)
    assert ledger.authors(["mira"], clock() - timedelta(days=30)) == {}


@pytest.mark.parametrize("pool", [CALLS, DOLLARS, Pool("day", 10, "day")])
def test_a_clock_that_ran_ahead_uses_nothing_up(ledger: Ledger, clock: Clock, pool: Pool) -> None:
    clock.forward(days=40)
    ledger.take(pool, pool.most, purpose="duty")
    ledger.block(pool, clock() + timedelta(hours=1))
    clock.forward(days=-40)
    ledger.take(pool, purpose="duty")
    assert ledger.left(pool, purpose="duty") == pool.most - 1


def test_whoever_was_forgotten_is_paid_for_again(office: Office, poller: Poller, clock: Clock) -> None:
    ledger = Ledger(Path(office.settings_path).parent / "warmline.db", "plaza", clock)
    poller.poll(FakeSource(mentions=[Batch((a_mention(author=an_author("mira", author_id="5")),), "one")]))
    ledger.charge(DOLLARS, "mentions", USERS, ["5"], 0.01)
    assert ledger.authors(["5"], NOON)["5"].handle == "mira"
    Forgetting(office.db).forget_posts("plaza", ["p1"], NOON)
    assert ledger.authors(["5"], NOON) == {}
