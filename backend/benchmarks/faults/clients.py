"""Clients that report as real ones do: whatever is not confirmed is sent again."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import httpx

from benchmarks.faults.parcels import Parcel
from benchmarks.faults.shapes import Shape

LONGEST_WAIT_SECONDS = 5
POLL_SECONDS = 0.5


class Clients:
    """Threads, each with the next parcel; `wrong` are answers that no client could do anything with."""

    def __init__(
        self, shape: Shape, parcels: Sequence[Parcel], *, number: int, share: Callable[[], float]
    ) -> None:
        self.wrong: list[str] = []
        self._shape = shape
        self._parcels = parcels
        self._share = share
        self._next = iter(enumerate(parcels))
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
        return ", ".join(f"{number} {what}" for what, number in sorted(self._counts.items()))

    def _count(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1

    def _work(self) -> None:
        headers = {"Authorization": f"Bearer {self._shape.token}"}
        with httpx.Client(base_url=f"{self._shape.url}/api", headers=headers, timeout=60) as client:
            while parcel := self._take():
                if (self._send if parcel.kind == "batch" else self._import)(client, parcel):
                    self._count("stored")

    def _take(self) -> Parcel | None:
        """The next one, once the share that may begin reaches so far."""
        with self._lock:
            number, parcel = next(self._next, (0, None))
        while parcel and number >= self._share() * len(self._parcels) and not self._stop.is_set():
            time.sleep(0.05)
        return parcel

    def _send(self, client: httpx.Client, parcel: Parcel) -> bool:
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self._insist(client, "POST", "/results", content=parcel.content, headers=headers)
        if answer is None:
            return False
        told = answer.json()
        if answer.status_code != 201 or told["accepted"] + told["replayed"] != len(parcel.rows):
            self.wrong.append(f"batch {parcel.name}: {answer.status_code} {answer.text[:300]}")
        return True

    def _import(self, client: httpx.Client, parcel: Parcel) -> bool:
        """Upload it until an import of it is done."""
        while not self._stop.is_set():
            form = {
                "data": {"project": self._shape.project},
                "files": {"importFile": (parcel.name, parcel.content)},
            }
            answer = self._insist(client, "POST", "/import", **form)
            if answer is None:
                return False
            if answer.status_code != 201:
                self.wrong.append(f"import {parcel.name}: {answer.status_code} {answer.text[:300]}")
                return True
            if self._ends(client, parcel, answer.json()["id"]):
                return True
        return False

    def _ends(self, client: httpx.Client, parcel: Parcel, id_: str) -> bool:
        while answer := self._insist(client, "GET", f"/import/{id_}"):
            if answer.status_code != 200:
                self.wrong.append(f"import {parcel.name} was confirmed and is {answer.status_code} now")
                return True
            told = answer.json()
            if told["status"] == "done":
                return True
            if told["status"] == "error":
                self._count("imports that failed and were uploaded again")
                print(f"  {parcel.name}: {told.get('error') or told}", flush=True)
                self._stop.wait(POLL_SECONDS)
                return False
            self._stop.wait(POLL_SECONDS)
        return False

    def _insist(
        self, client: httpx.Client, method: str, path: str, **request: object
    ) -> httpx.Response | None:
        """The first answer that is no failure of the server; None when the time is over."""
        wait = 0.1
        while not self._stop.is_set():
            try:
                answer = client.request(method, path, **request)  # type: ignore[arg-type]
            except httpx.HTTPError:
                self._count("requests without an answer")
            else:
                if answer.status_code < 500 and answer.status_code != 429:
                    return answer
                self._count(f"answers {answer.status_code}")
            time.sleep(random.uniform(wait / 2, wait))
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        return None
