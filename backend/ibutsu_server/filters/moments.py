"""Times that move with the clock: `now`, `today`, `-7d`."""

import re
from calendar import monthrange
from datetime import datetime, time, timedelta

_AGO = re.compile(r"-(\d{1,4})(h|d|w|mo)", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def moving(text: str, now: datetime) -> datetime | None:
    """What the text says at that time, days by its time zone; None if it says no such thing."""
    if text == "now":
        return now
    if text in {"today", "yesterday"}:
        midnight = datetime.combine(now, time(), now.tzinfo)
        return midnight if text == "today" else midnight - timedelta(days=1)
    ago = _AGO.fullmatch(text)
    if ago is None:
        return None
    count, unit = int(ago[1]), ago[2]
    return _months_before(now, count) if unit == "mo" else now - count * _UNITS[unit]


def _months_before(now: datetime, count: int) -> datetime:
    """The same day of that month, or its last one."""
    year, month = divmod(now.year * 12 + now.month - 1 - count, 12)
    return now.replace(year=year, month=month + 1, day=min(now.day, monthrange(year, month + 1)[1]))
