"""Taking turns and taking medians, so that another's noise on the machine falls on all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from statistics import median

from bench.table import Row

ROUNDS = 3

# Does its work and returns the CPU seconds that the work itself took.
Step = Callable[[], float]


def cpu_s(work: Callable[[], object]) -> float:
    """The CPU seconds of this process that the work took."""
    gc.collect()
    began = time.process_time()
    work()
    return time.process_time() - began


def beside_the_first(steps: Mapping[str, Step], count: int) -> list[Row]:
    """A row for each step that works on `count` texts: texts a CPU second, and the ratio to the first step's.

    The steps take turns, and each ratio is taken within its round: a slow minute slows both sides of it.
    """
    rounds = [{name: step() for name, step in steps.items()} for _ in range(ROUNDS)]
    anchor = next(iter(steps))
    return [
        Row(
            name,
            f"{count / median(took[name] for took in rounds):,.0f} texts/s",
            f"{median(took[anchor] / took[name] for took in rounds):.2f} x raw",
        )
        for name in steps
    ]
