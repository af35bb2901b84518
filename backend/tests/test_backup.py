"""What was answered before a backup began is in what is restored from it, whatever others did meanwhile."""

import os
import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from helpers import deployment
from helpers.processes import Server, run
from sqlalchemy import make_url

pytestmark = [pytest.mark.integration, pytest.mark.slow]

WRITERS = 3
PLENTY = 60
"""Answered before the backup begins."""


class Pipelines:
    """Clients that post results with a file each, and take every fifth file away again."""

    def __init__(self, server, token, project):
        self.server, self.token, self.project = server, token, project
        self.stored = {}
        self.have_plenty, self._stop = threading.Event(), threading.Event()

    @contextmanager
    def at_work(self):
        threads = [threading.Thread(target=self._post) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        try:
            assert self.have_plenty.wait(300)
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _post(self):
        with self.server.client(self.token) as client:
            run = client.post("/run", json={"metadata": {"project": self.project}}).json()
            number = 0
            while not self._stop.is_set():
                number += 1
                self._report(client, run, number)

    def _report(self, client, run, number):
        body = {"run_id": run["id"], "project_id": run["project_id"], "result": "passed", "test_id": "t"}
        result = client.post("/result", json=body).json()
        content = os.urandom(200) * number
        form = {"resultId": result["id"], "filename": "a.log"}
        artifact = client.post("/artifact", data=form, files={"file": content}).json()
        if number % 5 == 0:
            assert client.delete(f"/artifact/{artifact['id']}").status_code == 200
            return
        self.stored[artifact["id"]] = (result["id"], content)
        if len(self.stored) >= PLENTY:
            self.have_plenty.set()


def _require_there(client: httpx.Client, stored):
    for artifact_id, (result_id, content) in stored.items():
        assert client.get(f"/result/{result_id}").status_code == 200
        assert client.get(f"/artifact/{artifact_id}/download").content == content


def test_embedded_server_is_copied_while_it_works(tmp_path):
    folder = tmp_path / "backup"
    with Server("--data-dir", str(tmp_path / "data")) as server:
        pipelines = Pipelines(server, server.token, "my-project")
        with pipelines.at_work():
            before = dict(pipelines.stored)
            done = run("backup", str(folder), "--data-dir", str(tmp_path / "data"))
        token = server.token

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf"{folder}: the database and \d+ objects\n", done.stdout)
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "jwt-secret").stat().st_mode & 0o077 == 0
    checked = run("check-data", "--read", "--data-dir", str(folder))
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "All is there"), checked.stderr
    with Server("--data-dir", str(folder)) as restored, restored.client(token) as client:
        _require_there(client, before)


@pytest.fixture
def programs():
    """PostgreSQL's own, unless they are older than the server."""
    url = make_url(os.environ.get("TEST_POSTGRESQL_URL", "postgresql://none"))
    if shutil.which("pg_dump") is None or not url.database:
        pytest.skip("there is no pg_dump, or no server for it")

    def call(program, *arguments):
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        if "server version mismatch" in done.stderr:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0 or _is_harmless(done.stderr), done.stderr

    return call


def _is_harmless(said):
    """`cp` tells of uploads that came to their end meanwhile, whose files then have another name."""
    return all("cannot stat" in line and ".part'" in line for line in said.splitlines())


@pytest.fixture
def deployed(tmp_path):
    """The variables of a deployment, by the name of the folder in which its objects are."""
    with deployment.database() as first, deployment.database() as second:
        urls = {"data": first, "restored": second}
        yield lambda name: {
            "SQLALCHEMY_DATABASE_URI": urls[name],
            "CELERY_BROKER_URL": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0"),
            "JWT_SECRET": "s" * 32,
            "IBUTSU_STORAGE_URL": (tmp_path / name).as_uri(),
            "IBUTSU_SUPERADMIN_EMAIL": "me@example.com",
            "IBUTSU_SUPERADMIN_PASSWORD": "given",
        }


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _token(variables):
    run("project", "create", "shop", "--owner", "me@example.com", **variables)
    made = run("token", "create", "--user", "me@example.com", "--name", "test", **variables)
    return made.stdout.strip()


def test_deployed_server_is_copied_while_it_works(tmp_path, deployed, programs):
    """As docs/user-guide/backup.md says it: objects, database, new objects."""
    live, dump = deployed("data"), str(tmp_path / "ibutsu.dump")
    assert run("db", "upgrade", **live).returncode == 0
    with Server(**live) as server:
        token = _token(live)
        pipelines = Pipelines(server, token, "shop")
        with pipelines.at_work():
            before = dict(pipelines.stored)
            programs("cp", "-a", str(tmp_path / "data"), str(tmp_path / "restored"))
            programs("pg_dump", "--format=custom", f"--file={dump}", _plain(live["SQLALCHEMY_DATABASE_URI"]))
            programs("cp", "-an", f"{tmp_path / 'data'}/.", str(tmp_path / "restored"))

    restored = deployed("restored")
    programs("pg_restore", "--dbname", _plain(restored["SQLALCHEMY_DATABASE_URI"]), dump)
    checked = run("check-data", "--read", **restored)
    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "All is there"), checked.stderr
    with Server(**restored) as server, server.client(token) as client:
        _require_there(client, before)


def test_backup_is_brought_up_to_date(tmp_path):
    """Only what is new is copied; what is gone goes."""
    data, folder = tmp_path / "data", tmp_path / "backup"
    assert run("db", "upgrade", "--data-dir", str(data)).returncode == 0
    old, new, stays = (data / "artifacts" / "artifacts" / "p" / name for name in ("old", "new", "stays"))
    old.parent.mkdir(parents=True)
    old.write_bytes(b"1")
    stays.write_bytes(b"2")
    assert (
        run("backup", str(folder), "--data-dir", str(data)).stdout
        == f"{folder}: the database and 2 objects\n"
    )
    copied = (folder / "artifacts" / "artifacts" / "p" / "stays").stat().st_ino

    old.unlink()
    new.write_bytes(b"3")
    run("backup", str(folder), "--data-dir", str(data))

    there = {path.name: path.stat().st_ino for path in (folder / "artifacts" / "artifacts" / "p").iterdir()}
    assert set(there) == {"new", "stays"}
    assert there["stays"] == copied


@pytest.mark.parametrize(
    ("arguments", "variables", "sentence"),
    [
        (["there"], {"IBUTSU_DATA_DIR": "nowhere"}, "There is no database"),
        (["data"], {"IBUTSU_DATA_DIR": "data"}, "FOLDER is that of the server itself"),
        (
            ["there"],
            {
                "SQLALCHEMY_DATABASE_URI": "postgresql://me@127.0.0.1/x",
                "JWT_SECRET": "s" * 32,
                "CELERY_BROKER_URL": "memory://",
            },
            "for PostgreSQL, use pg_dump",
        ),
    ],
    ids=["no server", "itself", "postgresql"],
)
def test_backup_that_cannot_be_says_why(tmp_path, monkeypatch, arguments, variables, sentence):
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data", "ibutsu.db").touch()
    done = run("backup", *arguments, **variables)
    assert done.returncode != 0
    assert sentence in done.stderr
