"""Fixtures for all rooms. Nothing here may reach beyond this machine."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from listener.archive.connect import connect
from listener.archive.ledger import Ledger
from listener.archive.schema import migrations
from listener.poll import Poller
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.watch import Watch
from responders.office import Office
from tests.builders import Clock, an_office
from tests.figures import Figures


@pytest.fixture(autouse=True)
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anywhere but loopback fails the test at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_configure(config: pytest.Config) -> None:
    """Figures that tests record are shown at the end of the run."""
    config.pluginmanager.register(Figures(), "figures")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A command that ran in this process set its own level of logging: the next test hears what it expects."""
    ours = [logging.getLogger(name) for name in ("listener", "responders")]
    levels, hook = [one.level for one in ours], sys.excepthook
    yield
    for one, level in zip(ours, levels, strict=True):
        one.setLevel(level)
    sys.excepthook = hook


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is promised to be installed (CI), a skipped test is a failed one, unless it is optional."""
    report = yield
    promised = os.environ.get("WARMLINE_NO_SKIPS") and item.get_closest_marker("optional") is None
    if report.skipped and promised:
        report.outcome, report.longrepr = "failed", f"skipped, where nothing may be: {report.longrepr}"
    return report


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def office(tmp_path: Path, clock: Clock) -> Iterator[Office]:
    with an_office(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def budget(tmp_path: Path, clock: Clock) -> Ledger:
    """A ledger in an archive of its own, for sources that need a budget."""
    database = tmp_path / "budget.db"
    connect(database, [migrations]).close()
    return Ledger(database, "plaza", clock)


@pytest.fixture(scope="session")
def vader() -> Vader:
    return Vader()


@pytest.fixture
def poller(office: Office, vader: Vader, clock: Clock) -> Poller:
    watches = [
        Watch("us", "brand", ("Harbourlight",), ("harbourlight",), ()),
        Watch("rival", "competitor", ("Glowly",), ("glowly",), ()),
    ]
    return Poller(office.db, Sifter(watches, vader), clock)
