"""Give projects their owners and members, and make the accounts that are missing."""

from typing import Any

from ibutsu_server.domain import setup
from ibutsu_server.tasks import celery_task


@celery_task
def seed_users(projects: dict[str, Any]) -> None:
    setup.seed(projects)
