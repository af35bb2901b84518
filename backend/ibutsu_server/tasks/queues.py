"""How much work waits in the queues."""

from typing import Any

from celery import Celery
from kombu.exceptions import OperationalError

from ibutsu_server.tasks import QUEUES

IMPATIENT = {"socket_timeout": 1, "socket_connect_timeout": 1}


def lengths(celery: Celery) -> dict[str, int]:
    """The tasks in each queue that no worker has taken; raises OperationalError when the broker is away."""
    with celery.connection_for_read(connect_timeout=1, transport_options=IMPATIENT) as connection:
        try:
            return {name: _length(connection, name) for name in QUEUES}
        except connection.connection_errors as error:
            raise OperationalError(str(error)) from error


def _length(connection: Any, name: str) -> int:
    """A queue that was never used is not there."""
    with connection.channel() as channel:
        try:
            length: int = channel.queue_declare(queue=name, passive=True).message_count
        except connection.channel_errors:
            return 0
        return length
