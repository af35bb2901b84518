"""What a run consists of and how it compares, over HTTP."""

from flask import Response

from ibutsu_server.controllers import run_export
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Run
from ibutsu_server.domain import earlier_runs, failures, run_results


def get_run_failures(id_: str) -> JSON:
    return failures.of_run(scope().get(Run, id_))


def get_run_tests(id_: str) -> JSON:
    return run_results.in_short(scope().get(Run, id_).id)


def export_run(id_: str, format_: str = "csv") -> Response:
    return run_export.answer(scope().get(Run, id_), format_)


def get_run_comparisons(id_: list[str]) -> JSON:
    return {"comparisons": earlier_runs.compare(scope(), id_)}
