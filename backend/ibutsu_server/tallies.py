"""How many results of a project have which value of a field, without reading those that were counted before.

`domain.tallying` counts the results of a run when nothing happens in it any more, and adds them to the
counts of each day.  What cannot be taken from there is counted when it is asked for: results of runs that
have changed since, those without a run, and those of a run that goes across the edge of a window.  All of
it is one statement, which sees one moment, so the numbers are exact.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from ibutsu_server.db import db
from ibutsu_server.db.ids import is_one_of
from ibutsu_server.db.models import DailyTally, Result, Run, RunTally, TalliedField
from ibutsu_server.db.types import JSONDocument
from ibutsu_server.filters.grouping import group_by

COLUMNS = ("component", "env", "source", "result")
"""Columns of results that are counted; of the metadata, every field with few values is."""

METADATA = ("metadata.", "data.")

Tally = dict[str, Counter[str]]
"""By value, then by outcome, which is empty for none."""


def field_name(field: str) -> str:
    """The one of its names under which a field is counted."""
    return f"metadata.{field[5:]}" if field.startswith("data.") else field


def of_field(
    project_id: uuid.UUID, field: str, since: datetime | None = None, *, only: Collection[str] | None = None
) -> Tally | None:
    """The results of a project that started after `since`, by the values of a field, or `only` some of them.

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
        elif only is None:
            add(total, row.counts, row.factor)
        else:
            add(total, {value: row.counts[value] for value in only if value in row.counts}, row.factor)
    return {value: left for value, outcomes in total.items() if (left := +outcomes)} if is_counted else None


class RunCounts(NamedTuple):
    """How many results a run has, when the first of them started, and their values by field."""

    results: int
    first: datetime
    fields: defaultdict[str, defaultdict[str, Counter[str]]]

    def common_value(self, field: str) -> str | None:
        """What all results have."""
        values = self.fields[field]
        is_common = [counts.total() for counts in values.values()] == [self.results]
        return next(iter(values)) if is_common else None


def of_runs(project_id: uuid.UUID, runs: Collection[uuid.UUID], *fields: str) -> dict[uuid.UUID, RunCounts]:
    """Of those runs that are counted as they are; none where one of the fields is not counted."""
    columns = Run.id, Run.result_count, RunTally.first, RunTally.field, RunTally.counts
    these = is_one_of(Run.id, runs), Run.is_tallied, RunTally.field.in_(fields)
    counted = select(*columns).join_from(RunTally, Run).where(*these)
    found: dict[uuid.UUID, RunCounts] = {}
    for run_id, results, first, field, counts in db.session.execute(counted):
        run = found.get(run_id) or RunCounts(results, first, defaultdict(lambda: defaultdict(Counter)))
        add(run.fields[field], counts, 1)
        found[run_id] = run._replace(first=min(run.first, first))
    narrow = select(func.count()).select_from(TalliedField)
    narrow = narrow.where(TalliedField.project_id == project_id, TalliedField.field.in_(fields))
    return found if db.session.scalar(narrow.where(~TalliedField.is_wide)) == len(fields) else {}


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
    live = [(is_one_of(Result.run_id, changed),), (Result.project_id == project_id, Result.run_id.is_(None))]
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
        outdated.where(is_one_of(RunTally.run_id, changed)),
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
            value, is_one_of(Result.run_id, across), Result.start_time > since, Result.start_time < midnight
        ),
    ]


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
