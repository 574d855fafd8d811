"""Who is about during a soak: people who speak, think better of it and take it back, and one who approves replies."""

from __future__ import annotations

import random
import time
from collections import deque
from collections.abc import Iterator
from itertools import cycle

import httpx

from bench.network import Network, spoken_to_us
from bench.texts import SEED, crowded
from listener.plaza.cast import BRAND
from responders import decide
from responders.draft import Draft, State
from responders.office import Office
from responders.queue import NotPossible, Seen

TEXTS = 20_000
PEOPLE = 5_000
# Of the posts whose answer was approved just now, so many are edited, and as many deleted, before it goes out.
SECOND_THOUGHTS = 0.05
OWN_WORDS = "Thank you for telling us, {handle}. We have it with us now and are looking at it: {number}."


class Crowd:
    """Speaks at an even rate, and catches up where the plaza kept it waiting."""

    def __init__(self, network: Network, rate: float) -> None:
        self._network = network
        self._rate = rate
        self._draw = random.Random(SEED)
        self._texts = cycle(crowded(TEXTS))
        self._began = time.monotonic()
        self._lately: deque[str] = deque(maxlen=500)
        self.said = 0
        self.edited = 0
        self.deleted = 0

    def speak(self) -> None:
        """Say what is due by now; now and then somebody edits or deletes what was said a little before."""
        due = int((time.monotonic() - self._began) * self._rate)
        for _ in range(due - self.said):
            handle = f"person{self._draw.randrange(PEOPLE)}"
            text = spoken_to_us(next(self._texts))
            self._lately.append(self._network.tell("posts", {"handle": handle, "text": text})["post_id"])
            self.said += 1
            if self.said % 100 == 0:
                self.change_mind(self._lately.popleft(), deletes=self.said % 200 == 0)

    def change_mind(self, post_id: str, *, deletes: bool) -> None:
        """Edit or delete one post, as its author; nothing where they have deleted it already."""
        try:
            if deletes:
                self._network.tell("delete", {"post_id": post_id})
            else:
                text = f"@{BRAND} never mind, it works again, thank you"
                self._network.tell("edit", {"post_id": post_id, "text": text})
        except httpx.HTTPStatusError as why:
            if why.response.status_code != 404:
                raise
            return
        self.deleted += deletes
        self.edited += not deletes


class Approver:
    """Approves what waits, a draft a turn, in a process that is not the daemon's."""

    def __init__(self, office: Office, crowd: Crowd) -> None:
        self._office = office
        self._crowd = crowd
        self._draw = random.Random(SEED)
        self._next = self._waiting()
        self.approved = 0

    def approve(self) -> None:
        """Approve the next draft: as it stands, or in one's own words where nothing was composed."""
        draft = next(self._next)
        if draft is None or draft.state is not State.HELD:
            return
        heard = self._office.archive.get(draft.mention_id)
        words = OWN_WORDS.format(handle=heard.mention.author.name, number=draft.draft_id)
        seen = Seen(draft.revision, draft.text_sha256)
        try:
            decide.approve(self._office, draft.draft_id, seen, draft.text or words, "Ben")
        except decide.Blocked as why:
            decide.decline(self._office, draft.draft_id, str(why), "Ben")
            return
        except NotPossible:  # its author thought better of it meanwhile
            return
        self.approved += 1
        lot = self._draw.random()
        if lot < 2 * SECOND_THOUGHTS:
            self._crowd.change_mind(heard.mention.post_id, deletes=lot < SECOND_THOUGHTS)

    def _waiting(self) -> Iterator[Draft | None]:
        while True:
            cards, _ = self._office.inbox.waiting(limit=50)
            numbers = [card.draft_id for card in cards if card.draft_id is not None]
            yield from map(self._office.queue.get, numbers)
            if not numbers:
                yield None
