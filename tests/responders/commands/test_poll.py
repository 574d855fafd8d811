"""`warmline poll`: one source's trouble is its own, and nobody waits for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from listener.mention import Batch, Mention
from listener.settings import SourceSettings
from listener.source import Source
from responders.commands import poll as command
from responders.office import Office
from responders.settings import read_settings
from tests.builders import a_mention
from tests.fakes import FakeSource

SETTINGS = """
[brand]
name = "Harbourlight"
[[watches]]
name = "us"
terms = ["Harbourlight"]
handles = ["harbourlight"]
[desk]
person = "Ana"
"""
OFTEN = SourceSettings(base_url="http://127.0.0.1:1", recheck_h=1e-7)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "settings.toml").write_text(SETTINGS)
    return tmp_path / "settings.toml"


def polled(path: Path, monkeypatch: pytest.MonkeyPatch, *sources: Source) -> Result:
    monkeypatch.setattr(command, "open_sources", lambda *_: [(source, OFTEN) for source in sources])
    return CliRunner().invoke(command.poll, ["--settings", str(path)])


def lively(number: int) -> FakeSource:
    said = a_mention(number, posted_at=datetime.now(UTC) - timedelta(minutes=2))
    return FakeSource(mentions=[Batch((said,), "here")])


def considered(path: Path) -> list[bool]:
    with Office.open(read_settings(path), path) as office:
        return [office.queue.draft_of(one.mention_id) is not None for one in office.archive.after(0, 10)]


class Broken(FakeSource):
    platform = "lemmy"

    def streams(self) -> Sequence[str]:
        raise RuntimeError("nobody foresaw this")


def test_what_nobody_foresaw_in_one_source_is_told_and_the_others_are_answered(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = polled(path, monkeypatch, Broken(), lively(1))
    assert result.exit_code == 1
    assert "lemmy all: could not be heard: unforeseen RuntimeError" in result.stderr
    assert considered(path) == [True]


class Odd(FakeSource):
    def reread(self, mentions: Sequence[Mention]) -> Mapping[str, Mention | None]:
        raise KeyError("community")


def test_a_post_that_cannot_be_read_again_ends_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = a_mention(1, posted_at=datetime.now(UTC) - timedelta(hours=3))
    result = polled(path, monkeypatch, Odd(mentions=[Batch((said,), "here")]))
    assert result.exit_code == 0, result.output
    assert considered(path) == [True]


class Slow(FakeSource):
    """Answers once the others' drafts are there."""

    platform = "lemmy"

    def __init__(self, there: Event) -> None:
        super().__init__(mentions=[Batch((), "here")])
        self._there = there
        self.waited = False

    def fetch(self, stream: str, cursor: str | None, now: datetime) -> Batch:
        self.waited = self._there.wait(10)
        return super().fetch(stream, cursor, now)


@pytest.fixture
def drafted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    there, really = Event(), command.draft_new

    def draft_new(office: Office) -> bool:
        more = really(office)
        if office.archive.count() and office.queue.draft_of(1) is not None:
            there.set()
        return bool(more)

    monkeypatch.setattr(command, "draft_new", draft_new)
    yield there
    there.set()


def test_nobody_waits_for_a_platform_that_is_slow(path: Path, monkeypatch: pytest.MonkeyPatch, drafted: Event) -> None:
    slow = Slow(drafted)
    assert polled(path, monkeypatch, slow, lively(1)).exit_code == 0
    assert slow.waited
