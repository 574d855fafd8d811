"""`python -m training.intent --data DIR`: make the complaint model anew, and say how well it does on unseen texts.

DIR holds complaints_A.csv (text, complaint), airline_A.csv (text, label, brand) and semeval_train.csv (text, label).
The complaint set teaches; the airlines' (negative or not) and the happy and even tweets of the third count a tenth, for
the words that a small set has too few of. No word or pair in fewer than `TEXTS_LEAST` texts is kept, none that is a
handle, a name or a number, no link; and no date: the third set was gathered by "tomorrow", "may" and the like.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from listener.sentiment import mask
from listener.triage.complaints import Complaints, damping, features, pack
from listener.triage.meant import meant, phrases
from listener.triage.phrases import Words
from training.logistic import Example, fit

TEXTS_LEAST = 8
WEIGHT_LEAST = 0.05
BESIDE = 0.1  # what a text of the other two sets counts
TWEETS_MOST = 8_000
FOLDS = 5
WEIGHTS = Path(__file__).parent.parent / "listener" / "triage" / "weights" / "complaint.txt.gz"
ORIGIN = (
    "Made by training/intent.py from the complaint set of Preotiuc-Pietro, Gaman and Aletras (ACL 2019), tweets to US "
    "airlines of February 2015 (Crowdflower) and SemEval tweets; words and pairs of words in {least} texts or more."
)
_HANDLE = re.compile(r"@(\w+)")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_DATES = frozenset(
    {"may", "tomorrow", "tonight", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    | {
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thurs",
        "fri",
        "sat",
        "sun",
        "january",
        "february",
        "march",
        "april",
        "june",
    }
    | {
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
    }
    | {"sep", "sept", "oct", "nov", "dec"}
)
_ESCAPED = re.compile(r"\\u([0-9a-f]{4})")


@dataclass(frozen=True, slots=True)
class Text:
    """A labelled text; `weight` says how much it counts, `key` in which fold it is held out."""

    text: str
    label: int
    weight: float
    origin: str
    key: str = ""


def read(folder: Path) -> list[Text]:
    """The texts of the three sets. Raises OSError where one is missing."""
    return [*complaints(folder), *_beside(folder)]


def complaints(folder: Path) -> list[Text]:
    """The complaint set."""
    return [
        Text(row["text"], int(row["complaint"]), 1.0, "complaints", row["id"])
        for row in _rows(folder / "complaints_A.csv")
    ]


def _beside(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "airline_A.csv"):
        brand = rf"\b(?:{re.escape(row['brand'])}|{re.escape(row['brand'].replace(' ', ''))})\b"
        named = re.sub(brand, "someone", row["text"], flags=re.IGNORECASE)
        yield Text(named, int(row["label"] == "negative"), BESIDE, "airline")
    calm = [row for row in _rows(folder / "semeval_train.csv") if row["label"] != "negative"]
    for row in random.Random(4).sample(calm, min(TWEETS_MOST, len(calm))):  # noqa: S311
        yield Text(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), row["text"]), 0, BESIDE, "tweets")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def heard(text: str) -> tuple[list[str], list[str]]:
    """A text's words and the groups of cues in it, as triage hears them."""
    words = Words(mask(text, [])).list
    return words, list(meant(phrases().find(words), words))


def examples(texts: Sequence[Text]) -> list[Example]:
    """The texts as the model sees them."""
    made = []
    for one in texts:
        words, groups = heard(one.text)
        made.append(Example(tuple(features(words, groups)), 1 / damping(len(words)), one.label, one.weight))
    return made


def common(texts: Sequence[Text], seen: Sequence[Example]) -> frozenset[str]:
    """The features that may be learned from: often enough, and no handle, name or number."""
    names = _names(texts)
    often = Counter(feature for one in seen for feature in one.features)
    return frozenset(
        feature
        for feature, texts_with in often.items()
        if texts_with >= TEXTS_LEAST and (feature[0] == "=" or _is_speech(feature, names))
    )


def _is_speech(feature: str, names: frozenset[str]) -> bool:
    return not any(word in names or word in _DATES or any(map(str.isdigit, word)) for word in feature.split())


def _names(texts: Sequence[Text]) -> frozenset[str]:
    """Handles, and words that stand with a capital in the middle of a sentence more often than without."""
    handles = {handle.lower() for one in texts for handle in _HANDLE.findall(one.text)}
    capital = Counter(name.lower() for one in texts for name in _NAME.findall(one.text))
    small = Counter(word for one in texts for word in re.findall(r"[a-z]+", one.text))
    spoken = {word for word, times in small.items() if times > 50 + 5 * capital[word]}
    return frozenset((handles - spoken) | {name for name, times in capital.items() if times > small[name]})


def train(texts: Sequence[Text], seen: Sequence[Example]) -> Complaints:
    """The model that these texts make."""
    allowed = common(texts, seen)
    kept = [Example(tuple(f for f in one.features if f in allowed), one.value, one.label, one.weight) for one in seen]
    bias, weights = fit(kept)
    strong = {feature: round(weight, 2) for feature, weight in weights.items() if abs(weight) >= WEIGHT_LEAST}
    return Complaints.of(round(bias, 3), dict(sorted(strong.items())))


def fold_of(text: Text) -> int:
    """In which fold a text is held out; -1 for those that only teach."""
    return int(hashlib.sha256(text.key.encode()).hexdigest(), 16) % FOLDS if text.key else -1


def held_out(texts: Sequence[Text]) -> Iterator[tuple[Text, Complaints]]:
    """Each text of the complaint set with a model that has not seen it."""
    seen = examples(texts)
    for fold in range(FOLDS):
        taught = [at for at, one in enumerate(texts) if fold_of(one) != fold]
        model = train([texts[at] for at in taught], [seen[at] for at in taught])
        yield from ((one, model) for one in texts if fold_of(one) == fold)


def main() -> None:
    """Print the cross-validated figures, then write the model made from everything."""
    parser = argparse.ArgumentParser(prog="python -m training.intent", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--check", action="store_true", help="only print the figures")
    asked = parser.parse_args()
    texts = read(asked.data)
    judged = [(one.label, model.probability(*heard(one.text))) for one, model in held_out(texts)]
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
        print(f"from {threshold}: {figures([(bool(label), p >= threshold) for label, p in judged])}")
    if not asked.check:
        model = train(texts, examples(texts))
        WEIGHTS.write_bytes(pack(model, ORIGIN.format(least=TEXTS_LEAST)))
        print(f"{len(model.words) + sum(map(len, model.pairs.values())):,} weights in {WEIGHTS.name}")


def figures(pairs: Sequence[tuple[bool, bool]]) -> str:
    """Accuracy, precision, recall and macro-F1 of (is, judged) pairs."""
    hit, miss = pairs.count((True, True)), pairs.count((True, False))
    false, true = pairs.count((False, True)), pairs.count((False, False))
    f1 = 2 * hit / max(1, 2 * hit + miss + false), 2 * true / max(1, 2 * true + miss + false)
    return (
        f"accuracy {(hit + true) / len(pairs):.3f}, precision {hit / max(1, hit + false):.3f}, "
        f"recall {hit / max(1, hit + miss):.3f}, macro-F1 {sum(f1) / 2:.3f}, n = {len(pairs):,}"
    )


if __name__ == "__main__":
    main()
