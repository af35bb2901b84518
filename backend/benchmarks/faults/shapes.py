"""The product in its two shapes, made of processes that can be killed and started again."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.faults.part import Part

BACKEND = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "ibutsu_server"]
EMAIL, PROJECT = "faults@example.com", "faults"
STARTS_WITHIN_SECONDS = 60
CONCURRENCY = "2"


@dataclass
class Shape:
    """A product that runs, and how to reach it."""

    url: str
    token: str
    project: str
    database_url: str
    parts: list[Part]


@contextmanager
def embedded(folder: Path) -> Iterator[Shape]:
    data, port = folder / "data", _free_port()
    environment = _environment(IBUTSU_DATA_DIR=str(data))
    with ExitStack() as stack:
        yield _begin(
            stack,
            environment,
            f"http://127.0.0.1:{port}",
            f"sqlite:///{data / 'ibutsu.db'}",
            [Part("server", [*COMMAND, "serve", "--port", str(port)], environment, folder)],
        )


@contextmanager
def deployed(folder: Path) -> Iterator[Shape]:
    port, redis_port, postgresql_port = _free_port(), _free_port(), _free_port()
    database_url = f"postgresql+psycopg://postgres@127.0.0.1:{postgresql_port}/postgres"
    environment = _environment(
        SQLALCHEMY_DATABASE_URI=database_url,
        CELERY_BROKER_URL=f"redis://127.0.0.1:{redis_port}/0",
        JWT_SECRET=secrets.token_urlsafe(48),
        IBUTSU_DATA_DIR=str(folder / "data"),
    )
    with ExitStack() as stack:
        services = [
            _postgresql(folder, postgresql_port),
            Part("redis", _redis_command(redis_port), environment, folder),
        ]
        for service in services:
            stack.enter_context(service.running())
        _until(lambda: _ibutsu(environment, "db", "upgrade"))
        worker = [*COMMAND, "worker", "--concurrency", CONCURRENCY, "--hostname"]
        processes = [
            Part("server", [*COMMAND, "serve", "--port", str(port)], environment, folder),
            Part("worker 1", [*worker, "one@%h"], environment, folder),
            Part("worker 2", [*worker, "two@%h"], environment, folder),
            Part("beat", [*COMMAND, "beat"], environment, folder),
        ]
        shape = _begin(stack, environment, f"http://127.0.0.1:{port}", database_url, processes)
        shape.parts += services
        yield shape


SHAPES: dict[str, Callable[[Path], "contextmanager[Shape]"]] = {  # type: ignore[valid-type]
    "embedded": embedded,
    "deployed": deployed,
}


def _begin(
    stack: ExitStack, environment: dict[str, str], url: str, database_url: str, parts: list[Part]
) -> Shape:
    password = {"IBUTSU_SUPERADMIN_PASSWORD": secrets.token_urlsafe(12)}
    _ibutsu({**environment, **password}, "admin", "create", "--email", EMAIL)
    project = _ibutsu(environment, "project", "create", PROJECT).split()[-1]
    token = _ibutsu(environment, "token", "create", "--user", EMAIL, "--name", "faults").split()[-1]
    for part in parts:
        stack.enter_context(part.running())
    _until(lambda: _require(is_up(url)))
    return Shape(url, token, project, database_url, parts)


def is_up(url: str) -> bool:
    """Whether the server answers, and reaches its database and its broker."""
    try:
        told = httpx.get(f"{url}/api/health", timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return False
    return told["workers"] is not None and told["queued"] is not None


def _require(is_so: bool) -> None:
    if not is_so:
        raise OSError("The product does not answer")


def _environment(**variables: str) -> dict[str, str]:
    ours = ("IBUTSU_", "POSTGRES", "SQLALCHEMY_", "CELERY_", "JWT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(BACKEND), "IBUTSU_RATE_LIMITS_ENABLED": "false"} | variables


def _ibutsu(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr)
    return done.stdout


def _postgresql(folder: Path, port: int) -> Part:
    """A cluster of its own, as the user postgres where root would be refused."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not binaries:
        raise SystemExit("The deployed shape needs PostgreSQL's initdb below /usr/lib/postgresql")
    home, binary = folder / "postgresql", binaries[-1].parent
    home.mkdir()
    as_user: list[str] = []
    if os.geteuid() == 0:
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        for path in (folder, home):
            subprocess.run(["chown", "postgres", str(path)], check=True)
    create = [str(binary / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*as_user, *create], check=True, stdout=subprocess.DEVNULL, cwd="/")
    run = [
        str(binary / "postgres"),
        "-D",
        str(home / "data"),
        "-p",
        str(port),
        "-k",
        str(home),
        "-h",
        "127.0.0.1",
    ]
    return Part("postgresql", [*as_user, *run], dict(os.environ), folder)


def _redis_command(port: int) -> list[str]:
    """It keeps nothing: a kill loses all work that waits."""
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]


def _until(try_: Callable[[], object]) -> None:
    end = time.monotonic() + STARTS_WITHIN_SECONDS
    while True:
        try:
            try_()
        except (OSError, httpx.HTTPError):
            if time.monotonic() > end:
                raise
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
