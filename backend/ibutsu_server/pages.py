"""One page of a statement."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ClauseElement, Executable, Select, Subquery, func, select
from sqlalchemy.ext.compiler import compiles

from ibutsu_server.db import db
from ibutsu_server.errors import Invalid

Item = TypeVar("Item")
Statement = Select[Item]
Order = Sequence[Any]

LARGEST_OFFSET = 2**63 - 1
FEW = 1000
"""Up to here an estimate counts."""

MANY = 5000
"""From here on it is worth a try to fill a page from the newest rows alone."""


@dataclass(frozen=True)
class Page(Generic[Item]):
    """`total` is the number of items on all pages; `page` is echoed as it was asked for."""

    items: list[Item]
    total: int
    page: int
    page_size: int
    estimated: bool = False


def take(  # noqa: PLR0913 - what a client asks of a list
    statement: Statement[Item],
    *,
    order: Order,
    page: int,
    page_size: int,
    total: int | None = None,
    estimate: bool = False,
) -> Page[Item]:
    """The entities of one page; raises Invalid for a page that no database can count to.

    `order` ends with the id.  The ids of a page are found first, so that the rows before it are read from an
    index only.
    """
    offset = offset_of(page, page_size)
    estimated = False
    if total is None and estimate:
        total, estimated = _estimate(statement)
    if total is None:
        total = db.session.scalar(_count(statement)) or 0
    ids = _ids(statement).order_by(*order).limit(page_size).offset(offset).subquery("page")
    items = list(db.session.scalars(_rows(statement, ids, order)))
    return Page(items, total, page, page_size, estimated)


def gather(statement: Statement[Item], *, order: Order, page: int, page_size: int) -> Page[Item]:
    """The same for results that have an index, but not in this order: all are found and counted, then sorted.

    To walk along the order until a page is full could mean to meet all other rows first.
    """
    entity = _entity(statement)
    found = statement.with_only_columns(entity.id, entity.start_time).cte("found").prefix_with("MATERIALIZED")
    newest = select(found.c.id).order_by(found.c.start_time.desc(), found.c.id.desc())
    ids = newest.limit(page_size).offset(offset_of(page, page_size)).subquery("page")
    number = select(func.count()).select_from(found).scalar_subquery()
    rows = db.session.execute(_rows(statement, ids, order).add_columns(number)).all()
    total = rows[0][1] if rows else db.session.scalar(_count(statement)) or 0
    return Page([row[0] for row in rows], total, page, page_size)


def search(  # noqa: PLR0913 - as `take`
    statement: Statement[Item],
    recent: Callable[[], Select[Any]],
    *,
    order: Order,
    page: int,
    page_size: int,
    total: int | None = None,
) -> Page[Item]:
    """The same where `recent` finds ids of the newest matches: if they fill the page, nothing is sorted."""
    if total is None:
        total = db.session.scalar(_count(statement)) or 0
    offset = offset_of(page, page_size)
    if total > MANY and offset + page_size < FEW:
        ids = recent().limit(page_size).offset(offset).subquery("page")
        items = list(db.session.scalars(_rows(statement, ids, order)))
        if len(items) == page_size:
            return Page(items, total, page, page_size)
    return take(statement, order=order, page=page, page_size=page_size, total=total)


def offset_of(page: int, page_size: int) -> int:
    """How many items come before a page; raises Invalid for more than a database can count."""
    offset = (max(page, 1) - 1) * page_size
    if offset + page_size > LARGEST_OFFSET:
        raise Invalid("The page number is too big.", field="page")
    return offset


def _entity(statement: Statement[Any]) -> Any:
    return statement.column_descriptions[0]["entity"]


def _ids(statement: Statement[Any]) -> Select[Any]:
    return statement.with_only_columns(_entity(statement).id)


def _rows(statement: Statement[Item], ids: Subquery, order: Order) -> Select[Item]:
    """The statement's conditions hold for the ids already; how to load relations is taken over from it."""
    entity = _entity(statement)
    loading = statement._with_options  # noqa: SLF001 - there is no public way to read them
    return select(entity).join(ids, ids.c.id == entity.id).options(*loading).order_by(*order)


def _count(statement: Statement[Any]) -> Select[int]:
    return statement.with_only_columns(func.count()).select_from(_entity(statement))


def _estimate(statement: Statement[Any]) -> tuple[int | None, bool]:
    """Counts the first thousand; what is more, the planner guesses.  SQLite cannot guess: None."""
    if db.engine.dialect.name != "postgresql":
        return None, False
    some = db.session.scalar(select(func.count()).select_from(_ids(statement).limit(FEW + 1).subquery())) or 0
    if some <= FEW:
        return some, False
    return max(_planned_rows(statement), some), True


def _planned_rows(statement: Statement[Any]) -> int:
    explained: list[dict[str, Any]] = db.session.execute(_Explain(_ids(statement))).scalar_one()
    rows: float = explained[0]["Plan"]["Plan Rows"]
    return math.ceil(rows)


class _Explain(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, statement: Select[Any]) -> None:
        self.statement = statement


@compiles(_Explain)
def _explain(explain: _Explain, compiler: Any, **arguments: Any) -> str:
    return f"EXPLAIN (FORMAT JSON) {compiler.process(explain.statement, **arguments)}"
