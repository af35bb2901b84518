"""The whole product under people who browse and pipelines that report, for minutes: times, errors, memory."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.server import BACKEND, Server, browsed

VISITORS = Path(__file__).with_name("visitors.py")
SPAWNED_PER_SECOND = 10
SAMPLE_SECONDS = 5


@dataclass(frozen=True)
class Visits:
    """So many at the same time, for so long once all of them are there."""

    people: int
    pipelines: int
    minutes: float


@dataclass(frozen=True)
class Times:
    """Milliseconds, from Locust's histogram."""

    number: int
    failures: int
    median: float
    p95: float
    longest: float


@dataclass(frozen=True)
class Load:
    """`pages` and `posts` by name and in all; `errors` as they were told; memory in bytes at each sample."""

    pages: dict[str, Times]
    posts: dict[str, Times]
    reads: Times
    errors: Counter[str]
    memory: list[int]

    @property
    def grown(self) -> float:
        """How much larger the processes were at the end than in the middle, as a share."""
        tenth = max(len(self.memory) // 10, 1)
        middle = len(self.memory) // 2
        return _middle(self.memory[-tenth:]) / _middle(self.memory[middle : middle + tenth]) - 1


def measure(url: str, data: Path, folder: Path, *, broker: str, visits: Visits) -> Load:
    project = json.loads((data / "manifest.json").read_text())["pick"]["project"]
    with browsed(url, folder, broker=broker) as server, _sampled(server) as memory:
        told = _visit(server, project, visits, folder)
    pages = [entry for entry in told if entry["method"] == "page"]
    posts = [entry for entry in told if entry["method"] in {"POST", "PUT"}]
    reads = [entry for entry in told if entry["method"] == "GET"]
    errors = _errors(folder / "load_failures.csv")
    return Load(_named(pages), _named(posts), _together(reads), errors, memory)


def _visit(server: Server, project: str, visits: Visits, folder: Path) -> list[dict[str, Any]]:
    """What Locust counted once all of them were there."""
    environment = {
        **os.environ,
        "LOAD_TOKEN": server.token,
        "LOAD_PROJECT": project,
        "LOAD_PROJECT_OF_PIPELINES": server.project,
        "LOAD_PEOPLE": str(visits.people),
        "LOAD_PIPELINES": str(visits.pipelines),
    }
    visitors = visits.people + visits.pipelines
    seconds = round(visits.minutes * 60 + visitors / SPAWNED_PER_SECOND)
    command = [
        *(sys.executable, "-m", "locust", "--headless", "--locustfile", str(VISITORS)),
        *("--host", f"http://127.0.0.1:{server.ports[0]}", "--users", str(visitors)),
        *("--spawn-rate", str(SPAWNED_PER_SECOND), "--run-time", f"{seconds}s", "--stop-timeout", "30"),
        *("--reset-stats", "--json", "--only-summary", "--loglevel", "WARNING"),
        *("--csv", str(folder / "load"), "--exit-code-on-error", "0"),
    ]
    done = subprocess.run(command, env=environment, cwd=BACKEND, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    entries: list[dict[str, Any]] = json.loads(done.stdout)
    return entries


@contextmanager
def _sampled(server: Server) -> Iterator[list[int]]:
    """Resident bytes of all processes of the product, every few seconds."""
    samples: list[int] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(SAMPLE_SECONDS):
            samples.append(server.memory_of_all())

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        over.set()
        thread.join()


def _named(entries: list[dict[str, Any]]) -> dict[str, Times]:
    named = {entry["name"]: _together([entry]) for entry in entries}
    return {**dict(sorted(named.items())), "all": _together(entries)}


def _together(entries: list[dict[str, Any]]) -> Times:
    histogram: Counter[float] = Counter()
    for entry in entries:
        for time, number in entry["response_times"].items():
            histogram[float(time)] += number
    return Times(
        sum(histogram.values()),
        sum(entry["num_failures"] for entry in entries),
        _percentile(histogram, 0.5),
        _percentile(histogram, 0.95),
        max(histogram, default=0),
    )


def _percentile(histogram: Counter[float], share: float) -> float:
    left = share * sum(histogram.values())
    for time in sorted(histogram):
        left -= histogram[time]
        if left <= 0:
            return time
    return 0


def _errors(path: Path) -> Counter[str]:
    lines = path.read_text().splitlines()[1:] if path.exists() else []
    return Counter(lines)


def _middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2]
