"""The only way a person's decision is carried out; the desk and the command line both come through here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from listener.archive.connect import writing
from listener.archive.places import places_of
from listener.archive.read import Heard
from listener.clean import clean_line, clean_text
from listener.triage import Intent, Lane
from responders import correcting, publishers, restored
from responders.by_hand import what_is_wrong
from responders.checks import Problem, check
from responders.draft import STANDS, Draft, Receipt, State, may_move
from responders.drafting import permission_now, permit, write_draft
from responders.limits import limit_for
from responders.office import Office
from responders.permission import Permission, is_among
from responders.queue import Changed, NotPossible, Seen
from responders.reconcile import is_asked

MOST_TYPED = 100_000  # characters; far more than any platform takes, whose own limit is checked and said

MOST_ALIKE = 1_000  # posts that are set aside together with the one that a person calls spam
# Where somebody belongs who is no spam, by what they want.
LANE_OF: Mapping[Intent, Lane] = {
    "request": "help", "risk": "help", "complaint": "complaint", "leaving": "complaint", "abuse": "complaint",
    "question": "question", "buying": "question", "praise": "praise", "recommendation": "praise",
}  # fmt: skip

LOST = Problem("lost", "an earlier attempt to send this was lost, and may be there: look before you approve", False)

__all__ = ["Blocked", "Changed", "NotPossible", "Seen", "approve", "decline", "edit", "no_reply", "undo"]


class Blocked(NotPossible):
    """The text must not go out as it is; `problems` say why and how to mend it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def problems(office: Office, draft: Draft, text: str | None = None) -> tuple[Problem, ...]:
    """What stands against sending this draft, or `text` in its place; some of it blocks, the rest is advice."""
    heard = office.archive.get(draft.mention_id)
    written = draft.text if text is None else text
    lost = (LOST,) if office.outbox.perhaps_there(draft.draft_id) else ()
    return lost + check(
        written,
        heard.mention,
        office.people.card(draft.mention_id),
        limit_for(heard.mention.platform),
        office.replies.body(draft.template) if draft.template else None,
        edited_by_person=draft.revision > 1 or written != draft.text or not draft.template,
    )


def approve(office: Office, draft_id: int, seen: Seen, text: str, person: str) -> Draft:
    """Approve exactly `text`, which the person has before them; where they changed it, it becomes a revision first.

    Raises Changed where the draft moved on since they saw it, Blocked where a check stands against it, NotPossible
    where it is not waiting for approval or they may not be answered any more.
    """
    draft = office.queue.get(draft_id)
    heard = office.archive.get(draft.mention_id)
    if heard.gone_at is not None:
        raise NotPossible("they deleted what they said: there is nothing to answer any more")
    if heard.changed_at is not None and heard.changed_at > draft.changed_at:
        raise NotPossible("they edited what they said since this was drafted: read it again, in a moment")
    text = as_typed(text)
    if blocking := tuple(problem for problem in problems(office, draft, text) if problem.blocks):
        raise Blocked(blocking)
    now = office.now()
    with writing(office.db):
        # Asked once more: since the draft was made, they may have asked us to stop, or a rule may have changed.
        permission = permission_now(office, heard)
        if not permission.lets_answer:
            raise NotPossible(permission.rule)
        return office.queue.approve(
            draft_id,
            seen,
            text,
            person,
            now,
            to=_approved_state(office, heard, draft, permission),
            key=_key(office, heard),
            send_after=now + timedelta(seconds=office.settings.responders.undo_s),
        )


def edit(office: Office, draft_id: int, seen: Seen, text: str, person: str) -> Draft:
    """Save `text` as the next revision; the draft waits for approval (again). Raises Changed or NotPossible."""
    draft = office.queue.get(draft_id)
    text = as_typed(text)
    return draft if text == draft.text else office.queue.edit(draft_id, seen, text, person, office.now())


def decline(office: Office, draft_id: int, reason: str, person: str) -> Draft:
    """Say no to a draft, with a reason; the mention is done with. Raises NotPossible."""
    reason = _asked_for(reason)
    now = office.now()
    with writing(office.db):
        draft = office.queue.move(draft_id, State.DECLINED, "decline", person, reason, now)
        office.queue.conclude(draft.mention_id, "declined", person, reason, now)
    return draft


