"""Pages of runs and results, for requests that wait and for background tasks alike."""

from typing import TypeVar

from ibutsu_server import filters, pages, totals
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Result, Run

Listed = TypeVar("Listed", Run, Result)


def newest(
    scope: Scope, entity: type[Listed], texts: list[str] | None, *, page: int, page_size: int, estimate: bool
) -> pages.Page[Listed]:
    """What matches the filters, newest first; raises Invalid when a filter is needed or wrong."""
    clauses = filters.parse(texts)
    scope.require_project(named=filters.names_project(clauses))
    statement = filters.apply(scope.select(entity), entity, clauses)
    return pages.take(
        statement,
        order=(entity.start_time.desc(), entity.id.desc()),
        page=page,
        page_size=page_size,
        total=totals.counted(scope, entity, clauses),
        estimate=estimate,
    )
