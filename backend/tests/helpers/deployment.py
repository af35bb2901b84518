"""The parts of a deployed server, each test's own: a database, a broker, and processes that work for it."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
import redis
from flask import Flask
from sqlalchemy import make_url

from helpers.processes import COMMAND, environment, free_port
from ibutsu_server.app import create_app
from ibutsu_server.db import db, upgrade
from ibutsu_server.db.models import Project, User
from ibutsu_server.domain import projects
from ibutsu_server.settings import Settings

STOP_SECONDS = 60


@contextmanager
def database() -> Iterator[str]:
    """A database on the server of TEST_POSTGRESQL_URL."""
    if "TEST_POSTGRESQL_URL" not in os.environ:
        pytest.skip("TEST_POSTGRESQL_URL names no server")
    url = make_url(os.environ["TEST_POSTGRESQL_URL"]).set(drivername="postgresql")
    name = f"ibutsu_deployed_{uuid4().hex}"
    with psycopg.connect(url.render_as_string(False), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield url.set(drivername="postgresql+psycopg", database=name).render_as_string(False)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def application(settings: Settings) -> Iterator[Flask]:
    """In its context, over a database that is brought up to date first."""
    upgrade.upgrade(settings.database_url)
    app = create_app(settings).app
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


def reporter() -> tuple[UUID, UUID]:
    """The ids of an account and of the project shop, which it reports to."""
    user, project = User(email="jo@example.com", is_active=True), Project(name="shop")
    db.session.add_all([user, project])
    db.session.flush()
    projects.join(project.id, user.id, role="reporter")
    return user.id, project.id


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """A Redis of its own: some tests lose all that is in it."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        url = f"redis://127.0.0.1:{port}/0"
        try:
            _wait_for(url)
            yield url
        finally:
            process.terminate()


def _wait_for(url: str) -> None:
    end = time.monotonic() + 20
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)
            else:
                return


@contextmanager
def running(*arguments: str, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """`ibutsu-server ARGUMENTS` until the end of the block."""
    with subprocess.Popen([*COMMAND, *arguments], env=environment(**variables)) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def eventually(question, seconds=60):
    """Whether the answer becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False
