"""How a process that runs for months asks the system for memory, and gives it back.

By itself glibc gives each thread a place of its own to take memory from, up to eight a core, and keeps what was freed
there: in half an hour at fifty mentions a second what was in use stayed as it was, and what was kept grew by a third.
Other C libraries know no such calls, and are left alone.
"""

from __future__ import annotations

import ctypes

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8  # malloc.h of glibc
ARENAS = 2
LARGE = 64 * 1024
GIVE_BACK_EVERY_S = 60.0


def share_memory() -> None:
    """Let all threads take their memory from two places; to be called before any is begun.

    Python lets one thread work at a time anyway, so that hardly anybody waits for another. What is large (an answer, a
    page) is had from the system by itself, and leaves no hole among what is small and stays.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGE)


def give_back() -> bool:
    """Return to the system what was freed. False: once on each beat is enough."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
    return False
