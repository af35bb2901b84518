"""Big artifacts through a real server: whatever their size, the process stays small."""

import hashlib
import http.client
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from ibutsu_server.settings import MEBIBYTE

pytestmark = [pytest.mark.slow, pytest.mark.integration]

SIZE = int(os.environ.get("TEST_ARTIFACT_MEBIBYTES", "200")) * MEBIBYTE
PIECE = bytes(range(256)) * 4096

SERVER = """
import sys, socket, uvicorn
from pathlib import Path
from ibutsu_server.app import create_app
from ibutsu_server.db import db
from ibutsu_server.settings import Settings
from helpers import db_builders

settings = Settings(data_dir=Path(sys.argv[1]), artifact_max_bytes=int(sys.argv[2]), jwt_secret="s" * 32)
app = create_app(settings)
with app.app.app_context():
    db.create_all()
    token = db_builders.token(db_builders.user(is_superadmin=True))
    run = db_builders.run()
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], token, run.id, flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run([listener])
"""


class Server:
    def __init__(self, process):
        self.process = process
        port, token, self.run_id = process.stdout.readline().split()
        self.authorization = {"Authorization": f"Bearer {token}"}
        self._address = ("127.0.0.1", int(port))
        self._open = ExitStack()

    def connect(self):
        connection = http.client.HTTPConnection(*self._address, timeout=60)
        self._open.callback(connection.close)
        return connection

    def stop(self):
        self._open.close()
        self.process.terminate()

    def request(self, method, path, body=None, headers=None):
        connection = self.connect()
        authorized = {**self.authorization, **(headers or {})}
        chunked = "Transfer-Encoding" in authorized
        connection.request(method, path, body, authorized, encode_chunked=chunked)
        response = connection.getresponse()
        self._open.callback(response.close)
        return response

    def upload(self, pieces, size=None):
        """With a size the body has a length, without it comes in chunks."""
        fields = {"runId": self.run_id, "filename": "big.bin"}
        head = "".join(
            f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        head += '--B\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n\r\n'
        tail = b"\r\n--B--\r\n"
        length = None if size is None else len(head) + size + len(tail)
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        headers |= {"Transfer-Encoding": "chunked"} if length is None else {"Content-Length": str(length)}

        def body():
            yield head.encode()
            yield from pieces
            yield tail

        return self.request("POST", "/api/artifact", body(), headers)

    def memory(self):
        """Resident memory of the process and the most it ever had, in MiB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        status = dict(line.split(":", 1) for line in lines)
        return [int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")]


@pytest.fixture
def server(tmp_path):
    command = [sys.executable, "-c", SERVER, str(tmp_path), str(SIZE)]
    path = os.pathsep.join(str(Path(__file__).parents[level]) for level in (1, 2))
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        server = Server(process)
        yield server
        server.stop()


def _pieces(size):
    return (PIECE for _ in range(size // len(PIECE)))


def _digest(response):
    digest = hashlib.sha256()
    while piece := response.read(MEBIBYTE):
        digest.update(piece)
    return digest.hexdigest()


def test_memory_stays_flat_with_a_big_artifact(server):
    server.upload(_pieces(MEBIBYTE), MEBIBYTE).read()
    before, _most = server.memory()
    uploaded = server.upload(_pieces(SIZE), SIZE)
    assert uploaded.status == 201, uploaded.read()
    id_ = uploaded.read().decode().split('"id":"')[1][:36]
    downloaded = server.request("GET", f"/api/artifact/{id_}/download")
    expected = hashlib.sha256(PIECE * (SIZE // len(PIECE))).hexdigest()
    assert downloaded.headers["ETag"] == f'"{expected}"'
    assert _digest(downloaded) == expected
    _now, most = server.memory()
    print(f"resident before {before:.0f} MiB, at most {most:.0f} MiB")  # noqa: T201
    assert most - before < 50


def test_a_chunked_upload_arrives_whole(server):
    assert server.upload(_pieces(3 * MEBIBYTE)).status == 201


def test_above_the_limit_is_413_before_the_body_is_read(server):
    response = server.upload([], SIZE + 2 * MEBIBYTE)
    assert response.status == 413
    assert b"file size exceeds" in response.read()


def test_a_chunked_upload_above_the_limit_is_413(server):
    response = server.upload(_pieces(SIZE + 4 * MEBIBYTE))
    assert response.status == 413


def test_an_upload_that_breaks_off_stores_nothing(server):
    connection = server.connect()
    form = {"Content-Type": "multipart/form-data; boundary=B", "Content-Length": "1000"}
    connection.request("POST", "/api/artifact", b"--B\r\n", {**server.authorization, **form})
    connection.close()
    assert b'"totalItems":0' in server.request("GET", "/api/artifact").read()
