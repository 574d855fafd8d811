"""How well it does on a domain it has never seen, with VADER beside it."""

from __future__ import annotations

import sys

import numpy as np
from sklearn.metrics import f1_score, roc_auc_score

from listener.sentiment.vader import THRESHOLD
from training.corpora import NEGATIVE, NEUTRAL, NO_COMPLAINT, POSITIVE
from training.fit import LeftOut, calibrate, calibrated, fit, margins, shares
from training.matrix import Texts

BINS = 10
WIDTHS = (7, 7, 7, 7, 7, 8, 7, 12)


def leave_one_out(texts: Texts) -> LeftOut:
    """All texts of the domains that have all three labels, each judged by a model that saw nothing of its domain."""
    logits = np.zeros((len(texts), 2))
    tested = np.zeros(len(texts), bool)
    for domain in np.unique(texts.domains):
        here = texts.domains == domain
        if (texts.labels[here] != NO_COMPLAINT).all():
            logits[here] = fit(texts, ~here).logits(texts)[here]
            tested |= here
    return LeftOut(logits[tested], texts.labels[tested], texts.domains[tested], texts.compound[tested])


def tell(left_out: LeftOut, margin: float) -> None:
    """The table, a line a domain: macro-F1 and AUC of negative with VADER's, ECE, and what the unsure band does."""
    logits, labels, domains = left_out.logits, left_out.labels, left_out.domains
    three = shares(logits)
    heads = ("F1", "VADER", "AUC", "VADER", "ECE", "unsure", "right", "where sure")
    _say(
        f"{'left out':24}{'texts':>7}" + "".join(f"{head:>{width}}" for head, width in zip(heads, WIDTHS, strict=True))
    )
    figures = []
    for domain in np.unique(domains):
        here = domains == domain
        others = ~here
        how = calibrate(three[others], labels[others], domains[others])
        figures.append(_line(three[here], labels[here], left_out.compound[here], calibrated(three[here], how), margin))
        _say(f"{domain:24}{here.sum():7,}" + _shown(figures[-1]))
    _say(f"{'mean':24}{'':7}" + _shown(tuple(np.mean(figures, axis=0))))


def _line(
    three: np.ndarray, labels: np.ndarray, compound: np.ndarray, unhappy: np.ndarray, margin: float
) -> tuple[float, ...]:
    vader = np.where(compound >= THRESHOLD, POSITIVE, np.where(compound <= -THRESHOLD, NEGATIVE, NEUTRAL))
    said = three.argmax(1)
    sure = margins(three) >= margin
    return (
        f1_score(labels, said, average="macro"),
        f1_score(labels, vader, average="macro"),
        roc_auc_score(labels == NEGATIVE, three[:, NEGATIVE]),
        roc_auc_score(labels == NEGATIVE, -compound),
        expected_error(unhappy, labels == NEGATIVE),
        1 - sure.mean(),
        (said == labels).mean(),
        (said == labels)[sure].mean(),
    )


def _shown(figures: tuple[float, ...]) -> str:
    return "".join(f"{figure:{width}.3f}" for figure, width in zip(figures, WIDTHS, strict=True))


def expected_error(probability: np.ndarray, true: np.ndarray) -> float:
    """The expected calibration error: how far probabilities lie from what came true, over ten equal bins."""
    bins = np.minimum((probability * BINS).astype(int), BINS - 1)
    gaps = [abs(probability[bins == one].sum() - true[bins == one].sum()) for one in range(BINS)]
    return float(sum(gaps) / len(true))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