def no_reply(office: Office, mention_id: int, reason: str, person: str) -> None:
    """Leave a mention unanswered on purpose, with a reason. Raises KeyError or NotPossible."""
    reason = _asked_for(reason)
    office.archive.get(mention_id)
    now = office.now()
    with writing(office.db):
        draft = office.queue.draft_of(mention_id)
        if draft is not None:
            office.queue.move(draft.draft_id, State.DECLINED, "no_reply", person, reason, now)
        office.queue.conclude(mention_id, "no_reply", person, reason, now)


def undo(office: Office, draft_id: int, person: str) -> Draft:
    """Take an approval back before it goes out, or a refused reply back to mend it.

    Raises NotPossible where it is on its way already. What may be out there is asked for by its own question
    (`is_there`, `send_again`, `drop`): undone and approved again, it could be there twice.
    """
    return office.queue.move(draft_id, State.HELD, "undo", person, "", office.now())


def reopen(office: Office, mention_id: int, person: str) -> None:
    """Take back a decline or a no reply: the mention waits again, with a fresh draft."""
    outcome = office.inbox.outcome_of(mention_id)
    if outcome is None or outcome.outcome == "answered":
        raise NotPossible("only a mention that was declined or left without a reply can be opened again")
    with writing(office.db):
        office.queue.reopen(mention_id, person, office.now())
        write_draft(office, mention_id, person)


def posted_by_hand(office: Office, draft_id: int, url: str, person: str) -> Draft:
    """Confirm, with its link, that a person posted the approved text on the platform. Raises NotPossible."""
    return _is_there(office, draft_id, url, person, State.BY_HAND, "by_hand")


def is_there(office: Office, draft_id: int, url: str, person: str) -> Draft:
    """Say that a reply whose fate was unknown is on the platform: a person found it, here is its link."""
    return _is_there(office, draft_id, url, person, State.UNKNOWN, "found")


def send_again(office: Office, draft_id: int, person: str) -> Draft:
    """Say that a reply whose fate was unknown is not there, and approve exactly its text once more.

    It waits out the undo window, and is looked for once more before it goes. Raises NotPossible while it is still
    looked for, or the process that was sending it still stands; where they may not be answered any more, or where it
    is settled already.
    """
    draft = _lost(office, draft_id)
    heard = office.archive.get(draft.mention_id)
    if heard.gone_at is not None:
        raise NotPossible("they deleted what they said: there is nothing to answer any more")
    now = office.now()
    with writing(office.db):
        if not (permission := permission_now(office, heard)).lets_answer:
            raise NotPossible(permission.rule)
        if not is_asked(draft):
            raise NotPossible("it is still being looked for: give it two minutes")
        send_after = now + timedelta(seconds=office.settings.responders.undo_s)
        return office.queue.send_again(draft_id, person, now, send_after)


def drop(office: Office, draft_id: int, person: str) -> Draft:
    """Leave a reply whose fate is unknown as it is, and be done with its mention. Raises as `send_again`."""
    draft, now, why = _lost(office, draft_id), office.now(), "dropped: whether the reply went out was never known"
    with writing(office.db):
        dropped = office.queue.move(draft_id, State.DECLINED, "drop", person, why, now)
        office.queue.conclude(draft.mention_id, "declined", person, why, now)
    return dropped


def _lost(office: Office, draft_id: int) -> Draft:
    """A draft whose fate is unknown. Raises NotPossible where it is none, or where it may still be on its way."""
    draft = office.queue.get(draft_id)
    if draft.state is not State.UNKNOWN:
        raise NotPossible(f"this reply is {STANDS[draft.state]}: it was settled in the meantime, or was never in doubt")
    if (still := office.outbox.stands_still(draft_id)) is not None:
        raise NotPossible(
            f"the process that was sending it has stopped half-way and may go on: end process {still} first"
        )
    return draft


def not_spam(office: Office, mention_id: int, person: str) -> None:
    """Say that a person speaks in what was set aside as spam: it is sorted as what else it says, and waits.

    Where they may not be answered it is kept with those. Raises KeyError, or NotPossible where it is not set aside so.
    """
    with writing(office.db):
        heard = office.archive.get(mention_id)
        if heard.triage is None or office.inbox.aside_of(mention_id) != "spam":
            raise NotPossible("this is not among the spam any more")
        lane = heard.triage.lane if heard.triage.lane != "spam" else LANE_OF.get(heard.triage.intent, "chat")
        correcting.correct(office, mention_id, {"lane": lane}, person, verb="not spam")
        correcting.let_wait(office, heard, person)


