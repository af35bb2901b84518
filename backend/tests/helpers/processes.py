"""A real server as a process of its own, as a person starts it."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import httpx

COMMAND = [sys.executable, "-m", "ibutsu_server"]
READY_SECONDS = 180
STOP_SECONDS = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def environment(**variables: str) -> dict[str, str]:
    ours = ("IBUTSU_", "POSTGRES", "SQLALCHEMY_", "CELERY_", "JWT_", "OTEL_", "SENTRY_", "PROMETHEUS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"BCRYPT_LOG_ROUNDS": "4", "PYTHONPATH": str(Path(__file__).parents[2])} | variables


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=READY_SECONDS,
        check=False,
    )


class Server:
    """`ibutsu-server serve` until the end of the block; what it printed is in `output` and `errors`."""

    def __init__(
        self,
        *arguments: str,
        port: int | None = None,
        command: Sequence[str] = COMMAND,
        cwd: Path | None = None,
        **variables: str,
    ) -> None:
        self.url = f"http://127.0.0.1:{port or free_port()}"
        self.process = subprocess.Popen(
            [*command, "serve", "--port", self.url.rpartition(":")[2], *arguments],
            cwd=cwd,
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._errors: list[str] = []
        self._readers = [
            threading.Thread(target=lines.extend, args=(stream,), daemon=True)
            for lines, stream in ((self._lines, self.process.stdout), (self._errors, self.process.stderr))
        ]

    def __enter__(self) -> Self:
        for reader in self._readers:
            reader.start()
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            if self._answers():
                return self
            time.sleep(0.05)
        self.__exit__()
        raise RuntimeError(f"The server did not start: {self.errors}")

    def __exit__(self, *_: object) -> None:
        """A kill would leave the web processes of `--workers` behind."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._end()

    def stop(self, signal: int) -> int:
        self.process.send_signal(signal)
        code = self.process.wait(120)
        self._end()
        return code

    def _end(self) -> None:
        self.process.wait()
        for reader in self._readers:
            reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def output(self) -> str:
        return "".join(self._lines)

    @property
    def errors(self) -> str:
        return "".join(self._errors)

    @property
    def token(self) -> str:
        return re.search(r"--ibutsu-token (\S+)", self.output)[1]

    def client(self, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return httpx.Client(base_url=f"{self.url}/api", headers=headers, timeout=30)
