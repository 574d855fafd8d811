"""The week in sentences: what the weekly letter says, in what order. Pure; the templates only lay it out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from listener.mention import Author
from responders.digest.plainly import (
    called,
    capital,
    compared,
    count,
    cut,
    lasting,
    listed,
    number,
    platform_in_words,
    quoted,
)
from responders.digest.week import Deepened, Hole, Silence, Voice, Wait, zone_named
from responders.rendering.layout import web_link

if TYPE_CHECKING:  # the digest is told here, and rendered from what is told there
    from responders.digest.assemble import Digest

# As much as a person reads through; the desk has the rest.
DEEPENED_MOST = 5
HOLES_MOST = 6
REASONS_MOST = 6

_ASKED = {"help": "asked for help", "complaint": "complained", "question": "asked a question"}
_STANDING = {
    "": "There is no draft yet.",
    "held": "A draft is at the desk.",
    "escalated": "The draft was handed on to a colleague.",
    "approved": "An answer is approved, but not out.",
    "sending": "An answer is on its way.",
    "rehearsed": "An answer was approved in rehearsal only: they have not seen it.",
    "by_hand": "An answer is approved, to be posted by hand.",
    "refused": "The platform refused our answer.",
    "unknown": "Our answer may or may not be out there: please look.",
}
_BECAME = {
    "": "Not answered.",
    "answered": "We answered.",
    "declined": "The draft was declined, and nothing sent.",
    "no_reply": "Left without a reply, on purpose.",
}
_TONES = {"positive": "kind", "negative": "unhappy", "unscored": "that no engine could read"}
_LANES = {"question": "questions", "help": "calls for help", "complaint": "complaints", "untriaged": "not triaged yet"}
_ALONE = {"question": "question", "help": "call for help", "complaint": "complaint"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in the letter: who, what is told of them, and what was said, each behind its lead-in."""

    who: str
    told: str
    quotes: tuple[tuple[str, str], ...]
    link: str


@dataclass(frozen=True, slots=True)
class Section:
    """People under one title; `after` says who else there is, and `link` leads to where."""

    title: str
    entries: tuple[Entry, ...]
    after: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """All that the letter says. Every string may hold foreign text: it has yet to be escaped for HTML."""

    subject: str
    title: str
    opening: str
    sections: tuple[Section, ...]
    counts: tuple[tuple[str, str], ...]
    unheard: tuple[str, ...]
    footer: str


def tell(digest: Digest, brand_name: str, desk_url: str) -> Telling:
    """The digest in sentences, people first."""
    brand = cut(brand_name, 60)
    sections = (
        _wrote_back(digest),
        _waiting(digest, web_link(desk_url)),
        Section("Kind words", tuple(_voice(one, digest) for one in digest.best)),
        Section("Hard to hear", tuple(_voice(one, digest) for one in digest.hardest)),
    )
    return Telling(
        subject=_subject(digest, brand),
        title=f"{capital(brand)}: {digest.week.label}",
        opening=_opening(digest, brand),
        sections=tuple(section for section in sections if section.entries),
        counts=tuple(_counts(digest)),
        unheard=tuple(_unheard(digest)),
        footer="This letter goes once a week to those named under [digest] in settings.toml. It loads nothing and "
        f"tracks nobody. Days and times are those of {digest.week.zone}.{_sealed(digest)}",
    )


def _sealed(digest: Digest) -> str:
    """The audit's head: kept in a mail box, it shows whether anybody changed what was decided before."""
    if not digest.head:
        return ""
    return f" The audit's head is {digest.head} (to compare it: warmline audit verify --head {digest.head})."


def _subject(digest: Digest, brand: str) -> str:
    waiting, back, wrote = digest.waits.people, len(digest.deepened), digest.figures.people
    if waiting:
        news = f"{count(waiting, 'person waits', 'people wait')} for a word from us"
    elif back:
        news = f"{count(back, 'person', 'people')} wrote back to us"
    elif wrote:
        news = f"{count(wrote, 'person', 'people')} wrote, nobody is left waiting"
    else:
        news = "a quiet week" if digest.streams else "nothing was listened to"
    return f"{capital(brand)}, {digest.week.label}: {news}"


