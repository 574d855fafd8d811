"""A rule tried on past mentions: what it would have done, and what an earlier rule takes from it."""

from __future__ import annotations

from datetime import timedelta

from listener.rules import Rule
from listener.sentiment import Vader
from listener.sift import Sifter
from listener.tryout import try_out
from listener.watch import Watch
from responders.office import Office
from tests.builders import NOON, a_mention
from tests.responders.desk.seeded import hear, rows

RULE = Rule("Refunds", "refund", lane="complaint", tags=("refund",))
LAMPS = Rule("Lamps", "lamp", assign="Ben")


def test_it_says_how_many_and_what_would_change(office: Office, vader: Vader) -> None:
    for number in range(1, 13):
        hear(office, a_mention(number, text=f"refund number {number}"))
    hear(office, a_mention(20, text="a refund for the lamp", posted_at=NOON))
    hear(office, a_mention(21, text="hello"))
    hear(office, a_mention(22, text="an old refund", posted_at=NOON - timedelta(days=40)))
    before = rows(office)
    sifter = Sifter([Watch("us", "brand", ("Harbourlight",))], vader)
    tried = try_out(RULE, [LAMPS], office.archive.lately(NOON - timedelta(days=30), 1000), sifter.unruled)
    assert (tried.of, tried.holds, tried.taken, len(tried.newest)) == (14, 13, 1, 10)
    first, second, *_ = tried.newest
    assert (first.taken_by, first.changes) == ("Lamps", ())
    assert second.changes == ("by your rule “Refunds”: lane complaint; tagged refund",)
    assert rows(office) == before


def test_what_a_rule_has_changed_since_is_judged_as_if_it_had_not(office: Office, vader: Vader) -> None:
    hear(office, a_mention(1, text="@harbourlight my lamp is broken, please help"), lane="chat", rule="Gone")
    sifter = Sifter([Watch("us", "brand", ("Harbourlight",), handles=("harbourlight",))], vader)
    past = list(office.archive.lately(NOON - timedelta(days=30), 10))
    assert try_out(Rule("r", "lane:help", alert=True), [], past, sifter.unruled).holds == 1
    assert try_out(Rule("r", "lane:chat", alert=True), [], past, sifter.unruled).holds == 0
