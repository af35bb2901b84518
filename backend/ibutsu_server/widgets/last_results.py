"""How the tests of a few runs ended."""

import uuid
from collections.abc import Sequence

from sqlalchemy import CTE, func, select

from ibutsu_server.db.models import Result
from ibutsu_server.widgets.recent_runs import Recent

RESULTS = 200_000
"""So many results of some runs are looked at together."""


def that_fit(recent: Recent) -> Recent:
    """As many of the newest runs as have no more than `RESULTS` results together."""
    fitting, results = [], 0
    for run in recent.runs:
        results += run.result_count
        if results > RESULTS:
            break
        fitting.append(run)
    if len(fitting) == len(recent.runs):
        return recent
    shown = f"Only {len(fitting)} of {len(recent.runs)} runs are shown"
    warning = f"{shown}: together they have more than {RESULTS} results"
    return Recent(fitting, [*recent.warnings, warning])


def last_results(run_ids: Sequence[uuid.UUID]) -> CTE:
    """The last result of each test in each of the runs, which says how it ended there."""
    place = func.row_number().over(
        partition_by=(Result.run_id, Result.test_id), order_by=(Result.start_time.desc(), Result.id.desc())
    )
    numbered = (
        select(Result.run_id, Result.test_id, Result.id, Result.result, place.label("place"))
        .where(Result.run_id.in_(run_ids), Result.test_id.is_not(None))
        .subquery()
    )
    return select(numbered).where(numbered.c.place == 1).cte("last_results")
