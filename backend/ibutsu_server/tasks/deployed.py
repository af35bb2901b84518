"""What processes of a deployed server do beside Celery's own: they beat, and share nothing over a fork."""

import atexit
import logging
from typing import Any

from celery import Celery, signals
from kombu.transport import redis

from ibutsu_server import observing
from ibutsu_server.db import db, pool
from ibutsu_server.tasks.heart import Heart


class Delivered(redis.QoS):
    """The messages that this process has from Redis and has not finished.

    Kombu gives them back when it closes a connection, and takes them off when their task ends.  With a Redis
    that is gone the attempt would end the worker: what Redis kept it delivers again by itself, after
    VISIBILITY_SECONDS, and every task may run twice.
    """

    def restore_unacked(self, client: Any = None) -> None:
        try:
            if self._is_connected():
                super().restore_unacked(client)  # type: ignore[no-untyped-call]
        finally:
            self._delivered.clear()

    def ack(self, delivery_tag: str) -> None:
        if self._is_connected():
            super().ack(delivery_tag)  # type: ignore[no-untyped-call]

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        if self._is_connected():
            super().reject(delivery_tag, requeue)  # type: ignore[no-untyped-call]

    def _is_connected(self) -> bool:
        transport = self.channel.connection
        return transport is not None and transport.client is not None


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

    redis.Channel.QoS = Delivered
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
