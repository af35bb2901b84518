"""Who does the background work over HTTP, for superadmins."""

from ibutsu_server import serialize
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import superadmin, vital_signs
from ibutsu_server.domain import schedule, workers


def admin_get_worker_list() -> JSON:
    superadmin()
    return {
        "workers": [serialize.worker(worker) for worker in workers.known()],
        "queued": vital_signs().look().queued,
        "scheduled": [serialize.scheduled_task(task) for task in schedule.outcomes()],
    }
