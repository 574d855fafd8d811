"""`warmline costs`: nothing paid is said so; what was paid stands by watch, with what came of it and the cap."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from listener.archive.connect import connect
from listener.archive.ledger import Ledger
from listener.archive.record import Recorder
from listener.archive.schema import migrations
from listener.budget import Pool
from listener.mention import Author, Batch, Mention
from listener.triaged import Triaged
from responders.draft import Receipt, State
from responders.office import Office
from responders.settings import read_settings
from tests.responders.desk.seeded import a_triage, approved, hold
from tests.servers.scripted import Say, Scripted, scripted

USD = Pool("usd", 25, "month")
X = '[listener.sources.x]\nmonthly_usd = 2.5\nbase_url = "{url}"\n'

Run = Callable[..., Result]
Read = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def paid(settings: Path) -> Path:
    """Two dollars paid for a search and half a one for our mentions; four were kept, and one of them answered."""
    settings.write_text(settings.read_text() + X.format(url="http://127.0.0.1:9"))
    database = settings.parent / "warmline.db"
    connect(database, [migrations]).close()
    ledger = Ledger(database, "x", now)
    ledger.charge(USD, "search:Harbourlight", "posts", [str(n) for n in range(400)], 0.005)
    ledger.charge(USD, "mentions", "posts", [f"m{n}" for n in range(500)], 0.001)
    with Office.open(read_settings(settings), settings) as office:
        for number, stream in enumerate(["search:Harbourlight"] * 3 + ["mentions"], 1):
            author = Author("x", f"a{number}", f"person{number}")
            mention = Mention("x", str(number), author, "the Harbourlight hums", now() - timedelta(hours=1))
            Recorder(office.db).record(
                "x", stream, [Triaged(mention, ("harbourlight",), True, a_triage())], Batch(), now()
            )
        office.queue.conclude(2, "answered", "Ana", "", now())
    return settings


def test_nothing_paid_is_said_with_who_charges(settings: Path, warmline: Run) -> None:
    said = warmline("costs").stdout
    assert said.startswith("Nothing was paid yet.")
    assert "X charges" in said
    assert "Everything else Warmline hears is free." in said


def test_each_watch_with_what_came_of_it(paid: Path, warmline: Run, read: Read) -> None:
    us, own = read("costs")["watches"]
    assert (us["name"], us["usd"], us["kept"], us["answered"]) == ("harbourlight", pytest.approx(2.0), 3, 1)
    assert (us["usd_per_kept"], us["usd_per_answered"]) == (pytest.approx(2 / 3), pytest.approx(2.0))
    assert (own["name"], own["kept"], own["usd_per_answered"]) == ("our own accounts", 1, None)
    said = warmline("costs").stdout
    assert "harbourlight" in said
    assert "$2.00" in said
    assert "$0.67" in said


def test_the_month_stands_against_what_is_allowed(paid: Path, warmline: Run, read: Read) -> None:
    (month,) = read("costs")["months"]
    assert (month["usd_so_far"], month["usd_allowed"]) == (pytest.approx(2.5), 2.5)
    assert "X this month: $2.50 of $2.50: all that you allowed." in warmline("costs").stdout
    paid.write_text(paid.read_text().replace("monthly_usd = 2.5", "monthly_usd = 2000"))
    assert "of the $2,000.00 you allow; about $" in warmline("costs").stdout


def test_only_the_days_asked_for_are_told(paid: Path, warmline: Run, read: Read) -> None:
    then = now() - timedelta(days=3)
    Ledger(paid.parent / "warmline.db", "x", lambda: then).charge(USD, "search:lamp", "posts", ["1"], 8.0)
    assert sum(one["usd"] for one in read("costs", "--days", "3")["watches"]) == pytest.approx(2.5)
    names = [one["name"] for one in read("costs", "--days", "4")["watches"]]
    assert names == ["no longer watched", "harbourlight", "our own accounts"]


def test_replies_have_their_price_too(paid: Path, warmline: Run, read: Read) -> None:
    with Office.open(read_settings(paid), paid) as office:
        for number, how in ((1, "api"), (3, "by_hand")):
            draft = approved(office, hold(office, number, "Which bulb is in it?", "by_hand"), State.BY_HAND)
            office.queue.receive(draft.draft_id, Receipt(f"r{number}", "", how), "x", "Ana", now())
    (replies,) = read("costs")["replies"]
    assert replies == {"platform": "x", "sent": 1, "usd": pytest.approx(0.01)}
    assert "1 reply posted on X: about $0.010" in warmline("costs").stdout


def test_looking_changes_nothing(paid: Path, warmline: Run) -> None:
    with Office.open(read_settings(paid), paid) as office:
        before = list(office.db.execute("SELECT * FROM costs")) + list(office.db.execute("SELECT * FROM allowances"))
        warmline("costs")
        assert before == list(office.db.execute("SELECT * FROM costs")) + list(
            office.db.execute("SELECT * FROM allowances")
        )


def test_a_forecast_asks_what_was_posted_last_week(
    settings: Path, warmline: Run, server: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "nothing to forecast" in warmline("costs", "--forecast").stdout
    monkeypatch.setenv("WARMLINE_X_BEARER_TOKEN", "a-bearer-token-of-ours")
    settings.write_text(settings.read_text() + X.format(url=server.url))
    counts = {"data": [], "meta": {"total_tweet_count": 700}}
    server.on("/2/tweets/counts/recent", Say(counts))
    (forecast,) = json.loads(warmline("costs", "--forecast", "--json").stdout)["forecasts"]
    assert (forecast["term"], forecast["posts_a_week"]) == ("Harbourlight", 700)
    assert forecast["usd_a_month"] > 700 * 4 * 0.005
    said = warmline("costs", "--forecast").stdout
    assert "posts a week" in said
    assert "700" in said
    server.fault = Say({"title": "Unauthorized"}, 401)
    assert "Error:" in warmline("costs", "--forecast", expect=1).stderr
