"""The numbers of this process for Prometheus.  Loaded once it is settled whether processes share them."""

from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from ibutsu_server.observing.counting import Book

REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
STATEMENT_SECONDS = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 25)
TASK_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 1800)


class Meters(Book):
    """Labels come from the specification and the code, never from a request: the series are bounded."""

    is_open = True

    def __init__(self) -> None:
        disable_created_metrics()  # a third of the lines, and processes that share numbers have none
        self.registry = CollectorRegistry()
        counter = partial(Counter, registry=self.registry)
        gauge = partial(Gauge, registry=self.registry, multiprocess_mode="livesum")
        histogram = partial(Histogram, registry=self.registry)
        self._observers: dict[tuple[str, ...], Callable[[float], None]] = {}
        self._requests = histogram(
            "ibutsu_http_request_duration_seconds",
            "Time from the head of a request to the end of its answer.",
            ("operation", "method", "status"),
            buckets=REQUEST_SECONDS,
        )
        self._in_progress = gauge("ibutsu_http_requests_in_progress", "Requests that are being answered.")
        self._statements = histogram(
            "ibutsu_db_statement_duration_seconds",
            "Time that the database took for a statement.",
            ("kind",),
            buckets=STATEMENT_SECONDS,
        )
        self._pool = gauge("ibutsu_db_pool_connections_max", "Connections that the processes may have.")
        self._pool_used = gauge("ibutsu_db_pool_connections_in_use", "Connections that are in use.")
        self._pool_awaited = gauge("ibutsu_db_pool_waiting", "Threads that wait for a connection.")
        self._tasks = histogram(
            "ibutsu_task_duration_seconds",
            "Time that a background task took.",
            ("task", "outcome"),
            buckets=TASK_SECONDS,
        )
        self._ingested = {
            "results": counter("ibutsu_results_stored", "New results."),
            "runs": counter("ibutsu_runs_stored", "New runs."),
            "artifacts": counter("ibutsu_artifacts_stored", "New artifacts."),
            "artifact_bytes": counter("ibutsu_artifact_stored_bytes", "Bytes of new artifacts."),
            "imports": counter("ibutsu_imports_accepted", "Report files that were taken."),
        }
        finished = counter("ibutsu_imports_finished", "Imports that came to their end.", ("outcome",))
        self._ingested["imports_done"] = finished.labels("done")
        self._ingested["imports_failed"] = finished.labels("failed")
        self._storage = counter(
            "ibutsu_storage_operations", "What was asked of the storage.", ("operation", "outcome")
        )

    def request_began(self) -> None:
        self._in_progress.inc()

    def request_ended(self, operation: str, method: str, status: int, seconds: float) -> None:
        self._in_progress.dec()
        self._observe(self._requests, (operation, method, f"{status // 100}xx"), seconds)

    def statement(self, kind: str, seconds: float) -> None:
        self._observe(self._statements, (kind,), seconds)

    def pool(self, connections: int) -> None:
        self._pool.set(connections)

    def pool_used(self, more: int) -> None:
        self._pool_used.inc(more)

    def pool_awaited(self, more: int) -> None:
        self._pool_awaited.inc(more)

    def task(self, name: str, outcome: str, seconds: float) -> None:
        self._observe(self._tasks, (name, outcome), seconds)

    def ingested(self, amounts: Mapping[str, int]) -> None:
        for name, amount in amounts.items():
            self._ingested[name].inc(amount)

    def storage(self, operation: str, outcome: str) -> None:
        self._storage.labels(operation, outcome).inc()

    def _observe(self, histogram: Histogram, labels: tuple[str, ...], seconds: float) -> None:
        """What `labels` looks up with every call, under a lock, is kept; no two histograms share labels."""
        observe = self._observers.get(labels)
        if observe is None:
            observe = self._observers[labels] = histogram.labels(*labels).observe
        observe(seconds)
