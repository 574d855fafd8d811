"""What listings have in common: times, windows, and calls that are counted before they are made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from listener.archive.ledger import Ledger
from listener.budget import Pool
from listener.listing import Window, listed, lots, moment, page_of, quoted
from listener.mention import Author, Mention
from listener.metered import Metered
from listener.paging import Item, Page
from listener.source import NotFound, RateLimited, Unavailable
from listener.web import Web
from tests.servers.scripted import Say, scripted

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CALLS = Pool("calls", 10, timedelta(minutes=1))


@pytest.mark.parametrize(
    "written", ["2026-11-20T12:00:00Z", "2026-11-20T14:00:00+02:00", "2026-11-20T12:00:00", int(NOON.timestamp())]
)
def test_a_time_is_aware_whatever_way_it_is_written(written: Any) -> None:
    assert moment(written) == NOON
    assert moment(written).utcoffset() == timedelta(0)


@pytest.mark.parametrize("odd", [None, True, [], 1.5, "soon", 10**30, "9999-12-31T23:59:59-12:00"])
def test_what_is_no_time_is_said_so_in_two_ways_only(odd: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        moment(odd)


def test_items_without_a_time_are_set_aside() -> None:
    page = page_of([{"at": 5}, None, {"at": "soon"}], lambda raw: moment(raw["at"]), "next")
    assert [item.raw for item in page.items] == [{"at": 5}]
    assert (len(page.unreadable), page.next) == (2, "next")


@pytest.mark.parametrize("answer", [None, [], {}, {"items": None}, {"items": {}}])
def test_an_answer_without_its_list_is_unavailable(answer: Any) -> None:
    with pytest.raises(Unavailable, match="items"):
        listed(answer, "items")


def test_lots_are_no_larger_than_asked_for_and_nothing_is_left_out() -> None:
    assert [list(some) for some in lots([1, 2, 3, 4, 5], 2)] == [[1, 2], [3, 4], [5]]
    assert list(lots([], 2)) == []


def test_a_term_cannot_break_out_of_its_phrase() -> None:
    assert quoted('moss "lantern"') == '"moss  lantern"'


def test_windows_move_by_time_and_number_pages_within_one_second_only() -> None:
    def page_down_to(second: int) -> Page:
        return Page(tuple(Item({}, datetime.fromtimestamp(at, UTC)) for at in (second + 5, second)))

    first = Window.read(None)
    assert (first.until, first.page) == (None, 1)
    second = Window.read(first.token_after(page_down_to(100)))
    assert second == Window(100, 1)
    third = Window.read(second.token_after(Page((Item({}, datetime.fromtimestamp(100, UTC)),))))
    assert third == Window(100, 2)
    assert Window.read(third.token_after(page_down_to(90))) == Window(90, 1)
    with pytest.raises(Unavailable):
        first.token_after(Page(()))


def test_a_call_is_counted_before_it_is_made_and_a_wait_is_kept(budget: Ledger) -> None:
    with scripted() as server:
        web = Metered(Web(server.url, 0.5), budget)
        server.on("/a", Say({}))
        for _ in range(7):
            web.get_json(CALLS, "/a")
        with pytest.raises(RateLimited, match="used up"):
            web.get_json(CALLS, "/a")
        assert len(server.asked) == 7
        web.get_json(CALLS, "/a", purpose="duty")
        server.on("/a", Say({}, 429, {"Retry-After": "40"}))
        for _ in range(2):
            with pytest.raises(RateLimited):
                web.get_json(CALLS, "/a", purpose="duty")
        assert len(server.asked) == 9
        web.close()


def test_a_limit_on_the_way_leaves_the_rest_for_another_time(budget: Ledger) -> None:
    known = [Mention("x", str(n), Author("x", "7", "mara"), "hm", NOON) for n in range(3)]
    told: list[Mention] = []

    def read(mention: Mention) -> Mention | None:
        if len(told) == 2:
            raise RateLimited("wait")
        told.append(mention)
        return mention

    with scripted() as server:
        web = Metered(Web(server.url, 0.5), budget)
        assert list(web.each_now(known, read)) == ["0", "1"]
        with pytest.raises(RateLimited):
            web.each_now(known, read)
        web.close()


def test_a_listing_that_is_not_there_is_no_post_that_is_gone(budget: Ledger) -> None:
    with scripted() as server:
        web = Metered(Web(server.url, 0.5), budget)
        server.on("/a", Say({}, 404))
        with pytest.raises(Unavailable, match="look at base_url"):
            web.get_json(CALLS, "/a")
        with pytest.raises(NotFound):
            web.get_post(CALLS, "/a")
        web.close()


def test_one_post_as_it_is_now(budget: Ledger) -> None:
    def gone() -> None:
        raise NotFound("not here")

    def odd() -> None:
        raise KeyError("text")

    with scripted() as server:
        web = Metered(Web(server.url, 0.5), budget)
        assert web.now(gone) is None
        with pytest.raises(Unavailable, match="no post"):
            web.now(odd)
        server.on("/list", Say([]))  # type: ignore[arg-type]
        with pytest.raises(Unavailable, match="no object"):
            web.get_object(CALLS, "/list")
        web.close()
