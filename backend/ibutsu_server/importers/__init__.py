"""Formats of report files: one module each, a table of them, and how a file's beginning shows which it is."""

from ibutsu_server.importers.archive import ARCHIVE
from ibutsu_server.importers.junit import JUNIT

HEAD_BYTES = 64 * 1024
"""How much of the beginning of a file `recognise` wants to see."""

FORMATS = {one.name: one for one in (JUNIT, ARCHIVE)}


def recognise(head: bytes, filename: str) -> str | None:
    """The name of the format of a file; none where nobody can read it."""
    return next((one.name for one in FORMATS.values() if one.recognises(head, filename)), None)
