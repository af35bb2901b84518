"""Definitions and failed attempts of a TRX file, looked up on disk: there may be millions of them."""

import sqlite3
from typing import Self

import orjson

from ibutsu_server.importers.report import JSON

CACHE_KIB = 16 * 1024


class Index:
    """A result of a test that has failed before is another attempt at it.

    Attempts are known by their places in the spool.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"PRAGMA cache_size = -{CACHE_KIB}",
            "CREATE TABLE definition (id TEXT PRIMARY KEY, told BLOB) WITHOUT ROWID",
            "CREATE TABLE failed (identity BLOB PRIMARY KEY, place INTEGER) WITHOUT ROWID",
            "CREATE TABLE superseded (place INTEGER PRIMARY KEY)",
            "BEGIN",
        ):
            self._db.execute(statement)
        self._has_failed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def define(self, id_: str, told: JSON) -> None:
        self._db.execute("INSERT OR IGNORE INTO definition VALUES (?, ?)", (id_, orjson.dumps(told)))

    def definition(self, id_: str) -> JSON:
        """Nothing of a test that is defined nowhere."""
        found = self._db.execute("SELECT told FROM definition WHERE id = ?", (id_,)).fetchone()
        told: JSON = orjson.loads(found[0]) if found else {}
        return told

    def failed_before(self, identity: bytes | None) -> int | None:
        """The place of the last attempt, if that has failed."""
        if identity is None or not self._has_failed:
            return None
        found = self._db.execute("SELECT place FROM failed WHERE identity = ?", (identity,)).fetchone()
        return found[0] if found else None

    def add(self, place: int, identity: bytes | None, after: int | None, *, is_failed: bool) -> None:
        if after is not None:
            self._db.execute("INSERT INTO superseded VALUES (?)", (after,))
            self._db.execute("DELETE FROM failed WHERE identity = ?", (identity,))
        if is_failed and identity is not None:
            self._has_failed = True
            self._db.execute("INSERT INTO failed VALUES (?, ?)", (identity, place))

    def is_superseded(self, place: int, told: JSON) -> bool:
        """Whether it is no last attempt."""
        if told["body"]["result"] not in ("failed", "error"):
            return False
        found = self._db.execute("SELECT 1 FROM superseded WHERE place = ?", (place,)).fetchone()
        return found is not None
