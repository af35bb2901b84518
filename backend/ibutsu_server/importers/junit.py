"""JUnit XML: one run of all its suites, one result of each of its cases, in the dialects of its writers."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from ibutsu_server.importers import xml
from ibutsu_server.importers.junit_elements import SUITES
from ibutsu_server.importers.junit_reader import Reader
from ibutsu_server.importers.report import Format, Part

_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)


def recognises(head: bytes, filename: str) -> bool:
    """A file whose root does not show in its beginning may be one by its name."""
    root = xml.root_of(head)
    return root in SUITES or (root is None and filename.lower().endswith(".xml") and b"<" in head[:100])


def parse(file: BinaryIO, filename: str) -> Iterator[Part]:
    """The run comes last: only then its start is known."""
    reader = Reader()
    yield from xml.read(file, reader)
    found = _UUID4.search(filename)
    yield reader.run(found[0] if found else None)


JUNIT = Format("junit", recognises, parse)
