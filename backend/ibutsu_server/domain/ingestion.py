"""How much new comes in: counted for whoever watches the server, once it is committed."""

from collections import Counter

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from ibutsu_server.db import db
from ibutsu_server.observing.counting import counting

_WAITING = "ibutsu_server.domain.ingestion"


def note(**amounts: int) -> None:
    """So much more is stored with the current commit, by the names of `observing.counting.INGESTED`."""
    if not counting.book.is_open:
        return
    session = db.session()
    session.info.setdefault(_WAITING, []).append((session.get_nested_transaction(), amounts))


@event.listens_for(db.session, "after_commit")
def _count(session: Session) -> None:
    if _WAITING not in session.info or session.in_nested_transaction():
        return
    total: Counter[str] = Counter()
    for _transaction, amounts in session.info.pop(_WAITING):
        total.update(amounts)
    counting.book.ingested(total)


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.pop(_WAITING, [])
    if ended.nested:
        session.info[_WAITING] = [one for one in waiting if one[0] is not ended]
