"""The text of filters: each parameter is one or more clauses of field, operator and value."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ibutsu_server.errors import Invalid

MOST_CLAUSES = 50
MOST_ITEMS = 1000
_LONGEST_QUOTE = 100

_HEAD = r"([A-Za-z0-9._-]+)(>=|<=|[=!><)(~*%@])"
_CLAUSE = re.compile(rf'{_HEAD}("[^"]*"|.*?)(?=,{_HEAD}|\Z),?', re.DOTALL)


class Clause(NamedTuple):
    field: str
    operator: str
    value: str

    @property
    def items(self) -> list[str]:
        """What a `*` list names."""
        return self.value.split(";")


def parse(texts: Sequence[str] | None) -> list[Clause]:
    """All clauses of repeated parameters; raises `Invalid` for text that is none."""
    clauses = [clause for text in texts or () if text for clause in _clauses(text)]
    if len(clauses) > MOST_CLAUSES:
        raise Invalid(f"A filter may have at most {MOST_CLAUSES} clauses", field="filter")
    if sum(len(clause.items) for clause in clauses if clause.operator == "*") > MOST_ITEMS:
        raise Invalid(f"The lists of a filter may have at most {MOST_ITEMS} items", field="filter")
    return clauses


def names_project(clauses: Sequence[Clause]) -> bool:
    """Whether the clauses narrow a list down to named projects: `project_id@y` does not."""
    return any(
        (clause.field == "project_id" and clause.operator in ("=", "*"))
        or (clause.field in ("metadata.project", "data.project") and clause.operator == "=")
        for clause in clauses
    )


def shown(text: str) -> str:
    """The text as an error message may quote it: short, and with nothing that no client can decode."""
    short = text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"
    return short.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()


def _clauses(text: str) -> Iterator[Clause]:
    _refuse_what_no_database_stores(text)
    position = 0
    while position < len(text):
        found = _CLAUSE.match(text, position)
        if found is None:
            raise Invalid(
                f"'{shown(text)}' is not a filter: write it as field, operator and value, "
                "without blanks around the operator, for example env=qa",
                field="filter",
            )
        yield Clause(found[1], found[2], _unquoted(found[3]))
        position = found.end()


def _refuse_what_no_database_stores(text: str) -> None:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(
            f"'{shown(text)}' is not a filter: it has a NUL character or half of a surrogate pair",
            field="filter",
        )


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] == '"'
    return value[1:-1] if is_quoted else value
