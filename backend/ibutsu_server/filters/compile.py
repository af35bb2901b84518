"""From clauses to the conditions of a statement."""

import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select, tuple_

from ibutsu_server.db.models import Result, Test
from ibutsu_server.filters import on_postgresql, on_sqlite
from ibutsu_server.filters.columns import on_column
from ibutsu_server.filters.documents import on_array, on_value
from ibutsu_server.filters.fields import is_array, resolve
from ibutsu_server.filters.grammar import Clause
from ibutsu_server.filters.paths import Path
from ibutsu_server.filters.patterns import has_text
from ibutsu_server.filters.values import convert

Statement = TypeVar("Statement", bound=Select[*tuple[Any, ...]])


def apply(statement: Statement, entity: Any, clauses: Sequence[Clause]) -> Statement:
    """The rows that fulfil every clause; raises `Invalid` with the field that cannot be understood."""
    return statement.where(*(_condition(entity, clause, clauses) for clause in clauses))


def holds(entity: Any, field: str, text: str) -> ColumnElement[bool]:
    """Whether a field has the text somewhere in it, in any case, where no character means others."""
    target = resolve(entity, field)
    if isinstance(target, Path):
        return has_text(on_postgresql.text(target), on_sqlite.text(target), text)
    return has_text(target, target, text)


def _condition(entity: Any, clause: Clause, clauses: Sequence[Clause]) -> ColumnElement[bool]:
    if entity is Result and clause.field == "test_id" and clause.operator in ("~", "%"):
        return _test_is_found(clause, clauses)
    target = resolve(entity, clause.field)
    if not isinstance(target, Path):
        return on_column(target, clause)
    return (on_array if is_array(clause.field) else on_value)(target, clause)


def _test_is_found(clause: Clause, clauses: Sequence[Clause]) -> ColumnElement[bool]:
    """Search the few tests, not the many results."""
    found = on_column(Test.__table__.c.test_id, clause)
    projects = [other for other in clauses if (other.field, other.operator) == ("project_id", "=")]
    if len(projects) == 1:
        project_id = convert("project_id", uuid.UUID, projects[0].value)
        return Result.test_id.in_(select(Test.test_id).where(Test.project_id == project_id, found))
    tests = select(Test.project_id, Test.test_id).where(found)
    return tuple_(Result.project_id, Result.test_id).in_(tests)
