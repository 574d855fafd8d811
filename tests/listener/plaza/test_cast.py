"""The cast: who is there when the curtain rises, and that everybody says their lines, once, in their time."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from listener.plaza.book import Book, moment
from listener.plaza.cast import BRAND, CAST, MEMBERS
from listener.plaza.diary import Diary
from listener.plaza.history import HISTORY
from listener.plaza.today import OPENING, TRICKLE
from listener.plaza.world import LONGEST, World

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def opened(path: str = ":memory:", pace: float = 1.0) -> Diary:
    diary = Diary(World(Book(path), clock=lambda: NOW), pace)
    diary.raise_curtain(NOW)
    return diary


@pytest.fixture
def diary() -> object:
    diary = opened()
    yield diary
    diary.book.close()


def texts(diary: Diary) -> list[str]:
    return [post.text for post in diary.world.everything()]


def test_a_morning_that_has_already_begun(diary: Diary) -> None:
    fresh = [post for post in diary.world.everything() if moment(post.posted_at) > NOW - timedelta(hours=1)]
    assert 6 <= len(fresh) <= 8
    assert all(post.received_at == post.posted_at <= NOW.isoformat() for post in fresh)
    heard, _ = diary.world.mentions(BRAND, None, 100)
    assert {post.handle for post in fresh} <= {post.handle for post in heard}


def test_histories_hold_our_earlier_answers_under_what_was_said(diary: Diary) -> None:
    answered = {post.in_reply_to_handle for post in diary.world.everything() if post.handle == BRAND}
    assert {"oldpaul_reads", "deepak_v", "sam_ojo", "dryly_ned", "maren_holt"} <= answered
    ages = [NOW - moment(post.posted_at) for post in diary.world.everything()]
    assert max(ages) > timedelta(days=180)


def test_everybody_says_their_lines_once_and_in_time(diary: Diary) -> None:
    for second in range(0, 330, 5):
        diary.tick(NOW + timedelta(seconds=second))
    said = texts(diary)
    assert sorted(said) == sorted(line.text for line in (*HISTORY, *OPENING, *TRICKLE))
    assert diary.next_due() is None
    by_text = {post.text: post for post in diary.world.everything()}
    for line in TRICKLE:
        post = by_text[line.text]
        assert timedelta(0) <= moment(post.received_at) - (NOW + line.at) <= timedelta(seconds=5)
        if line.to:
            parent = next(other for other in (*HISTORY, *OPENING, *TRICKLE) if other.name == line.to)
            assert post.in_reply_to == by_text[parent.text].post_id


def test_the_pace_squeezes_the_day_and_not_the_past() -> None:
    diary = opened(pace=0.1)
    diary.tick(NOW + timedelta(seconds=31))
    assert len(texts(diary)) == len(HISTORY) + len(OPENING) + len(TRICKLE)
    assert min(moment(post.posted_at) for post in diary.world.everything()) < NOW - timedelta(days=200)
    diary.book.close()


def test_a_plaza_that_was_asleep_goes_on_and_says_nothing_twice(tmp_path: Path) -> None:
    path = str(tmp_path / "plaza.sqlite")
    diary = opened(path)
    diary.tick(NOW + timedelta(seconds=60))
    before = texts(diary)
    diary.book.close()
    diary = Diary(World(Book(path), clock=lambda: NOW))
    woken = NOW + timedelta(hours=9)
    diary.raise_curtain(woken)
    late = diary.tick(woken)
    assert len(texts(diary)) == len(set(texts(diary))) == len(HISTORY) + len(OPENING) + len(TRICKLE)
    assert len(before) + len(late) == len(texts(diary))
    # Taken in now: dated back, they would lie behind what a listener has already heard.
    assert {moment(post.received_at) for post in late} == {woken}
    diary.book.close()


def test_the_people_are_whole() -> None:
    lines = (*HISTORY, *OPENING, *TRICKLE)
    assert len({line.handle for line in lines} - {BRAND}) >= 13
    assert {line.handle for line in lines} <= set(MEMBERS)
    assert len({line.name for line in lines}) == len(lines)
    spammers = {"dealz4days_", "lumi_crypto_x"}
    for member in CAST:
        if member.handle not in spammers | {BRAND}:
            assert len(member.good) >= 2, member.handle
            assert member.bad, member.handle
            assert member.twice, member.handle
    every = [line.text for line in lines] + [text for one in CAST for text in (*one.good, *one.bad, *one.twice)]
    assert max(map(len, every)) <= LONGEST
    assert not re.search(r"Glowly|harbourlight", " ".join(MEMBERS["lumi_crypto_x"].good))


def test_it_runs_in_a_process_of_its_own_and_stops_when_told(tmp_path: Path) -> None:
    environ = os.environ | {"WARMLINE_PLAZA_READ_TOKEN": "read-me-please"}
    command = [sys.executable, "-m", "listener.plaza", "--port", "0", "--world", str(tmp_path / "plaza.sqlite")]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        base_url = running.stdout.readline().split()[-1]
        headers = {"Authorization": "Bearer read-me-please"}
        answer = httpx.get(f"{base_url}/api/mentions?account={BRAND}", headers=headers, trust_env=False)
        running.send_signal(signal.SIGTERM)
        told = running.stdout.read()
    assert len(answer.json()["posts"]) >= 6
    assert running.returncode == 0
    assert "read-me-please" not in told  # what was given is not repeated
