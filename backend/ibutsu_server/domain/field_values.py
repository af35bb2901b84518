"""The values that a field of results has in a project, for those who write a filter."""

import uuid
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import aliased

from ibutsu_server import tallies
from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Test
from ibutsu_server.db.types import now
from ibutsu_server.errors import Invalid
from ibutsu_server.filters.fields import resolve
from ibutsu_server.filters.grammar import shown
from ibutsu_server.filters.grouping import group_by

NEWEST = 10_000
"""Results that are looked through where a field has too many values to be counted."""


class Values(NamedTuple):
    """Values with the numbers of their results, the most frequent first, and whether there are no others."""

    counts: list[tuple[str, int]]
    is_complete: bool


def of_field(project_id: uuid.UUID, field: str, *, prefix: str, days: int, limit: int) -> Values:
    """Values that begin with `prefix`, in any case, of the last days, or with 0 of all time.

    Raises Invalid for a field that does not exist.
    """
    resolve(Result, field)
    if group_by(Result, field) is None:
        raise Invalid(f"{shown(field)} cannot be looked for: there are odd characters in it", field="field")
    since = now() - timedelta(days=days) if days else None
    counted = tallies.of_field(project_id, field, since)
    if counted is not None:
        counts = Counter({value: outcomes.total() for value, outcomes in counted.items()})
    else:
        counts = _among_the_newest(project_id, field, since)
    if field == "test_id":
        counts.update(dict.fromkeys(_tests(project_id, prefix, limit + 1), 0))
    found = [one for one in counts.items() if one[0].lower().startswith(prefix.lower())]
    found.sort(key=lambda one: (-one[1], one[0]))
    return Values(found[:limit], counted is not None and len(found) <= limit)


def _among_the_newest(project_id: uuid.UUID, field: str, since: datetime | None) -> Counter[str]:
    newest = select(Result).where(Result.project_id == project_id)
    if since is not None:
        newest = newest.where(Result.start_time > since)
    newest = newest.order_by(Result.start_time.desc(), Result.id.desc()).limit(NEWEST)
    recent = aliased(Result, newest.subquery())
    rows = select(cast(group_by(recent, field), Text()).label("value")).subquery()
    counted = select(rows.c.value, func.count()).where(rows.c.value.is_not(None)).group_by(rows.c.value)
    return Counter({row[0]: row[1] for row in db.session.execute(counted)})


def _tests(project_id: uuid.UUID, prefix: str, limit: int) -> list[str]:
    """Every test is known, whenever it ran."""
    named = select(Test.test_id).where(
        Test.project_id == project_id, Test.test_id.istartswith(prefix, autoescape=True)
    )
    return list(db.session.scalars(named.order_by(Test.test_id).limit(limit)))
