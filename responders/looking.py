"""Looking on a platform before or after an attempt: what goes wrong there, under a publisher's own names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from listener import source
from listener.listing import moment
from responders.draft import Receipt
from responders.publisher import Postponed, PublishError, Refused, Revoked, Unknown

MOST_PAGES = 20
# How far our clock may be from a platform's. An attempt is dated by ours, what it left by theirs: a post of ours that
# seems older than its attempt must not be overlooked, for then it would be sent again. A clock that
# nobody sets gains minutes, and one set by hand without summer time is an hour off. That an older reply in the same
# words is not taken for this one is not the margin's to see to but `Order.known`'s.
CLOCKS_DIFFER = timedelta(hours=1)
# How platforms say that they have these words already.
_SAID_ALREADY = re.compile(r"duplicat|already|similar|identical|the same", re.IGNORECASE)


def look_back(page: Callable[[int, Any], Sequence[Any]], since: datetime, dated: str) -> Iterator[Any]:
    """What a platform lists of the time since then, up to a page that has nothing of it.

    `page` is told which it is, from 1, and the last item so far (None: none yet); `dated` names the time in an item.
    Raises Unknown where MOST_PAGES are not enough.
    """
    last = None
    for number in range(1, MOST_PAGES + 1):
        fresh = [item for item in page(number, last) if moment(item[dated]) >= since]
        if not fresh:
            return
        yield from fresh
        last = fresh[-1]
    raise Unknown(f"more than {MOST_PAGES} pages since the attempt: too many to look through")


@contextmanager
def doubting(
    find: Callable[[], Receipt | None], *, lags: bool = False, whatever_it_says: bool = False
) -> Iterator[None]:
    """For the one write: a refusal because it was said already may be the sign that this very reply was posted.

    Somebody in between (a proxy, another process) may have sent it twice, and we hear of the second. So it is believed
    only where `find` sees nothing; where what it sees `lags` behind, not even then. Such a refusal is known by its
    words, or counts as one `whatever_it_says`. Raises Unknown in the refusal's place.
    """
    try:
        yield
    except Refused as why:
        if not (whatever_it_says or _SAID_ALREADY.search(str(why))):
            raise
        try:
            there = find()
        except PublishError as unread:
            raise Unknown(f"{why} Whether it is this reply could not be looked up: {unread}") from why
        if there is not None or lags:
            seen = "The same reply is there already" if there else "What it would repeat is not to be seen"
            raise Unknown(f"{why} {seen}") from why
        raise


@contextmanager
def afterwards() -> Iterator[None]:
    """For `find` and `probe`: what can't be read might be ours, and to say "not there" would be a guess.

    Raises Revoked or Unknown for whatever the platform answers.
    """
    try:
        yield
    except source.Revoked as why:
        raise Revoked(str(why)) from why
    except source.SourceError as why:
        raise Unknown(str(why)) from why
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as why:
        raise Unknown(f"the platform did not answer as documented: {type(why).__name__} {why}") from why


@contextmanager
def beforehand() -> Iterator[None]:
    """For what a reply needs to know before it is posted: nothing was posted yet, for certain.

    Raises Revoked, Refused where the parent is not there, or Postponed.
    """
    try:
        yield
    except source.Revoked as why:
        raise Revoked(str(why)) from why
    except source.NotFound as why:
        raise Refused(f"what is to be answered is not there, or not any more: {why}") from why
    except source.RateLimited as why:
        raise Postponed(str(why), why.retry_at) from why
    except source.SourceError as why:
        raise Postponed(str(why)) from why
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as why:
        raise Postponed(f"the platform did not answer as documented: {type(why).__name__} {why}") from why
