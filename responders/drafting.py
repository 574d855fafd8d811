"""From a kept mention to a held draft: may we answer, what would fit, and put it before a person."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from listener.archive.connect import writing
from listener.archive.read import Heard
from listener.archive.trouble import is_trouble
from listener.mention import Mention
from listener.rules import Rule
from listener.triage import ADVERTISEMENT
from listener.triage.quotes import own_words, speaks_for_another
from responders import by_rule
from responders.between_us import NOTHING, Between, between_us
from responders.by_rule import rule_for
from responders.checks import is_told
from responders.compose import Composed, compose
from responders.contact import ASKED
from responders.controls import SOFTWARE
from responders.draft import Aside, Draft, Receipt, State, may_move
from responders.limits import limit_for
from responders.office import Office
from responders.opt_out import asks_to_stop
from responders.permission import Permission, is_among, permission_for, rules
from responders.queue import Held, NotPossible
from responders.resorted import aside_no_more, held_spam
from responders.turns import lifted

log = logging.getLogger(__name__)

CHUNK = 25  # mentions a transaction: whoever else writes waits no longer than a tenth of a second for it


def draft_new(office: Office) -> bool:
    """Consider the next mentions that nobody has considered yet; True where more are left.

    How far this has got is read and committed with the drafts themselves, so that none is considered twice or skipped,
    whoever else drafts, imports or decides meanwhile.
    """
    with writing(office.db):
        heard = office.archive.after(considered_through(office), CHUNK)
        for one in heard:
            _consider_alone(office, one)
        if heard:
            office.controls.set("drafted_through", str(heard[-1].mention_id), SOFTWARE, office.now())
    return len(heard) == CHUNK


def considered_through(office: Office) -> int:
    """The number of the last mention that was considered."""
    return int(office.controls.read("drafted_through") or 0)


def _consider_alone(office: Office, heard: Heard) -> None:
    try:
        with writing(office.db):
            consider(office, heard)
    except Exception as why:
        # One mention is one unit of work: it is set aside where a person finds it, and the others go on.
        if is_trouble(why):
            raise
        log.exception("mention %d could not be drafted for", heard.mention_id)
        office.queue.set_aside(heard.mention_id)


def follow_triage(office: Office) -> None:
    """After mentions were triaged anew: set aside what is spam now, and consider what is set aside for no reason now.

    What a person asked for, worked on or decided stays as it is.
    """
    for some in _few(held_spam(office.db)):
        with writing(office.db):
            for draft in map(office.queue.get, some):
                if office.queue.is_softwares_own(draft):
                    leave_aside(office, draft, "spam", "spam")
    oldest = office.now() - timedelta(days=office.settings.responders.answer_within_days)
    for some in _few(aside_no_more(office.db, oldest)):
        with writing(office.db):
            for mention_id in some:
                _consider_alone(office, office.archive.get(mention_id))


def _few(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + CHUNK] for at in range(0, len(numbers), CHUNK))


def leave_aside(office: Office, draft: Draft, why: Aside, reason: str) -> None:
    """Take back a draft that software made, and set its mention aside; others who said the same are looked at again."""
    now = office.now()
    office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, reason, now)
    office.queue.set_aside(draft.mention_id, why)
    office.echoes.look_anew(draft.mention_id, now)


def write_draft(office: Office, mention_id: int, person: str) -> Draft:
    """A draft for a mention that has none, because a person asks for it; empty where no template fits.

    Raises KeyError for an unknown mention, NotPossible where it may not be answered or has a draft already.
    """
    heard = office.archive.get(mention_id)
    if heard.gone_at is not None:
        raise NotPossible("they deleted what they said: there is nothing to answer any more")
    permission = permit(office, heard)
    if not permission.lets_answer:
        raise NotPossible(permission.rule)
    composed = _composed(office, heard, permission)
    return office.queue.hold(_held(office, heard, permission, composed), person, office.now())


def permit(office: Office, heard: Heard) -> Permission:
    """How this mention may be answered, and kept as such. Whoever asks us in it to stop is left alone from here on."""
    with writing(office.db):
        if _asks_us_to_stop(office, heard):
            office.contact.put_on(heard, ASKED, SOFTWARE, office.now())
        permission = permission_now(office, heard)
        office.queue.permit(heard.mention_id, permission)
    return permission


def permission_now(office: Office, heard: Heard) -> Permission:
    """How this mention may be answered by today's settings and the do-not-contact list; nothing is kept."""
    listed = office.contact.listed(heard.mention.author) is not None
    return permission_for(
        heard.mention,
        office.settings.standing,
        about_us=heard.about_us,
        doubted=is_doubted(office, heard),
        asked_to_stop=listed,
    )


