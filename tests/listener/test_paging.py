"""The walk back through a platform's pages: nothing skipped, whatever the order, the size or the stamps."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listener.mention import Mention
from listener.paging import DEEP, OVERLAP, Item, Page, Walk, walk_back
from tests.builders import NOON, a_mention


class Listing:
    """A platform that lists newest first, in pages whose tokens are offsets from the oldest."""

    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.items: list[Item] = []
        self.asked = 0

    def post(self, *times: datetime) -> None:
        self.items += [Item(len(self.items) + n, at) for n, at in enumerate(times)]
        self.items.sort(key=lambda item: item.at)

    def page(self, token: str | None, floor: datetime) -> Page:
        self.asked += 1
        end = len(self.items) if token is None else int(token)
        start = max(0, end - self.size)
        return Page(tuple(reversed(self.items[start:end])), str(start) if start else None)


def parse(raw: int) -> Mention:
    return a_mention(post_id=str(raw))


def heard_all(listing: Listing, cursor: str | None, now: datetime, pages: int = 3) -> tuple[set[str], str | None]:
    heard: set[str] = set()
    while True:
        batch = walk_back(cursor, listing.page, parse, now=now, pages=pages)
        heard |= {mention.post_id for mention in batch.mentions}
        cursor = batch.cursor
        if not batch.more:
            return heard, cursor


def test_a_burst_larger_than_the_pages_of_one_poll_is_heard_over_several() -> None:
    listing = Listing()
    listing.post(NOON - timedelta(hours=5))
    _, cursor = heard_all(listing, None, NOON)
    listing.post(*(NOON + timedelta(seconds=n) for n in range(200)))
    heard, _ = heard_all(listing, cursor, NOON + timedelta(minutes=5))
    assert heard >= {str(n) for n in range(1, 201)}


def test_what_arrives_during_a_long_walk_is_heard_by_the_next() -> None:
    listing = Listing()
    listing.post(*(NOON - timedelta(minutes=n) for n in range(60)))
    first = walk_back(None, listing.page, parse, now=NOON, pages=2)
    assert first.more
    listing.post(NOON + timedelta(seconds=5))
    heard, cursor = heard_all(listing, first.cursor, NOON + timedelta(seconds=10))
    again, _ = heard_all(listing, cursor, NOON + timedelta(seconds=20))
    assert "60" in heard | again


def test_a_post_from_the_future_moves_the_cursor_past_nobody() -> None:
    listing = Listing()
    listing.post(NOON, datetime(2099, 1, 1, tzinfo=NOON.tzinfo))
    _, cursor = heard_all(listing, None, NOON)
    listing.post(NOON + timedelta(minutes=1))
    heard, _ = heard_all(listing, cursor, NOON + timedelta(minutes=2))
    assert "2" in heard


def test_a_late_arrival_within_the_overlap_is_heard() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    listing.post(NOON - OVERLAP / 2)
    assert "1" in heard_all(listing, cursor, NOON)[0]


def test_now_and_then_it_looks_far_back_for_those_whose_clock_is_slow() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    listing.post(NOON - DEEP.back + timedelta(minutes=1))
    assert heard_all(listing, cursor, NOON + DEEP.every / 2)[0] == {"0"}
    assert heard_all(listing, cursor, NOON + DEEP.every)[0] == {"0", "1"}


def test_a_deep_look_that_takes_several_polls_keeps_its_floor() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    listing.post(*(NOON - timedelta(hours=n) for n in range(1, 70)))
    heard, _ = heard_all(listing, cursor, NOON + DEEP.every, pages=1)
    assert len(heard) == 70


def test_posts_of_one_instant_are_all_kept() -> None:
    listing = Listing()
    listing.post(*[NOON] * 25)
    assert len(heard_all(listing, None, NOON)[0]) == 25


def test_an_empty_listing_keeps_its_place() -> None:
    batch = walk_back(None, Listing().page, parse, now=NOON)
    later = walk_back(batch.cursor, Listing().page, parse, now=NOON + timedelta(hours=1))
    assert (later.mentions, later.more) == ((), False)
    assert later.heard_from is not None
    assert later.heard_from <= NOON


def test_it_stops_at_what_is_known_already() -> None:
    listing = Listing()
    listing.post(*(NOON - timedelta(minutes=30 * n) for n in range(100)))
    _, cursor = heard_all(listing, None, NOON)
    listing.asked = 0
    heard_all(listing, cursor, NOON)
    assert listing.asked == 1


def test_one_bad_item_is_set_aside_and_the_rest_go_on() -> None:
    listing = Listing()
    listing.post(*(NOON - timedelta(seconds=n) for n in range(3)))

    def fussy(raw: int) -> Mention:
        if raw == 1:
            raise KeyError("author")
        return parse(raw)

    batch = walk_back(None, listing.page, fussy, now=NOON)
    assert len(batch.mentions) == 2
    assert [(item.raw, item.reason) for item in batch.unreadable] == [("1", "KeyError: 'author'")]


def test_a_limit_of_the_listing_is_told_as_lost() -> None:
    known = walk_back(None, Listing().page, parse, now=NOON).cursor
    listing = Listing()
    listing.post(*(NOON + timedelta(days=1, seconds=n) for n in range(5)))

    def capped(token: str | None, floor: datetime) -> Page:
        page = listing.page(token, floor)
        return Page(page.items, None, end_is_limit=True)

    batch = walk_back(known, capped, parse, now=NOON + timedelta(days=2))
    assert batch.lost == (NOON, NOON + timedelta(days=1))
    assert batch.heard_from == NOON + timedelta(days=1)


def test_a_cursor_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot read the cursor"):
        walk_back("42", Listing().page, parse, now=NOON)


@given(
    st.lists(st.lists(st.integers(0, 7200), max_size=40), min_size=1, max_size=6),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_whatever_the_bursts_everything_posted_after_the_first_look_is_heard(
    bursts: list[list[int]], size: int, pages: int
) -> None:
    listing, cursor, heard, now = Listing(size), None, set(), NOON
    for burst in bursts:
        listing.post(*(now + timedelta(seconds=n) for n in burst))
        now += timedelta(hours=2)
        new, cursor = heard_all(listing, cursor, now, pages)
        heard |= new
    assert heard == {str(item.raw) for item in listing.items}


def test_what_an_outage_put_out_of_reach_is_lost_and_the_rest_is_heard() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    listing.post(*(NOON + timedelta(hours=n) for n in range(1, 240)))
    back, week = NOON + timedelta(days=10), timedelta(days=7)
    batch = walk_back(cursor, listing.page, parse, now=back, pages=99, reach=week)
    assert {mention.post_id for mention in batch.mentions} == {str(n) for n in range(73, 240)}
    assert batch.lost == (NOON, back - week)
    assert (batch.heard_from, batch.heard_until) == (back - week, back)


def test_within_reach_nothing_is_lost() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    back = NOON + timedelta(days=6)
    batch = walk_back(cursor, listing.page, parse, now=back, reach=timedelta(days=7))
    assert batch.lost is None
    first = walk_back(None, listing.page, parse, now=back, reach=timedelta(days=7))
    assert first.lost is None


def test_a_quiet_week_is_not_a_loss() -> None:
    listing = Listing()
    listing.post(NOON)
    _, cursor = heard_all(listing, None, NOON)
    for day in range(1, 12):
        batch = walk_back(cursor, listing.page, parse, now=NOON + timedelta(days=day), reach=timedelta(days=7))
        assert batch.lost is None
        cursor = batch.cursor


def test_a_first_look_that_ends_at_the_platforms_limit_claims_no_more_than_was_shown() -> None:
    shown = Page(tuple(Item(n, NOON - timedelta(hours=n)) for n in range(5)), end_is_limit=True)
    batch = walk_back(None, lambda _token, _floor: shown, parse, now=NOON)
    assert (batch.heard_from, batch.lost) == (NOON - timedelta(hours=4), None)


def test_a_walk_that_an_outage_broke_off_claims_nothing_that_it_could_not_read() -> None:
    reach, listing = timedelta(days=7), Listing()
    listing.post(*(NOON - timedelta(minutes=7 * n) for n in reversed(range(1000))))
    look = timedelta(days=5)
    begun = walk_back(None, listing.page, parse, now=NOON, pages=2, reach=reach, first_look=look, deep=None)
    passed = NOON - timedelta(minutes=7 * 19)

    def nothing_left(_token: str | None, _floor: datetime) -> Page:
        return Page(())

    back = NOON + timedelta(days=10)
    batch = walk_back(begun.cursor, nothing_left, parse, now=back, reach=reach, deep=None)
    assert batch.lost == (NOON - timedelta(days=5), passed)
    assert (batch.heard_from, batch.heard_until) == (passed, NOON)
    batch = walk_back(batch.cursor, listing.page, parse, now=back, reach=reach, deep=None)
    assert batch.lost == (NOON, back - reach)


def test_a_cursor_from_a_clock_that_ran_ahead_goes_back_to_the_newest_post_there_was() -> None:
    listing = Listing()
    listing.post(NOON - timedelta(hours=1))
    _, cursor = heard_all(listing, None, NOON)
    _, cursor = heard_all(listing, cursor, NOON + timedelta(days=1))
    ahead = replace(Walk.read(cursor), complete_until=NOON + timedelta(hours=23)).write()
    listing.post(NOON + timedelta(minutes=5))
    heard, cursor = heard_all(listing, ahead, NOON + timedelta(hours=1))
    assert heard == {"0", "1"}
    assert Walk.read(cursor).complete_until == NOON + timedelta(minutes=5)


def test_a_cursor_of_the_future_that_knows_of_no_post_begins_anew() -> None:
    listing = Listing()
    _, cursor = heard_all(listing, None, NOON + timedelta(days=1))
    listing.post(NOON - timedelta(hours=3))
    heard, _ = heard_all(listing, cursor, NOON)
    assert heard == {"0"}
