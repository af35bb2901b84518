"""What became of the test of a result, and what is said of several results at once, over HTTP."""

from ibutsu_server.controllers.answers import JSON, named_project
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Result
from ibutsu_server.domain import result_history, results, several
from ibutsu_server.domain.result_history import Same


def get_result_history(id_: str, same: Same = "environment", limit: int = 50) -> JSON:
    return result_history.of(scope().get(Result, id_), same=same, limit=limit)


def bulk_update_results(body: JSON) -> JSON:
    caller = scope("maintainer")
    found = several.locked(caller, body["ids"])
    results.change_all(found, {"metadata": body["metadata"]}, project_id=named_project(caller, body))
    return {"updated": len(found)}
