"""One file's way: sent, and followed until its import is done."""

import time
from dataclasses import dataclass

from ibutsu_server.upload.reports import Fields, Report
from ibutsu_server.upload.retries import Away, Refused
from ibutsu_server.upload.screen import Screen
from ibutsu_server.upload.server import JSON, Server

PAUSE_SECONDS = 0.1
PAUSE_MAX_SECONDS = 2.0
WARNINGS_SHOWN = 5
WARNING_CHARACTERS = 300


@dataclass(frozen=True)
class Terms:
    """Of one file: whether to wait for its import, how often to try again, for how many seconds to try, and
    then to wait.
    """

    wait: bool = True
    retries: int = 6
    timeout: float = 600


class Unfinished(Exception):
    """The server has the file; what became of it was not learnt."""


def deliver(server: Server, screen: Screen, terms: Terms, report: Report, fields: Fields) -> None:
    """Raises Away, Refused (also when nothing could be made of the file), Unfinished and OSError."""
    import_, is_known = server.add_import(report, fields, time.monotonic() + terms.timeout)
    known = ", which was there already" if is_known else ""
    if not terms.wait:
        screen.line(f"{report.name}: import {import_['id']}{known}")
        return
    done = _followed(server, screen, report.name, import_["id"], time.monotonic() + terms.timeout)
    if done["status"] == "error":
        raise Refused(f"import {done['id']} failed: {done['error']}")
    _tell(screen, report.name, done, known, server)


def _followed(server: Server, screen: Screen, name: str, id_: str, deadline: float) -> JSON:
    """The import when it has ended, well or not."""
    pause = PAUSE_SECONDS
    try:
        with screen.importing(name) as show:
            while time.monotonic() < deadline:
                import_ = server.get_import(id_, deadline)
                if import_["status"] in {"done", "error"}:
                    return import_
                show(import_.get("progress") or {})
                time.sleep(pause)
                pause = min(PAUSE_MAX_SECONDS, pause * 1.5)
    except Away as away:
        raise Unfinished(f"stored as import {id_}, which could not be followed: {away}") from None
    raise Unfinished(f"stored as import {id_}, which was not done in time (--timeout)")


def _tell(screen: Screen, name: str, done: JSON, known: str, server: Server) -> None:
    warnings = done["metadata"].get("warnings") or []
    count = f"{len(warnings) or 'no'} {'warning' if len(warnings) == 1 else 'warnings'}"
    screen.line(f"{name}: run {done['run_id']}{known}, {count}")
    screen.line(f"  {server.page_of(done)}")
    for warning in warnings[:WARNINGS_SHOWN]:
        screen.line(f"  {str(warning)[:WARNING_CHARACTERS]}")
    if len(warnings) > WARNINGS_SHOWN:
        screen.line(f"  and {len(warnings) - WARNINGS_SHOWN} more: {server.url}/api/import/{done['id']}")
