"""All results of an Allure folder, on disk: which are attempts of one test, and whose the attachments are."""

import re
import sqlite3
from collections.abc import Iterator
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple, Self

import orjson

from ibutsu_server.importers import attempts
from ibutsu_server.importers.allure_fixtures import Fixtures, Globals
from ibutsu_server.importers.allure_result import Outcome
from ibutsu_server.importers.allure_steps import Stored, instant
from ibutsu_server.importers.report import JSON

ATTEMPTS = 200
"""Of one test; of more, those before the last one are left out."""

OWNERS = 100
"""Results that one attachment may belong to."""

NAME_CHARACTERS = 100

_TABLES = """
    CREATE TABLE result (
        number INTEGER PRIMARY KEY, test TEXT, uuid TEXT, start INTEGER, stop INTEGER, place TEXT,
        framework TEXT, body BLOB, reason BLOB, is_global INTEGER);
    CREATE TABLE text (number INTEGER, name TEXT, content BLOB);
    CREATE TABLE attachment (
        source TEXT, name TEXT, number INTEGER, uuid TEXT, seen INTEGER DEFAULT 0);
    CREATE TABLE fixture (uuid TEXT, failure INTEGER);
    CREATE TABLE failure (number INTEGER PRIMARY KEY, message TEXT, trace TEXT);
    CREATE TABLE told (number INTEGER PRIMARY KEY, key TEXT, attempt INTEGER);
"""
_INDEXES = """
    CREATE INDEX result_reason ON result (reason) WHERE reason IS NOT NULL;
    DELETE FROM result WHERE is_global AND EXISTS (
        SELECT 1 FROM result AS other WHERE other.reason = result.reason AND NOT other.is_global);
    CREATE INDEX result_test ON result (test, start, stop, number);
    CREATE INDEX result_uuid ON result (uuid);
    CREATE INDEX text_number ON text (number);
    CREATE INDEX attachment_source ON attachment (source);
    CREATE INDEX fixture_uuid ON fixture (uuid);
    UPDATE attachment SET number = (SELECT MIN(number) FROM result WHERE result.uuid = attachment.uuid)
        WHERE uuid IS NOT NULL;
"""
_ORDER = """
    SELECT number, test FROM result
    JOIN (SELECT test AS same, MIN(number) AS first FROM result GROUP BY test) ON test = same
    ORDER BY first, test, start, stop, number
"""
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")


class Told(NamedTuple):
    """A test with all of its attempts; `texts` are names and contents of files.

    `left_out` is the number of attempts that were too many.
    """

    body: JSON
    key: str
    place: str
    texts: Iterator[tuple[str, bytes]]
    left_out: int


class Attachment(NamedTuple):
    """What a file is called by one of those that it belongs to; without a key, that is the run."""

    key: str | None
    name: str
    filename: str


