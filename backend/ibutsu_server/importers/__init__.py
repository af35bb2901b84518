"""Formats of report files: one module each, a table of them, and how a file's beginning shows which it is."""

from typing import BinaryIO

from ibutsu_server.importers import archives
from ibutsu_server.importers.allure import ALLURE
from ibutsu_server.importers.archive import ARCHIVE
from ibutsu_server.importers.bundle import bundle_of
from ibutsu_server.importers.ctrf import CTRF
from ibutsu_server.importers.cucumber import CUCUMBER
from ibutsu_server.importers.go_test import GO_TEST
from ibutsu_server.importers.junit import JUNIT
from ibutsu_server.importers.nunit import NUNIT
from ibutsu_server.importers.playwright import PLAYWRIGHT
from ibutsu_server.importers.pytest_json import PYTEST_JSON
from ibutsu_server.importers.report import HEAD_BYTES as HEAD_BYTES
from ibutsu_server.importers.report import Format
from ibutsu_server.importers.robot import ROBOT
from ibutsu_server.importers.tap import TAP
from ibutsu_server.importers.trx import TRX
from ibutsu_server.importers.xunit import XUNIT

OF_ONE_FILE = (CTRF, PLAYWRIGHT, CUCUMBER, PYTEST_JSON, ROBOT, TRX, NUNIT, XUNIT, JUNIT, GO_TEST, TAP)
"""Each of which can also be in a bundle."""

FORMATS = {one.name: one for one in (*OF_ONE_FILE, ALLURE, ARCHIVE, bundle_of(OF_ONE_FILE))}


def recognise(head: bytes, filename: str) -> str | None:
    """The name of the format of a file; none where nobody can read it.

    Every archive is an `archive` as long as only its beginning is known: see `archive_kind`.
    """
    return next((one.name for one in FORMATS.values() if one.recognises(head, filename)), None)


def archive_kind(file: BinaryIO, _filename: str) -> str:
    """Which format an archive has: `archive`, `allure` or `bundle`; raises Invalid for a damaged one."""
    return archives.kind(file)


def format_of(name: str, file: BinaryIO, filename: str) -> Format:
    """What reads a file that was recognised as this."""
    return FORMATS[archive_kind(file, filename) if name == ARCHIVE.name else name]
