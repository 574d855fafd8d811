"""`python -m training --data DIR [FILE ...]`: leave-one-domain-out figures, then the weights."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from listener.sentiment.mixed import ENGLISH
from listener.sentiment.weights import pack, path_of
from training.corpora import english, load
from training.fit import finish, fit
from training.matrix import look
from training.report import leave_one_out, tell

# Keeps the weights within 600 KB; what weighs least is left out before the last fit.
WORDS_MOST = 50_000


def main() -> None:
    """Trains on the files given, or on the known ones in the folder given."""
    asked = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    asked.add_argument("files", nargs="*", type=Path, help="CSV files with columns text and label")
    asked.add_argument("--data", type=Path, help="a folder with the sets named in training/README.md")
    asked.add_argument("--to", type=Path, default=path_of(ENGLISH), help="where the weights go")
    given = asked.parse_args()
    files = [*given.files, *(english(given.data) if given.data else [])]
    if not files:
        asked.error("no texts to learn from: name CSV files, or a folder with --data")
    rows = load(files)
    texts = look(rows)
    left_out = leave_one_out(texts)
    origin = "trained on " + ", ".join(sorted({row.domain for row in rows})) + "; see training/README.md"
    weights = finish(fit(texts, np.ones(len(texts), bool), most=WORDS_MOST), left_out, origin)
    tell(left_out, weights.margin)
    given.to.write_bytes(pack(weights))


if __name__ == "__main__":
    main()
