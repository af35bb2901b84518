"""Work that goes on while the database is busy with what was made before."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from ibutsu_server.db.writes import dialect

Item = TypeVar("Item")


def ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, each made in a thread while the one before is in use; what fails there fails here.

    Making them must not touch the database: its session belongs to the caller's thread.  SQLite works in this
    process, where a thread would only be in its way.
    """
    if dialect() == "sqlite":
        yield from items
        return
    source = iter(items)
    nothing = object()
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as thread:
        waiting = thread.submit(next, source, nothing)
        while (item := waiting.result()) is not nothing:
            waiting = thread.submit(next, source, nothing)
            yield item  # type: ignore[misc]  # it is not `nothing`
