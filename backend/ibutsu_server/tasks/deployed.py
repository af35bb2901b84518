"""What processes of a deployed server do beside Celery's own: they beat, and share nothing over a fork."""

import atexit
import logging
from typing import Any

from celery import Celery, signals

from ibutsu_server import observing
from ibutsu_server.db import db, pool
from ibutsu_server.tasks.heart import Heart


def prepare(celery: Celery) -> None:
    """Call once in a process that becomes a worker or a scheduler of this application."""

    def begin_worker(sender: Any, **_: Any) -> None:
        queues = tuple(celery.amqp.queues.consume_from)
        _begin(Heart(celery, "worker", queues=queues, concurrency=sender.controller.concurrency))

    def begin_scheduler(**_: Any) -> None:
        _begin(Heart(celery, "scheduler"))

    def forget_connections(**_: Any) -> None:
        """Those of the parent are its own; it goes on to use them."""
        with celery.app_context():
            db.engine.dispose(close=False)
            pool.tell_size(db.engine)

    def keep_lines(loglevel: int, **_: Any) -> None:
        """Celery leaves the log alone where somebody listens to this; `--loglevel info` still holds."""
        if 0 < loglevel < logging.WARNING:
            root = logging.getLogger()
            root.setLevel(min(root.level, loglevel))

    def flush(**_: Any) -> None:
        observing.flush()

    signals.worker_ready.connect(begin_worker, weak=False)
    signals.beat_init.connect(begin_scheduler, weak=False)
    signals.worker_process_init.connect(forget_connections, weak=False)
    signals.worker_process_shutdown.connect(flush, weak=False)
    signals.setup_logging.connect(keep_lines, weak=False)


def _begin(heart: Heart) -> None:
    def hurry(**_: Any) -> None:
        heart.hurry()

    signals.worker_shutting_down.connect(hurry, weak=False)
    atexit.register(heart.stop)  # however Celery comes to its end
    heart.start()
