"""A long batch sifted by two processes: the same as by one, whatever becomes of the other."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from listener import sift_in_two
from listener.mention import Batch, Mention
from listener.poll import Poller
from listener.sentiment import Mixed
from listener.sift import Sifter
from listener.sift_in_two import in_two
from listener.triaged import Triaged
from listener.watch import Watch
from responders.office import Office
from tests.builders import a_mention
from tests.fakes import FakeSource
from tests.running import until

WATCHES = [
    Watch("us", "brand", ("Harbourlight",), ("harbourlight",), context="lamps", relevance_from=0.5),
    Watch("them", "competitor", query="lamp NEAR/5 glowly"),
]
WORDS = ("harbourlight is late again, where is my order?", "glowly has a lamp", "thank you @harbourlight", "nothing")
MENTIONS = [a_mention(number, text=f"{WORDS[number % 4]} {number}", to_us=False) for number in range(60)]


@dataclass(frozen=True)
class Sift:
    """Sifts, and says in `watches` which process it was. The first waits until the worker has brought `awaited`."""

    folder: Path
    awaited: str = ""
    unbearable: str = "-"
    fatal: str = "-"
    endless: str = "-"
    first: int = field(default_factory=os.getpid)

    def __call__(self, mention: Mention) -> Triaged | None:
        if self.unbearable in mention.text.split():
            raise ZeroDivisionError
        if self.here:
            until(lambda: not self.awaited or (self.folder / self.awaited).exists(), "the worker")
        else:
            self._as_worker(mention)
        return replace(SIFTER.keep(mention), watches=("first" if self.here else "worker", *sorted(os.environ)))

    @property
    def here(self) -> bool:
        return os.getpid() == self.first

    def _as_worker(self, mention: Mention) -> None:
        (self.folder / "pid").write_text(str(os.getpid()))
        (self.folder / mention.post_id).touch()
        if self.fatal in mention.text.split():
            os.kill(os.getpid(), signal.SIGKILL)
        if self.endless in mention.text.split():
            threading.Event().wait()


SIFTER = Sifter(WATCHES, Mixed())


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sift_in_two, "LONG", 40)
    monkeypatch.setattr(sift_in_two, "PIECE", 10)
    monkeypatch.setattr(sift_in_two, "_cores", lambda: 2)


def by(sift: Callable[[Mention], Triaged | None]) -> list[str]:
    """Who sifted each: `first`, `worker`, or that it raised."""
    found = []
    with in_two(MENTIONS, sift) as shared:
        for mention in MENTIONS:
            try:
                sifted = shared(mention)
            except ZeroDivisionError:
                found.append("raised")
            else:
                assert sifted is not None
                assert sifted.mention == mention
                found.append(sifted.watches[0])
    return found


def alive(folder: Path) -> bool:
    return Path(f"/proc/{(folder / 'pid').read_text()}").exists()


def test_what_two_make_of_a_batch_is_what_one_makes_of_it() -> None:
    with in_two(MENTIONS, SIFTER.sift) as shared:
        assert shared != SIFTER.sift
        together = [shared(mention) for mention in MENTIONS]
    assert together == [SIFTER.sift(mention) for mention in MENTIONS]
    assert {one.watches if one else None for one in together} == {("us",), ("them",), None}


def test_the_worker_sifts_from_the_end(tmp_path: Path) -> None:
    assert by(Sift(tmp_path, awaited="p10")) == ["first"] * 10 + ["worker"] * 50
    assert not alive(tmp_path)


def test_a_short_batch_and_a_single_core_are_left_to_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with in_two(MENTIONS[:39], SIFTER.sift) as shared:
        assert shared == SIFTER.sift
    monkeypatch.setattr(sift_in_two, "_cores", lambda: 1)
    with in_two(MENTIONS, SIFTER.sift) as shared:
        assert shared == SIFTER.sift


def test_what_cannot_be_sifted_raises_here_and_the_others_of_its_piece_are_brought(tmp_path: Path) -> None:
    found = by(Sift(tmp_path, awaited="p20", unbearable="33"))
    assert (found[33], found[30:33], found[34:40]) == ("raised", ["worker"] * 3, ["worker"] * 6)


def test_a_worker_that_dies_loses_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    found = by(Sift(tmp_path, awaited="p33", fatal="33"))
    assert found == ["first"] * 40 + ["worker"] * 20
    assert [line.levelname for line in caplog.records] == ["WARNING"]


def test_a_worker_that_hangs_is_waited_for_so_long_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sift_in_two, "PATIENCE_S", 0.2)
    assert by(Sift(tmp_path, awaited="p33", endless="33")) == ["first"] * 40 + ["worker"] * 20
    assert not alive(tmp_path)


@pytest.mark.parametrize("why", ["cannot be sent", "cannot be started"])
def test_without_a_worker_all_is_sifted_here(
    tmp_path: Path, why: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sift = Sift(tmp_path)
    if why == "cannot be started":
        monkeypatch.setattr("sys.executable", str(tmp_path / "nothing"))

    def waiting_for_the_word(mention: Mention) -> Triaged | None:  # no function of a function can be sent
        until(lambda: caplog.records, "the log's line")
        return sift(mention)

    assert by(waiting_for_the_word) == ["first"] * 60
    assert "goes on without a second process" in caplog.text


def test_a_batch_that_breaks_off_leaves_no_worker(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    before = threading.active_count()

    def break_off() -> None:
        with in_two(MENTIONS, Sift(tmp_path, awaited="p50")) as shared:
            shared(MENTIONS[0])
            raise OverflowError

    with pytest.raises(OverflowError):
        break_off()
    assert not alive(tmp_path)
    assert (threading.active_count(), caplog.records) == (before, [])


def test_the_worker_is_given_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLINE_X_BEARER_TOKEN", "canary")
    with in_two(MENTIONS, Sift(tmp_path, awaited="p20")) as shared:
        *_, last = [shared(mention) for mention in MENTIONS]
    assert last is not None
    assert set(last.watches) <= {"worker", "LC_CTYPE", "PATH", "PYTHONPATH"}


def test_a_long_batch_is_polled_like_any_other(office: Office, poller: Poller) -> None:
    (polled,) = poller.poll(FakeSource(mentions=[Batch(tuple(MENTIONS), "one")]))
    assert (len(polled.new), polled.unmatched, office.archive.count()) == (45, 15, 45)  # all but “nothing”
    assert office.archive.cursor("plaza", "mentions") == "one"


def test_the_worker_ends_with_whoever_started_it() -> None:
    here, there = socket.socketpair()
    with there:
        asked = [sys.executable, "-m", "listener.sift_worker", str(there.fileno())]
        worker = subprocess.Popen(asked, cwd=sift_in_two.ROOT, pass_fds=[there.fileno()])
    with Connection(here.detach()) as line:
        line.send(SIFTER.sift)
        assert line.recv() is None  # it is up
        line.send(MENTIONS[:10])
    assert worker.wait(timeout=30) == 0
