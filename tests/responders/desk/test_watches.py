"""The page that says what is listened for, and what each platform is asked for it."""

from __future__ import annotations

import html
import re
from pathlib import Path

from responders.settings import Settings
from tests.builders import Clock, an_office, some_settings
from tests.responders.desk.seeded import Visitor

LISTENING = {
    "watches": [
        {"name": "us", "terms": ["Harbourlight"], "handles": ["x:harbourlight"], "exclude": ["beer"]},
        {"name": "dimming", "kind": "topic", "query": '"night light" NEAR/5 (buzz OR hum) dimmer*',
         "context": "Lamps that can be dimmed"},
        {"name": "<script>alert(1)</script>", "kind": "topic", "terms": ["<img src=x>"]},
    ],
    "exclude": {"terms": ["giveaway"], "authors": ["x:spam"]},
    "listener": {"sources": {"x": {}, "hackernews": {}, "feed": {"urls": ["https://a.example/feed"]}}},
}  # fmt: skip


def words(folder: Path, clock: Clock, tables: dict[str, object]) -> str:
    with an_office(folder, clock, Settings.model_validate(tables)) as office:
        page = Visitor(office).read("/watches").split("<main")[1]
    assert "<script>" not in page
    assert "<img" not in page
    return html.unescape(re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page)))


def test_each_watch_says_what_each_platform_is_asked(tmp_path: Path, clock: Clock) -> None:
    page = words(tmp_path, clock, LISTENING)
    us, dimming = page.index("us brand"), page.index("dimming topic")
    assert us < page.index("Left alone, words: beer") < dimming
    for said in (
        'X ("night light" OR nightlight) (buzz OR hum)',
        "Filtered here: the phrase “night light” within 5 words of",
        "Feeds is not searched: all that is heard there is filtered here.",
        "Hacker News Harbourlight",
        "Lamps that can be dimmed",
        "Left alone everywhere Words: giveaway Authors: x:spam",
    ):
        assert said in page, said


def test_what_a_platform_cannot_find_is_owned_up_to(tmp_path: Path, clock: Clock) -> None:
    tables = {"watches": [{"name": "dimming", "kind": "topic", "query": "dimm* OR from:mia.test"}]}
    page = words(tmp_path, clock, {**tables, "listener": {"sources": {"hackernews": {}}}})
    assert "Not found by that search: longer words than dimm; written by @mia.test" in page


def test_without_a_watch_it_says_so(tmp_path: Path, clock: Clock) -> None:
    assert "Nothing is listened for yet" in words(tmp_path, clock, {})
    assert "/watches" in Visitor(an_office(tmp_path, clock, some_settings())).read("/listening")