def _asks_us_to_stop(office: Office, heard: Heard) -> bool:
    """Whether they ask it of us in this mention, and no person has decided otherwise since."""
    mention, standing = heard.mention, office.settings.standing
    return (
        (mention.to_us or mention.in_reply_to is not None)
        and not heard.repost
        and asks_to_stop(own_words(mention.text), standing.ours_on(mention.platform))
        and not is_among(mention.author, standing.ours | standing.staff)
        and (mention.to_us or office.contact.answers_us(mention))
        and not office.contact.was_heeded(heard.mention_id)
    )


def consider(office: Office, heard: Heard) -> None:
    """Do what a mention calls for: hold a draft for it, set it aside, or see that it was answered already."""
    if heard.mention.ours:
        _answered_over_there(office, heard.mention)
        return
    permission, rule = permit(office, heard), rule_for(office, heard)
    too_old = heard.mention.posted_at < _oldest(office, heard)
    if rule is not None:
        by_rule.carry_out(office, heard, rule, is_news=not too_old)
    if office.queue.draft_of(heard.mention_id) or office.inbox.outcome_of(heard.mention_id):
        return  # a person was quicker, or they asked us to stop
    if (answer := office.archive.our_answer(heard.mention)) is not None:
        office.queue.conclude(heard.mention_id, "answered", SOFTWARE, _there(answer), office.now())
        return
    if (why := _aside(office, heard, permission, rule, too_old=too_old)) is not None:
        office.queue.set_aside(heard.mention_id, why)
        return
    composed = _composed(office, heard, permission)
    office.queue.hold(_held(office, heard, permission, composed), SOFTWARE, office.now())


def is_doubted(office: Office, heard: Heard) -> bool:
    """Whether it names us, and is probably not about us all the same."""
    ours = {watch.name for watch in office.settings.watches if watch.kind == "brand"}
    return not heard.about_us and any(watch in ours for watch in heard.relevance)


def _aside(office: Office, heard: Heard, permission: Permission, rule: Rule | None, *, too_old: bool) -> Aside | None:
    """Why this is kept without a draft; None where somebody waits for an answer."""
    if rule is not None and by_rule.leaves_it(heard, rule):
        return "rule"
    if (heard.triage is not None and heard.triage.lane == "spam") or _is_bots_own(heard, permission):
        return "spam"
    if heard.repost:
        return "echo"
    if not permission.lets_answer or too_old:
        return "not_about_us" if is_doubted(office, heard) else "older"
    if office.places.called_spam(heard.mention_id) and "lane" not in office.taught.corrections_of(heard.mention_id):
        return "spam"
    # The first that may be answered gets the draft for all who say the same.
    elsewhere = office.places
    if elsewhere.taken(heard.mention_id) or elsewhere.settled(heard.mention_id, heard.mention.posted_at):
        return "echo"
    return None


def _is_bots_own(heard: Heard, permission: Permission) -> bool:
    """Whether a bot named in the settings speaks, and not for somebody whose words it passes on."""
    return permission.rule == rules.KNOWN_BOT.rule and not speaks_for_another(heard.mention.text)


def _oldest(office: Office, heard: Heard) -> datetime:
    """What was said before this calls for no answer any more: too long ago, or before we listened there at all."""
    part = office.settings.responders
    oldest = office.now() - timedelta(days=part.answer_within_days)
    began = office.archive.connected_at(heard)
    return oldest if began is None else max(oldest, began - timedelta(days=part.backlog_days))


