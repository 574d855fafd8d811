"""Invented posts to measure with: the same each time, as mentions or as a file to import."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from listener.mention import Author, Mention

SEED = 20_261_123
PLAIN = """
the a my your their this that it we they i you he she was is are were be been had have has do did will would can
could not and or but so because when then after before with without for from to at in on of about again still just
really very too also now today yesterday week hour minutes phone order app train seat table bill card screen battery
shop store counter line email answer agent driver box parcel coffee shirt size colour update account password ticket
window kitchen street people friend family house water morning evening back over down up out new old two three first
last next same other more some any every got get went going came took made told asked said
"""
# Everything was written in the last days, so that nothing is too old to be answered.
DAYS = 7
# So many posts are one conversation.
TALK = 3

SETTINGS = """\
[brand]
name = "Acme"

[[watches]]
name = "acme"
terms = ["Acme"]
handles = ["acmehelp"]

[desk]
port = 0
person = "Ana"
"""


def texts(n: int, seed: int = SEED) -> list[str]:
    """`n` invented texts of 100 to 280 characters: plain words, one in eight from VADER's lexicon; the same each time.

    Half name Acme, half of those as @acmehelp; some end in questions, shouts and emoji, as posts do.
    """
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    draw = random.Random(seed)
    plain = PLAIN.split()
    moody = sorted(word for word in SentimentIntensityAnalyzer().lexicon if word.isalpha())
    return [_text(draw, moody, plain) for _ in range(n)]


def crowded(n: int, seed: int = SEED) -> list[str]:
    """The texts of a busy hour: one in ten says again, word for word or nearly, what was said before.

    A third of those pass on one and the same post, as they do where something goes round.
    """
    said, draw = texts(n, seed), random.Random(seed)
    for number in range(n // 10, n):
        if draw.random() < 0.1:
            again = said[0] if draw.random() < 0.3 else said[draw.randrange(number)]
            said[number] = (again + draw.choice(("", "", " really", " +1")))[:280]
    return said


def _text(draw: random.Random, moody: Sequence[str], plain: Sequence[str]) -> str:
    length = draw.randint(100, 280)
    words = [draw.choice(("", "", "Acme", "@acmehelp"))]
    size = 0
    while size < length - 12:
        word = draw.choice(moody if draw.random() < 0.125 else plain)
        word += draw.choice(("", "", "", "", "", "", "", ",", "."))
        words.append(word)
        size += len(word) + 1
    return (" ".join(words) + draw.choice((".", "!", "?", "!!!", " 😀", " 😡", ""))).strip()[:280]


def mentions(posts: Sequence[str]) -> Iterator[Mention]:
    """The texts as mentions of the last days, by half as many people: some are heard once, some several times."""
    draw, now = random.Random(SEED), datetime.now(UTC)
    for number, text in enumerate(posts):
        person = f"person{draw.randrange(max(1, len(posts) // 2))}"
        author = Author("import", person, person, person.title(), followers=draw.randrange(20_000))
        written_at = now - timedelta(seconds=draw.uniform(60, DAYS * 86_400))
        yield Mention("import", f"post{number}", author, text, written_at)


def write_csv(path: Path, posts: Sequence[str]) -> Path:
    """The texts as a file for `warmline import`."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["post_id", "author_handle", "author_name", "author_followers", "text", "posted_at", "thread_id"])
        for number, one in enumerate(mentions(posts)):
            author, thread = one.author, f"thread{number // TALK}"
            rows.writerow(
                [one.post_id, author.handle, author.name, author.followers, one.text, one.posted_at.isoformat(), thread]
            )
    return path


def write_settings(folder: Path, more: str = "") -> Path:
    """The bench's settings.toml in this folder."""
    path = folder / "settings.toml"
    path.write_text(SETTINGS + more, encoding="utf-8")
    return path
