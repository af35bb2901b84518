"""One page of a statement (provisional, the owner replaces it)."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.errors import Invalid

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    items: list[Item]
    page: int
    page_size: int
    total: int
    estimated: bool = False


def take(
    statement: Any, *, order: Any, page: int, page_size: int, total: int | None = None, estimate: bool = False
) -> Page[Any]:
    offset = (max(page, 1) - 1) * page_size
    if offset > 2**63 - 1:
        raise Invalid("The page number is too big.", field="page")
    items = db.session.scalars(statement.order_by(*order).limit(page_size).offset(offset)).all()
    if total is None:
        total = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    return Page(list(items), page, page_size, total)
