"""What many watches cost beside a few, on the same texts in the same run: one automaton looks for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from statistics import median

from bench.clock import ROUNDS, Step
from bench.table import Row, tell
from bench.texts import mentions, texts
from bench.triage import each
from listener.mention import Mention
from listener.watch import Matcher, Watch

TEXTS = 10_000
FEW, MANY = 10, 1_000
GOAL = 2.0  # times what the few cost
# One in a hundred names a watch, as in a public stream; and every second, as where a search found them.
SHARES = {"one text in 100 names one": 100, "every second text names one": 2}


def rows() -> Iterator[Row]:
    """Ten watches and a thousand, where few texts name one and where many do."""
    for what, nth in SHARES.items():
        tell(f"{FEW} and {MANY:,} watches on {TEXTS:,} texts, {what}")
        heard = list(mentions(_naming(nth)))
        yield from _beside(what, _step(watches(FEW), heard), _step(watches(MANY), heard))
    tell(f"{FEW} and {MANY:,} watches that begin with the same word, which every second text holds")
    heard = list(mentions(_with_the_shared_word()))
    yield from _beside("all for one brand's things", _step(things(FEW), heard), _step(things(MANY), heard))


def watches(count: int) -> list[Watch]:
    """Watches as people write them: a name, two words, a query, and one with words that must and must not be there."""
    kinds = (
        lambda name: Watch(name, "topic", terms=(name,)),
        lambda name: Watch(name, "topic", terms=(f"{name} air", name), handles=(f"{name}help",)),
        lambda name: Watch(name, "topic", query=f"({name} OR {name}s*) NOT (pie OR juice)", domains=(f"{name}.com",)),
        lambda name: Watch(name, "topic", query=f"{name} NEAR/5 (late OR train OR refund)", exclude=("bar",)),
    )
    return [make(_name(number)) for number, make in zip(range(count), cycle(kinds), strict=False)]


def things(count: int) -> list[Watch]:
    """Watches for one brand's many things: each begins with the same word, and it alone tells nobody which is meant."""
    kinds = (
        lambda name: Watch(name, "topic", terms=(f"Acme {name}",)),
        lambda name: Watch(name, "topic", query=f"Acme NEAR/5 ({name} OR {name}s)"),
        lambda name: Watch(name, "topic", query=f"Acm* {name}* NOT (pie OR juice)"),
        lambda name: Watch(name, "topic", terms=("Acme",), require=(name,)),
        lambda name: Watch(name, "topic", query=f'raw:"Acme" "the {name}"'),
    )
    return [make(_name(number)) for number, make in zip(range(count), cycle(kinds), strict=False)]


def _name(number: int) -> str:
    """An invented brand: four syllables, no two alike."""
    syllables = ("ka", "lo", "mi", "ru", "te", "vo", "xi", "za", "qu", "do")
    return "".join(syllables[number // 10**place % 10] for place in range(4)).capitalize()


def _naming(nth: int) -> list[str]:
    """The texts; every nth names one of the first ten watches, so that the few have as much to find as the many."""
    plain = [text.replace("Acme", "they").replace("@acmehelp", "they") for text in texts(TEXTS)]
    names = cycle(map(_name, range(FEW)))
    return [f"{next(names)} {text}"[:280] if at % nth == 0 else text for at, text in enumerate(plain)]


def _with_the_shared_word() -> list[str]:
    names = cycle(map(_name, range(FEW)))
    plain = texts(TEXTS)
    return [f"Acme: the {next(names)} {text}"[:280] if at % 2 == 0 else text for at, text in enumerate(plain)]


def _step(asked: list[Watch], heard: list[Mention]) -> Step:
    return each(Matcher(asked).match, heard)


def _beside(what: str, few: Step, many: Step) -> Iterator[Row]:
    rounds = [(few(), many()) for _ in range(ROUNDS)]
    yield Row(f"match {FEW} watches, {what}", f"{TEXTS / median(took for took, _ in rounds):,.0f} texts/s")
    ratio = median(took / base for base, took in rounds)
    yield Row(
        f"match {MANY:,} watches, the same texts",
        f"{TEXTS / median(took for _, took in rounds):,.0f} texts/s",
        f"{ratio:.2f} x the cost, goal < {GOAL:g}",
    )
