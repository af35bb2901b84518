"""The background worker and the scheduler of a server that is one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController, state

THREADS = 2


@contextmanager
def background(celery: Celery) -> Iterator[None]:
    """Works off the tasks of `celery` until the block ends; a task that runs then is finished first."""
    worker = WorkController(
        app=celery,
        pool="threads",
        concurrency=THREADS,
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
    )
    thread = threading.Thread(target=worker.start, name="worker", daemon=True)
    clock = EmbeddedService(celery, thread=True, scheduler_cls="celery.beat:Scheduler")
    thread.start()
    clock.start()
    try:
        yield
    finally:
        state.should_stop = 0  # Celery's own switch: its worker looks at it at least every other second
        clock.stop()
        thread.join()
        state.should_stop = None
