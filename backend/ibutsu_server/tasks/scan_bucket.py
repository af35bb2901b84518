"""Import what is new in the bucket that is set up for it."""

import logging
from datetime import timedelta
from itertools import islice

from celery import current_app

from ibutsu_server.db import db
from ibutsu_server.domain import bucket
from ibutsu_server.errors import Conflict, Forbidden, Unavailable
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task, enqueue
from ibutsu_server.tasks.run_import import run_import

MOST = 100
"""Objects that are looked at in one go; the next ones have their turn the next time."""

log = logging.getLogger(__name__)


@celery_task
def scan_bucket(settled_seconds: float = bucket.SETTLED.total_seconds()) -> None:
    source: bucket.Source | None = current_app.conf.import_bucket
    if source is None:
        return
    try:
        _scan(source, timedelta(seconds=settled_seconds))
    except (Forbidden, Unavailable) as error:
        db.session.rollback()
        log.warning("The import bucket was not read to its end: %s", error.message)


def _scan(source: bucket.Source, settled: timedelta) -> None:
    """Each object is committed by itself: what is done stays done, whatever comes next."""
    user_id = bucket.uploader(source.user)
    opened, storage = source.open(), Storage.open(current_app.conf.artifacts_url)
    for found in islice(bucket.unseen(opened, settled), MOST):
        try:
            made = bucket.receive(storage, opened, found, user_id, limit=source.limit)
        except Conflict:
            db.session.rollback()
            continue
        if made is not None:
            enqueue(run_import, str(made.id))
        db.session.commit()
