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
from math import exp, sqrt
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
    """The model: what each word or group of cues, and each pair of neighbours by its first, adds to the log-odds."""

    bias: float
    words: Mapping[str, float]
    pairs: Mapping[str, Mapping[str, float]]

    @classmethod
    def of(cls, bias: float, weights: Mapping[str, float]) -> Complaints:
        """The model whose weights are named as `features` names them, a pair of words with a space between."""
        pairs: dict[str, dict[str, float]] = {}
        for name in filter(_is_pair, weights):
            first, second = name.split(" ")
            pairs.setdefault(first, {})[second] = weights[name]
        return cls(bias, {name: weight for name, weight in weights.items() if not _is_pair(name)}, pairs)

    def probability(self, words: Sequence[str], groups: Iterable[str]) -> float:
        """How probable it is, 0 to 1, that these words complain."""
        weights, pairs = self.words, self.pairs
        heard = {name: weights[name] for name in map(_named, groups) if name in weights}
        before = BEGIN
        for word in (*words[:WORDS_MOST], END):
            if word in weights:
                heard[word] = weights[word]
            following = pairs.get(before)
            if following is not None and word in following:
                heard[f"{before} {word}"] = following[word]
            before = word
        return 1.0 / (1.0 + exp(-(self.bias + sum(heard.values()) / damping(len(words)))))

    def telling(self, words: Sequence[str]) -> list[Found]:
        """The words and pairs of words that speak most for a complaint, the strongest first, none twice."""
        spoken = [(at, word) for at, word in enumerate(words) if word in self.words or word in self.pairs]
        found = [(self.words.get(word, 0.0), at, at + 1) for at, word in spoken]
        for at, word in spoken:
            following = self.pairs.get(word)
            if following is not None and at + 1 < len(words) and words[at + 1] in following:
                found.append((following[words[at + 1]], at, at + 2))
        said = [one for one in found if one[0] > 0 and all(map(str.isalnum, words[one[1] : one[2]]))]
        ranked = sorted(said, key=lambda one: (-one[0], one[1]))
        return [Found("complaint", first, end) for _, first, end in ranked]


def features(words: Sequence[str], groups: Iterable[str]) -> list[str]:
    """What the model looks at, for who makes one: each word and pair of neighbours once, and the groups of cues."""
    words = words[:WORDS_MOST]
    pairs = (f"{word} {following}" for word, following in pairwise([BEGIN, *words, END]))
    return sorted({*words, *pairs, *filter(None, map(_named, groups))})


def _named(group: str) -> str:
    """How a group of cues is named among the weights, “=failure”; "" where the model does not know it."""
    return _GROUPED.get(group, "")


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
    named = dict(model.words)
    for first, following in model.pairs.items():
        named.update({f"{first} {second}": weight for second, weight in following.items()})
    lines = [f"{name}\t{round(weight * HUNDREDTH)}" for name, weight in sorted(named.items())]
    return gzip.compress("\n".join([json.dumps({"origin": origin, "bias": model.bias}), *lines]).encode(), mtime=0)


def _is_pair(name: str) -> bool:
    return " " in name and not name.startswith("=")
