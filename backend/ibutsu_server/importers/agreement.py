"""What several reports say of one run: kept as long as none of them says something else."""

from collections.abc import Mapping
from typing import Any

import orjson

from ibutsu_server.importers.report import JSON, Run
from ibutsu_server.importers.values import instant

METADATA_BYTES = 1024 * 1024
"""As JSON, of all metadata that is compared; what comes later is left out."""


class Agreed:
    """Values by key; a key that has had two values has none any more."""

    def __init__(self) -> None:
        self.is_full = False
        self.disputed: set[str] = set()
        self._values: JSON = {}
        self._room = METADATA_BYTES

    def add(self, said: Mapping[str, Any]) -> None:
        for key, value in said.items():
            if key not in self._values:
                self._note(key, value)
            elif self._values[key] != value:
                self.disputed.add(key)

    def _note(self, key: str, value: Any) -> None:
        self._room -= len(orjson.dumps([key, value]))
        if self._room < 0:
            self.is_full = True
        else:
            self._values[key] = value

    def told(self) -> JSON:
        return {key: value for key, value in self._values.items() if key not in self.disputed}


class Joined:
    """One run of those of several reports."""

    def __init__(self) -> None:
        self.of_run = Agreed()
        self.metadata = Agreed()
        self._start: str | None = None
        self._duration: float | None = None

    def add(self, run: Run) -> None:
        """An id holds only if all of them have it."""
        body = run.body
        said = {"source": body.get("source"), "project": run.project}
        self.of_run.add({key: value for key, value in said.items() if value is not None})
        self.of_run.add({"id": body.get("id")})
        self.metadata.add(body.get("metadata") or {})
        self._start = min(filter(None, (self._start, instant(body.get("start_time")))), default=None)
        if body.get("duration") is not None:
            self._duration = (self._duration or 0.0) + body["duration"]

    def run(self) -> Run:
        said = self.of_run.told()
        body = {
            "id": said.get("id"),
            "start_time": self._start,
            "duration": self._duration,
            "source": said.get("source"),
            "metadata": self.metadata.told(),
        }
        return Run(body, "the run", said.get("project"))
