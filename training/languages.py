"""`python -m training.languages --data DIR`: weights for other languages than English, by words and parts of words."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from listener.sentiment.vader import THRESHOLD
from listener.sentiment.weights import pack, path_of
from training.corpora import NEGATIVE, NEUTRAL, POSITIVE, load
from training.fit import SEED, LeftOut, finish, fit, shares
from training.matrix import Texts, look

# The XLM-T sets, by the language's ISO 639-1 code: balanced, 1,839 posts each.
SETS = {
    code: f"xlmt_{name}_train"
    for code, name in (
        ("ar", "arabic"), ("de", "german"), ("es", "spanish"),
        ("fr", "french"), ("it", "italian"), ("pt", "portuguese"),
    )
}  # fmt: skip
FOLDS = 5
PENALTY = 0.35
# Keeps a language within 60 KB.
WORDS_MOST = 6_000
# Weights ship where they beat VADER's macro-F1 by so much.
CLEARLY = 0.05


def main() -> None:
    """Trains each language whose set is in the folder, and writes its weights where they are clearly better."""
    asked = argparse.ArgumentParser(prog="python -m training.languages", description=__doc__)
    asked.add_argument("--data", type=Path, required=True, help="a folder with the sets named in training/README.md")
    folder = asked.parse_args().data
    for code, name in SETS.items():
        if (folder / f"{name}.csv").exists():
            train(code, folder / f"{name}.csv")


def train(code: str, path: Path) -> None:
    """One language: five-fold figures beside VADER's, then the weights."""
    rows = load([path])
    texts = look(rows, by_letters=True)
    logits = cross_fitted(texts)
    ours = f1_score(texts.labels, shares(logits).argmax(1), average="macro")
    vader = f1_score(texts.labels, of_vader(texts.compound), average="macro")
    sys.stdout.write(f"{code}: {len(rows):,} texts, macro-F1 {ours:.3f}, VADER {vader:.3f}\n")
    if ours >= vader + CLEARLY:
        linear = fit(texts, np.ones(len(texts), bool), PENALTY, WORDS_MOST)
        left_out = LeftOut(logits, texts.labels, texts.domains, texts.compound)
        origin = f"trained on {path.stem}; see training/README.md"
        path_of(code).write_bytes(pack(finish(linear, left_out, origin, felt={})))


def cross_fitted(texts: Texts) -> np.ndarray:
    """The logits of all texts, each by a model that has not seen it."""
    logits = np.zeros((len(texts), 2))
    for others, here in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(logits, texts.labels):
        chosen = np.zeros(len(texts), bool)
        chosen[others] = True
        logits[here] = fit(texts, chosen, PENALTY, WORDS_MOST).logits(texts)[here]
    return logits


def of_vader(compound: np.ndarray) -> np.ndarray:
    """What VADER's compound says: negative, neutral or positive."""
    return np.where(compound >= THRESHOLD, POSITIVE, np.where(compound <= -THRESHOLD, NEGATIVE, NEUTRAL))


if __name__ == "__main__":
    main()