def _answered_over_there(office: Office, ours: Mention) -> None:
    """One of us answered on the platform itself: the draft that waits has come too late, or is hereby confirmed."""
    parent = office.archive.number_of(ours.platform, ours.in_reply_to) if ours.in_reply_to else None
    draft = office.queue.draft_of(parent) if parent is not None else None
    if parent is None or draft is None:
        return
    if draft.state is State.BY_HAND:
        receipt = Receipt(ours.post_id, ours.url, "by_hand")
        office.queue.receive(draft.draft_id, receipt, ours.platform, SOFTWARE, office.now())
    elif draft.state is State.SENT:
        office.queue.recognise(draft.draft_id, ours.post_id)
    elif draft.state is State.APPROVED:
        office.outbox.answered_there(draft, ours.post_id, ours.url, office.now())
    elif may_move(draft.state, State.SUPERSEDED, "supersede"):
        office.queue.move(draft.draft_id, State.SUPERSEDED, "supersede", SOFTWARE, _there(ours), office.now())
        office.queue.conclude(parent, "answered", SOFTWARE, _there(ours), office.now())


def _there(answer: Mention) -> str:
    return f"answered on {answer.platform} itself: {answer.url}".removesuffix(": ")


def _composed(office: Office, heard: Heard, permission: Permission) -> Composed:
    """What is put before the person; nothing where no draft is wanted, or nothing honest fits.

    The mention waits all the same: with an empty box, for a person to write or leave.
    """
    composed = None if permission.own_words else _compose(office, heard)
    if composed is None:
        return Composed("", "", ())
    return replace(composed, text=_call(heard.mention, composed.text) + composed.text)


def _call(mention: Mention, text: str) -> str:
    """What must stand before a text for its author to be told of it; nothing where the platform tells them itself."""
    return "" if is_told(text, mention) else f"@{mention.author.handle} "


def _compose(office: Office, heard: Heard) -> Composed | None:
    if heard.triage is None:
        return None
    limit = limit_for(heard.mention.platform)
    try:
        return compose(
            replace(heard.mention, text=own_words(heard.mention.text).strip()),
            heard.triage,
            office.people.card(heard.mention_id),
            office.brand,
            replace(limit, most=limit.most - limit.length(_call(heard.mention, ""))),
            office.replies,
            now=office.now(),
            used=office.inbox.templates_used(heard.person_id),
        )
    except Exception as why:
        # One draft is one unit of work: without it the person writes their own, and the other mentions go on.
        if is_trouble(why):
            raise
        log.exception("no draft could be composed for mention %d", heard.mention_id)
        return None


def _between(office: Office, heard: Heard) -> Between:
    """What lies between the author and us; nothing where all they do is advertise."""
    if heard.triage is None or heard.triage.says(ADVERTISEMENT):
        return NOTHING
    try:
        card = office.people.card(heard.mention_id)
        ended = office.inbox.left_on_purpose([act.mention_id for act in card.theirs])
        weights = office.settings.triage.priority
        return between_us(
            heard.mention, heard.triage.lane, card, office.brand.name, weights, office.now(), ended=ended
        )  # fmt: skip
    except Exception as why:
        # One card is one unit of work: without it they wait where triage has put them.
        if is_trouble(why):
            raise
        log.exception("what lies between us and the author of mention %d could not be told", heard.mention_id)
        return NOTHING


def _held(office: Office, heard: Heard, permission: Permission, composed: Composed) -> Held:
    triage, between = heard.triage, _between(office, heard)
    weights = office.settings.triage.priority
    return Held(
        mention_id=heard.mention_id,
        text=composed.text,
        route=permission.route,
        lane=triage.lane if triage else "chat",
        priority=lifted(triage.priority, triage.points, between.points, weights) if triage else "low",
        posted_at=heard.mention.posted_at,
        template=composed.template,
        evidence=composed.evidence,
        between=between,
    )