def spam(office: Office, mention_id: int, person: str) -> None:
    """Set a mention aside as spam, with what was drafted for it and all who say the same without a draft of their own.

    Raises KeyError, or NotPossible where our reply is out there or on its way.
    """
    with writing(office.db):
        draft = office.queue.draft_of(mention_id)
        if draft is not None and not may_move(draft.state, State.SUPERSEDED, "supersede"):
            raise NotPossible(f"the reply is {STANDS[draft.state]}: it cannot be taken back any more")
        correcting.correct(office, mention_id, {"lane": "spam"}, person, verb="spam")
        echoes = (place.mention_id for place in places_of(office.db, mention_id, MOST_ALIKE))
        for number in (one for one in echoes if office.inbox.aside_of(one) == "echo"):
            if not correcting.is_no_spam(office, number):
                office.queue.set_aside(number, "spam")


def do_not_contact(office: Office, mention_id: int, reason: str, person: str) -> None:
    """Put a mention's author on the do-not-contact list: nothing waits for them or goes to them any more.

    What is on the wire at this moment can't be called back. Raises KeyError or NotPossible.
    """
    heard = office.archive.get(mention_id)
    if heard.mention.ours or is_among(heard.mention.author, office.settings.standing.ours):
        raise NotPossible("this is our own account")
    office.contact.put_on(heard, _asked_for(reason), person, office.now())


def contact_again(office: Office, mention_id: int, reason: str, person: str) -> None:
    """Take a mention's author off the do-not-contact list. What was ended stays so until someone reopens it.

    Raises KeyError or NotPossible.
    """
    heard, reason = office.archive.get(mention_id), _asked_for(reason)
    with writing(office.db):
        office.contact.take_off(heard, reason, person, office.now())
        permit(office, heard)


def pause(office: Office, person: str, reason: str = "") -> None:
    """Stop all sending, at once and until someone resumes."""
    office.controls.pause(person, clean_line(reason), office.now())


def resume(office: Office, person: str, *, anyway: bool = False) -> None:
    """Allow sending again.

    Raises NotPossible where a backup was restored and what may have gone out since is still being looked for, unless a
    person wants it `anyway`: nothing that is looked for is sent again even so.
    """
    if not anyway and (left := restored.still_to_look_for(office)):
        few = "1 reply that may be out is" if left == 1 else f"{left} replies that may be out are"
        again = "Try again in two minutes, or: warmline resume --anyway"
        raise NotPossible(f"a backup was restored, and {few} still being looked for. {again}")
    restored.done(office)
    office.controls.resume(person, office.now())


def as_typed(text: str) -> str:
    """What a person typed, without what a browser or a terminal adds: CR LF line ends, white space at the ends.

    Half characters and controls, which no platform takes, go as they do at the door for foreign text.
    """
    return clean_text(text, MOST_TYPED).strip()


def _asked_for(reason: str) -> str:
    if said := clean_line(reason):
        return said
    raise NotPossible("say in a word or two why: the reason is kept beside the mention")


def _approved_state(office: Office, heard: Heard, draft: Draft, permission: Permission) -> State:
    platform = heard.mention.platform
    rule_changed = permission.route == "by_hand" and platform in office.settings.platforms_on
    if draft.route == "by_hand" or rule_changed:
        return State.BY_HAND
    live = office.settings.responders.mode == "live" or publishers.is_pretend(platform)
    return State.APPROVED if live else State.REHEARSED


def _key(office: Office, heard: Heard) -> str | None:
    """What the platform's publisher fixes at approval."""
    platform = heard.mention.platform
    if platform not in office.settings.platforms_on:
        return None
    return publishers.fix(platform, heard.mention, office.now())


def _is_there(office: Office, draft_id: int, url: str, person: str, was: State, how: str) -> Draft:
    draft = office.queue.get(draft_id)
    if draft.state is not was:
        raise NotPossible(f"this reply is {STANDS[draft.state]}, not {STANDS[was]}")
    heard = office.archive.get(draft.mention_id)
    if wrong := what_is_wrong(url, heard.mention):
        raise NotPossible(wrong)
    receipt = Receipt(post_id=url, url=url, how=how)
    return office.queue.receive(draft_id, receipt, heard.mention.platform, person, office.now())
