"""What sifting makes of a mention, and the archive keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from listener.mention import Mention
from listener.relevance import Relevance
from listener.triage import Triage


@dataclass(frozen=True, slots=True)
class Triaged:
    """A mention with the watches it matched, whether it is about us, and what triage said of it.

    `relevance` says how likely it is about each of the watches, with the words that say so; one that was not judged is
    left out.
    """

    mention: Mention
    watches: tuple[str, ...]
    about_us: bool
    triage: Triage
    relevance: Mapping[str, Relevance] = field(default_factory=dict)
