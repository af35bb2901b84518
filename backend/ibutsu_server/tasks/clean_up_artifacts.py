"""Remove stored bytes that no artifact points to."""

from datetime import timedelta

from celery import current_app

from ibutsu_server.domain import artifacts
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task

OLDER_THAN = timedelta(hours=24)
"""An upload that is still going on has bytes and no row yet."""


@celery_task
def clean_up_artifacts() -> None:
    artifacts.clean_up(Storage.open(current_app.conf.artifacts_url), OLDER_THAN)
