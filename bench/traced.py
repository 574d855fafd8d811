"""`python -m bench.traced run`: the daemon, which writes every minute what its memory holds more of, and where from."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from collections import Counter
from pathlib import Path

from responders.__main__ import main

EVERY_S = 60.0


def keep_telling(into: Path) -> None:
    """The twenty lines of code whose memory grew most since the second minute, and the most frequent objects."""
    over = threading.Event()
    over.wait(EVERY_S)
    before = tracemalloc.take_snapshot()
    while not over.wait(EVERY_S):
        gc.collect()
        grown = tracemalloc.take_snapshot().compare_to(before, "lineno")[:20]
        kinds = Counter(type(one).__name__ for one in gc.get_objects()).most_common(12)
        current, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
        with into.open("a") as file:
            print(f"--- {current:.1f} MB now, {peak:.1f} MB at most; {kinds}", *grown, sep="\n", file=file)


if __name__ == "__main__":
    tracemalloc.start()
    threading.Thread(target=keep_telling, args=[Path("traced.txt")], daemon=True).start()
    main()
