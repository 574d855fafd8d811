"""What is written down during a soak, and what is made of it at the end."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import proc
from listener.archive.connect import look_into
from listener.plaza.book import Book
from listener.plaza.cast import BRAND

TROUBLE = re.compile(r"^\S+ (warning|error|critical) .*|^\s*(Traceback|Exception) .*")
GROWTH = 0.05


@dataclass(frozen=True, slots=True)
class Sample:
    """The daemon at one moment. `at` in seconds from the start, memory in MB."""

    at: float
    rss: float
    descriptors: int
    threads: int
    wal: float
    kept: int
    waiting: int
    due: int
    sent: int


def sample(at: float, pid: int, database: Path) -> Sample:
    """As the kernel and the database say it now."""
    wal = database.with_name(database.name + "-wal")
    db = look_into(database)
    try:
        counts = db.execute(_COUNTS).fetchone()
    finally:
        db.close()
    size = wal.stat().st_size / 1e6 if wal.exists() else 0.0
    return Sample(at, proc.rss_mb(pid), proc.descriptors(pid), proc.threads(pid), size, *counts)


@dataclass(frozen=True, slots=True)
class Growth:
    """The daemon after its warm-up and at the end, as medians; for 30 minutes: minutes 3 to 5, and the last three."""

    rss_warm: float
    rss_end: float
    descriptors_warm: float
    descriptors_end: float

    @property
    def rss(self) -> float:
        """By what part the memory grew."""
        return self.rss_end / self.rss_warm - 1


def growth(samples: Sequence[Sample]) -> Growth:
    """The first tenth warms up; what follows, to a sixth, is set against the last tenth."""
    whole = samples[-1].at
    warm = [one for one in samples if whole / 10 <= one.at <= whole / 6]
    end = [one for one in samples if one.at >= whole * 0.9]
    return Growth(
        *(median(one.rss for one in some) for some in (warm, end)),
        *(median(one.descriptors for one in some) for some in (warm, end)),
    )


def troubles(log: Path) -> Counter[str]:
    """Every line of the log that is a warning, an error or a traceback, alike ones counted together."""
    found = (TROUBLE.match(line) for line in log.read_text(encoding="utf-8").splitlines())
    return Counter(re.sub(r"\d+", "N", re.sub(r"^\S+Z ", "", one[0].strip()))[:120] for one in found if one)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The plaza's world against the database."""

    lost: int
    doubled: int
    posted: int
    twice: int
    unapproved: int
    without_receipt: int


def reckon(world: Path, database: Path) -> Reckoning:
    """What stands on the plaza and was not kept; what was kept, or posted, twice or without being approved."""
    book, db = Book(str(world)), look_into(database)
    try:
        standing = {row[0] for row in book.ask("SELECT post_id FROM posts WHERE handle <> ? AND NOT deleted", [BRAND])}
        ours = [
            tuple(row) for row in book.ask("SELECT post_id, in_reply_to, text FROM posts WHERE handle = ?", [BRAND])
        ]
        kept = Counter(row[0] for row in db.execute("SELECT post_id FROM mentions WHERE NOT ours"))
        approved = {tuple(row) for row in db.execute(_APPROVED)}
        receipts = {row[0] for row in db.execute("SELECT post_id FROM receipts")}
    finally:
        book.close()
        db.close()
    return Reckoning(
        lost=len(standing - set(kept)),
        doubled=sum(times - 1 for times in kept.values()),
        posted=len(ours),
        twice=len(ours) - len({parent for _, parent, _ in ours}),
        unapproved=sum((parent, text) not in approved for _, parent, text in ours),
        without_receipt=len({post_id for post_id, _, _ in ours} ^ receipts),
    )


def verdict(samples: Sequence[Sample], log: Path, reckoning: Reckoning) -> Iterator[tuple[bool, str]]:
    """Each promise: whether it was kept, and with what figure."""
    grown, found = growth(samples), troubles(log)
    yield grown.rss < GROWTH, f"memory {grown.rss_warm:.1f} to {grown.rss_end:.1f} MB RSS: {grown.rss:+.1%}; goal < 5 %"
    flat = grown.descriptors_end <= grown.descriptors_warm + 2
    yield flat, f"descriptors {grown.descriptors_warm:.0f} to {grown.descriptors_end:.0f}"
    yield not found, f"{found.total()} warnings, errors and tracebacks in the log"
    for line, times in found.most_common(10):
        yield False, f"  {times} x {line}"
    yield not reckoning.lost, f"{reckoning.lost} mentions lost"
    yield not reckoning.doubled, f"{reckoning.doubled} kept twice"
    yield reckoning.posted > 0, f"{reckoning.posted} replies posted"
    yield not reckoning.twice, f"{reckoning.twice} posted twice"
    yield not reckoning.unapproved, f"{reckoning.unapproved} posted unapproved"
    yield (
        not reckoning.without_receipt,
        f"{reckoning.without_receipt} posts without a receipt, or receipts without a post",
    )


_COUNTS = """
SELECT (SELECT count(*) FROM mentions WHERE NOT ours), (SELECT count(*) FROM drafts WHERE state = 'held'),
  (SELECT count(*) FROM drafts WHERE state IN ('approved', 'sending')),
  (SELECT count(*) FROM drafts WHERE state = 'sent')
"""

# The text as the revision that was approved has it, and whose post it answers.
_APPROVED = """
SELECT m.post_id, r.text FROM decisions d JOIN revisions r USING (draft_id, revision)
JOIN drafts f USING (draft_id) JOIN mentions m ON m.mention_id = f.mention_id WHERE d.verb = 'approve'
"""
