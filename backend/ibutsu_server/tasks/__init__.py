"""Work that happens after the answer: the Celery application, and how work is handed to it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from celery import Celery, shared_task
from celery.schedules import crontab
from kombu.entity import Exchange, Queue
from kombu.exceptions import OperationalError
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from ibutsu_server.db import db
from ibutsu_server.errors import Unavailable
from ibutsu_server.tasks import watch
from ibutsu_server.tasks.unit_of_work import UnitOfWork

MODULES = (
    "ibutsu_server.tasks.add_result_start_time",
    "ibutsu_server.tasks.apply_retention",
    "ibutsu_server.tasks.clean_up_artifacts",
    "ibutsu_server.tasks.clear_import_file_content",
    "ibutsu_server.tasks.forget_expired",
    "ibutsu_server.tasks.prune_old_files",
    "ibutsu_server.tasks.prune_old_import_files",
    "ibutsu_server.tasks.prune_old_results",
    "ibutsu_server.tasks.prune_old_runs",
    "ibutsu_server.tasks.prune_tasks",
    "ibutsu_server.tasks.read_page",
    "ibutsu_server.tasks.recount_storage",
    "ibutsu_server.tasks.resume_imports",
    "ibutsu_server.tasks.run_import",
    "ibutsu_server.tasks.scan_bucket",
    "ibutsu_server.tasks.seed_users",
    "ibutsu_server.tasks.send_mails",
    "ibutsu_server.tasks.sync_aborted_runs",
    "ibutsu_server.tasks.tally_results",
    "ibutsu_server.tasks.update_run",
)
SCHEDULE = {
    "clean_up_artifacts": {"task": "clean_up_artifacts", "schedule": crontab(minute=17)},
    "forget_expired": {"task": "forget_expired", "schedule": crontab(minute=37)},
    "sync_aborted_runs": {"task": "sync_aborted_runs", "schedule": crontab(minute="*/30")},
    "apply_retention": {"task": "apply_retention", "schedule": crontab(hour=2, minute=0)},
    "recount_storage": {"task": "recount_storage", "schedule": crontab(hour=5, minute=0)},
    "prune_tasks": {"task": "prune_tasks", "schedule": crontab(minute=47)},
    "resume_imports": {"task": "resume_imports", "schedule": crontab()},
    "scan_bucket": {"task": "scan_bucket", "schedule": crontab(minute="*/5")},
    "send_mails": {"task": "send_mails", "schedule": crontab()},
    "tally_results": {"task": "tally_results", "schedule": crontab()},
}
ANSWERS, IMPORTS, UPKEEP = QUEUES = ("celery", "imports", "upkeep")
"""What somebody waits for; files, which may take long; and what is due at certain times."""

QUEUE_OF = {
    **{entry["task"]: UPKEEP for entry in SCHEDULE.values()},
    **dict.fromkeys(
        ("prune_old_files", "prune_old_import_files", "prune_old_results", "prune_old_runs"), UPKEEP
    ),
    "run_import": IMPORTS,
    "send_mails": ANSWERS,
}
MEMORY = "memory://localhost/"
VISIBILITY_SECONDS = 3600
"""A task that a worker took and did not finish is given to another one after this time."""

_WAITING = "ibutsu_server.tasks"


def create_celery(
    app_context: Callable[[], AbstractContextManager[Any]], *, broker_url: str | None, artifacts_url: str
) -> Celery:
    """Without a broker, tasks stay in this process and are for `tasks.embedded`."""
    celery = Celery("ibutsu", task_cls=UnitOfWork, include=MODULES, set_as_current=False)
    celery.app_context = app_context
    celery.conf.update(
        artifacts_url=artifacts_url,
        beat_schedule=SCHEDULE,
        beat_scheduler="ibutsu_server.tasks.scheduler:Scheduler",
        broker_connection_retry_on_startup=True,
        broker_transport_options=_transport_options(broker_url),
        broker_url=broker_url or MEMORY,
        enable_utc=True,
        result_expires=None,
        task_acks_late=True,
        task_ignore_result=True,
        task_publish_retry_policy={"max_retries": 2, "interval_start": 0.1, "interval_step": 0.2},
        task_queues=[Queue(name, Exchange(name), routing_key=name) for name in QUEUES],  # type: ignore[no-untyped-call]
        task_reject_on_worker_lost=True,
        task_routes={name: {"queue": queue} for name, queue in QUEUE_OF.items()},
        timezone="UTC",
        worker_hijack_root_logger=False,
        worker_prefetch_multiplier=1,
    )
    celery.set_default()
    watch.watch()
    return celery


def _transport_options(broker_url: str | None) -> dict[str, Any]:
    if broker_url is None:
        return {"polling_interval": 0.2}
    if broker_url.startswith("redis"):
        return {"visibility_timeout": VISIBILITY_SECONDS, "socket_connect_timeout": 5}
    return {}


def celery_task(verb: Callable[..., None], **options: Any) -> Any:
    """Makes a task of a function, under the function's name."""
    return shared_task(name=verb.__name__, **options)(verb)


class _Waiting(NamedTuple):
    transaction: SessionTransaction | None
    task: Any
    args: tuple[Any, ...]


def enqueue(task: Any, *args: Any) -> None:
    """Send `task` once the current transaction is committed; never if it is rolled back.

    A commit raises Unavailable when the broker does not take the task: a promise of work is not given then.
    """
    session = db.session()
    waiting = session.info.setdefault(_WAITING, [])
    waiting.append(_Waiting(session.get_nested_transaction(), task, args))


@event.listens_for(db.session, "after_commit")
def _send(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for one in session.info.pop(_WAITING, []):
        try:
            one.task.apply_async(one.args)
        except OperationalError as error:
            raise Unavailable("The queue of background work does not answer, try again later") from error


@event.listens_for(db.session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    waiting = session.info.pop(_WAITING, [])
    if ended.nested:
        session.info[_WAITING] = [one for one in waiting if one.transaction is not ended]
