"""Times that move with the clock."""

from datetime import UTC, datetime

import pytest

from ibutsu_server.filters.moments import moving

pytestmark = pytest.mark.unit

NOW = datetime(2026, 3, 31, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-03-31T12:30"),
        ("today", "2026-03-31T00:00"),
        ("yesterday", "2026-03-30T00:00"),
        ("-0h", "2026-03-31T12:30"),
        ("-12h", "2026-03-31T00:30"),
        ("-7d", "2026-03-24T12:30"),
        ("-2w", "2026-03-17T12:30"),
        ("-1mo", "2026-02-28T12:30"),
        ("-3mo", "2025-12-31T12:30"),
        ("-25mo", "2024-02-29T12:30"),
    ],
)
def test_they_are_told_from_now(text, expected):
    assert moving(text, NOW) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "7d", "-7", "-7D", "-7y", "-\u0667d", "-12345d", "--7d", "-7d ", "tomorrow"]
)
def test_everything_else_is_left_to_others(text):
    assert moving(text, NOW) is None
