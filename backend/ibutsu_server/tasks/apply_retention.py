"""Delete what the projects do not keep any longer."""

from celery import current_app

from ibutsu_server.domain import retention, retention_months
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import celery_task


@celery_task
def apply_retention() -> None:
    retention_months.keep_up()
    retention.apply(Storage.open(current_app.conf.artifacts_url), current_app.conf.policy)
