"""Clients that report as real ones do: whatever is not confirmed is sent again."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from uuid import uuid4

import httpx

from benchmarks.faults.asking import Answers, Asker
from benchmarks.faults.parcels import SERVER_MADE, Parcel, content_of, digest, result
from benchmarks.faults.shapes import Shape

POLL_SECONDS = 0.5
FILE_EVERY = 3

Take = Callable[[], Parcel | None]


class Clients:
    """Threads, each with the next parcel until there is none.

    `wrong` are answers that no client could do anything with.
    """

    def __init__(self, shape: Shape, take: Take, answers: Answers, *, number: int) -> None:
        self.wrong: list[str] = []
        self.stored: list[Parcel] = []
        self._shape = shape
        self._take = take
        self._answers = answers
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(number)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def are_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def told(self) -> str:
        counts = (f"{number} {what}" for what, number in sorted(self._counts.items()))
        return ", ".join([f"{len(self.stored)} stored", *counts, self._answers.told()]).removesuffix(", ")

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1

    def _work(self) -> None:
        with connected(self._shape) as client:
            asker = Asker(client, self._answers, self._stop)
            while parcel := self._take():
                sender = _Sender(self._shape, asker, parcel, self.wrong, self._count)
                if _SEND[parcel.kind](sender):
                    self.stored.append(parcel)


def connected(shape: Shape, *, timeout: float = 60) -> httpx.Client:
    headers = {"Authorization": f"Bearer {shape.token}"}
    return httpx.Client(base_url=f"{shape.url}/api", headers=headers, timeout=timeout)


class _Sender:
    """One parcel on its way; each way of sending tells whether it came to an end before the time did."""

    def __init__(
        self, shape: Shape, asker: Asker, parcel: Parcel, wrong: list[str], count: Callable[[str], None]
    ) -> None:
        self._project = shape.project
        self._asker = asker
        self._parcel = parcel
        self._wrong = wrong
        self._count = count

    def batch(self) -> bool:
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self._asker.insist("POST", "/results", content=self._parcel.content, headers=headers)
        if answer is None:
            return False
        told = answer.json()
        if answer.status_code != 201 or told["accepted"] + told["replayed"] != len(self._parcel.rows):
            self._complain(answer)
        return True

    def one_by_one(self) -> bool:
        """As the published plugin does: the run, its results, their files, and that it has ended."""
        chance = random.Random(self._parcel.name)
        run = {"metadata": {"project": self._project, "kind": self._parcel.kind}, "source": self._parcel.name}
        made = self._post("/run", json={**run, **self._own(self._parcel.run)})
        if made is None or not self._send_rows(made["id"], chance):
            return False
        answer = self._asker.insist("PUT", f"/run/{made['id']}", json={"metadata": {"ended": True}})
        if answer is not None and answer.status_code != 200:
            self._complain(answer)
        return answer is not None

    def _send_rows(self, run: str, chance: random.Random) -> bool:
        for number, row in enumerate(self._parcel.rows):
            made = self._post("/result", json={**result(row), "run_id": run, "project_id": self._project})
            if made is None:
                return False
            if number % FILE_EVERY == 0:
                about = {"runId": run} if number == 0 else {"resultId": made["id"]}
                if not self._send_file(about, content_of(row, chance)):
                    return False
        return True

    def _send_file(self, about: dict[str, str], content: bytes) -> bool:
        own = self._own(str(uuid4()))
        form = {**about, "filename": "case.log", **own}
        if self._post("/artifact", data=form, files={"file": ("case.log", content)}) is None:
            return False
        self._parcel.files.append((*about.values(), "case.log", digest(content)))  # type: ignore[arg-type]
        return True

    def _own(self, id_: str | None) -> dict[str, str]:
        return {} if id_ is None or self._parcel.kind in SERVER_MADE else {"id": id_}

    def _post(self, path: str, **request: object) -> dict[str, str] | None:
        """What is stored now; None when the time is over, or when it never will be."""
        headers = {"Idempotency-Key": str(uuid4())} if self._parcel.kind in SERVER_MADE else {}
        answer = self._asker.insist("POST", path, headers=headers, **request)
        if answer is None:
            return None
        if answer.status_code != 201:
            self._complain(answer)
            return None
        told: dict[str, str] = answer.json()
        return told

    def upload(self) -> bool:
        """Upload it until an import of it is done."""
        form = {"data": {"project": self._project}}
        while made := self._post(
            "/import", **form, files={"importFile": (self._parcel.name, self._parcel.content)}
        ):
            ended = self._wait_for(made["id"])
            if ended is not None:
                return ended
            self._count("imports that failed and were uploaded again")
        return False

    def _wait_for(self, id_: str) -> bool | None:
        """Whether the import was done before the time was over; None when it failed."""
        while answer := self._asker.insist("GET", f"/import/{id_}"):
            told = answer.json()
            if answer.status_code != 200:
                self._complain(answer)
                return False
            if told["status"] == "done":
                return True
            self._asker.pause(POLL_SECONDS)
            if told["status"] == "error":
                print(f"  {self._parcel.name}: {told.get('error') or told}", flush=True)
                return None
        return False

    def _complain(self, answer: httpx.Response) -> None:
        asked = f"{answer.request.method} {answer.request.url.path}"
        self._wrong.append(
            f"{self._parcel.kind} {self._parcel.name}: {asked} {answer.status_code} {answer.text[:300]}"
        )


_SEND: dict[str, Callable[[_Sender], bool]] = {
    "batch": _Sender.batch,
    "junit": _Sender.upload,
    "archive": _Sender.upload,
    "single": _Sender.one_by_one,
    "keyed": _Sender.one_by_one,
}
