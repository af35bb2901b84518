"""Shows the numbers to Prometheus, on a port of their own."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Metric, ProcessCollector, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from ibutsu_server.errors import SettingsError
from ibutsu_server.observing.readings import Reading
from ibutsu_server.observing.sharing import VARIABLE

_OWN_FILE = re.compile(r"_(\d+)\.db")
_LARGEST = {"process_start_time_seconds", "process_max_fds"}
"""Of these the processes have no sum."""


class Address(NamedTuple):
    """Where the port is opened."""

    host: str
    port: int


def listen(address: Address, registry: CollectorRegistry, read: Callable[[], Iterable[Reading]]) -> None:
    """Raises SettingsError where the port cannot be opened; whoever scrapes needs no token."""
    folder = os.environ.get(VARIABLE)
    shown = CollectorRegistry() if folder else registry
    if folder:
        shown.register(_Shared(Path(folder)))
    shown.register(_Processes(Path(folder) if folder else None))
    shown.register(_Readings(read))
    try:
        server, _thread = start_http_server(address.port, address.host, shown)
    except OSError as error:
        raise SettingsError(
            f"IBUTSU_METRICS_PORT: cannot listen on {address.host} port {address.port} ({error}): several "
            "processes on one machine need a port each, those of `ibutsu-server serve --workers` share one"
        ) from None
    os.register_at_fork(after_in_child=server.socket.close)  # or the port outlives its process


class _Shared(Collector):
    """The numbers of all processes; what those say of the moment that are gone, counts no more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._merged = MultiProcessCollector(None, str(folder))

    def collect(self) -> Iterable[Metric]:
        for pid in _pids(self._folder):
            if not _is_alive(pid):
                mark_process_dead(pid, str(self._folder))
        merged: Iterable[Metric] = self._merged.collect()
        return merged


class _Processes(Collector):
    """Memory, processor time and files of all processes together."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        pids = {os.getpid(), *(_pids(self._folder) if self._folder else ())}
        metrics: dict[str, Metric] = {}
        values: dict[str, list[float]] = defaultdict(list)
        for pid in sorted(pids):
            for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                metrics[metric.name] = metric
                values[metric.name] += [sample.value for sample in metric.samples]
        for name, metric in metrics.items():
            value = max(values[name]) if name in _LARGEST else sum(values[name])
            metric.samples = [metric.samples[0]._replace(value=value)]
            yield metric


class _Readings(Collector):
    """What is asked for with every scrape."""

    def __init__(self, read: Callable[[], Iterable[Reading]]) -> None:
        self._read = read

    def collect(self) -> Iterator[Metric]:
        for reading in self._read():
            metric = Metric(reading.name, reading.about, "gauge")
            for label, value in reading.values.items():
                metric.add_sample(reading.name, {reading.label: label} if reading.label else {}, value)
            yield metric


def _pids(folder: Path) -> set[int]:
    return {int(found[1]) for path in folder.iterdir() if (found := _OWN_FILE.search(path.name))}


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
