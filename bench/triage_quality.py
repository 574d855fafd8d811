"""How good triage is on real mentions that people labelled: complaints, who got an answer, what is urgent, its doubts.

The sets are described in docs/triage.md; they are no part of the repository; without them nothing is printed.
Every figure for a complaint is cross-validated: no text is judged by a model that has seen it.
"""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.table import Row, tell
from listener.mention import Author, Mention
from listener.sentiment import Engine, Vader
from listener.triage import Intent, Triage, Triager
from listener.triage.complaints import Complaints
from training.intent import Text, examples, figures, held_out, read, train

DATA = Path(os.environ.get("WARMLINE_SETS", Path(__file__).parents[2] / "shared" / "data"))
SEMEVAL_EVERY = 3
NEEDY = ("help", "complaint")
KINDS: tuple[Intent, ...] = (
    "abuse", "risk", "leaving", "complaint", "request", "buying", "recommendation", "question", "praise", "chat",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What a row of a set says, and what triage said of its text."""

    row: dict[str, str]
    triage: Triage


def rows() -> Iterator[Row]:
    """The table, set by set."""
    if not DATA.is_dir():
        yield Row("quality of triage", "not measured: the sets of real mentions", "are not here")
        return
    engine = Vader()
    yield from _complaints(engine)
    tell("triage of the other sets")
    shipped = Triager(engine)
    airline, threads = _judged(shipped, "airline_A.csv"), _judged(shipped, "twcs_threads_A.csv")
    yield from _answered(threads, _judged(shipped, "complaints_A.csv"))
    general = _judged(shipped, "semeval_train.csv")[::SEMEVAL_EVERY]
    named = {
        "tweets to airlines": airline,
        "tweets to 76 brands": [one for one in threads if one.row["inbound"] == "True"],
        "tweets on any subject": general,
        "Reddit comments": _judged(shipped, "goemotions_reddit_8k.csv"),
    }
    for name, judged in named.items():
        yield from _shares(name, judged)


def _complaints(engine: Engine) -> Iterator[Row]:
    tell("complaints, in five folds, about a minute")
    texts = read(DATA)
    held = _triaged_unseen(engine, held_out(texts))
    intent = [(bool(text.label), "complaint" in said.intents) for text, said in held]
    yield Row("a complaint: `intents` has it", figures(intent))
    first = [(bool(text.label), said.intent in ("complaint", "leaving", "risk", "abuse")) for text, said in held]
    yield Row("a complaint: `intent` is it, leaving, risk or abuse", figures(first))
    yield Row("a complaint: lane help or complaint", figures([(bool(t.label), s.lane in NEEDY) for t, s in held]))
    for unsure, name in ((False, "  of those that it is sure of"), (True, "  of those that it is not sure of")):
        some = [(bool(text.label), "complaint" in said.intents) for text, said in held if said.unsure is unsure]
        yield Row(name, figures(some))
    # Airlines judged by a model that has read no tweet to an airline: brands and a trade that it does not know.
    airline = [text for text in texts if text.origin == "airline"]
    others = [text for text in texts if text.origin != "airline"]
    model = train(others, examples(others))
    unknown = _triaged_unseen(engine, ((text, model) for text in airline))
    yield Row("unhappy with an airline, by a model that knows none", figures([
        (bool(text.label), "complaint" in said.intents) for text, said in unknown
    ]))  # fmt: skip


def _triaged_unseen(engine: Engine, held: Iterator[tuple[Text, Complaints]]) -> list[tuple[Text, Triage]]:
    triagers: dict[int, Triager] = {}
    made = []
    for text, model in held:
        triager = triagers.setdefault(id(model), Triager(engine, complaints=model))
        made.append((text, triager.triage(_mention(text.text))))
    return made


def _answered(threads: Sequence[Judged], complaints: Sequence[Judged]) -> Iterator[Row]:
    """Whether those who got an answer from a brand would have been shown, and random tweets would not."""
    opened = [one for one in threads if one.row["inbound"] == "True" and not one.row["in_response_to_tweet_id"]]
    answered = [one for one in opened if one.row["response_tweet_id"]]
    yield Row("first words that a brand answered: in help, complaint, question", _share(answered, _wants_an_answer))
    yield Row("  the same, praise too", _share(answered, lambda said: _wants_an_answer(said) or said.lane == "praise"))
    random = [one for one in complaints if one.row["category"].startswith("random")]
    yield Row("random tweets, to nobody or to others: the same lanes", _share(random, _wants_an_answer))


def _wants_an_answer(said: Triage) -> bool:
    return said.lane in (*NEEDY, "question")


def _shares(name: str, judged: Sequence[Judged]) -> Iterator[Row]:
    yield Row(f"{name}: urgent", _share(judged, lambda said: said.priority == "urgent"))
    yield Row(f"{name}: not sure", _share(judged, lambda said: said.unsure))
    counts = Counter(intent for one in judged for intent in one.triage.intents)
    yield Row(f"{name}: intents", ", ".join(f"{kind} {counts[kind]}" for kind in KINDS))


def _share(judged: Sequence[Judged], holds: Callable[[Triage], bool]) -> str:
    hits = sum(holds(one.triage) for one in judged)
    return f"{hits:,} of {len(judged):,} = {hits / max(1, len(judged)):.2%}"


def _judged(triager: Triager, name: str) -> list[Judged]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return [Judged(row, triager.triage(_mention(row["text"]))) for row in csv.DictReader(file)]


def _mention(text: str) -> Mention:
    return Mention("import", "1", Author("import", "a", "a"), text, datetime(2026, 11, 30, tzinfo=UTC))
