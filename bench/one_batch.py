"""`python -m bench.one_batch run`: the daemon with a source that answers one fetch with ten thousand mentions.

No platform's pager gives so many at once, but a stream that was followed, a mailbox or a feed may. Nothing else of the
daemon is touched: it polls, sifts, keeps and drafts as ever. The fetch comes when there is a file named `now`, and says
in a file named `began` when that was.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bench.network import spoken_to_us
from bench.texts import DAYS, crowded, mentions
from listener.mention import Batch, Mention
from listener.sources import plaza
from responders.__main__ import main

COUNT = 10_000
NOW, BEGAN = Path("now"), Path("began")


def said_to_us(count: int) -> tuple[Mention, ...]:
    """So many mentions as the plaza's source would give them."""
    posts = mentions([spoken_to_us(text) for text in crowded(count)])
    return tuple(
        replace(one, platform=plaza.PLATFORM, author=replace(one.author, platform=plaza.PLATFORM), to_us=True)
        for one in posts
    )


def pour_out_once() -> None:
    """Let the plaza's source answer with all of it, once, when it is time."""
    waiting = [said_to_us(COUNT)]

    def fetch(_source: plaza.Plaza, stream: str, cursor: str | None, now: datetime) -> Batch:
        if stream != "mentions" or not waiting or not NOW.exists():
            return Batch((), cursor or "", False)
        BEGAN.write_text(str(time.time()))
        return Batch(waiting.pop(), "all", False, (), now - timedelta(days=DAYS), now)

    plaza.Plaza.fetch = fetch  # type: ignore[method-assign]


if __name__ == "__main__":
    pour_out_once()
    main()
