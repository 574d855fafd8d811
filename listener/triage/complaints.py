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

# The cues that the model knows beside the words.
_GROUPED = {
    group: f"={group}"
    for group in (
        "asks", "failure", "waiting", "long waiting", "harsh", "leaving", "thanks", "praise", "hearty", "retracted",
        "mended", "sarcasm", "glowing", "imposing", "question", "news", "safety", "damage", "fraud", "legal",
        "stranded", "loss",
    )
}  # fmt: skip
# Texts longer than this speak no louder for it: their words count for less, each.
WORDS_USUAL = 20
WORDS_MOST = 400
BEGIN, END = "^", "$"
HUNDREDTH = 100


@dataclass(frozen=True, slots=True)
class Complaints:
    """The model: what each word or group of cues, and each pair of neighbours, adds to the log-odds."""

    bias: float
    words: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]

    @classmethod
    def of(cls, bias: float, weights: Mapping[str, float]) -> Complaints:
        """The model whose weights are named as `features` names them, a pair of words with a space between."""
        pairs = {_pair(name): weight for name, weight in weights.items() if _is_pair(name)}
        return cls(bias, {name: weight for name, weight in weights.items() if not _is_pair(name)}, pairs)

    def probability(self, words: Sequence[str], groups: Iterable[str]) -> float:
        """How probable it is, 0 to 1, that these words complain."""
        singles, pairs = features(words, groups)
        heard = [self.words[name] for name in self.words.keys() & singles]
        heard += [self.pairs[pair] for pair in self.pairs.keys() & pairs]
        # fsum: the same in whatever order.
        return 1.0 / (1.0 + exp(-(self.bias + fsum(heard) / damping(len(words)))))

    def telling(self, words: Sequence[str]) -> list[Found]:
        """The words and pairs of words that speak most for a complaint, the strongest first, none twice."""
        found = [(self.words.get(word, 0.0), at, at + 1) for at, word in enumerate(words)]
        found += [(self.pairs.get(pair, 0.0), at, at + 2) for at, pair in enumerate(pairwise(words))]
        said = [one for one in found if one[0] > 0 and all(word.isalnum() for word in words[one[1] : one[2]])]
        ranked = sorted(said, key=lambda one: (-one[0], one[1]))
        return [Found("complaint", first, end) for _, first, end in ranked]


def features(words: Sequence[str], groups: Iterable[str]) -> tuple[set[str], set[tuple[str, str]]]:
    """What the model looks at: each word once with the groups of cues, as “=failure”, and each pair of neighbours."""
    words = words[:WORDS_MOST]
    singles = {*words, *[_GROUPED[group] for group in groups if group in _GROUPED]}
    return singles, set(pairwise([BEGIN, *words, END]))


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
    return Complaints.of(json.loads(first)["bias"], {name: int(weight) / HUNDREDTH for name, weight in pairs})


def pack(model: Complaints, origin: str) -> bytes:
    """The model as one file, like engines' weights are kept: JSON, then a feature and its weight in hundredths a line.

    The same bytes for the same model.
    """
    named = {**model.words, **{" ".join(pair): weight for pair, weight in model.pairs.items()}}
    lines = [f"{name}\t{round(weight * HUNDREDTH)}" for name, weight in sorted(named.items())]
    return gzip.compress("\n".join([json.dumps({"origin": origin, "bias": model.bias}), *lines]).encode(), mtime=0)


def _is_pair(name: str) -> bool:
    return " " in name and not name.startswith("=")


def _pair(name: str) -> tuple[str, str]:
    first, _, second = name.partition(" ")
    return first, second
