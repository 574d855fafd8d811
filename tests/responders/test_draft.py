"""The table of moves."""

from __future__ import annotations

from responders.draft import STANDS, VERBS, State, fingerprint, may_move


def test_every_state_but_the_first_can_be_reached() -> None:
    assert {new for _, into in VERBS.values() for new in into} == set(State)


def test_nothing_is_sent_that_did_not_pass_through_approval() -> None:
    assert leading_to(State.SENDING) == {(State.APPROVED, "claim")}
    assert leading_to(State.SENT) == {(state, "sent") for state in (State.SENDING, State.UNKNOWN, State.BY_HAND)}


def test_only_a_person_approves_and_only_what_is_held() -> None:
    """Or says "send again" where its fate is unknown. The other ways are the outbox's own, for what was certainly not
    posted."""
    by_people = {(State.HELD, "approve"), (State.UNKNOWN, "send again")}
    assert leading_to(State.APPROVED) == by_people | {(State.SENDING, "deliver"), (State.UNKNOWN, "never sent")}


def test_what_may_be_out_there_is_touched_by_nobody_but_its_own_question() -> None:
    assert leading_from(State.SENDING) == {"deliver", "sent", "restore"}
    assert leading_from(State.UNKNOWN) == {"send again", "drop", "not found", "never sent", "sent"}


def test_what_is_not_out_there_yet_can_always_be_overtaken() -> None:
    """Someone answered first, the mention is gone, or they asked us to stop."""
    on_the_wire_or_over = {State.SENDING, State.UNKNOWN, State.SENT, State.DECLINED, State.SUPERSEDED}
    overtaken = {old for old, verb in leading_to(State.SUPERSEDED) if verb == "supersede"}
    assert overtaken == set(State) - on_the_wire_or_over


def test_sent_is_the_end() -> None:
    assert leading_from(State.SENT) == set()


def test_practice_is_never_sent() -> None:
    reached = {new for new in State for verb in VERBS if may_move(State.REHEARSED, new, verb)}
    assert reached == {State.HELD, State.SUPERSEDED}


def leading_to(new: State) -> set[tuple[State, str]]:
    return {(old, verb) for old in State for verb in VERBS if may_move(old, new, verb)}


def leading_from(old: State) -> set[str]:
    return {verb for new in State for verb in VERBS if may_move(old, new, verb)}


def test_a_fingerprint_tells_bytes_apart_that_look_alike() -> None:
    assert fingerprint("café") != fingerprint("cafe\u0301")


def test_each_state_has_words_of_a_person() -> None:
    assert set(STANDS) == set(State)
    assert not {"held", "unknown", "by_hand", "superseded", "escalated"} & set(STANDS.values())
