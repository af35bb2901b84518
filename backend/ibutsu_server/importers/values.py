"""Numbers, times, ids and names as report writers write them."""

import math
import re
import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

LONGEST = 64
"""Characters that are looked at."""

LONGEST_SECONDS = 1e12
"""Durations are below it, as in the API."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_DOTTED = re.compile(r"[\w$-]+(\.[\w$-]+)+")
_EPOCH = re.compile(r"\d{10}(\d{3})?(\.\d*)?")


def seconds(text: str | None) -> float | None:
    """`1.5`, `1,234.5`, `1,5` or `1.5s`; none for what is absent or no duration."""
    if not text:
        return None
    text = text[:LONGEST]
    try:
        value = float(text)
    except ValueError:
        value = _spelled(text.strip().removesuffix("s").rstrip())
    return value if math.isfinite(value) and 0 <= value < LONGEST_SECONDS else None


def _spelled(text: str) -> float:
    text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return math.nan


def instant(text: str | None) -> str | None:
    """A time in UTC of what is one in ISO 8601 or in the words of mails; none for anything else.

    The texts sort like the times; without an offset they mean UTC.
    """
    return _instant(text[:LONGEST].strip()) if text else None


@lru_cache(256)
def _instant(text: str) -> str | None:
    for read in (_since_1970, datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found.replace(tzinfo=found.tzinfo or UTC)).astimezone(UTC).isoformat()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def _since_1970(text: str) -> datetime:
    """Seconds or, of 13 digits, milliseconds."""
    found = _EPOCH.fullmatch(text)
    if found is None:
        raise ValueError
    return datetime.fromtimestamp(float(text) / (1000 if found[1] else 1), UTC)


def uuid_of(text: str | None) -> str | None:
    """In its usual spelling; none for what is absent or no UUID."""
    try:
        return str(uuid.UUID(text or ""))
    except ValueError:
        return None


def last_part(name: str) -> str:
    """The last part of a dotted path.  Parameters, and names that are prose, are not cut at their dots."""
    if "." not in name:
        return name
    path, bracket, parameters = name.partition("[")
    return (path.rpartition(".")[2] if is_dotted(path) else path) + bracket + parameters


def is_dotted(name: str) -> bool:
    return "." in name and _DOTTED.fullmatch(name) is not None
