"""The product in its two shapes, made of processes that can be killed and started again."""

import csv
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from benchmarks.faults import services
from benchmarks.faults.part import Part

BACKEND = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "ibutsu_server"]
EMAIL, PROJECT = "faults@example.com", "faults"
STARTS_WITHIN_SECONDS = 180
CONCURRENCY = "2"
LIVE, READY = "/api/health", "/api/health/ready"


@dataclass
class Shape:
    """A product that runs, and how to reach it."""

    url: str
    token: str
    password: str
    project: str
    database_url: str
    parts: list[Part]
    view: str | None = None
    """Where the balancer says how it sees the servers, if there is one."""

    def is_up(self) -> bool:
        """Whether all that answers requests does, and reaches its database and its broker."""
        return _is_up(self.url) and (self.view is None or _sees_all(self.view))

    def is_whole(self) -> bool:
        """And whether all others have begun to work."""
        pids = {part.pid for part in self.parts if part.name.startswith(("worker", "beat"))}
        return self.is_up() and pids <= _at_work(self.database_url)


@contextmanager
def embedded(folder: Path) -> Iterator[Shape]:
    data, (port,) = folder / "data", services.free_ports(1)
    environment = _environment(IBUTSU_DATA_DIR=str(data), **_first())
    with ExitStack() as stack:
        server = Part("server", [*COMMAND, "serve", "--port", str(port)], environment, folder)
        yield _begin(
            stack, environment, f"http://127.0.0.1:{port}", f"sqlite:///{data / 'ibutsu.db'}", [server]
        )


@contextmanager
def deployed(folder: Path, *, keeps_queue: bool = False, limits_rates: bool = False) -> Iterator[Shape]:
    """Two API processes behind a balancer, two workers and a scheduler on services of their own."""
    redis_port, postgresql_port, *api_ports = services.free_ports(4)
    database_url = f"postgresql+psycopg://postgres@127.0.0.1:{postgresql_port}/postgres"
    store = services.object_store(folder)
    environment = _environment(
        SQLALCHEMY_DATABASE_URI=database_url,
        CELERY_BROKER_URL=f"redis://127.0.0.1:{redis_port}/0",
        JWT_SECRET=secrets.token_urlsafe(48),
        IBUTSU_DATA_DIR=str(folder / "data"),
        IBUTSU_RATE_LIMITS_ENABLED=str(limits_rates).lower(),
        **store.environment,
    )
    with ExitStack() as stack:
        below = [
            services.postgresql(folder, postgresql_port),
            services.redis(folder, redis_port, keeps=keeps_queue),
            store.part,
        ]
        for service in below:
            stack.enter_context(service.running())
        _until(lambda: _ibutsu(environment, "db", "upgrade"))
        _until(lambda: httpx.get(store.environment["AWS_ENDPOINT_URL"], timeout=5))
        first = _first()
        worker = [*COMMAND, "worker", "--concurrency", CONCURRENCY, "--hostname"]
        processes = [
            *(
                Part(f"api {number}", [*COMMAND, "serve", "--port", str(port)], environment | first, folder)
                for number, port in enumerate(api_ports, 1)
            ),
            Part("worker 1", [*worker, "one@%h"], environment, folder),
            Part("worker 2", [*worker, "two@%h"], environment, folder),
            Part("beat", [*COMMAND, "beat"], environment, folder),
        ]
        direct = f"http://127.0.0.1:{api_ports[-1]}"
        shape = _begin(stack, environment | first, direct, database_url, processes)
        balancer = services.balancer(folder, api_ports, check=_check(direct))
        stack.enter_context(balancer.part.running())
        shape.parts += [balancer.part, *below]
        shape.url, shape.view = balancer.url, balancer.view
        _until(lambda: _require(shape.is_whole()))
        yield shape


SHAPES: dict[str, Callable[[Path], AbstractContextManager[Shape]]] = {
    "embedded": embedded,
    "deployed": deployed,
}


def _begin(
    stack: ExitStack, environment: dict[str, str], url: str, database_url: str, parts: list[Part]
) -> Shape:
    for part in parts:
        stack.enter_context(part.running())
    _until(lambda: _require(_is_up(url)))
    password = environment["IBUTSU_SUPERADMIN_PASSWORD"]
    with httpx.Client(base_url=f"{url}/api", timeout=30) as client:
        signed_in = client.post("/login", json={"email": EMAIL, "password": password}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
        token = (
            client.post("/user/token", json={"name": "faults", "expires": None})
            .raise_for_status()
            .json()["token"]
        )
        projects = client.get("/project", params={"filter": f"name={PROJECT}"}).raise_for_status().json()
    return Shape(url, token, password, projects["projects"][0]["id"], database_url, parts)


def _is_up(url: str) -> bool:
    try:
        told = httpx.get(f"{url}{LIVE}", timeout=5).json()
    except (httpx.HTTPError, ValueError):
        return False
    return told.get("workers") is not None and told.get("queued") is not None


def _sees_all(view: str) -> bool:
    """Whether the balancer sends requests to every server."""
    try:
        lines = httpx.get(view, timeout=5).text.removeprefix("# ").splitlines()
    except httpx.HTTPError:
        return False
    seen = [row["status"] for row in csv.DictReader(lines) if row["svname"].startswith("api-")]
    return bool(seen) and all(status == "UP" for status in seen)


def _at_work(database_url: str) -> set[int]:
    """The process ids of workers and schedulers that have given a sign of life."""
    try:
        with psycopg.connect(database_url.replace("+psycopg", ""), connect_timeout=2) as connection:
            return {pid for (pid,) in connection.execute("SELECT pid FROM workers")}
    except psycopg.Error:
        return set()


def _check(url: str) -> str:
    """What the balancer asks."""
    return READY if httpx.get(f"{url}{READY}", timeout=5).status_code == 200 else LIVE


def _require(is_so: bool) -> None:
    if not is_so:
        raise OSError("The product does not answer")


def _first() -> dict[str, str]:
    """Who and what the first start of a server makes."""
    return {
        "IBUTSU_SUPERADMIN_EMAIL": EMAIL,
        "IBUTSU_SUPERADMIN_PASSWORD": secrets.token_urlsafe(12),
        "IBUTSU_SUPERADMIN_OWN_PROJECT": PROJECT,
    }


def _environment(**variables: str) -> dict[str, str]:
    ours = ("IBUTSU_", "POSTGRES", "SQLALCHEMY_", "CELERY_", "JWT_", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"PYTHONPATH": str(BACKEND), "IBUTSU_RATE_LIMITS_ENABLED": "false"} | variables


def _ibutsu(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr)
    return done.stdout


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
