"""Which rows a widget is about: those that the caller may see, in a project, and that fulfil its filters."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import Select

from ibutsu_server import filters, totals
from ibutsu_server.access import Scope
from ibutsu_server.filters import Clause


class Rows(NamedTuple):
    """`statement` selects them; `warnings` tell of conditions that were left out."""

    statement: Select[Any]
    clauses: list[Clause]
    warnings: list[str]


def rows(
    scope: Scope,
    entity: type[Any],
    *,
    project: str | None = None,
    texts: Iterable[str | None] = (),
    clauses: Iterable[Clause] = (),
) -> Rows:
    """`texts` are filters as users write them; a field that does not exist (any more) is left out, and told.

    Raises Forbidden for a project that the caller may not see, and Invalid for what cannot be understood.
    """
    wanted = [Clause("project_id", "=", str(scope.project_id(project)))] if project else []
    wanted += clauses
    warnings = []
    for clause in filters.parse([text for text in texts if text]):
        if filters.is_known(entity, clause.field):
            wanted.append(clause)
        else:
            warnings.append(f"The filter on {clause.field} was left out: there is no such field")
    statement = filters.apply(totals.visible(scope, entity, wanted), entity, wanted)
    return Rows(statement, wanted, warnings)
