"""Take each part of a deployed server away while clients report and read, and recount in the end.

Starts, on free ports of this machine and with data of their own: PostgreSQL, Redis, an object store, two API
processes behind a balancer, two workers and a scheduler.  What is killed is started again after a moment, as
a service manager would; nothing else is done by hand.  Ends with 1 where anything was lost, doubled or wrong,
where the server was back too late, or where anybody got a 5xx other than 503 with Retry-After.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.deployed import recount
from benchmarks.deployed.readers import Readers
from benchmarks.deployed.turns import BACK_SECONDS, Outcome, Turn, turns
from benchmarks.faults.asking import FAILURE, UNAVAILABLE, Answer, Answers
from benchmarks.faults.check import differences
from benchmarks.faults.clients import Clients
from benchmarks.faults.parcels import Parcel, endless
from benchmarks.faults.shapes import EMAIL, Shape, deployed

ROOT = Path(__file__).parents[3]
KINDS = ("single", "junit", "keyed", "archive", "batch")
SIZES = {"single": 8, "keyed": 8, "batch": 500, "junit": 300, "archive": 60}
REPORTERS, READERS = 5, 3
PAUSE_SECONDS = 0.5
"""Between two parcels of a reporter: two cores are to be busy, and to have room for what starts again."""

SETTLED_SECONDS = 240
"""Background work that was lost with a worker or a queue is done within this time."""

SHOWN = 50


def main() -> int:
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # and end all parts
    folder = Path(tempfile.mkdtemp(prefix="ibutsu-deployed-", dir=options.folder))
    print(f"logs in {folder}, --seed {options.seed}", flush=True)
    begun = time.monotonic()
    with deployed(folder, keeps_queue=True, limits_rates=True) as shape:
        print(f"{len(shape.parts)} parts run after {time.monotonic() - begun:.0f} s", flush=True)
        wrong = _try(shape, options)
    for line in wrong[:SHOWN]:
        print(f"  {line}")
    if not wrong:
        shutil.rmtree(folder)
    verdict = f"WRONG, {len(wrong)} things; the logs are in {folder}" if wrong else "nothing lost or doubled"
    print(f"{time.monotonic() - begun:.0f} s: {verdict}", flush=True)
    return int(bool(wrong))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hatch run test-deployed", description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=0, help="go on with more turns until then; 0: each part once"
    )
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--back-within", type=float, default=BACK_SECONDS, help="seconds, after each turn")
    parser.add_argument("--only", default="", help="turns whose name has this in it, for example 'api 1'")
    parser.add_argument("--folder", type=Path, default=None, help="where a folder for all data is made")
    parser.add_argument("--no-acceptance", action="store_true", help="leave the published clients out")
    return parser.parse_args()


def _try(shape: Shape, options: argparse.Namespace) -> list[str]:
    """What was wrong."""
    answers, source = Answers(), _Source(shape.project, random.Random(options.seed))
    clients = Clients(shape, source.take, answers, number=REPORTERS)
    readers = Readers(shape, clients.stored, answers, number=READERS)
    clients.start()
    readers.start()
    wrong = list(_take_away(shape, answers, options))
    source.end()
    wrong += [] if options.no_acceptance else _accept(shape)
    wrong += _settle(clients)
    readers.stop()
    print(f"  {clients.told()}", flush=True)
    told = Counter([*clients.wrong, *readers.wrong, *_improper(answers.since(0))])
    wrong += [f"{line} ({number} times)" if number > 1 else line for line, number in told.items()]
    return [*wrong, *differences(shape.database_url, shape.project, clients.stored), *recount.check(shape)]


class _Source:
    """Parcels of all kinds until the end of the load."""

    def __init__(self, project: str, chance: random.Random) -> None:
        self._parcels = endless(project, chance, kinds=KINDS, sizes=SIZES)
        self._lock = threading.Lock()
        self._is_over = False

    def take(self) -> Parcel | None:
        time.sleep(PAUSE_SECONDS)
        with self._lock:
            return None if self._is_over else next(self._parcels)

    def end(self) -> None:
        self._is_over = True


def _take_away(shape: Shape, answers: Answers, options: argparse.Namespace) -> Iterator[str]:
    end = time.monotonic() + 60 * options.minutes
    head = f"{'requests':>10}{'no answer':>11}{'503':>6}{'other 5xx':>11}"
    print(f"{'part':14}{'what':24}{'back after':>11}{head}", flush=True)
    for turn in _in_order(shape, options, end):
        outcome = turn.take(shape, answers, within=options.back_within)
        print(_line(turn, outcome), flush=True)
        if outcome.why_not is not None:
            yield f"{turn}: not back after {options.back_within:.0f} s: {outcome.why_not}"
            return


def _in_order(shape: Shape, options: argparse.Namespace, end: float) -> Iterator[Turn]:
    """Each once, and again until the end."""
    chance = random.Random(options.seed)
    while True:
        yield from (turn for turn in turns(shape, chance) if options.only in str(turn))
        if time.monotonic() >= end:
            return


def _line(turn: Turn, outcome: Outcome) -> str:
    back = "never" if outcome.why_not else f"{outcome.seconds:.1f} s"
    statuses = Counter(answer.status for answer in outcome.answers)
    other = sum(number for status, number in statuses.items() if status >= FAILURE and status != UNAVAILABLE)
    counts = f"{statuses.total():10}{statuses[0]:11}{statuses[UNAVAILABLE]:6}{other:11}"
    return f"{turn.part.name:14}{turn.what:24}{back:>11}{counts}"


def _improper(answers: Iterable[Answer]) -> Iterator[str]:
    """Failures that nobody should see."""
    for answer in answers:
        if answer.status >= FAILURE and (answer.status != UNAVAILABLE or not answer.says_when):
            when = "" if answer.status != UNAVAILABLE else " without Retry-After"
            yield f"{answer.asked.partition('?')[0][:40]} was answered {answer.status}{when}"


def _accept(shape: Shape) -> list[str]:
    """The published clients: they try nothing twice, so all runs again, and stays."""
    begun = time.monotonic()
    told = {"BASE_URL": f"{shape.url}/api", "TOKEN": shape.token, "EMAIL": EMAIL, "PASSWORD": shape.password}
    command = ["bash", str(ROOT / ".ci" / "accept")]
    done = subprocess.run(
        command, env={**os.environ, **told}, check=False, capture_output=True, text=True, cwd=ROOT
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    print("\n".join(f"  {line}" for line in lines))
    print(f"  the published clients took {time.monotonic() - begun:.0f} s", flush=True)
    return [f"the published clients: {(done.stderr or done.stdout)[-300:]}"] if done.returncode else []


def _settle(clients: Clients) -> Sequence[str]:
    begun = time.monotonic()
    while not clients.are_done() and time.monotonic() < begun + SETTLED_SECONDS:
        time.sleep(0.2)
    print(f"  all that was sent was done after {time.monotonic() - begun:.0f} s more", flush=True)
    if clients.are_done():
        return []
    clients.stop()
    return [f"not everything was stored {SETTLED_SECONDS} s after the last turn"]


if __name__ == "__main__":
    sys.exit(main())
