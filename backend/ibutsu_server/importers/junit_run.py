"""What the suites of JUnit XML say of the whole run."""

from ibutsu_server.importers.junit_elements import Suite
from ibutsu_server.importers.report import JSON, Run
from ibutsu_server.importers.values import seconds


class Tops:
    """The root and the suites right below it; where there is only one, it speaks for the run as well."""

    def __init__(self) -> None:
        self.suites = 0
        self._root: Suite | None = None
        self._only: Suite | None = None
        self._count = 0
        self._seconds = 0.0
        self._start: str | None = None

    def add(self, suite: Suite, depth: int) -> None:
        self.suites += 1
        if depth == 0:
            self._root = suite
        elif depth == 1:
            self._count += 1
            self._only = suite if self._count == 1 else None
            self._seconds += seconds(suite.said("time")) or 0.0
        if suite.start and (self._start is None or suite.start < self._start):
            self._start = suite.start

    def run(self, id_: str | None) -> Run:
        speakers = [suite for suite in (self._root, self._only) if suite]
        metadata: JSON = {}
        for suite in speakers:
            own = {name: suite.said(name) for name in ("name", "hostname") if suite.said(name)}
            metadata = {**own, **metadata, **suite.properties}
        said = (seconds(suite.said("time")) for suite in speakers)
        body = {
            "id": id_,
            "start_time": (speakers[0].start if speakers else None) or self._start,
            "duration": next(filter(None, said), None) or round(self._seconds, 6) or None,
            "source": metadata.get("source"),
            "metadata": metadata,
        }
        return Run(body, "the run", metadata.get("project") or metadata.get("project_id"))
