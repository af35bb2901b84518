"""People and programs that look: what is confirmed once is there from then on, whole and once."""

import random
import threading
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.faults.asking import Answers, Asker
from benchmarks.faults.clients import connected
from benchmarks.faults.parcels import Parcel, digest
from benchmarks.faults.shapes import EMAIL, Shape

PAUSE_SECONDS = 0.1
PAGE = 100


class Readers:
    """Threads that read until `stop`; `wrong` is what they should not have seen."""

    def __init__(self, shape: Shape, stored: Sequence[Parcel], answers: Answers, *, number: int) -> None:
        self.wrong: list[str] = []
        self._shape = shape
        self._stored = stored
        self._answers = answers
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, daemon=True) for _ in range(number)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def _read(self) -> None:
        ways: list[Callable[[Asker], None]] = [
            self._browse,
            self._browse,
            self._page,
            self._load,
            self._sign_in,
        ]
        with connected(self._shape) as client:
            asker = Asker(client, self._answers, self._stop)
            while not self._stop.is_set():
                random.choice(ways)(asker)
                asker.pause(PAUSE_SECONDS)

    def _browse(self, asker: Asker) -> None:
        project = self._shape.project
        asker.ask("GET", "/run", params={"filter": f"project_id={project}", "pageSize": 50})
        asker.ask("GET", "/widget/run-aggregator", params={"project": project})
        asker.ask(
            "GET", "/widget/result-aggregator", params={"project": project, "group_field": "metadata.sort"}
        )

    def _page(self, asker: Asker) -> None:
        """Every result of a run that was confirmed, page by page."""
        parcel = self._chosen()
        if parcel is None or parcel.run is None:
            return
        filters = [f"project_id={self._shape.project}", f"run_id={parcel.run}"]
        seen: list[str] = []
        for page in range(1, -(-len(parcel.rows) // PAGE) + 1):
            query = {"filter": filters, "pageSize": PAGE, "page": page}
            answer = asker.insist("GET", "/result", params=query)
            if answer is None:
                return
            seen += [result["id"] for result in answer.json().get("results", [])]
        if sorted(seen) != sorted(str(row[0]) for row in parcel.rows):
            self.wrong.append(f"{parcel.name}: {len(seen)} of {len(parcel.rows)} results on its pages")

    def _load(self, asker: Asker) -> None:
        """A file that was confirmed."""
        parcel = self._chosen()
        if parcel is None or not parcel.files:
            return
        owner, name, wanted = random.choice(parcel.files)
        kind = "runId" if parcel.kind in {"single", "keyed"} and owner == parcel.files[0][0] else "resultId"
        listed = self._json(asker.insist("GET", "/artifact", params={kind: owner}))
        if listed is None:
            return
        ids = [found["id"] for found in listed.get("artifacts", []) if found["filename"] == name]
        if len(ids) != 1:
            self.wrong.append(f"{parcel.name}: {len(ids)} files {name} of {owner}")
            return
        answer = asker.insist("GET", f"/artifact/{ids[0]}/download")
        if answer is not None and digest(answer.content) != wanted:
            self.wrong.append(f"{parcel.name}: the file {name} of {owner} has other bytes than were sent")

    def _sign_in(self, asker: Asker) -> None:
        answer = asker.ask("POST", "/login", json={"email": EMAIL, "password": self._shape.password})
        if answer is not None and answer.status_code in range(400, 500):
            self.wrong.append(f"signing in: {answer.status_code} {answer.text[:200]}")

    def _chosen(self) -> Parcel | None:
        return random.choice(self._stored) if self._stored else None

    @staticmethod
    def _json(answer: Any) -> dict[str, Any] | None:
        return None if answer is None else answer.json()
