"""What a rule would have done to what was heard already, before it goes live. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from listener.archive.read import Heard
from listener.mention import Mention
from listener.rules import Rule, Rulebook, ruled, subject_of, understood
from listener.triaged import Triaged

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Case:
    """A mention for which the rule holds: what would have changed, or the earlier rule that takes it (else empty)."""

    heard: Heard
    changes: tuple[str, ...]
    taken_by: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """Of how many mentions the rule holds for how many; how many of those an earlier rule takes; the newest ones."""

    of: int
    holds: int
    taken: int
    newest: tuple[Case, ...]


def try_out(rule: Rule, before: Sequence[Rule], heard: Iterable[Heard], triage: Callable[[Mention], Triaged]) -> Tried:
    """The rule tried on these mentions, newest first. `before` are the rules that come first; `triage` judges without
    any rule. Raises Unfit where its condition can't be read.
    """
    understood(rule.condition)
    one, earlier = Rulebook([rule]), Rulebook(before)
    of = holds = taken = 0
    newest: list[Case] = []
    for past in heard:
        judged = _as_triaged(past, triage)
        subject = subject_of(judged)
        of += 1
        if one.first(subject) is None:
            continue
        first = earlier.first(subject)
        holds += 1
        taken += first is not None
        if len(newest) < SHOWN:
            newest.append(Case(past, () if first else _changes(judged, rule), first.name if first else ""))
    return Tried(of, holds, taken, tuple(newest))


def _as_triaged(heard: Heard, triage: Callable[[Mention], Triaged]) -> Triaged:
    """As triage alone judged it: anew where a rule has changed that since."""
    if heard.triage is None or heard.triage.rule:
        return triage(heard.mention)
    return Triaged(heard.mention, heard.watches, heard.about_us, heard.triage)


def _changes(judged: Triaged, rule: Rule) -> tuple[str, ...]:
    return tuple(reason for reason in ruled(judged.triage, rule).reasons if reason not in judged.triage.reasons)
