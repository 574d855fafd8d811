"""The conversation a mention stands in: who said what, ourselves included, in the order it was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from listener.archive.read import Heard
from responders.draft import State
from responders.office import Office
from responders.permission import Standing, is_among

# What a person can take in around one mention; a thread of thousands is read on its platform.
BEFORE = 40
AFTER = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing said. `ours` tells that we said it, `gone` that its author deleted it since."""

    ours: bool
    name: str
    handle: str
    text: str
    at: datetime
    url: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said before a mention and after it."""

    before: tuple[Turn, ...]
    after: tuple[Turn, ...]


def talk_around(office: Office, heard: Heard) -> Talk:
    """The turns around a mention, the nearest 40 before it and 20 after, with our own replies to others among them."""
    thread = office.archive.thread(heard)
    at = next(index for index, other in enumerate(thread) if other.mention_id == heard.mention_id)
    near = thread[max(0, at - BEFORE) : at] + thread[at + 1 : at + 1 + AFTER]
    # Our reply may have been heard again as a mention: then it is shown once, as it was heard.
    heard_ids = {other.mention.post_id for other in near}
    standing = office.settings.standing
    turns = [_theirs(other, standing) for other in near]
    turns += [turn for other in near for turn in _ours(office, other, heard_ids)]
    turns.sort(key=lambda turn: turn.at)
    split = heard.mention.posted_at
    return Talk(
        tuple(turn for turn in turns if turn.at <= split), tuple(turn for turn in turns if turn.at > split)
    )  # fmt: skip


def _theirs(heard: Heard, standing: Standing) -> Turn:
    mention, author = heard.mention, heard.mention.author
    ours = mention.ours or is_among(author, standing.ours)
    gone = heard.gone_at is not None
    return Turn(ours, author.name, author.handle, mention.text, mention.posted_at, mention.url, gone)


def _ours(office: Office, heard: Heard, heard_ids: set[str]) -> list[Turn]:
    draft = office.queue.draft_of(heard.mention_id)
    receipt = office.inbox.receipt_of(draft.draft_id) if draft and draft.state is State.SENT else None
    if draft is None or receipt is None or receipt.post_id in heard_ids:
        return []
    return [Turn(True, "", "", draft.text, draft.changed_at, receipt.url)]
