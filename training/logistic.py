"""Logistic regression over named features, in plain Python: small sets, a minute, no framework."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt


@dataclass(frozen=True, slots=True)
class Example:
    """A text as its features, each worth `value`; `label` is 0 or 1, `weight` how much it counts."""

    features: tuple[str, ...]
    value: float
    label: int
    weight: float = 1.0


def fit(
    examples: Sequence[Example], strength: float = 0.3, rounds: int = 15, rate: float = 0.15, seed: int = 4
) -> tuple[float, dict[str, float]]:
    """The bias and the weights that fit best: AdaGrad (Duchi et al. 2011), L2 of 1 / `strength` on all but the bias."""
    often = Counter(feature for one in examples for feature in one.features)
    weights = dict.fromkeys(often, 0.0)
    squares = dict.fromkeys(often, 1e-2)
    bias, bias_squares = 0.0, 1e-2
    order, shuffled = list(range(len(examples))), random.Random(seed)  # noqa: S311
    for _ in range(rounds):
        shuffled.shuffle(order)
        for at in order:
            one = examples[at]
            logit = bias + one.value * sum([weights[feature] for feature in one.features])
            error = (1 / (1 + exp(-max(-30.0, min(30.0, logit)))) - one.label) * one.weight
            bias_squares += error * error
            bias -= rate * error / sqrt(bias_squares)
            for feature in one.features:
                slope = error * one.value + weights[feature] / (strength * often[feature])
                squares[feature] += slope * slope
                weights[feature] -= rate * slope / sqrt(squares[feature])
    return bias, weights
