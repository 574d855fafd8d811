"""How somebody takes an answer: whether it takes up what they said, and what they say to it."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from listener.plaza.cast import Member

# Words that any reply to anybody could hold: the glue of a language, the courtesies, and what the whole plaza is about.
GLUE = """
a about after again all also always am an and any anyone are as at back be been before being but by can cant could
couldnt day did didnt do does doesnt doing done dont down each even ever every few for from further get gets getting
give go goes going gone good got great had has hasnt have having he her here hers him his how i if in into is isnt it
its itself just keep know last like little ll long look made make many may me mean might more most much must my need
never new nice no nor not now of off often oh ok on once one only or other our out over own past people put quite re
really right said same say see seen she should since so some somebody something soon still such take tell than that
thats the their them then there these they thing things think this those though through time to today tonight too
try two under until up us use used very want was wasnt we week well went were what when where which while who why will
with without wont work would year years yes yet you your yours youre
que de la el los las un una unos unas y o pero por para con sin no si ya es son era ser esta este esto como más muy
mi tu su nos os se lo le les al del qué en hola
"""
COURTESIES = """
answer answered anything apologies apologise appreciate assist care concern contact customer dear email enjoy
experience feedback feel free glad happy hear hello help hey hi hope improve inconvenience issue kind kindly know
let lovely mention message moment much note patience please pleased point post problem query question reach reaching
read reading regards reply sad share shared sharing sorry sort support team thank thanks touch understand value
welcome wish word words working write writing wrote gracias saludos
"""
SUBJECT = "lamp lamps light lights wren wrens dune dunes harbourlight harbourlights glowly"
GENERIC = frozenset(f"{GLUE} {COURTESIES} {SUBJECT}".split())

WORD = re.compile(r"[^\W_]+")
HANDLE = re.compile(r"@\w+")


class Mood(StrEnum):
    """How an answer was taken; the words are kept with the reaction in the book."""

    GOOD = "good"
    BAD = "bad"
    TWICE = "twice"


def taken_up(said: str, reply: str, names: Collection[str] = ()) -> set[str]:
    """The words of what somebody said that the reply takes up: not glue, not courtesy, not the subject, not a name."""
    theirs, ours = _content(said, names), _content(reply, names)
    return {word for word in theirs if any(_same(word, other) for other in ours)}


def mood_of(member: Member, said: str, reply: str, *, answered_before: bool) -> Mood:
    """How this member takes a reply to what they said."""
    if answered_before:
        return Mood.TWICE
    names = {member.handle, *(word.casefold() for word in WORD.findall(member.name))}
    return Mood.GOOD if taken_up(said, reply, names) else Mood.BAD


def reaction(member: Member, mood: Mood, already_said: Collection[str]) -> str | None:
    """What they say, never the same thing again; None where they let it be."""
    lines = {Mood.GOOD: member.good, Mood.BAD: member.bad, Mood.TWICE: member.twice}[mood]
    return next((line for line in lines if line not in already_said), None)


def _content(text: str, names: Collection[str]) -> set[str]:
    words = WORD.findall(HANDLE.sub(" ", text).replace("'", "").replace("’", "").casefold())
    return {word for word in words if len(word) >= 3 and word not in GENERIC and word not in names}


def _same(one: str, other: str) -> bool:
    # "stitch" and "stitches", "page" and "pages"; but "page" and "pageant" are two things.
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 3)