def _opening(digest: Digest, brand: str) -> str:
    """The week in the letter's first few sentences."""
    wrote, first = digest.figures.people, digest.figures.first_time
    said = [f"a quiet week: we heard nobody write about {brand}."]
    if not wrote and not digest.streams:
        said = ["nothing could be heard this week: no platform was listened to."]
    if wrote:
        firsts = "" if wrote == 1 else f", {number(first) if first else 'none'} of them for the first time"
        said = [f"{count(wrote, 'person', 'people')} wrote about {brand} this week{firsts}."]
    if digest.deepened:
        said.append(f"{count(len(digest.deepened), 'person', 'people')} wrote back after we had answered.")
    if digest.waits.people:
        still = count(digest.waits.people, "person still waits", "people still wait")
        longest = lasting(digest.written_at - digest.waits.longest[0].since)
        said.append(f"{still} for a word from us{', the longest' if digest.waits.people > 1 else ''}, for {longest}.")
    elif wrote:
        said.append("nobody who asked for something is left without a word.")
    if digest.holes or digest.silences:
        said.append("we did not hear everything; the end of this letter says what we missed.")
    return " ".join(capital(sentence) for sentence in said).replace(", the longest, for", ", the longest for")


def _wrote_back(digest: Digest) -> Section:
    more = len(digest.deepened) - DEEPENED_MOST
    after = f"{capital(count(more, 'more person', 'more people'))} wrote back." if more > 0 else ""
    entries = tuple(_deepened(one, digest) for one in digest.deepened[:DEEPENED_MOST])
    return Section("They wrote back", entries, after)


def _deepened(one: Deepened, digest: Digest) -> Entry:
    after = f", after {count(one.replies, 'reply', 'replies')} of ours" if one.replies > 1 else ""
    told = f"{_where(one.who)} wrote back on {_day(one.at, digest)}{after}."
    quotes = (("", quoted(one.theirs)), ("We had said: ", quoted(one.ours, 200)))
    return Entry(called(one.who), told, quotes, web_link(one.url))


def _waiting(digest: Digest, desk_url: str) -> Section:
    more = digest.waits.people - len(digest.waits.longest)
    after = f"{capital(count(more, 'more person waits', 'more people wait'))}. " if more > 0 else ""
    return Section(
        "Waiting for a word from us", tuple(_wait(one, digest) for one in digest.waits.longest), after, desk_url
    )


def _wait(one: Wait, digest: Digest) -> Entry:
    urgent = ", and it is urgent" if one.priority == "urgent" else ""
    told = f"{_where(one.who)} {_ASKED[one.lane]} {lasting(digest.written_at - one.since)} ago{urgent}."
    others = f" {capital(count(one.others, 'more mention'))} of theirs wait{'s' if one.others == 1 else ''} too."
    told += f" {_STANDING[one.draft]}{others if one.others else ''}"
    return Entry(called(one.who), told, (("", quoted(one.text)),), web_link(one.url))


def _voice(one: Voice, digest: Digest) -> Entry:
    again = f" Said in {number(one.places)} places." if one.places > 1 else ""
    told = f"{_where(one.who)}, {_day(one.posted_at, digest)}.{again} {_BECAME[one.outcome]}"
    return Entry(called(one.who), told, (("", quoted(one.text)),), web_link(one.url))


def _where(who: Author) -> str:
    return f"on {platform_in_words(who.platform)}"


def _day(at: datetime, digest: Digest) -> str:
    local = at.astimezone(zone_named(digest.week.zone))
    return f"{local:%A}, {local.day} {local:%B}"


