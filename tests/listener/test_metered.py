"""Posts asked for one by one: what is one post's own fault costs the others nothing, and an outage costs few calls."""

from __future__ import annotations

import pytest

from listener.mention import Mention
from listener.metered import one_by_one
from listener.source import OutOfCredits, RateLimited, Revoked, SourceError, Unavailable
from tests.builders import a_mention

KEPT = [a_mention(number) for number in range(1, 7)]


def asking(**failing: SourceError) -> tuple[dict[str, Mention | None], list[str]]:
    """What could be told, and which posts were asked for."""
    asked: list[str] = []

    def now_of(known: Mention) -> Mention | None:
        asked.append(known.post_id)
        if known.post_id in failing:
            raise failing[known.post_id]
        return known

    return one_by_one(KEPT, now_of), asked


@pytest.mark.parametrize("why", [Revoked("403"), Unavailable("451")])
def test_one_that_cannot_be_read_is_left_out(why: SourceError) -> None:
    told, _ = asking(p1=why, p4=why)
    assert list(told) == ["p2", "p3", "p5", "p6"]


def test_where_the_first_few_fail_alike_it_is_the_platform() -> None:
    with pytest.raises(Unavailable):
        asking(p1=Unavailable("a"), p2=Unavailable("b"), p3=Unavailable("c"))


def test_an_outage_on_the_way_leaves_the_rest_for_another_time() -> None:
    told, asked = asking(p2=Unavailable("a"), p3=Unavailable("b"), p4=Unavailable("c"))
    assert list(told) == ["p1"]
    assert asked == ["p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("why", [RateLimited("slow down"), OutOfCredits("402")])
def test_a_limit_ends_it_at_once(why: SourceError) -> None:
    with pytest.raises(type(why)):
        asking(p1=why)
    told, asked = asking(p2=why)
    assert (list(told), asked) == (["p1"], ["p1", "p2"])
