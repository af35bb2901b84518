"""The runs of the last days, as numbers to be summed."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from ibutsu_server.db.models import Run
from ibutsu_server.db.types import now

RUNS = 20_000
"""So many of the newest are counted."""


def runs_of_days(statement: Select[Any], days: int, columns: Iterable[Any]) -> Select[Any]:
    """These columns of those that the statement selects and that started in the last days."""
    newest = statement.with_only_columns(*columns).where(Run.start_time > now() - timedelta(days=days))
    return newest.order_by(Run.start_time.desc(), Run.id.desc()).limit(RUNS)


def cut(runs: int) -> list[str]:
    """What to tell when so many were counted."""
    return [f"Only the newest {RUNS} runs are counted: ask for fewer days"] if runs >= RUNS else []
