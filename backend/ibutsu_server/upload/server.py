"""A server as a client sees it: imports go in, and are asked about."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import uuid4

import click
import httpx

from ibutsu_server import __version__
from ibutsu_server.upload.reports import Fields, Report
from ibutsu_server.upload.retries import Refused, insist
from ibutsu_server.upload.screen import Screen

TIMEOUT = httpx.Timeout(60, connect=10)
STORING_SECONDS = 300
"""After the last byte the server puts the file where it belongs, and then answers."""

JSON = dict[str, Any]


def connected(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}", "User-Agent": f"ibutsu-server-upload/{__version__}"}
    try:
        return httpx.Client(base_url=f"{url}/api", headers=headers, timeout=TIMEOUT)
    except httpx.InvalidURL as error:
        raise click.BadParameter(str(error), param_hint="--url") from None


@dataclass(frozen=True)
class Server:
    url: str
    client: httpx.Client
    screen: Screen
    retries: int

    def add_import(self, report: Report, fields: Fields, deadline: float) -> tuple[JSON, bool]:
        """Send a file; the second value: the server has it already.  Raises Away, Refused and OSError.

        One key for all tries: a file whose answer was lost is not stored twice.
        """
        headers = {"Idempotency-Key": str(uuid4())}
        answer = self._insist(lambda: self._post(report, fields, headers), deadline)
        return _entity(answer, "id"), "Idempotency-Replayed" in answer.headers

    def _post(self, report: Report, fields: Fields, headers: dict[str, str]) -> httpx.Response:
        with report.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            with self.screen.sending(report.name, size) as sent:
                return self.client.post(
                    "/import",
                    data=fields.form(),
                    files={"importFile": (report.name, _Counted(file, sent))},  # type: ignore[dict-item]
                    headers=headers,
                    timeout=httpx.Timeout(60, connect=10, read=STORING_SECONDS),
                )

    def get_import(self, id_: str, deadline: float) -> JSON:
        """Raises Away and Refused."""
        answer = self._insist(lambda: self.client.get(f"/import/{id_}"), deadline)
        return _entity(answer, "status", "run_id", "error", "metadata")

    def page_of(self, import_: JSON) -> str:
        """Where people look at the run of an import; never fails, for the import is done."""
        pages = self._asked("/health/info", "frontend") or self.url
        run = import_["run_id"]
        project = import_["metadata"].get("project_id") or self._asked(f"/run/{run}", "project_id")
        return f"{pages.rstrip('/')}/project/{project}/runs/{run}"

    def _asked(self, path: str, key: str) -> str | None:
        try:
            return str(_entity(self.client.get(path), key)[key])
        except (httpx.HTTPError, Refused):
            return None

    def _insist(self, ask: Callable[[], httpx.Response], deadline: float) -> httpx.Response:
        return insist(ask, retries=self.retries, deadline=deadline, say=self.screen.notice)


def _entity(answer: httpx.Response, *keys: str) -> JSON:
    """Raises Refused where other things than a server of this kind answer, a page to sign in for example."""
    try:
        entity = answer.json()
    except ValueError:
        entity = None
    if not isinstance(entity, dict) or not set(keys) <= set(entity):
        raise Refused(f"What answers at {answer.url} is no Ibutsu server")
    return entity


class _Counted:
    """A file as httpx reads it, which tells of every piece that is read."""

    def __init__(self, file: BinaryIO, tell: Callable[[int], None]) -> None:
        self._file = file
        self._tell = tell
        self.seek = file.seek
        self.fileno = file.fileno

    def read(self, size: int) -> bytes:
        piece = self._file.read(size)
        self._tell(len(piece))
        return piece
