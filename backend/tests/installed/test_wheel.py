"""The package as people get it: built, looked into, installed by pipx and started where nothing else is.

Not part of `hatch run test`: `hatch run test-wheel` builds, and may ask npm's registry.
"""

import os
import signal
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import httpx
import pytest
from helpers.processes import Server

ROOT = Path(__file__).parents[3]
SOURCES = ROOT / "backend" / "ibutsu_server"
LARGEST_BYTES = 5 * 1024 * 1024
"""Of the wheel: nearly all of it are the pages, three times: as they are, as Gzip and as Brotli."""

BUILD_SECONDS = 600

pytestmark = [pytest.mark.integration, pytest.mark.slow]


def _do(*command, cwd=ROOT, **variables):
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What `hatch build` leaves behind."""
    folder = tmp_path_factory.mktemp("built")
    _do("hatch", "build", folder)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def sdist(built):
    (path,) = built.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def command(wheel, tmp_path_factory):
    """`ibutsu-server` as pipx installs it, with what pip finds for this Python."""
    home = tmp_path_factory.mktemp("pipx")
    places = {"PIPX_HOME": str(home), "PIPX_BIN_DIR": str(home / "bin"), "PIPX_MAN_DIR": str(home / "man")}
    _do(sys.executable, "-m", "pipx", "install", "--python", _python(), wheel, **places)
    return home / "bin" / "ibutsu-server"


def _python():
    """The one that the environment of these tests was made with."""
    return Path(sys.executable).resolve()


@pytest.fixture
def server(command, tmp_path):
    """In an empty folder, and with nothing on the PATH: neither Node nor any other program."""
    folder, nothing = tmp_path / "empty", tmp_path / "path"
    folder.mkdir()
    nothing.mkdir()
    variables = {"PATH": str(nothing), "HOME": str(folder), "PYTHONPATH": ""}
    with Server(command=[str(command)], cwd=folder, **variables) as running:
        yield running


def _content(wheel):
    """The checksum of each file by its name."""
    with zipfile.ZipFile(wheel) as archive:
        return {entry.filename: entry.CRC for entry in archive.infolist()}


def test_wheel_holds_pages_specification_and_migrations(wheel):
    names = set(_content(wheel))
    sources = [path for path in SOURCES.rglob("*") if path.suffix in {".py", ".yaml", ".mako", ".typed"}]
    assert {f"ibutsu_server/{path.relative_to(SOURCES).as_posix()}" for path in sources} <= names
    assert {"ibutsu_server/web/index.html", "ibutsu_server/py.typed"} <= names
    assert any(name.startswith("ibutsu_server/db/migrations/versions/0001") for name in names)
    assert any(name.startswith("ibutsu_server/web/assets/") and name.endswith(".js.br") for name in names)


def test_wheel_holds_nothing_else(wheel):
    top = {PurePosixPath(name).parts[0] for name in _content(wheel)}
    strange = [
        name
        for name in _content(wheel)
        if {"tests", "node_modules", "__pycache__", "benchmarks"} & set(PurePosixPath(name).parts)
        or PurePosixPath(name).suffix in {".map", ".ts", ".tsx", ".pyc", ".db"}
        or PurePosixPath(name).name.startswith(".")
    ]
    assert strange == []
    assert sorted(name.partition("-")[0] for name in top) == ["ibutsu_server", "ibutsu_server"]
    assert wheel.stat().st_size < LARGEST_BYTES


def test_source_distribution_gives_the_same_wheel_without_npm(sdist, wheel, tmp_path):
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    _do("hatch", "build", "--target", "wheel", tmp_path, cwd=folder, npm_config_registry="http://127.0.0.1:9")
    (again,) = tmp_path.glob("*.whl")
    assert _content(again) == _content(wheel)
    assert not (folder / "frontend" / "node_modules").exists()


def test_description_can_be_shown_by_pypi(wheel, sdist):
    told = _do(sys.executable, "-m", "twine", "--no-color", "check", "--strict", wheel, sdist)
    assert told.count("PASSED") == 2


def test_installed_command_serves_pages_and_specification(server):
    with httpx.Client(base_url=server.url) as client:
        page = client.get("/")
        assert page.status_code == 200
        assert page.text.startswith("<!doctype html>")
        (script,) = {part.split('"')[0] for part in page.text.split('src="')[1:] if "/assets/" in part}
        assert client.get(script).headers["content-type"].startswith("text/javascript")
        assert client.get("/api/health").json()["status"] == "OK"
        assert client.get("/api/openapi.json").json()["info"]["title"]


def test_installed_command_signs_in_and_stores_a_result(server):
    email, password = server.output.partition("Account: ")[2].splitlines()[0].split(", password ")
    sign_in = {"email": email, "password": password.split()[0]}
    token = httpx.post(f"{server.url}/api/login", json=sign_in).json()["token"]
    with server.client(token) as client:
        run = client.post("/run", json={"metadata": {"project": "my-project"}}).json()
        result = {
            "run_id": run["id"],
            "test_id": "test_it",
            "result": "passed",
            "project_id": run["project_id"],
        }
        stored = client.post("/result", json=result)
        assert stored.status_code == 201
        assert client.get(f"/result/{stored.json()['id']}").json()["test_id"] == "test_it"


def test_installed_command_stops_when_asked(server):
    assert server.stop(signal.SIGTERM) == 0
    assert server.errors == ""
