"""CPU time at an even pace: what a bound means does not hang on how fast, or how busy, a machine is."""

from __future__ import annotations

import time
from statistics import median

# The bounds in the tests are for a machine on which the fixed piece of work below takes this long.
USUAL_S = 0.001


def took(began: float) -> float:
    """CPU seconds since `began` (of `time.process_time`), as a machine of the usual pace would have used them.

    A slower one, or one that others share, is measured right then by a fixed piece of work; a faster one gets no less.
    """
    used = time.process_time() - began
    return used / max(1.0, median(_work_s() for _ in range(5)) / USUAL_S)


def _work_s() -> float:
    began = time.process_time()
    words = {f"{number:x}": number for number in range(8_000)}
    " ".join(sorted(words)).split("a")
    sum(number * number for number in words.values())
    return time.process_time() - began
