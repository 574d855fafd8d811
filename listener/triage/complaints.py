"""How probable it is that a text complains: a small linear model of its words, its pairs of words and its cues.

A complaint is a breach between what somebody expected and what they got (Preoțiuc-Pietro, Gaman and Aletras, ACL 2019):
it may be polite, and an angry text need not be one. No engine's score goes in, so that any engine will do.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import exp, fsum, sqrt
from pathlib import Path

from listener.triage.phrases import Found

# The cues that the model knows beside the words, as “=failure”.
GROUPS = frozenset(
    {
        "asks",
        "failure",
        "waiting",
        "long waiting",
        "harsh",
        "leaving",
        "thanks",
        "praise",
        "hearty",
        "retracted",
        "mended",
    }
    | {"sarcasm", "glowing", "imposing", "question", "news", "safety", "damage", "fraud", "legal", "stranded", "loss"}
)
# Texts longer than this speak no louder for it: their words count for less, each.
WORDS_USUAL = 20
WORDS_MOST = 400
BEGIN, END = "^", "$"
HUNDREDTH = 100


@dataclass(frozen=True, slots=True)
class Complaints:
    """The model: what each feature adds to the log-odds."""

    bias: float
    weights: Mapping[str, float]

    def probability(self, words: Sequence[str], groups: Iterable[str]) -> float:
        """How probable it is, 0 to 1, that these words complain."""
        weights = self.weights
        heard = fsum(weights[feature] for feature in features(words, groups) if feature in weights)
        return 1.0 / (1.0 + exp(-(self.bias + heard / damping(len(words)))))

    def telling(self, words: Sequence[str]) -> list[Found]:
        """The words and pairs of words that speak most for a complaint, the strongest first, none twice."""
        weights, found = self.weights, []
        for at, word in enumerate(words):
            found.append((weights.get(word, 0.0), at, at + 1))
        for at, (word, following) in enumerate(pairwise(words)):
            found.append((weights.get(f"{word} {following}", 0.0), at, at + 2))
        ranked = sorted((one for one in found if one[0] > 0), key=lambda one: (-one[0], one[1]))
        return [Found("complaint", first, end) for _, first, end in ranked]


def features(words: Sequence[str], groups: Iterable[str]) -> set[str]:
    """What the model looks at: each word and each pair of neighbours once, and the groups of cues."""
    words = words[:WORDS_MOST]
    seen = set(words)
    seen.update([f"{word} {following}" for word, following in pairwise([BEGIN, *words, END])])
    seen.update([f"={group}" for group in groups if group in GROUPS])
    return seen


def damping(words: int) -> float:
    """By how much the features of a text of so many words are divided."""
    return max(1.0, sqrt(min(words, WORDS_MOST) / WORDS_USUAL))


@cache
def shipped() -> Complaints:
    """The model in the wheel; the first line of its file says where it comes from."""
    return parse((Path(__file__).parent / "weights" / "complaint.txt.gz").read_bytes())


def parse(packed: bytes) -> Complaints:
    """The model as `pack` wrote it."""
    first, *lines = gzip.decompress(packed).decode().split("\n")
    pairs = (line.split("\t") for line in lines)
    return Complaints(json.loads(first)["bias"], {feature: int(weight) / HUNDREDTH for feature, weight in pairs})


def pack(model: Complaints, origin: str) -> bytes:
    """The model as one file, like engines' weights are kept: JSON, then a feature and its weight in hundredths a line.

    The same bytes for the same model.
    """
    lines = [f"{feature}\t{round(weight * HUNDREDTH)}" for feature, weight in sorted(model.weights.items())]
    return gzip.compress("\n".join([json.dumps({"origin": origin, "bias": model.bias}), *lines]).encode(), mtime=0)
