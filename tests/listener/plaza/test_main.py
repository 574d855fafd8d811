"""`python -m listener.plaza`: that it does not outlive whoever started it with --with-parent."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

WITH_PARENT = [sys.executable, "-m", "listener.plaza", "--port", "0", "--empty", "--with-parent"]


@pytest.fixture
def plaza() -> Iterator[subprocess.Popen[str]]:
    """A plaza that answers; its standard input is still open."""
    pipe = subprocess.PIPE
    with subprocess.Popen(WITH_PARENT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as running:
        try:
            assert running.stdout is not None
            base_url = running.stdout.readline().split()[-1]
            assert httpx.get(base_url, trust_env=False, timeout=10).status_code == 200
            yield running
        finally:
            running.kill()


def test_it_ends_when_its_parent_lets_go_of_it(plaza: subprocess.Popen[str]) -> None:
    _, complaints = plaza.communicate(timeout=10)  # closes standard input, as the end of the parent would
    assert (plaza.returncode, complaints) == (0, "")


def test_it_still_ends_when_told_while_the_parent_lives(plaza: subprocess.Popen[str]) -> None:
    plaza.send_signal(signal.SIGTERM)
    assert plaza.wait(10) == 0
    assert plaza.stderr is not None
    assert plaza.stderr.read() == ""
