"""Memory that was freed goes back to the system."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

# What is freed between blocks that stay can't be given back by itself: the end of the heap is still in use.
CODE = """
from pathlib import Path
from listener.thrift import give_back, share_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

share_memory()
kept = [bytearray(60_000) for _ in range(2_000)]
del kept[:-1]
before = resident()
give_back()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="no glibc here")
@pytest.mark.optional
def test_what_was_freed_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 100_000_000
