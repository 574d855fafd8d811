"""Figures say how sure they are, and only those that deserve it."""

from __future__ import annotations

import pytest

from listener.judgement import Judged, Share, by, calibration, confusion, right_of
from tests.builders import NOON

TONES = ("positive", "neutral", "negative", "unscored")


def a_judged(
    said: str, meant: str, negative: float | None = None, engine: str = "mixed", platform: str = "x"
) -> Judged:
    return Judged(
        1, said, meant, engine, platform, sampled=False, unsure=False, negative=negative, person="Ana", at=NOON
    )


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (17, 20, 0.6396, 0.9476),
        (81, 263, 0.2553, 0.3662),  # R. G. Newcombe, Statistics in Medicine 1998, table I
        (15, 148, 0.0624, 0.1605),  # the same
    ],
)
def test_a_share_has_wilsons_interval(right: int, n: int, low: float, high: float) -> None:
    share = Share(right, n)
    assert share.low == pytest.approx(low, abs=0.0001)
    assert share.high == pytest.approx(high, abs=0.0001)


def test_below_twenty_there_is_too_little_to_say() -> None:
    assert not Share(19, 19).enough
    assert Share(1, 20).enough


def test_what_was_not_scored_is_neither_right_nor_wrong() -> None:
    judged = [a_judged("negative", "negative"), a_judged("unscored", "negative")]
    assert right_of(judged) == Share(1, 1)
    assert right_of(judged[1:]) is None
    assert by(judged, "engine") == {"mixed": Share(1, 1)}


def test_the_table_counts_what_was_said_against_what_was_meant() -> None:
    judged = [a_judged("negative", "positive"), a_judged("negative", "positive"), a_judged("unscored", "negative")]
    table = confusion(judged, TONES)
    assert table.said == ("negative", "unscored")
    assert table.meant == ("positive", "negative")
    assert table.counts == {("negative", "positive"): 2, ("unscored", "negative"): 1}
    assert table.n == 3


def test_shares_come_by_kind_the_one_with_most_of_them_first() -> None:
    judged = [
        a_judged("negative", "negative", platform="x"),
        *(a_judged("negative", "neutral", platform="reddit") for _ in range(2)),
    ]
    assert list(by(judged, "platform").items()) == [("reddit", Share(0, 2)), ("x", Share(1, 1))]


def test_of_those_called_unhappy_with_a_probability_so_many_were() -> None:
    judged = [a_judged("negative", "negative" if n < 17 else "neutral", 0.8 + n / 1000) for n in range(20)]
    judged += [
        a_judged("positive", "positive", 0.0),
        a_judged("negative", "negative", 1.0),
        a_judged("neutral", "neutral"),
    ]
    assert [(round(band.around, 1), band.share) for band in calibration(judged)] == [
        (0.1, Share(0, 1)),
        (0.9, Share(18, 21)),
    ]