class Index:
    def __init__(self) -> None:
        self.count = 0
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES} BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def add(self, one: Outcome, place: str, *, is_global: bool = False) -> None:
        self.count += 1
        test = one.history or f"\0{self.count}"
        texts = dict(one.texts())
        times = (one.start, one.stop)
        row = (self.count, test, one.uuid, *times, place, one.framework, orjson.dumps(one.body))
        reason = _digest(texts.get("traceback.log"))
        self._db.execute(
            "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, reason, is_global)
        )
        rows = ((self.count, name, content) for name, content in texts.items())
        self._db.executemany("INSERT INTO text VALUES (?, ?, ?)", rows)
        self._add_attachments(one.attachments(), self.count, None)

    def add_fixtures(self, fixtures: Fixtures) -> None:
        """What was attached while many tests were set up belongs to the run."""
        only = fixtures.children[0] if len(fixtures.children) == 1 else None
        self._add_attachments(fixtures.attachments(), None, only)
        for failure in fixtures.failures():
            number = self._db.execute("INSERT INTO failure VALUES (NULL, ?, ?)", failure).lastrowid
            rows = ((child, number) for child in fixtures.children)
            self._db.executemany("INSERT INTO fixture VALUES (?, ?)", rows)

    def add_globals(self, found: Globals, place: str) -> None:
        """Adapters tell errors of fixtures here as well as with the tests that they broke."""
        for one in found.errors():
            self.add(one, place, is_global=True)
        self._add_attachments(found.attachments(), None, None)

    def _add_attachments(self, found: Iterator[Stored], number: int | None, uuid: str | None) -> None:
        rows = ((one.source.rpartition("/")[2], one.name, number, uuid) for one in found)
        self._db.executemany("INSERT INTO attachment VALUES (?, ?, ?, ?, 0)", rows)

    def results(self) -> Iterator[Told]:
        self._db.executescript(_INDEXES)
        for _, rows in groupby(self._db.execute(_ORDER), key=lambda row: row[1]):
            numbers: list[int] = []
            count = 0
            for number, _ in rows:
                count += 1
                numbers = [*numbers[: ATTEMPTS - 1], number]
            yield self._told(numbers, count - len(numbers))

    def _told(self, numbers: list[int], left_out: int) -> Told:
        key = str(numbers[-1])
        bodies: list[JSON] = []
        for attempt, number in enumerate(numbers, 1):
            row = (number, key, None if number == numbers[-1] else attempt)
            self._db.execute("INSERT INTO told VALUES (?, ?, ?)", row)
            body, place = self._body(number)
            bodies.append(body)
        return Told(attempts.joined(bodies), key, place, self._texts(numbers), left_out)

    def _body(self, number: int) -> tuple[JSON, str]:
        query = "SELECT body, place, uuid FROM result WHERE number = ?"
        content, place, uuid = self._db.execute(query, (number,)).fetchone()
        body: JSON = orjson.loads(content)
        query = "SELECT message, trace FROM fixture JOIN failure ON failure = number WHERE uuid = ? LIMIT 20"
        if failures := self._db.execute(query, (uuid,)).fetchall():
            body["metadata"]["fixtures"] = [message for message, _ in failures]
            if body["result"] in ("failed", "error") and not body["metadata"].get("message"):
                body["metadata"]["message"] = failures[0][0]
        return body, place

    def _texts(self, numbers: list[int]) -> Iterator[tuple[str, bytes]]:
        for attempt, number in enumerate(numbers, 1):
            folder = "" if number == numbers[-1] else f"attempt-{attempt}/"
            for name, content in self._db.execute(
                "SELECT name, content FROM text WHERE number = ?", (number,)
            ):
                yield folder + name, content

    def owners(self, source: str) -> list[Attachment]:
        """One more than there may be, where there are more."""
        self._db.execute("UPDATE attachment SET seen = 1 WHERE source = ?", (source,))
        query = """SELECT DISTINCT key, attempt, name FROM attachment
            LEFT JOIN told ON told.number = attachment.number
            WHERE source = ? AND (key IS NOT NULL OR attachment.number IS NULL)
            GROUP BY key, attempt LIMIT ?"""
        return [_attachment(source, row) for row in self._db.execute(query, (source, OWNERS + 1))]

    def missing(self, most: int) -> tuple[list[str], int]:
        """Sources of attachments that never came, and how many they are."""
        found = "FROM attachment WHERE NOT seen"
        rows = self._db.execute(f"SELECT DISTINCT source {found} ORDER BY source LIMIT ?", (most,))
        listed = [source for (source,) in rows]
        return listed, self._db.execute(f"SELECT COUNT(DISTINCT source) {found}").fetchone()[0]

    def whole(self) -> tuple[str | None, float | None, list[str]]:
        """Start and duration of all results, and the frameworks that wrote them."""
        start, stop = self._db.execute("SELECT MIN(start), MAX(stop) FROM result").fetchone()
        rows = self._db.execute("SELECT DISTINCT framework FROM result WHERE framework != '' LIMIT 2")
        duration = (stop - start) / 1000 if start is not None and stop is not None else None
        return instant(start), duration, [framework for (framework,) in rows]


def _digest(reason: bytes | None) -> bytes | None:
    return blake2b(reason.strip(), digest_size=16).digest() if reason else None


def _attachment(source: str, row: tuple[Any, ...]) -> Attachment:
    key, attempt, name = row
    ending = source.rpartition(".")[2] if "." in source else ""
    clean = _NOT_IN_NAMES.sub("_", name)[-NAME_CHARACTERS:].strip(" .") or "attachment"
    filename = f"{clean}.{ending}" if ending and not clean.endswith(f".{ending}") else clean
    folder = f"attempt-{attempt}" if attempt else ""
    return Attachment(key, f"{folder}/{source}".strip("/"), f"{folder} {filename}".strip())
