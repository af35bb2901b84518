"""Ways to the results of a list and to their exact total that are faster than the filters themselves."""

import uuid
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, select
from sqlalchemy.orm import aliased

from ibutsu_server import filters, tallies
from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Project, Result, Run
from ibutsu_server.filters import Clause
from ibutsu_server.filters.fields import is_array
from ibutsu_server.filters.values import as_number, convert, narrowed

_COUNTS = {
    "passed": Run.passes,
    "failed": Run.failures,
    "error": Run.errors,
    "skipped": Run.skips,
    "xfailed": Run.xfailures,
    "xpassed": Run.xpasses,
    "manual": Run.manual,
    "blocked": Run.blocked,
}
RECENT = 10_000
"""So many results can be looked at one by one within milliseconds."""


def visible(scope: Scope, entity: type[Any], clauses: Sequence[Clause]) -> Select[Any]:
    """What `scope.select` selects, where the clauses name one project: asked once, not about every row.

    A condition on the project of each row would let planners give up the order of the index.
    """
    projects = [clause for clause in clauses if (clause.field, clause.operator) == ("project_id", "=")]
    if len(projects) != 1:
        return scope.select(entity)
    return select(entity).where(_may_enter(scope, _project_id(projects[0])))


def counted(scope: Scope, entity: type[Any], clauses: Sequence[Clause]) -> int | None:
    """How many results fulfil the clauses; None where only counting them can tell."""
    if entity is not Result:
        return None
    statement = _from_runs(scope, clauses)
    return _from_tallies(scope, clauses) if statement is None else db.session.scalar(statement) or 0


def is_scattered(entity: type[Any], clauses: Sequence[Clause]) -> bool:
    """Whether an index finds the rows, but not in the order of their times."""
    if entity is Result and any(clause.field == "test_id" and clause.operator in "~%" for clause in clauses):
        return True
    on_metadata = any(_is_of_metadata(clause) and clause.operator in "=*" for clause in clauses)
    return on_metadata and db.engine.dialect.name == "postgresql"


def _from_runs(scope: Scope, clauses: Sequence[Clause]) -> Select[int] | None:
    """The counts of the runs, and the few results without one; of an empty run the counts are hearsay."""
    of_place = [clause for clause in clauses if clause.field in ("project_id", "run_id")]
    of_outcome = [clause for clause in clauses if clause.field == "result"]
    outcomes = _outcomes(of_outcome)
    is_simple = len(of_place) + len(of_outcome) == len(clauses)
    if outcomes is None or not is_simple or any(clause.operator not in "=*!" for clause in of_place):
        return None
    summed = sum((_COUNTS[name] for name in sorted(outcomes)), literal(0)) if of_outcome else Run.result_count
    in_runs = (
        scope.select(Run)
        .with_only_columns(func.coalesce(func.sum(summed), 0))
        .where(Run.result_count > 0, *(_of_place(Run, clause) for clause in of_place))
    )
    if any(clause.field == "run_id" for clause in of_place):
        return in_runs
    alone = (
        scope.select(Result)
        .with_only_columns(func.count())
        .where(Result.run_id.is_(None), *(_of_place(Result, clause) for clause in of_place))
    )
    if of_outcome:
        alone = alone.where(Result.result.in_(outcomes))
    return select(in_runs.scalar_subquery() + alone.scalar_subquery())


def value_counts(
    scope: Scope,
    clauses: Sequence[Clause],
    field: str,
    since: datetime | None = None,
    *,
    only: Collection[str] | None = None,
) -> Counter[str] | None:
    """How many results after `since` fulfil the clauses, by the values of a field.

    None where only counting them can tell: of fields with many values, of several projects, with conditions
    on anything but the outcome.
    """
    projects = [clause for clause in clauses if (clause.field, clause.operator) == ("project_id", "=")]
    of_outcome = [clause for clause in clauses if clause.field == "result"]
    outcomes = _outcomes(of_outcome)
    if len(projects) != 1 or len(projects) + len(of_outcome) != len(clauses) or outcomes is None:
        return None
    project_id = _project_id(projects[0])
    counts = tallies.of_field(project_id, field, since, only=only)
    if counts is None:
        return None
    if not db.session.scalar(select(_may_enter(scope, project_id))):
        return Counter()
    wanted = outcomes if of_outcome else None
    return +Counter(
        {
            value: sum(number for outcome, number in by.items() if wanted is None or outcome in wanted)
            for value, by in counts.items()
        }
    )


