"""One post in several places is one card: what became of it elsewhere, and so whether it calls for an answer here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from listener.archive.connect import moment, stamp
from listener.archive.places import Place, counts_of, places_of
from responders.controls import SOFTWARE


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place, and what became of it there.

    `state` is that of its draft, empty where there is none; `outcome` is answered, declined or no_reply, with the
    person, the time and the link of our reply, where there is one.
    """

    place: Place
    state: str = ""
    outcome: str = ""
    person: str = ""
    at: datetime | None = None
    reply_url: str = ""


class Places:
    """Answers where else the same was said, and what became of it there."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, mention_id: int, most: int = 20) -> list[Elsewhere]:
        """The other places of a mention: those who say it themselves first, then those who pass it on."""
        places = {place.mention_id: place for place in places_of(self._db, mention_id, most)}
        became = {row["mention_id"]: row for row in self._db.query(_BECAME, {"head": mention_id, "most": most})}
        return [_elsewhere(place, became.get(number, {})) for number, place in places.items()]

    def counts(self, mention_ids: Collection[int]) -> Mapping[int, Mapping[str, int]]:
        """In how many other places the same was said, by platform; mentions that stand alone are left out."""
        return counts_of(self._db, mention_ids)

    def taken(self, mention_id: int) -> bool:
        """Whether a draft for the same, elsewhere, waits or is on its way: one answer is being written already.

        For what is urgent only another urgent one speaks: one word more, and it is no harmless copy.
        """
        return self._db.execute(_TAKEN, {"head": mention_id}).fetchone() is not None

    def settled(self, mention_id: int, said_at: datetime) -> bool:
        """Whether the same was answered elsewhere, or left without an answer by a person, after this was said.

        What is said once more after our answer is said to us anew. That somebody else wants to be left alone, or took
        their words back, settles nothing here.
        """
        known = {"head": mention_id, "said_at": stamp(said_at), "software": SOFTWARE}
        return self._db.execute(_SETTLED, known).fetchone() is not None

    def called_spam(self, mention_id: int) -> bool:
        """Whether a person called the same spam, elsewhere."""
        return self._db.execute(_CALLED_SPAM, {"head": mention_id}).fetchone() is not None


def _elsewhere(place: Place, became: Mapping[str, str]) -> Elsewhere:
    at = became.get("at")
    return Elsewhere(
        place,
        became.get("state") or "",
        became.get("outcome") or "",
        became.get("person") or "",
        moment(at) if at else None,
        became.get("reply_url") or "",
    )


_OTHERS = """
g AS (SELECT coalesce(same_as, mention_id) AS head FROM mentions WHERE mention_id = :head),
others AS (
  SELECT m.mention_id, m.repost FROM g CROSS JOIN mentions m ON (m.mention_id = g.head OR m.same_as = g.head)
  WHERE m.mention_id != :head
)
"""

_BECAME = f"""
WITH {_OTHERS}
SELECT others.mention_id, d.state, o.outcome, o.person, o.at, r.url AS reply_url
FROM others LEFT JOIN drafts d ON d.mention_id = others.mention_id AND d.state NOT IN ('declined', 'superseded')
  LEFT JOIN outcomes o ON o.mention_id = others.mention_id LEFT JOIN receipts r ON r.draft_id = d.draft_id
ORDER BY others.repost, others.mention_id LIMIT :most
"""  # nosec B608 # made of our own words; values are bound

_AS_PRESSING = """
(NOT EXISTS (SELECT 1 FROM triage WHERE mention_id = :head AND priority = 'urgent')
  OR EXISTS (SELECT 1 FROM triage WHERE triage.mention_id = others.mention_id AND priority = 'urgent'))
"""

_TAKEN = f"""
WITH {_OTHERS}
SELECT 1 FROM others JOIN drafts d ON d.mention_id = others.mention_id
WHERE d.state NOT IN ('declined', 'superseded', 'sent') AND {_AS_PRESSING} LIMIT 1
"""  # nosec B608 # made of our own words; values are bound

_SETTLED = f"""
WITH {_OTHERS}
SELECT 1 FROM others JOIN outcomes o ON o.mention_id = others.mention_id
  LEFT JOIN permissions p ON p.mention_id = others.mention_id
WHERE o.at >= :said_at AND {_AS_PRESSING} AND (o.outcome = 'answered'
  OR (o.person != :software AND coalesce(p.route, '') != 'do_not_contact')) LIMIT 1
"""  # nosec B608 # made of our own words; values are bound

_CALLED_SPAM = f"""
WITH {_OTHERS}
SELECT 1 FROM others JOIN corrections c ON c.mention_id = others.mention_id
WHERE c.about = 'lane' AND c.meant = 'spam' LIMIT 1
"""  # nosec B608 # made of our own words; values are bound
