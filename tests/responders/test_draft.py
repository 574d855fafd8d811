"""The table of moves."""

from __future__ import annotations

from responders.draft import MOVES, State, fingerprint, may_move


def test_every_state_has_its_row() -> None:
    assert set(MOVES) == set(State)


def test_nothing_is_sent_that_did_not_pass_through_approval() -> None:
    """Whatever path leads to `sending`, its last step but one is `approved`; and to `sent` only over the wire,
    a person's confirmation, or a find."""
    assert {state for state in State if may_move(state, State.SENDING)} == {State.APPROVED}
    assert {state for state in State if may_move(state, State.SENT)} == {State.SENDING, State.UNKNOWN, State.BY_HAND}
    assert {state for state in State if may_move(state, State.APPROVED)} == {State.HELD, State.SENDING}


def test_what_is_unknown_never_goes_straight_out_again() -> None:
    assert not may_move(State.UNKNOWN, State.APPROVED)
    assert not may_move(State.UNKNOWN, State.SENDING)


def test_sent_is_the_end() -> None:
    assert MOVES[State.SENT] == frozenset()


def test_practice_is_never_sent() -> None:
    assert not {State.APPROVED, State.SENDING, State.SENT} & MOVES[State.REHEARSED]


def test_a_fingerprint_tells_bytes_apart_that_look_alike() -> None:
    assert fingerprint("café") != fingerprint("cafe\u0301")
