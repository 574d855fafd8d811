"""Days without hearing: `warmline poll` then hears all that can still be reached, and says what can't."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from listener.poll import utc_now
from responders.__main__ import main
from responders.office import Office
from responders.settings import read_settings
from tests.servers.scripted import Asked, Say, Scripted, scripted

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "harbourlight"
terms = ["Harbourlight"]
[listener.sources.hackernews]
base_url = "{hackernews}"
timeout_s = 5
[listener.sources.x]
base_url = "{x}"
timeout_s = 5
monthly_usd = 1000
"""
REACH = timedelta(days=7)
EVERY = timedelta(hours=1)


class World:
    """Somebody mentions us every hour, on both platforms, for as long as anyone asks."""

    def __init__(self, began: datetime) -> None:
        self.began = began

    def said(self, until: datetime) -> dict[int, datetime]:
        hours = int((until - self.began) / EVERY)
        return {number: self.began + number * EVERY for number in range(1, hours + 1)}


def hackernews(world: World) -> Any:
    def answer(asked: Asked) -> Say:
        low, high = 0, 2**40
        for limit in (asked.one("numericFilters") or "").split(","):
            if limit.startswith("created_at_i<="):
                high = int(limit[14:])
            elif limit.startswith("created_at_i>"):
                low = int(limit[13:])
        found = {n: at for n, at in world.said(utc_now()).items() if low < at.timestamp() <= high}
        page = int(asked.one("page") or 0)
        shown = sorted(found, reverse=True)[:1000][page * 20 : page * 20 + 20]
        hits = [
            {
                "objectID": str(n), "author": f"person{n}", "comment_text": "my Harbourlight lamp hums",
                "created_at_i": int(found[n].timestamp()), "parent_id": 1, "story_id": 1,
            }
            for n in shown
        ]  # fmt: skip
        return Say({"hits": hits, "hitsPerPage": 20})

    return answer


def x_search(world: World) -> Any:
    def answer(asked: Asked) -> Say:
        start = datetime.fromisoformat(asked.one("start_time") or "1970-01-01T00:00:00Z")
        if start < utc_now() - REACH:
            return Say({"title": "Invalid Request", "detail": "'start_time' must be on or after 7 days ago"}, 400)
        end = datetime.fromisoformat(asked.one("end_time") or utc_now().isoformat())
        found = {n: at for n, at in world.said(utc_now()).items() if start <= at < end}
        skip, size = int(asked.one("next_token") or 0), int(asked.one("max_results") or 10)
        newest_first = sorted(found, reverse=True)
        posts = [
            {
                "id": str(10**18 + n), "text": "my Harbourlight lamp hums", "author_id": str(n),
                "created_at": found[n].strftime("%Y-%m-%dT%H:%M:%S.000Z"), "conversation_id": str(10**18 + n),
            }
            for n in newest_first[skip : skip + size]
        ]  # fmt: skip
        meta: dict[str, Any] = {"result_count": len(posts)}
        if skip + size < len(newest_first):
            meta["next_token"] = str(skip + size)
        return Say({"data": posts, "meta": meta} if posts else {"meta": meta})

    return answer


def x_users(asked: Asked) -> Say:
    ids = (asked.one("ids") or "").split(",")
    return Say({"data": [{"id": one, "username": f"person{one}", "name": f"Person {one}"} for one in ids if one]})


@pytest.fixture
def servers() -> Iterator[tuple[Scripted, Scripted]]:
    with scripted() as hn, scripted() as x:
        yield hn, x


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Moves the clock that everything of ours reads."""
    moved = timedelta()

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + moved

    def forward(by: timedelta) -> None:
        nonlocal moved
        moved += by

    monkeypatch.setattr("listener.poll.datetime", Moved)
    return forward


def poll(path: Path) -> Result:
    return CliRunner().invoke(main, ["poll", "--settings", str(path), "--json"])


def kept(path: Path) -> tuple[set[str], set[str]]:
    with Office.open(read_settings(path), path) as office:
        heard = [one.mention for one in office.archive.after(0, 10_000)]
    return tuple({one.post_id for one in heard if one.platform == name} for name in ("hackernews", "x"))  # type: ignore[return-value]


def test_after_ten_days_all_that_can_be_reached_is_heard_and_the_rest_is_admitted(
    servers: tuple[Scripted, Scripted],
    tmp_path: Path,
    later: Callable[[timedelta], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WARMLINE_X_BEARER_TOKEN", "a-token-for-the-test")
    hn, x = servers
    world = World(datetime.now(UTC) - timedelta(hours=30))
    hn.on("/api/v1/search_by_date", hackernews(world))
    x.on("/2/tweets/search/recent", x_search(world))
    x.on("/2/users", x_users)
    path = tmp_path / "settings.toml"
    path.write_text(SETTINGS.format(hackernews=hn.url, x=x.url))
    before = poll(path)
    assert before.exit_code == 0, before.output

    down = Say({}, 503)
    for _ in range(10):  # ten days on which nobody answers, asked once a day
        hn.fault = x.fault = down
        later(timedelta(days=1))
        assert poll(path).exit_code == 1
    hn.fault = x.fault = None
    came_back = utc_now()
    again = poll(path)
    assert again.exit_code == 0, again.output
    assert all(one["error"] is None for one in json.loads(again.output))

    everything = world.said(came_back)
    on_hackernews, on_x = kept(path)
    assert on_hackernews >= {str(n) for n in everything}
    out_of_reach = {
        n for n, at in everything.items()
        if world.began + timedelta(hours=30, minutes=30) < at < came_back - REACH + timedelta(hours=1)
    }  # fmt: skip
    assert out_of_reach
    assert on_x >= {str(10**18 + n) for n in everything if n not in out_of_reach}
    with Office.open(read_settings(path), path) as office:
        holes = office.archive.holes()
    (lost,) = [hole for hole in holes if hole.lost]
    assert (lost.platform, lost.stream) == ("x", "search:Harbourlight")
    # From the last poll that was answered to seven days before the one that was answered again.
    assert abs(lost.since - (came_back - timedelta(days=10))) < timedelta(hours=1)
    assert abs(lost.until - (came_back - REACH)) < timedelta(hours=1)
    assert [hole for hole in holes if hole.platform == "hackernews"] == []
