"""`warmline` that stands still or dies in the middle of an attempt to send, once, where a file tells it to.

Started as `python -m tests.halting run` in a folder; the file `halt` there says "before STOP", "after STOP" or
"before KILL": before the last look or right after it, and whether it waits there (for the file `go`, so that the test
can stop it) or dies. Whoever gets there first takes the file, and leaves its process's number in `halted`. LEASE_S in
the environment is how long an attempt may take.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from responders import deliver
from responders.__main__ import main
from responders.outbox import Claim, Outbox

HALT, TAKEN, HALTED, GO = Path("halt"), Path("halt.taken"), Path("halted"), Path("go")


def halt(place: str) -> None:
    """Stop here, if it is here."""
    if not HALT.exists() or not HALT.read_text().startswith(place):
        return
    HALT.rename(TAKEN)
    TAKEN.with_suffix(".new").write_text(str(os.getpid()))
    TAKEN.with_suffix(".new").rename(HALTED)
    if TAKEN.read_text().endswith("KILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    while not GO.exists():  # the test stops the process meanwhile, at a moment when none of its threads writes
        threading.Event().wait(0.01)


def run() -> None:
    """The command, with a last look that may take long."""
    looks = Outbox.look_again

    def look_again(outbox: Outbox, claim: Claim, now: Callable[[], datetime]) -> None:
        halt("before")
        looks(outbox, claim, now)
        halt("after")

    Outbox.look_again = look_again  # type: ignore[method-assign]
    deliver.LEASE = timedelta(seconds=float(os.environ["LEASE_S"]))
    main()


if __name__ == "__main__":
    run()
