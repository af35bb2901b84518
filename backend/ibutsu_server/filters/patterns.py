"""Regular expressions and wildcards in text, with one meaning on both databases.

RE2 says which patterns are good, because it matches in linear time: no pattern holds a worker on SQLite.
"""

import re
import sqlite3
from functools import lru_cache

import re2
from sqlalchemy import Boolean, ColumnElement, func

from ibutsu_server.errors import Invalid
from ibutsu_server.filters.either import either
from ibutsu_server.filters.grammar import Clause, shown

LONGEST_PATTERN = 1000
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True
_OPTIONS.dot_nl = True  # as in PostgreSQL

_ESCAPE_OR_BRACKETS = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
_POSTGRESQL_ESCAPES = {r"\b": r"\y", r"\B": r"\Y", r"\z": r"\Z"}


def teach_sqlite(connection: sqlite3.Connection) -> None:
    """Give a new connection the function that filters use for patterns; every SQLite connection needs it."""
    connection.create_function("re2_search", 2, _search, deterministic=True)


def matches(on_postgresql: ColumnElement[str], on_sqlite: ColumnElement[str], clause: Clause) -> either:
    """`~`: the pattern is found somewhere in the text, with regard to case."""
    return either(
        on_postgresql.bool_op("~")(_for_postgresql(_checked(clause))),
        search_in(on_sqlite, clause.value),
    )


def contains(on_postgresql: ColumnElement[str], on_sqlite: ColumnElement[str], clause: Clause) -> either:
    """`%`: the value is somewhere in the text, in any case; `%` and `_` in it are wildcards."""
    if len(clause.value) > LONGEST_PATTERN:
        raise Invalid(_too_long(clause), field=clause.field)
    wildcard = f"%{clause.value}%"
    return either(
        on_postgresql.ilike(wildcard.replace("\\", "\\\\")),
        on_sqlite.like(wildcard) if clause.value.isascii() else search_in(on_sqlite, _folded(clause.value)),
    )


def has_text(on_postgresql: ColumnElement[str], on_sqlite: ColumnElement[str], text: str) -> either:
    """The text is somewhere in it, in any case; `ILIKE` would take PostgreSQL several times as long."""
    if text.isascii():
        low = text.lower()
        lowered = func.lower(on_postgresql.collate("C"))  # knows the case of ASCII letters only
        return either(func.strpos(lowered, low) > 0, func.instr(func.lower(on_sqlite), low) > 0)
    found = func.strpos(func.lower(on_postgresql), func.lower(text))
    return either(found > 0, search_in(on_sqlite, f"(?i){re2.escape(text)}"))


def search_in(text: ColumnElement[str], pattern: str) -> ColumnElement[bool]:
    """SQLite only."""
    return func.re2_search(pattern, text, type_=Boolean())


def _checked(clause: Clause) -> str:
    if len(clause.value) > LONGEST_PATTERN:
        raise Invalid(_too_long(clause), field=clause.field)
    try:
        re2.compile(clause.value, _OPTIONS)
    except re2.error as error:
        reason = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else error.args[0]
        raise Invalid(
            f"{clause.field}: '{shown(clause.value)}' is not a valid regular expression: {reason}",
            field=clause.field,
        ) from error
    return clause.value


def _too_long(clause: Clause) -> str:
    return f"{clause.field}: a pattern may have at most {LONGEST_PATTERN} characters"


def _for_postgresql(pattern: str) -> str:
    """PostgreSQL spells word boundaries its own way; what others write for one is a backspace there."""
    return _ESCAPE_OR_BRACKETS.sub(lambda found: _POSTGRESQL_ESCAPES.get(found[0], found[0]), pattern)


def _folded(value: str) -> str:
    """SQLite's LIKE knows the case of ASCII letters only, so that other values are searched as patterns."""
    wildcards = {"%": ".*", "_": "."}
    return "(?i)" + "".join(wildcards.get(character) or re2.escape(character) for character in value)


SEARCHES = {"~": matches, "%": contains}


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re2._Regexp:
    return re2.compile(pattern, _OPTIONS)


def _search(pattern: str, text: str | None) -> bool | None:
    return None if text is None else _compiled(pattern).search(text.encode()) is not None