def _counts(digest: Digest) -> Iterator[tuple[str, str]]:
    now, before = digest.figures, digest.before
    yield "Mentions", _beside(now.mentions, before.mentions)
    if now.mentions:
        known = f"{now.first_time:,} for the first time, {now.returning:,} had written before"
        yield "People", f"{_beside(now.people, before.people)}. Of them {known}"
        yield "Tone", f"{_tally(now.by_sentiment, _TONES)}. A list of words reads it, and takes irony at its word"
        yield "About", _tally(now.by_lane, _LANES)
        yield "Where", listed(f"{platform_in_words(place)} {n:,}" for place, n in now.by_platform.items())
    if now.others:
        mentions = "mention" if now.others == 1 else "mentions"
        yield "Others", f"Beside these, {now.others:,} {mentions} of others we watch"
    if now.set_aside:
        which = "mention that names" if now.set_aside == 1 else "mentions that name"
        yield "Set aside", f"{now.set_aside:,} {which} us, and probably mean something else"
    if now.echoes:
        yield "Said again", f"Passed on, or said again in other places: {now.echoes:,}. Each is counted once above"
    if now.spam:
        yield "Spam", f"{now.spam:,} set aside, and counted nowhere else"
    yield "Answered", _answered(digest)
    if now.declined:
        yield "Declined", f"{now.declined:,} {'draft' if now.declined == 1 else 'drafts'} that did not fit"
    if now.no_reply:
        yield "Left in peace", _left(digest)


def _beside(now: int, before: int) -> str:
    return f"{now:,}; {compared(now, before)}" if now else f"none; {compared(now, before)}"


def _tally(counts: Mapping[str, int], many: Mapping[str, str]) -> str:
    words = {name: _ALONE.get(name) if n == 1 else None for name, n in counts.items()}
    return listed(f"{n:,} {words[name] or many.get(name, name)}" for name, n in counts.items())


def _answered(digest: Digest) -> str:
    now = digest.figures
    said = _beside(now.answered, digest.before.answered)
    if now.time_to_answer is None:
        return said
    return f"{said}. Half of the answers were out within {lasting(now.time_to_answer)}"


def _left(digest: Digest) -> str:
    reasons = [f"{cut(why, 80) or 'no reason given'} ({n:,})" for why, n in digest.figures.reasons]
    more = len(reasons) - REASONS_MOST
    shown = [*reasons[:REASONS_MOST], *([count(more, "other reason")] if more > 0 else [])]
    return f"{digest.figures.no_reply:,} without a reply, on purpose: {'; '.join(shown)}"


def _unheard(digest: Digest) -> Iterator[str]:
    if not digest.streams and not digest.holes and not digest.silences:
        imported = "; what is counted here was imported" if digest.figures.mentions else ""
        yield f"No platform was listened to this week{imported}."
        return
    # The longest few, told in order of time.
    told = sorted(digest.holes, key=lambda hole: hole.starts - hole.ends)[:HOLES_MOST]
    yield from (_hole(hole, digest) for hole in sorted(told, key=lambda hole: hole.starts))
    if more := len(digest.holes) - len(told):
        yield f"{capital(count(more, 'shorter gap'))} beside these."
    yield from (_silence(one, digest) for one in digest.silences)
    if not digest.holes and not digest.silences:
        yield f"{capital(count(digest.streams, 'stream was', 'streams were'))} listened to, without a gap."


def _hole(hole: Hole, digest: Digest) -> str:
    zone = zone_named(digest.week.zone)
    when = between(hole.starts.astimezone(zone), hole.ends.astimezone(zone))
    gone = "; the platform does not show it any more" if hole.lost else ""
    return f"{platform_in_words(hole.platform)} {cut(hole.stream, 60)}: not heard {when}{gone}."


def _silence(one: Silence, digest: Digest) -> str:
    what = f"{platform_in_words(one.platform)} {cut(one.stream, 60)}"
    why = "our access is refused" if one.state == "revoked" else "it can't be reached"
    since = f"last heard {_day(one.since, digest)}" if one.since else "never heard so far"
    detail = f" ({cut(one.detail, 120)})" if one.detail else ""
    return f"{what}: {why} now, {since}{detail}."


def between(starts: datetime, ends: datetime) -> str:
    """`Tue 17 Nov 02:10 to 05:40`, with the second day named where it is another one."""
    # Midnight reads better as the end of the day that it closes.
    midnight = (ends.hour, ends.minute) == (0, 0) and ends > starts
    last = ends - timedelta(minutes=1) if midnight else ends
    clock = "24:00" if midnight else f"{ends:%H:%M}"
    day = "" if last.date() == starts.date() else f"{last:%a} {last.day} {last:%b} "
    return f"{starts:%a} {starts.day} {starts:%b %H:%M} to {day}{clock}"
