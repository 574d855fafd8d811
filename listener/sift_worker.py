"""The worker of `listener.sift_in_two`: sifts the pieces it is given, and ends with whoever gave them.

It has no secrets (its environment is bare), opens nothing and calls nobody. `python -m listener.sift_worker FD` talks
over that socket in pickles: first comes what sifts, which it answers once it is up, then a list of mentions at a time.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

from listener.mention import Mention
from listener.sift import Sift
from listener.triaged import Triaged

# What became of each mention, by its place in the piece; one that could not be sifted is left out.
Brought = dict[int, Triaged | None]


def main() -> None:
    """Answer until nobody is there."""
    with suppress(EOFError, OSError):
        answer(Connection(int(sys.argv[1])))


def answer(line: Connection) -> None:
    """Say that it is up, then sift whatever comes. Raises EOFError or OSError at the end."""
    sift: Sift = line.recv()
    line.send(None)
    while True:
        line.send(sifted(line.recv(), sift))


def sifted(mentions: Sequence[Mention], sift: Sift) -> Brought:
    """What sifting makes of each; what raises here is sifted by who asked, who knows what to do about it."""
    brought: Brought = {}
    for place, mention in enumerate(mentions):
        with suppress(Exception):
            brought[place] = sift(mention)
    return brought


if __name__ == "__main__":
    main()
