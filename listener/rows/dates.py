"""Read a time however an export wrote it; what names no zone is UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_EPOCH = re.compile(r"(\d{9,16})(\.\d+)?\Z")
_COMPACT = re.compile(r"(?:19|20)\d{12}\Z")
_ZONE_AFTER_SPACE = re.compile(r"\s+([+-]\d{2}:?\d{2})\Z")
_UTC_BY_NAME = re.compile(r"\s*(?:UTC|GMT)\Z", re.IGNORECASE)
_SEPARATED = re.compile(
    r"(?P<a>\d{1,4})(?P<separator>[-/.])(?P<b>\d{1,2})(?P=separator)(?P<c>\d{4}|\d{1,2})"
    r"(?:[ T,]+(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}))?(?:\.\d+)?\s*(?P<half>[AaPp][Mm])?)?\Z"
)


def parse_time(text: str, day_first: bool = False) -> datetime:
    """The moment in UTC.

    Takes ISO 8601, epoch seconds, milliseconds or microseconds, RFC 2822, "Tue Oct 31 22:10:35 +0000 2017",
    "24-02-2015 11.35" and "2/24/2015 11:35 PM". `day_first` decides where both could be the day; dots (24.02.2015)
    always mean day first. Raises ValueError where it is none of these.
    """
    text = " ".join(text.split())
    for read in (_read_number, _read_iso, _read_twitter):
        moment = read(text)
        if moment is not None:
            return moment
    separated = _SEPARATED.match(text)
    try:
        moment = _read_separated(separated, day_first) if separated else parsedate_to_datetime(text)
        return _utc(moment)
    except (ValueError, OverflowError, TypeError, IndexError) as why:
        raise ValueError(f"cannot read the time {text[:60]!r}; ISO 8601 works: 2026-11-23T02:43:00Z") from why


def first_of_two(text: str) -> tuple[int, int] | None:
    """The two numbers of which one is the day, as they stand; None where the order is no question."""
    separated = _SEPARATED.match(" ".join(text.split()))
    if separated is None or separated["separator"] == "." or len(separated["a"]) > 2:
        return None
    return int(separated["a"]), int(separated["b"])


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_number(text: str) -> datetime | None:
    if _COMPACT.match(text):  # 20150224113552
        return _or_none(lambda: datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC))
    epoch = _EPOCH.match(text)
    if epoch is None:
        return None
    # Seconds have ten digits until 2286, milliseconds thirteen, microseconds sixteen.
    scale = 10 ** max(0, (len(epoch[1]) - 8) // 3 * 3)
    return _or_none(lambda: datetime.fromtimestamp(float(text) / scale, UTC))


def _read_iso(text: str) -> datetime | None:
    iso = _UTC_BY_NAME.sub("+00:00", _ZONE_AFTER_SPACE.sub(r"\1", text))
    return _or_none(lambda: _utc(datetime.fromisoformat(iso)))


def _read_twitter(text: str) -> datetime | None:
    return _or_none(lambda: _utc(datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y"))) if text[:1].isalpha() else None


def _read_separated(found: re.Match[str], day_first: bool) -> datetime:
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) == 4:
        year, month, day = a, b, c
    else:
        year = c if len(found["c"]) == 4 else 2000 + c
        first_is_day = a > 12 or (b <= 12 and (day_first or found["separator"] == "."))
        day, month = (a, b) if first_is_day else (b, a)
    hour = int(found["hour"] or 0)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"].lower() == "pm" else 0)
    return datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0), tzinfo=UTC)


def _or_none(read: Callable[[], datetime]) -> datetime | None:
    try:
        return read()
    except (ValueError, OverflowError, OSError):
        return None
