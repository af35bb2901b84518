"""What processes of a deployed server do beside Celery's own: they beat, and share nothing over a fork."""

import atexit
from typing import Any

from celery import Celery, signals
from kombu.transport import redis

from ibutsu_server.db import db
from ibutsu_server.tasks.heart import Heart


class Delivered(redis.QoS):
    """The messages that this process has from Redis and has not finished.

    Kombu gives them back whenever it closes a connection.  To a Redis that is gone nothing can be given: the
    attempt would end the worker.  What Redis kept it delivers again by itself, after VISIBILITY_SECONDS.
    """

    def restore_unacked(self, client: Any = None) -> None:
        try:
            if self.channel.connection.client is not None:
                super().restore_unacked(client)  # type: ignore[no-untyped-call]
        finally:
            self._delivered.clear()


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

    redis.Channel.QoS = Delivered
    signals.worker_ready.connect(begin_worker, weak=False)
    signals.beat_init.connect(begin_scheduler, weak=False)
    signals.worker_process_init.connect(forget_connections, weak=False)


def _begin(heart: Heart) -> None:
    def hurry(**_: Any) -> None:
        heart.hurry()

    signals.worker_shutting_down.connect(hurry, weak=False)
    atexit.register(heart.stop)  # however Celery comes to its end
    heart.start()
