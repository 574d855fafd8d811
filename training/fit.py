"""Fits, calibrates and rounds the weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from listener.sentiment.weights import HUNDREDTH, Weights, Word
from training.corpora import NEGATIVE, NEUTRAL, NO_COMPLAINT, POSITIVE
from training.felt import Felt, read_felt
from training.matrix import FIGURE_SCALE, Texts, matrix, vocabulary

SEED = 4
# Found by leaving out one domain after another: the best for the one left out, not for those trained on.
PENALTY = 0.08
DOMAIN = 0.8
# A share of about this many texts goes to a person.
UNSURE = 0.12
CLASSES = (NEGATIVE, NEUTRAL, POSITIVE)


@dataclass(frozen=True, slots=True)
class Linear:
    """A fitted model: columns by name, and two weights a column (towards negative and positive, from neutral)."""

    columns: Mapping[str, int]
    weights: np.ndarray
    bias: np.ndarray

    def logits(self, texts: Texts) -> np.ndarray:
        """Towards negative and positive, a row a text."""
        return np.asarray(matrix(texts, dict(self.columns)) @ self.weights + self.bias)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What models said of texts whose domain (or fold) they had not seen, and what is true."""

    logits: np.ndarray
    labels: np.ndarray
    domains: np.ndarray
    compound: np.ndarray


def fit(texts: Texts, chosen: np.ndarray, penalty: float = PENALTY, most: int | None = None) -> Linear:
    """A logistic regression on the texts chosen, in which classes count alike within a domain.

    Texts that are only known to be no complaint are learnt from as what a first model makes of them. With `most` it is
    fitted twice, the second time to so many words that weighed most.
    """
    weak = chosen & (texts.labels == NO_COMPLAINT)
    if weak.any():
        first = _fit(texts, chosen & ~weak, penalty, vocabulary(texts, chosen & ~weak))
        said = shares(first.logits(texts)).argmax(1)
        chosen = chosen & ~(weak & (said == NEGATIVE))
        texts = replace(texts, labels=np.where(weak, said, texts.labels))
    linear = _fit(texts, chosen, penalty, vocabulary(texts, chosen))
    if most is None or len(linear.columns) <= most:
        return linear
    heaviest = set(np.argsort(-np.abs(linear.weights[: len(linear.columns)]).max(1))[:most].tolist())
    kept = [name for name, column in linear.columns.items() if column in heaviest]
    return _fit(texts, chosen, penalty, {name: column for column, name in enumerate(kept)})


def _fit(texts: Texts, chosen: np.ndarray, penalty: float, columns: dict[str, int]) -> Linear:
    index = np.flatnonzero(chosen)
    rows = matrix(texts, columns)[index]
    model = LogisticRegression(C=penalty, max_iter=200, tol=1e-4, random_state=SEED)
    model.fit(rows, texts.labels[index], sample_weight=importance(texts.labels[index], texts.domains[index]))
    weights = (model.coef_ - model.coef_[NEUTRAL]).T[:, [NEGATIVE, POSITIVE]]
    bias = (model.intercept_ - model.intercept_[NEUTRAL])[[NEGATIVE, POSITIVE]]
    return Linear(columns, weights, bias)


def importance(labels: np.ndarray, domains: np.ndarray) -> np.ndarray:
    """What each row counts: a domain by its size to the power of `DOMAIN`, its classes alike; one on average."""
    counted = np.zeros(len(labels))
    for domain in np.unique(domains):
        here = domains == domain
        for label in CLASSES:
            rows = here & (labels == label)
            if rows.any():
                counted[rows] = here.sum() ** DOMAIN / rows.sum()
    return counted * len(labels) / counted.sum()


def shares(logits: np.ndarray, offsets: Sequence[float] = (0.0, 0.0)) -> np.ndarray:
    """Negative, neutral and positive, which sum to one."""
    moved = logits + np.asarray(offsets)
    three = np.column_stack([moved[:, 0], np.zeros(len(moved)), moved[:, 1]])
    three = np.exp(three - three.max(1, keepdims=True))
    return np.asarray(three / three.sum(1, keepdims=True))


def calibrate(three: np.ndarray, labels: np.ndarray, domains: np.ndarray) -> tuple[tuple[float, float], ...]:
    """For negative and for positive the factor and offset on the log-odds; each domain counts alike."""
    counted = np.zeros(len(labels))
    for domain in np.unique(domains):
        counted[domains == domain] = 1 / (domains == domain).sum()
    pairs = []
    for label in (NEGATIVE, POSITIVE):
        odds = log_odds(three[:, label])[:, None]
        model = LogisticRegression(C=1e6).fit(odds, labels == label, sample_weight=counted * len(labels))
        pairs.append((round(float(model.coef_[0, 0]), 4), round(float(model.intercept_[0]), 4)))
    return tuple(pairs)


def log_odds(share: np.ndarray) -> np.ndarray:
    """The logarithm of p / (1 - p), kept finite."""
    kept = np.clip(share, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))


def calibrated(three: np.ndarray, how: Sequence[Sequence[float]], label: int = NEGATIVE) -> np.ndarray:
    """The calibrated probability of negative (or positive)."""
    factor, offset = how[0 if label == NEGATIVE else 1]
    return np.asarray(1 / (1 + np.exp(-(factor * log_odds(three[:, label]) + offset))))


def margins(three: np.ndarray) -> np.ndarray:
    """How far the likeliest class is ahead of the next."""
    ordered = np.sort(three, axis=1)
    return np.asarray(ordered[:, 2] - ordered[:, 1])


def finish(linear: Linear, left_out: LeftOut, origin: str, felt: Felt | None = None) -> Weights:
    """The weights as they ship: in hundredths, less the words that round to nothing.

    They are calibrated on what was predicted for domains left out.
    """
    three = shares(left_out.logits)
    how = calibrate(three, left_out.labels, left_out.domains)
    rounded = np.rint(linear.weights * HUNDREDTH).astype(int)
    words = {name: (int(rounded[column, 0]), int(rounded[column, 1])) for name, column in linear.columns.items()}
    figures = linear.weights[len(linear.columns) :] * FIGURE_SCALE
    weights = Weights(
        origin=origin,
        bias=_pair(linear.bias),
        figures=(_column(figures[:, 0]), _column(figures[:, 1])),
        calibrated=(how[0], how[1]),
        margin=0.0,
        words=merged(words, read_felt() if felt is None else felt),
    )
    return replace(weights, margin=round(float(np.quantile(margins(three), UNSURE)), 4))


def merged(words: Felt, felt: Felt) -> dict[str, Word]:
    """All words that weigh or are felt, those of the texts first and as often as they stand there."""
    found: dict[str, Word] = {}
    for name in dict.fromkeys((*words, *sorted(felt))):
        weights, feelings = words.get(name, (0, 0)), felt.get(name, (0, 0))
        if any(weights) or any(feelings):
            found[name] = (*weights, any(weights), *feelings, any(feelings), name)
    return found


def _pair(row: np.ndarray) -> tuple[float, float]:
    return round(float(row[0]), 4), round(float(row[1]), 4)


def _column(numbers: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(number), 4) for number in numbers)
