"""The real Bluesky network, started once for all the tests that need it, or skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.bluesky_network import Network, running_network, why_not


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All on one worker: the network is started once, and not once a core."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.xdist_group("network"))


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    # With its real limits, as out there; they are counted per account, and every test has accounts of its own.
    with running_network({"rateLimitsEnabled": True}) as running:
        yield running
