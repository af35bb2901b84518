"""How long the queues are."""

import time

import pytest
from helpers import deployment
from helpers.processes import free_port
from kombu.exceptions import OperationalError

from ibutsu_server import tasks
from ibutsu_server.tasks import queues

pytestmark = pytest.mark.integration


def _celery(broker_url):
    return tasks.create_celery(None, broker_url=broker_url, artifacts_url="memory://")


@pytest.fixture(params=["memory", "redis"])
def queued(request, tmp_path):
    """An application with a broker."""
    if request.param == "memory":
        yield _celery(None)
        return
    with deployment.broker(tmp_path) as url:
        yield _celery(url)


def test_waiting_tasks_are_counted_by_queue(queued):
    queued.control.purge()
    for name, number in (("run_import", 2), ("prune_tasks", 3), ("send_mails", 1), ("read_page", 3)):
        for _ in range(number):
            queued.send_task(name)
    assert queues.lengths(queued) == {"celery": 4, "imports": 2, "upkeep": 3}
    queued.control.purge()
    assert queues.lengths(queued) == {"celery": 0, "imports": 0, "upkeep": 0}


def test_broker_that_is_away_is_told_soon():
    started = time.monotonic()
    with pytest.raises(OperationalError):
        queues.lengths(_celery(f"redis://127.0.0.1:{free_port()}/0"))
    assert time.monotonic() - started < 5
