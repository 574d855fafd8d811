"""Which mentions are one post in several places: found as they are kept, undone as they are edited or deleted.

`mentions.same_as` names the group's head, the first that was heard of those who say it themselves; the head itself, and
whoever stands alone, has none. The groups are the same in whatever order their mentions come: whoever shares a key (see
`listener/echoes.py`) is joined to the ones nearest in time, and those to theirs. Only where a run of words is shared by
more than `NEAREST` posts on either side that say something else may a near-duplicate be missed.

The table `echoes` holds numbers only, and they go when the words are forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import stamp, writing
from listener.echoes import POSTS, Print, Said, alike, post_key, print_of, said_in
from listener.mention import Mention

# The same words after two weeks are said anew.
WINDOW_S = 14 * 86_400
NEAREST = 8
COMPARED_AT_ONCE = 10
# So many accounts with the same words and a link, in a day, are a flood.
FLOOD = 6
FLOODED = f"the same words and a link by {FLOOD} accounts or more within a day"


class Echoes:
    """Keeps which mentions say the same."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def join(self, kept: Sequence[tuple[int, Mention]]) -> None:
        """Put newly kept mentions beside those that say the same."""
        prints = {number: print_of(mention) for number, mention in kept if not mention.ours}
        if not prints:
            return
        at = {number: int(mention.posted_at.timestamp()) for number, mention in kept}
        rows = [
            (key, at[number], number) for number, one in prints.items() for key in {*one.keys, *one.runs}
        ]  # fmt: skip
        with writing(self._db):
            self._db.conn.executemany("INSERT INTO echoes (key, at, mention_id) VALUES (?, ?, ?)", rows)
            reposts = [number for number, one in prints.items() if one.repost]
            if reposts:
                self._db.execute(_REPOSTS, {"ids": json.dumps(reposts)})
            groups = _Groups()
            for one, other in (*self._passed_on(prints, dict(kept)), *self._sharing(prints, at)):
                groups.unite(one, other)
            texts = {number: (mention.text, mention.author.handle) for number, mention in kept}
            for one, other in self._alike(prints, at, groups, texts):
                groups.unite(one, other)
            if heads := self._settle(groups):
                self._db.execute(_FLOODED, {"heads": json.dumps(heads), "flood": FLOOD, "why": FLOODED})

    def join_missed(self, kept: Sequence[tuple[int, Mention]]) -> None:
        """Put those of these beside their like that never were: kept before there were groups."""
        known = {"ids": json.dumps([number for number, _ in kept])}
        there = {number for (number,) in self._db.execute(_THERE, known)}
        self.join([(number, mention) for number, mention in kept if number not in there and mention.text])

    def leave(self, mention_ids: Sequence[int], now: datetime) -> None:
        """Take mentions out of their groups, with all that they could be known by; the next one becomes the head.

        Those who are on their own now, or at the head, may call for an answer of their own.
        """
        known = {"ids": json.dumps(list(mention_ids)), "now": stamp(now)}
        with writing(self._db):
            heads = [row[0] for row in self._db.execute(_HEADS_LEFT, known).fetchall()]
            for statement in _LEAVE:
                self._db.execute(statement, known)
            for head in heads:
                (following,) = self._db.execute(_NEXT_HEAD, {"head": head}).fetchone()
                self._db.execute(_FOLLOW, {"head": head, "next": following, "now": stamp(now)})

    def look_anew(self, mention_id: int, now: datetime) -> None:
        """Let those who say the same be looked at again: what stood for all of them stands for them no more."""
        with writing(self._db):
            self._db.execute(_LOOK_ANEW, {"mention_id": mention_id, "now": stamp(now)})

    def _passed_on(self, prints: Mapping[int, Print], mentions: Mapping[int, Mention]) -> Iterator[tuple[int, int]]:
        """Reposts and their originals, where the platform names them: whichever was heard first."""
        asked = [(number, mentions[number].platform, one.passed_on) for number, one in prints.items() if one.passed_on]
        if asked:
            yield from self._db.execute(_ORIGINALS, {"asked": json.dumps(asked)}).fetchall()
        if self._db.execute("SELECT 1 FROM echoes WHERE key >= ? LIMIT 1", [POSTS]).fetchone() is None:
            return
        originals = [(post_key(mentions[number].platform, mentions[number].post_id), number) for number in prints]
        yield from self._db.execute(_PASSED_ON, {"asked": json.dumps(originals)}).fetchall()

    def _sharing(self, prints: Mapping[int, Print], at: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        asked = [(key, at[number], number) for number, one in prints.items() for key in one.keys]
        return self._nearest(asked, 1)

    def _alike(
        self, prints: Mapping[int, Print], at: Mapping[int, int], groups: _Groups, texts: Mapping[int, tuple[str, str]]
    ) -> Iterator[tuple[int, int]]:
        """Near-duplicates among those that share a run of words; each pair is to be united before the next is asked.

        A few mentions at a time: all that may be like a whole batch are thousands of texts, the more the longer one
        listens, and who stands together already need not be compared.
        """
        numbers = list(prints)
        for start in range(0, len(numbers), COMPARED_AT_ONCE):
            asked = [
                (key, at[number], number)
                for number in numbers[start : start + COMPARED_AT_ONCE]
                for key in prints[number].runs
            ]
            pairs = {
                (min(pair), max(pair))
                for pair in self._nearest(asked, NEAREST)
                if groups.of(pair[0]) != groups.of(pair[1])
            }
            said = self._said({number for pair in pairs for number in pair}, texts)
            yield from (pair for pair in sorted(pairs) if alike(said[pair[0]], said[pair[1]]))

    def _said(self, numbers: Collection[int], texts: Mapping[int, tuple[str, str]]) -> Mapping[int, Said]:
        """What each of these says; those not among `texts` are read."""
        missing = sorted(number for number in numbers if number not in texts)
        rows = self._db.execute(_TEXTS, {"ids": json.dumps(missing)}).fetchall() if missing else []
        read = {number: (text, handle) for number, text, handle in rows}
        return {number: said_in(*(texts.get(number) or read[number])) for number in numbers}

    def _nearest(self, asked: Sequence[tuple[int, int, int]], most: int) -> Iterator[tuple[int, int]]:
        """Each mention with those nearest in time, on either side, that share the key asked for."""
        keys = json.dumps([key for key, _, _ in asked])
        shared = {key for (key,) in self._db.execute(_SHARED, {"keys": keys})}
        wanted = [one for one in asked if one[0] in shared]
        if not wanted:
            return
        rows = self._db.execute(_NEAREST, {"asked": json.dumps(wanted), "most": most, "window": WINDOW_S})
        for number, before, after in rows.fetchall():
            yield from ((number, other) for other in json.loads(before) + json.loads(after))

    def _settle(self, groups: _Groups) -> list[int]:
        """Write down who stands with whom, together with the groups they stood in before. Returns the heads."""
        numbers, heads = groups.all(), list[int]()
        if not numbers:
            return heads
        known = {
            number: (head, bool(repost))
            for number, head, repost in self._db.execute(_KNOWN, {"ids": json.dumps(numbers)}).fetchall()
        }
        for number, (head, _) in known.items():
            groups.unite(number, head)
        known |= {
            number: (head, bool(repost))
            for number, head, repost in self._db.execute(
                _KNOWN, {"ids": json.dumps([head for head, _ in known.values()])}
            ).fetchall()
        }
        for members in groups.sets():
            head = min(members, key=lambda number: (known[number][1], number))
            led = [number for number in members if number != head]
            self._db.execute(_LEAD, {"head": head, "led": json.dumps(led)})
            heads.append(head)
        return heads


class _Groups:
    """Who belongs together, as pairs say so one by one."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def of(self, number: int) -> int:
        """The one that stands for the group."""
        root = number
        while (above := self._above.get(root, root)) != root:
            root = above
        while (above := self._above.get(number, number)) != root:
            self._above[number], number = root, above
        return root

    def unite(self, one: int, other: int) -> None:
        """Make the groups of these two one."""
        low, high = sorted((self.of(one), self.of(other)))
        self._above[high] = self._above[low] = low

    def all(self) -> list[int]:
        """Everyone who was named."""
        return sorted(self._above)

    def sets(self) -> list[list[int]]:
        """The groups."""
        found: dict[int, list[int]] = {}
        for number in self.all():
            found.setdefault(self.of(number), []).append(number)
        return [members for members in found.values() if len(members) > 1]


_THERE = "SELECT DISTINCT mention_id FROM echoes WHERE mention_id IN (SELECT value FROM json_each(:ids))"

_REPOSTS = "UPDATE mentions SET repost = 1 WHERE mention_id IN (SELECT value FROM json_each(:ids))"

_ORIGINALS = """
SELECT w.value ->> 0, m.mention_id FROM json_each(:asked) AS w
JOIN mentions m ON m.platform = w.value ->> 1 AND m.post_id = w.value ->> 2
WHERE m.gone_at IS NULL AND NOT m.ours
"""

_PASSED_ON = """
SELECT DISTINCT w.value ->> 1, coalesce(m.same_as, m.mention_id) FROM json_each(:asked) AS w
CROSS JOIN echoes e ON e.key = w.value ->> 0 CROSS JOIN mentions m ON m.mention_id = e.mention_id
"""

# Most keys are one mention's alone: a look at each says so, before anyone asks who is near.
_SHARED = """
SELECT w.key FROM (SELECT DISTINCT value AS key FROM json_each(:keys)) AS w
WHERE EXISTS (SELECT 1 FROM echoes e WHERE e.key = w.key LIMIT 1 OFFSET 1)
"""

_NEAREST = """
WITH w AS (SELECT value ->> 0 AS key, value ->> 1 AS at, value ->> 2 AS number FROM json_each(:asked))
SELECT w.number, (
  SELECT json_group_array(mention_id) FROM (
    SELECT e.mention_id FROM echoes e
    WHERE e.key = w.key AND (e.at, e.mention_id) < (w.at, w.number) AND e.at >= w.at - :window
    ORDER BY e.at DESC, e.mention_id DESC LIMIT :most)
), (
  SELECT json_group_array(mention_id) FROM (
    SELECT e.mention_id FROM echoes e
    WHERE e.key = w.key AND (e.at, e.mention_id) > (w.at, w.number) AND e.at <= w.at + :window
    ORDER BY e.at, e.mention_id LIMIT :most)
) FROM w
"""

_TEXTS = """
SELECT m.mention_id, m.text, a.handle FROM json_each(:ids) AS w
CROSS JOIN mentions m ON m.mention_id = w.value JOIN authors a USING (person_id)
"""

_KNOWN = """
SELECT mention_id, coalesce(same_as, mention_id), repost FROM mentions
WHERE mention_id IN (SELECT value FROM json_each(:ids))
"""

_LEAD = """
UPDATE mentions SET same_as = CASE WHEN mention_id = :head THEN NULL ELSE :head END
WHERE mention_id = :head OR mention_id IN (SELECT value FROM json_each(:led))
  OR same_as IN (SELECT value FROM json_each(:led))
"""

# What somebody needs of us, and what is said to us, is no flood whoever joins in; nor is what a person has sorted.
_FLOODED = """
WITH flooded AS (
  SELECT w.value AS head FROM json_each(:heads) AS w CROSS JOIN mentions h ON h.mention_id = w.value
  WHERE (h.links != '[]' OR instr(h.text, '://') > 0) AND :flood <= (
    SELECT count(DISTINCT m.person_id) FROM mentions m
    WHERE (m.mention_id = w.value OR m.same_as = w.value) AND NOT m.repost
      AND abs(julianday(m.posted_at) - julianday(h.posted_at)) <= 1)
)
UPDATE triage SET lane = 'spam', priority = 'low', reasons = json_insert(reasons, '$[#]', :why)
WHERE lane = 'chat' AND mention_id IN (
    SELECT m.mention_id FROM flooded CROSS JOIN mentions m ON (m.mention_id = head OR m.same_as = head)
    WHERE NOT m.to_us)
  AND NOT EXISTS (SELECT 1 FROM corrections c WHERE c.mention_id = triage.mention_id AND c.about = 'lane')
"""

_HEADS_LEFT = """
SELECT DISTINCT same_as FROM mentions
WHERE same_as IN (SELECT value FROM json_each(:ids)) AND mention_id NOT IN (SELECT value FROM json_each(:ids))
"""

_LEAVE = (
    "DELETE FROM echoes WHERE mention_id IN (SELECT value FROM json_each(:ids))",
    """
UPDATE mentions SET regrouped_at = :now
WHERE same_as IS NOT NULL AND mention_id IN (SELECT value FROM json_each(:ids))
""",
    "UPDATE mentions SET same_as = NULL, repost = 0 WHERE mention_id IN (SELECT value FROM json_each(:ids))",
)

# Those who said it themselves come before those who passed it on.
_NEXT_HEAD = "SELECT mention_id FROM mentions WHERE same_as = :head ORDER BY repost, mention_id LIMIT 1"

_FOLLOW = """
UPDATE mentions SET same_as = nullif(:next, mention_id),
  regrouped_at = CASE WHEN mention_id = :next OR NOT repost THEN :now ELSE regrouped_at END
WHERE same_as = :head
"""

_LOOK_ANEW = """
UPDATE mentions SET regrouped_at = :now WHERE NOT repost AND mention_id != :mention_id AND mention_id IN (
  SELECT m.mention_id FROM (SELECT coalesce(same_as, mention_id) AS head FROM mentions WHERE mention_id = :mention_id) g
  CROSS JOIN mentions m ON (m.mention_id = g.head OR m.same_as = g.head))
"""