def _from_tallies(scope: Scope, clauses: Sequence[Clause]) -> int | None:
    """One field of one project, and the outcome."""
    others = [clause for clause in clauses if clause.field not in ("project_id", "result")]
    if len(others) != 1 or not _may_be_tallied(others[0]):
        return None
    rest = [clause for clause in clauses if clause is not others[0]]
    wanted = _values(others[0])
    counts = value_counts(scope, rest, others[0].field, only=wanted)
    return None if counts is None else sum(counts[value] for value in wanted)


def _may_be_tallied(clause: Clause) -> bool:
    """Numbers are tallied as they are written, and found however they are written."""
    is_field = _is_of_metadata(clause) or clause.field in tallies.COLUMNS
    numbers = [value for value in _values(clause) if as_number(value) is not None]
    is_plain = all(value == str(narrowed(as_number(value))) for value in numbers)  # type: ignore[arg-type]
    return is_field and clause.operator in "=*" and not is_array(clause.field) and is_plain


def _values(clause: Clause) -> set[str]:
    return set(clause.items if clause.operator == "*" else [clause.value])


def _outcomes(clauses: Sequence[Clause]) -> set[str] | None:
    """The outcomes that the clauses leave over; None where they are not about the counted ones."""
    left = set(_COUNTS)
    for clause in clauses:
        named = set(clause.items if clause.operator == "*" else [clause.value])
        if clause.operator not in "=*!" or not named <= set(_COUNTS):
            return None
        left = left - named if clause.operator == "!" else left & named
    return left


def _of_place(entity: type[Run] | type[Result], clause: Clause) -> ColumnElement[bool]:
    column: Any = Run.id if entity is Run and clause.field == "run_id" else getattr(entity, clause.field)
    ids = [
        convert(clause.field, uuid.UUID, text)
        for text in (clause.items if clause.operator == "*" else [clause.value])
    ]
    found: ColumnElement[bool] = column.not_in(ids) if clause.operator == "!" else column.in_(ids)
    return found


def is_of_metadata(entity: type[Any], clauses: Sequence[Clause]) -> bool:
    """Whether the clauses are about metadata of one project's results, and PostgreSQL has an index of it."""
    projects = [clause for clause in clauses if (clause.field, clause.operator) == ("project_id", "=")]
    of_values = [clause for clause in clauses if _is_value(clause)]
    is_simple = len(projects) == 1 and of_values and len(of_values) + 1 == len(clauses)
    return entity is Result and bool(is_simple) and db.engine.dialect.name == "postgresql"


def _project_id(clause: Clause) -> uuid.UUID:
    key: uuid.UUID = convert(clause.field, uuid.UUID, clause.value)
    return key


def _may_enter(scope: Scope, project_id: uuid.UUID) -> ColumnElement[bool]:
    return exists(scope.select(Project).where(Project.id == project_id))


def newest_ids(scope: Scope, clauses: Sequence[Clause]) -> Select[uuid.UUID]:
    """Which of the newest results of a project fulfil the clauses."""
    of_project = [clause for clause in clauses if clause.field == "project_id"]
    newest = filters.apply(visible(scope, Result, clauses), Result, of_project).order_by(
        Result.start_time.desc(), Result.id.desc()
    )
    recent = aliased(Result, newest.limit(RECENT).subquery("recent"))
    found = select(recent.id).order_by(recent.start_time.desc(), recent.id.desc())
    return filters.apply(found, recent, clauses)


def _is_value(clause: Clause) -> bool:
    return _is_of_metadata(clause) and clause.operator in "=*" and not is_array(clause.field)


def _is_of_metadata(clause: Clause) -> bool:
    return clause.field.startswith(tallies.METADATA)
