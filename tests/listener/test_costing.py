"""What a watch cost: shared terms split evenly, our own accounts apart, and a month that heads somewhere."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from listener.archive.ledger import Cost
from listener.archive.spending import Kept
from listener.costing import AGAIN, DROPPED, OWN, first_day, months, needed_since, per_watch

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TERMS = {"us": ("Harbourlight", "harbour light"), "lamps": ("wren lamp", "harbour light")}


def a_cost(stream: str, usd: float, day: int = 20, platform: str = "x", month: int = 11) -> Cost:
    return Cost(platform, stream, "posts", date(2026, month, day), 10, usd)


def test_a_shared_term_is_split_evenly_and_nothing_is_lost() -> None:
    paid = [
        a_cost("search:Harbourlight", 1.0), a_cost("search:harbour light", 0.6), a_cost("search:wren lamp", 0.1),
        a_cost("mentions", 0.2), a_cost("ours", 0.05), a_cost("reread", 0.03), a_cost("search:old name", 0.5),
    ]  # fmt: skip
    found = {row.name: row.usd for row in per_watch(paid, [], [], TERMS)}
    assert found == pytest.approx({"us": 1.3, DROPPED: 0.5, "lamps": 0.4, OWN: 0.25, AGAIN: 0.03})
    assert next(iter(found)) == "us"
    assert sum(found.values()) == pytest.approx(sum(cost.usd for cost in paid))


def test_a_useful_mention_is_one_that_was_kept_and_better_still_answered() -> None:
    paid = [a_cost("search:Harbourlight", 1.2), a_cost("mentions", 0.4)]
    kept = [
        *(Kept(number, "x", "search:Harbourlight", ("us",)) for number in range(1, 5)),
        Kept(5, "x", "mentions", ("us",)),  # heard as spoken to us: our accounts' find, not the search's
        Kept(6, "y", "search:Harbourlight", ("us",)),  # another platform's, and paid for there
    ]
    us, own = per_watch(paid, kept, {1, 3, 5, 6}, TERMS)
    assert (us.name, us.kept, us.answered) == ("us", 4, 2)
    assert (us.usd_per_kept, us.usd_per_answered) == pytest.approx((0.3, 0.6))
    assert (own.name, own.kept, own.usd_per_answered) == (OWN, 1, pytest.approx(0.4))


def test_what_found_nobody_has_no_price_a_mention() -> None:
    (row,) = per_watch([a_cost("search:wren lamp", 0.7)], [], [], TERMS)
    assert (row.usd_per_kept, row.usd_per_answered) == (None, None)


def test_the_month_ends_at_the_pace_of_the_last_week() -> None:
    # 6.5 days of the week have passed since the 14th, and 10.5 of the month are left.
    paid = [a_cost("mentions", 3.0, day=2), a_cost("mentions", 6.5, day=15), a_cost("mentions", 50, day=30, month=10)]
    (month,) = months(paid, NOW)
    assert (month.platform, month.so_far) == ("x", 9.5)
    assert month.by_its_end == pytest.approx(9.5 + 1.0 * 10.5)


def test_a_first_hour_is_taken_for_a_whole_day() -> None:
    (month,) = months([a_cost("mentions", 0.5)], NOW)
    assert month.by_its_end == pytest.approx(0.5 + 0.5 * 10.5)


def test_who_spends_nothing_lately_is_heading_nowhere() -> None:
    (month,) = months([a_cost("mentions", 2.0, day=3)], NOW)
    assert month.by_its_end == 2.0


def test_december_ends_with_the_year() -> None:
    late = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    (month,) = months([a_cost("mentions", 1.0, day=31, month=12)], late)
    assert month.by_its_end == pytest.approx(1.5)


def test_days_count_today_and_the_month_is_always_looked_at() -> None:
    assert first_day(NOW, 1) == datetime(2026, 11, 20, tzinfo=UTC)
    assert needed_since(NOW, 1) == datetime(2026, 11, 1, tzinfo=UTC)
    assert needed_since(NOW, 90) == first_day(NOW, 90)
    second = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
    assert needed_since(second, 1) == datetime(2026, 10, 27, tzinfo=UTC)
