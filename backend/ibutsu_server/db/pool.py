"""The connections of a process: how many are in use, and how many threads wait for one."""

import logging

from sqlalchemy import Engine, PoolProxiedConnection, QueuePool, event

from ibutsu_server.observing.counting import counting


class CountedPool(QueuePool):
    """SQLAlchemy's own tells nobody who waits."""

    def connect(self) -> PoolProxiedConnection:
        counting.book.pool_awaited(1)
        try:
            return super().connect()
        finally:
            counting.book.pool_awaited(-1)


logging.getLogger(f"{__name__}.{CountedPool.__name__}").setLevel(logging.WARNING)  # as SQLAlchemy's own are


def watch(engine: Engine) -> None:
    """Call once for an engine whose pool is a CountedPool."""
    if not isinstance(engine.pool, CountedPool):
        return
    tell_size(engine)

    @event.listens_for(engine, "checkout")
    def take(*_: object) -> None:
        counting.book.pool_used(1)

    @event.listens_for(engine, "checkin")
    def give_back(*_: object) -> None:
        counting.book.pool_used(-1)


def tell_size(engine: Engine) -> None:
    """Once in each process."""
    if isinstance(engine.pool, CountedPool):
        counting.book.pool(engine.pool.size() + engine.pool._max_overflow)  # noqa: SLF001 - nothing else tells it
