"""One page of a statement."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import CTE, ClauseElement, ColumnClause, Executable, Select, Subquery, and_, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import replacement_traverse

from ibutsu_server.db import db, months
from ibutsu_server.db.limits import at_most
from ibutsu_server.db.samples import some_of
from ibutsu_server.errors import Invalid, TookTooLong

Item = TypeVar("Item")
Statement = Select[Item]
Order = Sequence[Any]

LARGEST_OFFSET = 2**63 - 1
FEW = 1000
"""Up to here an estimate counts."""

COUNT_SECONDS = 0.5
"""So long items are counted before their number is guessed."""

SAMPLE = 10_000
"""Rows that a guess is made from."""

MANY = 5000
"""From here on it is worth a try to fill a page from the newest rows alone, or along the order."""


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
    may_guess: bool = False,
) -> Page[Item]:
    """The entities of one page; raises Invalid for a page that no database can count to.

    The total is exact, but where an estimate was asked for, or to count takes too long and it may be guessed.

    `order` ends with the id.  The ids of a page are found first, so that the rows before it are read from an
    index only.
    """
    offset = offset_of(page, page_size)
    estimated = False
    if total is None and estimate:
        total, estimated = _estimate(statement)
    if total is None:
        total, estimated = _total(statement) if may_guess else (_number(statement), False)
    return _filled(statement, order, Page([], total, page, page_size, estimated), offset)


def _filled(statement: Statement[Item], order: Order, found: Page[Item], offset: int) -> Page[Item]:
    """With an estimate that does not contradict the page: whether another one follows is looked up."""
    more = 1 if found.estimated else 0
    ids = _ids(statement).order_by(*order).limit(found.page_size + more).offset(offset).subquery("page")
    items = list(db.session.scalars(_rows(statement, ids, order)))
    if not more:
        return replace(found, items=items)
    seen = offset + len(items)
    if len(items) > found.page_size:
        return replace(found, items=items[: found.page_size], total=max(found.total, seen))
    if items or not offset:
        return replace(found, items=items, total=seen, estimated=False)
    return replace(found, total=min(found.total, offset))


def gather(
    statement: Statement[Item], *, order: Order, page: int, page_size: int, total: int | None = None
) -> Page[Item]:
    """The same where an index finds the rows, but not in this order: all are found and counted, then sorted.

    `order` is about times and ids.  To walk along it until a page is full could mean to meet all other rows
    first; where many are found, it does not.
    """
    offset = offset_of(page, page_size)
    try:
        with at_most(COUNT_SECONDS):
            return _gathered(statement, order, page, page_size)
    except TookTooLong:
        number = _guess(statement) if total is None else total
    if number > MANY:
        return _filled(statement, order, Page([], number, page, page_size, total is None), offset)
    return _gathered(statement, order, page, page_size)


def _gathered(statement: Statement[Item], order: Order, page: int, page_size: int) -> Page[Item]:
    entity = _entity(statement)
    found = statement.with_only_columns(entity.id, entity.start_time).cte("found").prefix_with("MATERIALIZED")
    sorted_ = select(found).order_by(*_over(found, order))
    ids = sorted_.limit(page_size).offset(offset_of(page, page_size)).subquery("page")
    number = select(func.count()).select_from(found).scalar_subquery()
    rows = db.session.execute(_rows(statement, ids, order).add_columns(number)).all()
    total = rows[0][1] if rows else _number(statement)
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
    estimated = False
    if total is None:
        total, estimated = _total(statement)
    offset = offset_of(page, page_size)
    if total > MANY and offset + page_size < FEW:
        ids = recent().limit(page_size).offset(offset).subquery("page")
        items = list(db.session.scalars(_rows(statement, ids, order)))
        if len(items) == page_size:
            return Page(items, total, page, page_size, estimated)
    return _filled(statement, order, Page([], total, page, page_size, estimated), offset)


def _over(rows: CTE, order: Order) -> Order:
    """The same order of rows that are found already."""

    def found(element: Any, **_: Any) -> Any:
        return rows.corresponding_column(element) if isinstance(element, ColumnClause) else None

    return [replacement_traverse(one, {}, found) for one in order]


def offset_of(page: int, page_size: int) -> int:
    """How many items come before a page; raises Invalid for more than a database can count."""
    offset = (max(page, 1) - 1) * page_size
    if offset + page_size > LARGEST_OFFSET:
        raise Invalid("The page number is too big.", field="page")
    return offset


def _entity(statement: Statement[Any]) -> Any:
    return statement.column_descriptions[0]["entity"]


def _ids(statement: Statement[Any]) -> Select[Any]:
    return statement.with_only_columns(*_key(_entity(statement)))


def _key(entity: Any) -> list[Any]:
    """With the instant, where tables can be those of months: PostgreSQL looks into the right one then."""
    instant = months.INSTANTS.get(entity.__tablename__)
    return [entity.id, getattr(entity, instant)] if instant else [entity.id]


def _rows(statement: Statement[Item], ids: Subquery, order: Order) -> Select[Item]:
    """The statement's conditions hold for the ids already; how to load relations is taken over from it."""
    entity = _entity(statement)
    loading = statement._with_options  # noqa: SLF001 - there is no public way to read them
    same = [ids.c[column.key] == column for column in _key(entity) if column.key in ids.c]
    return select(entity).join(ids, and_(*same)).options(*loading).order_by(*order)


def _total(statement: Statement[Any]) -> tuple[int, bool]:
    """Exact, or where that takes too long, guessed."""
    try:
        with at_most(COUNT_SECONDS):
            return _number(statement), False
    except TookTooLong:
        return _guess(statement), True


def _guess(statement: Statement[Any]) -> int:
    """From rows of all ages, the same ones every time: those of a few runs would be too much alike."""
    sample = some_of(_entity(statement), statement, SAMPLE)
    return round(_number(sample.statement) * sample.factor)


def _number(statement: Statement[Any]) -> int:
    return db.session.scalar(_count(statement)) or 0


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
