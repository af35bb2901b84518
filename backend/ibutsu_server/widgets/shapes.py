"""Whole entities within the answers of widgets, as the operations of their own answer them."""

from datetime import UTC, datetime
from typing import Any

from ibutsu_server.db.models import Result


def time(value: datetime | None) -> str | None:
    """UTC with a Z; microseconds only when there are any."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z" if value else None


RESULT = (
    *(Result.id, Result.test_id, Result.start_time, Result.duration, Result.result),
    *(Result.component, Result.env, Result.source, Result.run_id, Result.project_id),
    *(Result.data, Result.params, Result.attempts),
)
"""What `result` needs of one, if it is not a whole entity."""


def result(result: Any) -> dict[str, Any]:
    return {
        "id": str(result.id),
        "test_id": result.test_id,
        "start_time": time(result.start_time),
        "duration": result.duration,
        "result": result.result,
        "component": result.component,
        "env": result.env,
        "run_id": str(result.run_id) if result.run_id else None,
        "project_id": str(result.project_id),
        "metadata": result.data or {},
        "params": result.params,
        "source": result.source,
        "attempts": result.attempts or [],
    }
