"""The real Bluesky network, started once for all the tests that need it, or skipped with the reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.bluesky_network import Network, running_network, why_not


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    # With its real limits, as out there; they are counted per account, and every test has accounts of its own.
    with running_network({"rateLimitsEnabled": True}) as running:
        yield running
