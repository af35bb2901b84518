"""How many results of a project have which value of a field, without reading those that were counted before.

`domain.tallying` counts the results of a run when nothing happens in it any more, and adds them to the
counts of each day.  What cannot be taken from there is counted when it is asked for: results of runs that
have changed since, those without a run, and those of a run that goes across the edge of a window.  All of
it is one statement, which sees one moment, so the numbers are exact.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from ibutsu_server.db import db
from ibutsu_server.db.models import DailyTally, Result, Run, RunTally, TalliedField
from ibutsu_server.db.types import JSONDocument
from ibutsu_server.db.writes import dialect
from ibutsu_server.filters.grouping import group_by

COLUMNS = ("component", "env", "source", "result")
"""Columns of results that are counted; of the metadata, every field with few values is."""

METADATA = ("metadata.", "data.")

Tally = dict[str, Counter[str]]
"""By value, then by outcome, which is empty for none."""


def field_name(field: str) -> str:
    """The one of its names under which a field is counted."""
    return f"metadata.{field[5:]}" if field.startswith("data.") else field


def of_field(project_id: uuid.UUID, field: str, since: datetime | None = None) -> Tally | None:
    """The results of a project that started after `since`, by the values of a field.

    None for a field that is not counted, because it has too many values or because no counted result has it.
    """
    value = group_by(Result, field) if field in COLUMNS or field.startswith(METADATA) else None
    if value is None:
        return None
    total: defaultdict[str, Counter[str]] = defaultdict(Counter)
    is_counted = False
    for row in db.session.execute(_statement(project_id, field_name(field), value, since)):
        if row.factor == 0:
            is_counted = True
        elif row.counts is None:
            total[row.value][row.outcome] += row.number
        else:
            add(total, row.counts, row.factor)
    return {value: left for value, outcomes in total.items() if (left := +outcomes)} if is_counted else None


def add(total: defaultdict[str, Counter[str]], counts: Mapping[str, Mapping[str, int]], factor: int) -> None:
    for value, outcomes in counts.items():
        into = total[value]
        for outcome, number in outcomes.items():
            into[outcome] += factor * number


def _statement(project_id: uuid.UUID, field: str, value: Any, since: datetime | None) -> Any:
    own = RunTally.project_id == project_id, RunTally.field == field
    days = _tallied(DailyTally, 1).where(DailyTally.project_id == project_id, DailyTally.field == field)
    outdated = _tallied(RunTally, -1).where(*own)
    changed = select(Run.id).where(Run.project_id == project_id, ~Run.is_tallied)
    live = [(_is_one_of(Result.run_id, changed),), (Result.project_id == project_id, Result.run_id.is_(None))]
    edge: list[Select[Any]] = []
    after: tuple[ColumnElement[bool], ...] = ()
    if since is not None:
        day = since.astimezone(UTC).date()
        days = days.where(DailyTally.day > day)
        outdated = outdated.where(RunTally.day > day)
        edge, after = _edge(value, own, since), (Result.start_time > since,)
    counted = TalliedField.project_id == project_id, TalliedField.field == field, ~TalliedField.is_wide
    return union_all(
        _row(0, cast(null(), JSONDocument)).select_from(TalliedField).where(*counted),
        days,
        outdated.where(RunTally.run_id.is_(None)),
        outdated.where(_is_one_of(RunTally.run_id, changed)),
        *edge,
        *(_live(value, *which, *after) for which in live),
    )


def _edge(value: Any, own: tuple[ColumnElement[bool], ...], since: datetime) -> list[Select[Any]]:
    """What is within the window of the day on which it begins, of runs that were counted."""
    day = since.astimezone(UTC).date()
    midnight = datetime.combine(day, time(), UTC) + timedelta(days=1)
    counted = *own, RunTally.day == day, Run.is_tallied
    across = select(Run.id).join(RunTally, RunTally.run_id == Run.id)
    across = across.where(*counted, RunTally.first <= since, RunTally.last > since)
    return [
        _tallied(RunTally, 1).join(Run).where(*counted, RunTally.first > since),
        _live(
            value, _is_one_of(Result.run_id, across), Result.start_time > since, Result.start_time < midnight
        ),
    ]


def _is_one_of(column: Any, ids: Select[uuid.UUID]) -> ColumnElement[bool]:
    """As an array PostgreSQL takes them for few, as they are, and looks for each by an index."""
    if dialect() == "sqlite":
        return column.in_(ids)  # type: ignore[no-any-return]
    found: ColumnElement[bool] = column == any_(func.array(ids.scalar_subquery(), type_=ARRAY(Uuid())))
    return found


def _tallied(entity: type[DailyTally | RunTally], factor: int) -> Select[Any]:
    return _row(factor, entity.counts).select_from(entity)


def _row(factor: int, counts: Any) -> Select[Any]:
    """Counts, to be added so many times; or without any, the number of a value and an outcome."""
    nothing = cast(null(), Text())
    return select(
        literal(factor).label("factor"),
        counts.label("counts"),
        nothing.label("value"),
        nothing.label("outcome"),
        cast(null(), BigInteger()).label("number"),
    )


def _live(value: Any, *which: ColumnElement[bool]) -> Select[Any]:
    found = select(value.label("value"), func.coalesce(Result.result, "").label("outcome")).where(*which)
    rows = found.subquery()
    counted = select(literal(1), cast(null(), JSONDocument), rows.c.value, rows.c.outcome, func.count())
    return counted.where(rows.c.value.is_not(None)).group_by(rows.c.value, rows.c.outcome)
