"""`warmline link`: one post or text brought in by hand, drafted for however old it is, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.servers.scripted import Say, Scripted, scripted

SAID = "Has anybody got a Harbourlight lamp to stop flickering? Mine began on Monday and I am at a loss."
PAGE = "https://lamps.example/t/flicker/9"

Run = Callable[..., Result]
Read = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as script:
        yield script


def test_a_page_with_its_words_becomes_a_mention_with_a_draft(settings: Path, warmline: Run, read: Read) -> None:
    said = warmline("link", PAGE, "--text", SAID, "--author", "@jo", "--posted-at", "2024-02-29").stdout
    assert "This is mention 1." in said
    assert SAID in said
    assert "next: warmline approve 1" in said
    told = read("show", "1")
    assert (told["heard"]["mention"]["platform"], told["heard"]["mention"]["post_id"]) == ("link", PAGE)
    # Two years old, and drafted for all the same: somebody asked.
    assert (told["draft"]["state"], told["permission"]["route"]) == ("held", "by_hand")
    assert told["decisions"][0]["person"] == "Ana"
    warmline("approve", "1", "--yes")


def test_what_is_known_says_as_which_mention(settings: Path, warmline: Run, read: Read) -> None:
    warmline("link", "--text", SAID)
    assert "known already, as mention 1." in warmline("link", "--text", f" {SAID} ").stdout
    again = json.loads(warmline("link", "--text", SAID, "--json").stdout)
    assert (again["new"], again["mention_id"]) == (False, 1)
    assert len(read("inbox")) == 1


def test_what_is_missing_is_asked_for_by_its_name(settings: Path, warmline: Run, read: Read) -> None:
    for words, said in [
        ((), "URL: paste a link"),
        (("lamps.example",), "URL: this is no link"),
        ((PAGE,), "--text: Warmline can't read this page"),
        ((PAGE, "--text", SAID, "--posted-at", "soon"), "--posted-at: write the day"),
        ((PAGE, "--text", SAID, "--platform", "x"), "--platform: what stands on x"),
    ]:
        result = warmline("link", *words, expect=2)
        assert said in result.stderr
    assert read("inbox") == []


def test_a_post_that_needs_an_account_says_how_to_get_one(settings: Path, warmline: Run, read: Read) -> None:
    url = "https://x.com/mira/status/1850"
    assert "WARMLINE_X_BEARER_TOKEN" in warmline("link", url, expect=2).stderr
    warmline("link", url, "--text", SAID)
    mention = read("show", "1")["heard"]["mention"]
    assert (mention["platform"], mention["post_id"], mention["author"]["handle"]) == ("x", "1850", "mira")


def test_our_own_words_get_no_draft(settings: Path, warmline: Run, read: Read) -> None:
    said = warmline("link", PAGE, "--text", "Our Harbourlight lamps are back!", "--author", "harbourlight").stdout
    assert "No reply is drafted." in said
    assert "next: warmline show 1" in said
    assert read("show", "1")["draft"] is None


def test_a_post_is_read_from_its_platform(settings: Path, warmline: Run, read: Read, server: Scripted) -> None:
    table = f'[listener.sources.plaza]\naccount = "harbourlight"\nbase_url = "{server.url}"\n'
    settings.write_text(settings.read_text() + table)
    at = "2026-11-20T11:00:00+00:00"
    post = {"post_id": "p7", "author": {"handle": "mira"}, "text": SAID, "posted_at": at, "received_at": at}
    server.on("/api/posts/p7", Say(post))
    told = json.loads(warmline("link", f"{server.url}/posts/p7", "--text", "not his words", "--json").stdout)
    assert (told["heard"]["mention"]["text"], told["heard"]["mention"]["author"]["handle"]) == (SAID, "mira")
    assert told["new"]


def test_a_platform_that_is_down_leaves_your_own_words(
    settings: Path, warmline: Run, read: Read, server: Scripted
) -> None:
    table = f'[listener.sources.plaza]\naccount = "harbourlight"\nbase_url = "{server.url}"\n'
    settings.write_text(settings.read_text() + table)
    server.fault = Say({}, 503)
    url = f"{server.url}/posts/p7"
    assert "Paste what they said as well" in warmline("link", url, expect=1).stderr
    assert "your own words were kept" in warmline("link", url, "--text", SAID).stdout


def test_what_was_taken_back_is_not_kept(settings: Path, warmline: Run, read: Read, server: Scripted) -> None:
    table = f'[listener.sources.plaza]\naccount = "harbourlight"\nbase_url = "{server.url}"\n'
    settings.write_text(settings.read_text() + table)
    warmline("link", f"{server.url}/posts/p7", "--text", SAID, expect=1)
    assert read("inbox") == []
