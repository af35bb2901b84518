"""Kill -9 whatever runs while many clients report, and see that everything is stored once.

`hatch run bench faults` starts the product in a shape (embedded on SQLite; deployed with two API processes
behind a balancer, two workers, a scheduler, and a PostgreSQL, a Redis and an object store of its own), sends
results as batches, as JUnit files and as archives, kills parts of it at random points and starts them again.
In the end the results in the database are compared with what was sent, and the counts of runs with a recount.
Ends with 1 where anything is lost, doubled or wrong.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults.asking import Answers
from benchmarks.faults.check import differences
from benchmarks.faults.clients import Clients
from benchmarks.faults.killer import Killer
from benchmarks.faults.parcels import Parcel, parcels
from benchmarks.faults.shapes import SHAPES, Shape


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    names = list(SHAPES) if options.shape == "both" else [options.shape]
    tried = [_try(name, options) for name in names]
    return int(any(tried))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks faults", description=__doc__)
    parser.add_argument("--shape", choices=[*SHAPES, "both"], default="both")
    parser.add_argument("--results", type=int, default=100_000, help="to be sent, in each shape")
    parser.add_argument("--kills", type=int, default=20, help="in each shape")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=60, help="how long it may take, in each shape")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "ibutsu-faults")
    return parser.parse_args(arguments)


def _try(name: str, options: argparse.Namespace) -> bool:
    """Whether something was wrong."""
    print(f"{name}: {options.results} results, {options.kills} kills, --seed {options.seed}", flush=True)
    options.folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, SHAPES[name](Path(folder)) as shape:
        wrong = _report_and_kill(shape, options)
    print(f"  {time.monotonic() - started:.0f} s; {'WRONG' if wrong else 'nothing lost, nothing doubled'}")
    for line in wrong[:50]:
        print(f"  {line}")
    sys.stdout.flush()
    return bool(wrong)


def _report_and_kill(shape: Shape, options: argparse.Namespace) -> list[str]:
    sent = parcels(shape.project, options.results, random.Random(options.seed))
    killer = Killer(shape.parts, random.Random(options.seed), kills=options.kills, is_up=shape.is_up)
    paced = _Paced(sent, killer)
    clients = Clients(shape, paced.take, Answers(), number=options.clients)
    deadline = time.monotonic() + 60 * options.minutes
    clients.start()
    while not (clients.are_done() and killer.is_done()) and time.monotonic() < deadline:
        killer.look()
        time.sleep(0.1)
    paced.end()
    clients.stop()
    print(f"  {killer.told()}; {clients.told()}")
    late = [] if clients.are_done() else ["the time is over: not everything was stored"]
    return [*late, *clients.wrong, *differences(shape.database_url, shape.project, sent)]


class _Paced:
    """The parcels in turn, each once the share that may begin reaches so far."""

    def __init__(self, parcels: Sequence[Parcel], killer: Killer) -> None:
        self._killer = killer
        self._number = len(parcels)
        self._next = iter(enumerate(parcels))
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def take(self) -> Parcel | None:
        with self._lock:
            number, parcel = next(self._next, (0, None))
        while parcel and number >= self._killer.share() * self._number and not self._is_over.is_set():
            self._is_over.wait(0.05)
        return parcel

    def end(self) -> None:
        self._is_over.set()
