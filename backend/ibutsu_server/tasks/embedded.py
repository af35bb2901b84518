"""The background workers and the scheduler of a server that is one process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController, state

from ibutsu_server.tasks import ANSWERS, IMPORTS, QUEUES, UPKEEP
from ibutsu_server.tasks.heart import Heart

THREADS = {(IMPORTS,): 2, (ANSWERS, UPKEEP): 2}
"""Imports have threads of their own: nobody waits for the end of a long one."""


@contextmanager
def background(celery: Celery) -> Iterator[None]:
    """Works off the tasks of `celery` until the block ends; a task that runs then is finished first.

    An import that would take too long is given back instead: the next start begins it again.
    """
    threads = [_worker(celery, queues, number) for queues, number in THREADS.items()]
    clock = EmbeddedService(celery, thread=True, scheduler_cls=celery.conf.beat_scheduler)
    heart = Heart(celery, "embedded", queues=QUEUES, concurrency=sum(THREADS.values()))
    for part in (*threads, clock, heart):
        part.start()
    try:
        yield
    finally:
        state.should_stop = 0  # Celery's own switch: its workers look at it at least every other second
        heart.hurry()
        clock.stop()
        for thread in threads:
            thread.join()
        heart.stop()
        state.should_stop = None


def _worker(celery: Celery, queues: tuple[str, ...], threads: int) -> threading.Thread:
    worker = WorkController(
        app=_beside(celery),
        queues=queues,
        pool="threads",
        concurrency=threads,
        without_gossip=True,
        without_heartbeat=True,
        without_mingle=True,
    )
    return threading.Thread(target=worker.start, name=f"worker {queues[0]}", daemon=True)


def _beside(celery: Celery) -> Celery:
    """The same application once more: what a worker consumes is a property of its application."""
    twin = Celery(celery.main, task_cls=celery.task_cls, include=celery.conf.include, set_as_current=False)
    twin.app_context = celery.app_context
    twin.conf.update(celery.conf)
    return twin
