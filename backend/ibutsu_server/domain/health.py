"""Whether the parts that the server needs answer, and how its work goes."""

from dataclasses import dataclass

from sqlalchemy import func, select, text

from ibutsu_server.db import db, upgrade
from ibutsu_server.db.models import Import
from ibutsu_server.domain import workers
from ibutsu_server.domain.imports import UNFINISHED


@dataclass(frozen=True)
class Work:
    """Workers that are alive, and how many imports are in each state that is not the last."""

    workers: int
    imports: dict[str, int]


def check_database() -> None:
    """Raises Unavailable when the database does not answer."""
    db.session.execute(select(text("1")))


def check_tables() -> None:
    """Raises SettingsError when this version cannot work with the tables that there are."""
    upgrade.check(db.session.connection())


def work() -> Work:
    counted = select(Import.status, func.count()).where(Import.status.in_(UNFINISHED)).group_by(Import.status)
    numbers = {status: number for status, number in db.session.execute(counted)}  # noqa: C416 - they are rows
    return Work(workers.count_alive(), {status: numbers.get(status, 0) for status in UNFINISHED})
