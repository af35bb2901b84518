"""Reports on their way to a server: sent, imported, refused, or kept until the server is there again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from ibutsu_server.upload import reports
from ibutsu_server.upload.delivery import Terms, Unfinished, deliver
from ibutsu_server.upload.reports import Fields, Report
from ibutsu_server.upload.retries import Away, Refused
from ibutsu_server.upload.screen import Screen
from ibutsu_server.upload.server import Server, connected
from ibutsu_server.upload.spool import Spool, Waiting

__all__ = ["Address", "Fields", "Terms", "send"]


class Outcome(StrEnum):
    STORED = "stored"
    IMPORTED = "imported"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True)
class Address:
    """Where a server is, and what opens it."""

    url: str
    token: str


def send(files: Sequence[str], fields: Fields, address: Address, spool: Path, terms: Terms) -> int:
    """Send what waits for this server and then `files`; the answer is the exit code.

    0: everything is stored (imported, if that was waited for).  1: something was refused or failed.
    3: something waits in the spool.
    """
    screen = Screen()
    with connected(address.url, address.token) as client:
        upload = _Upload(Server(address.url, client, screen, terms.retries), Spool(spool), terms, screen)
        outcomes = upload.send_waiting() + [
            upload.send_file(file, fields) for file in reports.expanded(files)
        ]
    screen.line(_summary(outcomes))
    return _exit_code(outcomes)


def _summary(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "Nothing to send"
    counts = Counter(outcomes)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    return f"{len(outcomes)} {'file' if len(outcomes) == 1 else 'files'}: {told}"


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    if Outcome.FAILED in outcomes:
        return 1
    return 3 if Outcome.WAITING in outcomes else 0


class _Upload:
    """Once the server is found away, nothing more is sent: what is left goes to the spool, or stays there."""

    def __init__(self, server: Server, spool: Spool, terms: Terms, screen: Screen) -> None:
        self._server = server
        self._spool = spool
        self._terms = terms
        self._screen = screen
        self._gone: Away | None = None

    def send_waiting(self) -> list[Outcome]:
        """Oldest first; another command that is at it already is left alone."""
        try:
            return self._send_spool() if self._spool.is_there() else []
        except OSError as error:
            return [self._fails("spool", _why(error))]

    def _send_spool(self) -> list[Outcome]:
        with self._spool.alone() as is_alone:
            if is_alone:
                damaged = [self._is_damaged(folder) for folder in self._spool.clean_up()]
                return damaged + [self._send_waiting(one) for one in self._spool.waiting(self._server.url)]
        if self._spool.waiting(self._server.url):
            self._screen.line("Another upload is sending what waits in the spool")
        return []

    def _is_damaged(self, folder: Path) -> Outcome:
        return self._fails(str(folder), "what is said of it cannot be read, so it is not sent")

    def _send_waiting(self, waiting: Waiting) -> Outcome:
        try:
            return self._take_out(waiting)
        except (Away, Refused, OSError) as reason:
            return self._waits(waiting, reason)

    def _take_out(self, waiting: Waiting) -> Outcome:
        """Raises what speaks for trying again, if only with another token."""
        name = waiting.report.name
        try:
            outcome = self._deliver(waiting.report, waiting.fields)
        except Refused as refused:
            if refused.is_about_caller:
                raise
            folder = self._spool.set_aside(waiting, str(refused))
            return self._fails(name, f"{refused}; it is kept in {folder}")
        except Unfinished as unfinished:
            outcome = self._fails(name, str(unfinished))
        self._spool.remove(waiting)
        return outcome

    def send_file(self, file: str, fields: Fields) -> Outcome:
        try:
            with reports.opened(file) as report:
                return self._send_report(report, fields)
        except OSError as error:
            return self._fails(file, _why(error))

    def _send_report(self, report: Report, fields: Fields) -> Outcome:
        try:
            return self._deliver(report, fields)
        except (Refused, Unfinished) as reason:
            return self._fails(report.name, str(reason))
        except Away as away:
            return self._keep(report, fields, away)

    def _keep(self, report: Report, fields: Fields, away: Away) -> Outcome:
        try:
            return self._waits(self._spool.keep(report, self._server.url, fields), away)
        except OSError as error:
            return self._fails(report.name, f"{away}; it could not be put into the spool: {_why(error)}")

    def _deliver(self, report: Report, fields: Fields) -> Outcome:
        if self._gone is not None:
            raise self._gone
        try:
            deliver(self._server, self._screen, self._terms, report, fields)
        except Away as away:
            self._gone = away if away.is_gone else None
            raise
        return Outcome.IMPORTED if self._terms.wait else Outcome.STORED

    def _waits(self, waiting: Waiting, reason: Exception) -> Outcome:
        self._screen.problem(f"{waiting.report.name}: {_why(reason)}; it waits in {waiting.folder}")
        return Outcome.WAITING

    def _fails(self, name: str, reason: str) -> Outcome:
        self._screen.problem(f"{name}: {reason}")
        return Outcome.FAILED


def _why(reason: Exception) -> str:
    if isinstance(reason, OSError) and reason.strerror:
        return f"{reason.strerror} ({reason.filename})"
    return str(reason)
