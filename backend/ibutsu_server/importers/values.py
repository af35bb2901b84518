"""Numbers, times and names as report writers write them."""

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 64
"""Characters that are looked at."""

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_DOTTED = re.compile(r"[\w$-]+(\.[\w$-]+)+")


def seconds(text: str | None) -> float | None:
    """`1.5`, `1,234.5` or `1,5`; none for what is absent or no duration."""
    text = (text or "")[:LONGEST].strip().removesuffix("s")
    text = text.replace(",", "") if _THOUSANDS.fullmatch(text) else text.replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value < 1e12 else None  # noqa: PLR2004 - as in the API


def instant(text: str | None) -> str | None:
    """A time in UTC of what is one in ISO 8601 or in the words of mails; none for anything else.

    The texts sort like the times; without an offset they mean UTC.
    """
    text = (text or "")[:LONGEST].strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            return (found.replace(tzinfo=found.tzinfo or UTC)).astimezone(UTC).isoformat()
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def last_part(name: str) -> str:
    """The last part of a dotted path.  Parameters, and names that are prose, are not cut at their dots."""
    path, bracket, parameters = name.partition("[")
    is_path = "." in path and _DOTTED.fullmatch(path)
    return (path.rpartition(".")[2] if is_path else path) + bracket + parameters
