"""A test that a report tells of once or several times: its result, and the texts of each attempt as files."""

import hashlib
from collections.abc import Iterator, Mapping

from ibutsu_server.importers import attempts
from ibutsu_server.importers.report import JSON, File, Part, Result

TEST_ID_BYTES = 2048

Texts = dict[str, str | bytes]
"""What becomes files, by their names; empty ones become none."""


def test_id(name: str) -> str | None:
    """A name that fits; what is cut off of a long one is still told apart."""
    whole = name.strip().encode()
    if len(whole) <= TEST_ID_BYTES:
        return whole.decode() or None
    digest = hashlib.blake2b(whole, digest_size=8).hexdigest()
    return f"{whole[: TEST_ID_BYTES - 20].decode(errors='ignore')}…{digest}"


class Tries:
    """The attempts at one test.  Files of one are handed over as soon as there is another."""

    def __init__(self, key: str, place: str, source: str | None = None) -> None:
        self._key = key
        self._place = place
        self._source = source
        self._count = 0
        self._bodies: list[JSON] = []
        self._texts: Mapping[str, str | bytes] = {}

    def add(self, body: JSON, texts: Mapping[str, str | bytes]) -> Iterator[Part]:
        if self._count:
            yield from self._files(f"attempt-{self._count}")
        self._count += 1
        self._bodies = [*self._bodies[: attempts.MOST - 1], body]
        self._texts = texts

    def end(self) -> Iterator[Part]:
        yield Result(attempts.joined(self._bodies), self._key, self._place, self._source)
        yield from self._files()

    def _files(self, *attempt: str) -> Iterator[Part]:
        for name, text in self._texts.items():
            if text:
                content = text if isinstance(text, bytes) else text.encode()
                path = (*attempt, name)
                yield File(self._key, "/".join(path), " ".join(path), [content])
