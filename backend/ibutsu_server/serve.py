"""The server as processes: everything in one (embedded), or web processes only (deployed)."""

import errno
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from shlex import quote
from typing import Any, NamedTuple

import uvicorn
from filelock import FileLock, Timeout
from flask import Flask
from uvicorn.supervisors import Multiprocess

from ibutsu_server import observing, tasks
from ibutsu_server.app import create_app
from ibutsu_server.connections import Connection
from ibutsu_server.db import db, upgrade
from ibutsu_server.domain import audit, retention, setup
from ibutsu_server.errors import SettingsError
from ibutsu_server.interpreter import tune
from ibutsu_server.settings import Settings, unusable
from ibutsu_server.tasks import gauges
from ibutsu_server.tasks.embedded import background
from ibutsu_server.tasks.resume_imports import resume_imports

resource: Any = import_module("resource") if os.name == "posix" else None
"""Other systems have no limits of open files that a process could change."""

SWITCH_SECONDS = 0.001
"""So long a request waits for the interpreter, again and again, while an import is worked off beside it."""

START_SECONDS = 60
"""A web process that has not begun to answer by then is replaced; a busy machine needs some seconds."""

BACKLOG = 2048
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep idle connections (nginx: 60), so that they never use one that ends just then."""

LOOK_SECONDS = 0.2
FILES_BESIDE = 256
"""Open files of a process that are no connections of clients."""

ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  shown, not bound
START = "start of the server"
"""Who made the first account, says the audit log."""


class Door(NamedTuple):
    """Where and how the web server listens."""

    host: str
    port: int
    workers: int = 1


def serve(settings: Settings, door: Door) -> None:
    """Run until SIGINT or SIGTERM.  Raises SettingsError when the server cannot start as configured."""
    observing.start(settings, processes=door.workers > 1)
    if settings.is_embedded:
        _serve_embedded(settings, door)
    else:
        _serve_deployed(settings, door)


def _serve_embedded(settings: Settings, door: Door) -> None:
    if door.workers != 1:
        raise SettingsError("--workers needs PostgreSQL and a broker: SQLite is served by one process")
    with alone_in(settings), _listening(door) as listener:
        url = _url(listener)
        settings = _with_address(settings, url)
        upgrade.upgrade(settings.database_url)
        sys.setswitchinterval(SWITCH_SECONDS)
        app = create_app(settings)
        tune()
        first = _begin(app.app, settings)
        gauges.show(app.app.extensions["celery"], settings)
        with background(app.app.extensions["celery"]):
            _say(_welcome(first, url, settings))
            _run(_config(app, door, settings), listener)


def _serve_deployed(settings: Settings, door: Door) -> None:
    with _listening(door) as listener:
        upgrade.require_usable(settings.database_url)
        app = create_app(settings)
        tune()
        _ensure_superadmin(app.app, settings)
        gauges.show(app.app.extensions["celery"], settings)
        _say(f"Ibutsu server on {_url(listener)} (its background work: `ibutsu-server worker` and `beat`)")
        if door.workers == 1:
            _run(_config(app, door, settings), listener)
            return
        family, address = listener.family, listener.getsockname()
    with _Spread(family, address) as spread:
        _Parent(_config("ibutsu_server.asgi:app", door, settings), sockets=[spread]).run()


class _Parent(Multiprocess):
    """Passes on what it is told while its processes end: a second signal makes them hurry."""

    def join_all(self) -> None:
        while any(process.process.is_alive() for process in self.processes):
            if {signal.SIGINT, signal.SIGTERM} & set(self.signal_queue):
                self.terminate_all()
            self.signal_queue.clear()
            for process in self.processes:
                process.process.join(LOOK_SECONDS)


class _Spread(socket.socket):
    """Keeps a port, and becomes a listener of its own in every process that it is handed to.

    The kernel spreads connections over listeners; of a shared one, whoever is awake takes all that wait.
    """

    def __init__(self, family: int, address: Any) -> None:
        super().__init__(family)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.bind(address)

    def __reduce__(self) -> Any:
        return _listener_beside, (self.family, self.getsockname())


def _listener_beside(family: int, address: Any) -> socket.socket:
    listener = _Spread(family, address)
    listener.listen(BACKLOG)
    return listener


@contextmanager
def alone_in(settings: Settings) -> Iterator[None]:
    """Two servers must not work on one folder; the lock ends with the process, however it ends."""
    lock = FileLock(settings.data_dir / "server.lock")
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout:
        raise SettingsError(
            f"Another server is running on the data folder {settings.data_dir}: stop it, or choose another "
            "folder with --data-dir"
        ) from None
    except OSError as error:
        raise unusable(settings.data_dir, error) from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _listening(door: Door) -> Iterator[socket.socket]:
    """The port is taken before anything else happens, so a used one changes nothing."""
    family = socket.AF_INET6 if ":" in door.host else socket.AF_INET
    try:
        listener = socket.create_server((door.host, door.port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise SettingsError(_why_not(error, door)) from None
    with listener:
        yield listener


def _why_not(error: Exception, door: Door) -> str:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return f"Port {door.port} on {door.host} is in use: stop what uses it, or choose another with --port"
    return f"Cannot listen on {door.host} port {door.port} ({error}): choose others with --host and --port"


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = ANYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _with_address(settings: Settings, url: str) -> Settings:
    """Links lead to where the server really is, unless the settings say otherwise."""
    missing = {"backend_url", "frontend_url"} - settings.model_fields_set
    return settings.model_copy(update=dict.fromkeys(missing, url))


def _begin(app: Flask, settings: Settings) -> setup.FirstStart:
    with app.app_context():
        audit.act(user_email=START)
        retention.fail_interrupted_tasks()
        tasks.enqueue(resume_imports, 0)  # nobody works on them now
        first = setup.first_start(
            email=settings.superadmin_email,
            name=settings.superadmin_name,
            password=settings.superadmin_password,
            own_project=settings.superadmin_own_project,
            rounds=settings.bcrypt_log_rounds,
        )
        db.session.commit()
        return first


def _ensure_superadmin(app: Flask, settings: Settings) -> None:
    if settings.superadmin_email is None:
        return
    with app.app_context():
        audit.act(user_email=START)
        user, password = setup.superadmin(
            settings.superadmin_email,
            name=settings.superadmin_name,
            password=settings.superadmin_password,
            rounds=settings.bcrypt_log_rounds,
        )
        if settings.superadmin_own_project:
            setup.own(user, settings.superadmin_own_project)
        db.session.commit()
    if password:
        _say(f"Superadmin {user.email}, password {password} (shown only this once)")


def _welcome(first: setup.FirstStart, url: str, settings: Settings) -> str:
    password = f", password {first.password} (shown only this once)" if first.password else ""
    folder = quote(str(settings.data_dir))
    make_token = f"ibutsu-server token create --data-dir {folder} --user {first.email or 'EMAIL'} --name NAME"
    token, project = first.jwt or "TOKEN", quote(first.project or "PROJECT")
    report = f"pytest --ibutsu {url} --ibutsu-token {token} --ibutsu-project {project}"
    if first.jwt is None:
        report += f"\nwith a TOKEN from\n  {make_token}"
    return (
        f"Ibutsu server on {url}  (data in {settings.data_dir.absolute()}, Ctrl-C stops it)\n\n"
        f"Account: {first.email or 'no superadmin: ibutsu-server admin create'}{password}\n\n"
        f"Report to it with\n  {report}\n"
    )


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _config(app: Any, door: Door, settings: Settings) -> uvicorn.Config:
    """Who asks, and over which way, `controllers.outside` finds out, for every web server alike."""
    _allow_files(settings.max_connections + FILES_BESIDE)
    return uvicorn.Config(
        app,
        access_log=False,  # the lines of `controllers.requests` tell more, and no secrets
        http=Connection,
        limit_concurrency=settings.max_connections,
        log_config=None,
        loop="uvloop" if os.name == "posix" else "asyncio",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=settings.grace_seconds,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_worker_healthcheck=START_SECONDS,
        workers=door.workers,
    )


def _allow_files(wanted: int) -> None:
    """As many as the system lets us; many give a process no more than 1024 unless it asks."""
    if resource is None:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _run(config: uvicorn.Config, listener: socket.socket) -> None:
    """Exit with 0: Uvicorn raises the signal that stopped it once more, and would end the process by it."""
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run(sockets=[listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
