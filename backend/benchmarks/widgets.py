"""Widgets and values of fields over HTTP, on data that has been counted as the background work does it."""

import json
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import text

from benchmarks.lists import times
from benchmarks.server import Server, application, running
from ibutsu_server.db import db
from ibutsu_server.domain import tallying

LARGE = 5_000_000
"""From so many results on, the targets are those for ten million."""


class Counted(NamedTuple):
    """What it took to count everything, in seconds, and how large that is, where the database tells."""

    runs: int
    seconds: float
    bytes: int | None
    result_bytes: int | None


@dataclass(frozen=True)
class Question:
    """`targets` in milliseconds: for a million results, and for ten million."""

    name: str
    path: str
    query: list[tuple[str, Any]]
    targets: tuple[int, int] | None = None


class Measured(NamedTuple):
    """Milliseconds, and bytes of the answer."""

    name: str
    target: int | None
    median: float
    p95: float
    size: int


def questions(pick: dict[str, Any]) -> list[Question]:
    project, job = ("project", pick["project"]), ("job_name", pick["job"])
    of_runs, of_results, of_components = (15, 50), (20, 60), ",".join(pick["job_components"])
    asked = [
        ("jenkins-heatmap", [job, ("builds", 20), project], of_runs),
        ("filter-heatmap", [("additional_filters", "env=stage"), ("builds", 20), project], of_runs),
        ("run-aggregator", [project], of_runs),
        ("result-summary", [project], of_runs),
        ("jenkins-job-view", [project], of_runs),
        ("jenkins-bar-chart", [job, project], of_runs),
        ("jenkins-line-chart", [job, project], of_runs),
        *(
            ("result-aggregator", [("group_field", field), project], of_results)
            for field in ("result", "component", "metadata.assignee", "metadata.exception_name")
        ),
        *(
            ("importance-component", [job, ("components", of_components), ("builds", builds), project], aims)
            for builds, aims in ((5, (40, 40)), (40, (200, 200)))
        ),
        (
            "compare-runs-view",
            [("additional_filters", f"run_id={side['run']}") for side in pick["compare"]],
            (60, 60),
        ),
        *((name, [project], None) for name in _OTHERS),
    ]
    return [
        *(Question(_named(name, query), f"/api/widget/{name}", query, aims) for name, query, aims in asked),
        *(
            Question(
                f"values of {field}",
                f"/api/project/{pick['project']}/field-values",
                [("field", field)],
                (15, 40),
            )
            for field in ("component", "metadata.assignee", "metadata.exception_name")
        ),
    ]


_OTHERS = (
    *("latest-runs", "most-failing-tests", "slowest-tests", "test-history-matrix", "failures-by-exception"),
    *("pass-rate-trend", "new-and-fixed-tests", "run-duration-trend", "results-by-time"),
)


def _named(widget: str, query: list[tuple[str, Any]]) -> str:
    told = [str(value) for name, value in query if name in ("group_field", "builds")]
    return " ".join([widget, *told])


def count(url: str, folder: Path) -> Counted:
    """Count what has been loaded, unless that was done."""
    with application(url, folder).app_context():
        started = time.perf_counter()
        runs = tallying.tally(timedelta(0))
        seconds = time.perf_counter() - started
        sizes: tuple[int | None, int | None] = (None, None)
        db.session.execute(text("ANALYZE"))  # as autovacuum does after a while
        db.session.commit()
        if url.startswith("postgresql"):
            sizes = _size("run_tallies") + _size("daily_tallies"), _size("results")
        db.engine.dispose()
    return Counted(runs, seconds, *sizes)


def _size(table: str) -> int:
    return int(db.session.scalar(text(f"SELECT pg_total_relation_size('{table}')")))


def measure(url: str, data: Path, folder: Path, *, results: int) -> list[Measured]:
    pick = json.loads((data / "manifest.json").read_text())["pick"]
    with running(url, folder) as server:
        return [_measure(server, one, is_large=results >= LARGE) for one in questions(pick)]


def _measure(server: Server, one: Question, *, is_large: bool) -> Measured:
    connection = server.connection()
    path = f"{one.path}?{urlencode(one.query)}"
    size = 0

    def ask() -> None:
        nonlocal size
        connection.request("GET", path, headers=server.headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {body.decode()}")
        size = len(body)

    target = one.targets[is_large] if one.targets else None
    return Measured(one.name, target, *times(ask), size)
