"""Server processes under measurement, on free loopback ports, stopped with all that they started."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil

from ibutsu_server import interpreter
from ibutsu_server.app import create_app
from ibutsu_server.db import db
from ibutsu_server.db.models import Project, User
from ibutsu_server.db.types import new_id
from ibutsu_server.db.upgrade import upgrade
from ibutsu_server.domain import tokens
from ibutsu_server.settings import read_settings

BACKEND = Path(__file__).parents[1]
STARTS_WITHIN_SECONDS = 30
SECRET = secrets.token_urlsafe(48)
GIBIBYTE = 1024**3


@dataclass(frozen=True)
class Server:
    """One or several processes on one database, each with a port of its own, as behind a balancer."""

    ports: list[int]
    pid: int
    token: str
    project: str
    worker: int | None = None
    """The process that does the background work, where that is another one."""

    started: tuple[int, ...] = ()
    """All processes that were started; they have children."""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def connection(self) -> HTTPConnection:
        connection = HTTPConnection("127.0.0.1", self.ports[0], timeout=120)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def new_run(self) -> str:
        connection = self.connection()
        body = json.dumps({"project_id": self.project, "metadata": {"env": "stage"}})
        connection.request("POST", "/api/run", body, {**self.headers, "Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise RuntimeError(text.decode())
        return str(json.loads(text)["id"])

    def memory_of_all(self) -> int:
        """Bytes of the product's processes; a page that several share is counted once."""
        first = [psutil.Process(pid) for pid in self.started]
        every = [*first, *(child for one in first for child in one.children(recursive=True))]
        return sum(_proportional(one) for one in every)

    def memory(self, pid: int | None = None) -> int:
        """Resident bytes of a process, that of the server if no other is given."""
        status = Path(f"/proc/{pid or self.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))


@contextmanager
def working(url: str, folder: Path, *, broker: str) -> Iterator[Server]:
    """The whole product as it is started: in one process on SQLite, with a worker and a broker elsewhere."""
    token, project = _prepare(url, folder)
    port = _free_port()
    if url.startswith("sqlite"):
        environment = _environment(url, folder)
        started = [_run(["-m", "ibutsu_server", "serve", "--port", str(port)], environment)]
    else:
        environment = {**_environment(url, folder), "CELERY_BROKER_URL": broker}
        one_at_a_time = ["worker", "--pool", "solo", "--loglevel", "error"]
        started = [
            _start("ibutsu_server.asgi", port, environment),
            _run(["-m", "ibutsu_server", *one_at_a_time], environment),
        ]
    try:
        _wait(port, started[0])
        yield Server([port], started[0].pid, token, project, started[-1].pid)
    finally:
        for process in reversed(started):
            _stop(process)


@contextmanager
def browsed(url: str, folder: Path, *, broker: str) -> Iterator[Server]:
    """The product as a team has it: embedded on SQLite, or two web processes, a worker and a scheduler."""
    token, project = _prepare(url, folder)
    port = _free_port()
    environment = {**_environment(url, folder), "IBUTSU_RATE_LIMITS_ENABLED": "false"}
    serve, others = ["serve", "--port", str(port)], []
    if not url.startswith("sqlite"):
        environment["CELERY_BROKER_URL"] = broker
        serve += ["--workers", "2"]
        others = [["worker", "--concurrency", "1", "--loglevel", "error"], ["beat", "--loglevel", "error"]]
    started = [_run(["-m", "ibutsu_server", *command], environment) for command in (serve, *others)]
    try:
        _wait(port, started[0])
        yield Server([port], started[0].pid, token, project, started=tuple(part.pid for part in started))
    finally:
        for process in reversed(started):
            _stop(process)


@contextmanager
def running(
    url: str, folder: Path, *, module: str = "ibutsu_server.asgi", processes: int = 1
) -> Iterator[Server]:
    environment = _environment(url, folder)
    token, project = _prepare(url, folder)
    ports = [_free_port() for _ in range(processes)]
    started = [_start(module, port, environment) for port in ports]
    try:
        for port, process in zip(ports, started, strict=True):
            _wait(port, process)
        yield Server(ports, started[0].pid, token, project)
    finally:
        for process in started:
            _stop(process)


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _start(module: str, port: int, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    quietly = ["--no-access-log", "--log-level", "error"]
    return _run(["-m", "uvicorn", f"{module}:app", "--port", str(port), *quietly], environment)


def _run(arguments: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command, env=environment, cwd=BACKEND, start_new_session=True, stdout=subprocess.DEVNULL
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)


def _settings(url: str, folder: Path) -> dict[str, str]:
    return {
        "SQLALCHEMY_DATABASE_URI": url,
        "IBUTSU_DATA_DIR": str(folder),
        "IBUTSU_ARTIFACT_MAX_BYTES": str(2 * GIBIBYTE),
        "JWT_SECRET": SECRET,
        **({} if url.startswith("sqlite") else {"CELERY_BROKER_URL": "memory://"}),
    }


def _environment(url: str, folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "CELERY_BROKER_URL"}
    return {**kept, **_settings(url, folder), "PYTHONPATH": str(BACKEND)}


def application(url: str, folder: Path) -> Any:
    """In this process, with tables of this version, as a worker has it."""
    interpreter.tune()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(_settings(url, folder))
    upgrade(url)
    return create_app(read_settings()).app


def _prepare(url: str, folder: Path) -> tuple[str, str]:
    """A superadmin's token and a project."""
    with application(url, folder).app_context():
        user = User(email=f"{new_id()}@example.com", is_superadmin=True, is_active=True)
        project = Project(name=f"bench-{new_id().hex}", title="Benchmark")
        db.session.add_all([user, project])
        db.session.flush()
        jwt = tokens.issue(user, name="bench", lifetime=timedelta(days=1)).jwt
        db.session.commit()
        project_id = str(project.id)
        db.engine.dispose()
    return jwt, project_id


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/api/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("The server under measurement did not start")
