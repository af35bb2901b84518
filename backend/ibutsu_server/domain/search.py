"""What of a project has a few characters in its name."""

import re
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy.orm import aliased

from ibutsu_server import filters
from ibutsu_server.access import as_uuid_or_none
from ibutsu_server.db import db
from ibutsu_server.db.models import Result, Run, Test
from ibutsu_server.errors import Invalid

RECENT = 2000
"""Runs of a project that are looked through, the newest."""

_NAMES = (
    *("source", "component", "env", "metadata.jenkins.job_name", "metadata.jenkins.build_number"),
    *("metadata.build", "metadata.build_number", "metadata.branch", "metadata.commit"),
    *("metadata.ci.branch", "metadata.ci.commit"),
)
"""What runs are called by; `ci` is where our documentation tells people to put it."""

_GROUPS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))
"""The digits of a UUID between its dashes."""

_FEWEST_DIGITS = 4
"""Less is a number that somebody looks for, and would find every run by its id."""


class Found(NamedTuple):
    """At most as many of each as were asked for."""

    tests: list[Test]
    runs: list[Run]
    results: list[Result]


def find(project_id: uuid.UUID, text: str, *, limit: int) -> Found:
    """The newest tests and runs with the text, in any case, in what they are called by."""
    wanted = text.strip()
    if not wanted or "\0" in wanted:
        raise Invalid("text must have characters other than blanks, and no NUL", field="text")
    runs = {run.id: run for run in (*_with_id(Run, project_id, wanted), *_runs(project_id, wanted, limit))}
    return Found(
        tests=_tests(project_id, wanted, limit),
        runs=list(runs.values())[:limit],
        results=_with_id(Result, project_id, wanted),
    )


def _tests(project_id: uuid.UUID, text: str, limit: int) -> list[Test]:
    """All of the project are looked through: an index of the newest would have to change with each result."""
    found = select(Test).where(Test.project_id == project_id, filters.holds(Test, "test_id", text))
    return list(db.session.scalars(found.order_by(Test.last_seen.desc(), Test.test_id).limit(limit)))


def _runs(project_id: uuid.UUID, text: str, limit: int) -> list[Run]:
    newest = select(Run).where(Run.project_id == project_id)
    newest = newest.order_by(Run.start_time.desc(), Run.id.desc()).limit(RECENT)
    recent = aliased(Run, newest.subquery("recent"))
    found = select(recent).where(or_(*_is_called(recent, text)))
    return list(db.session.scalars(found.order_by(recent.start_time.desc(), recent.id.desc()).limit(limit)))


def _is_called(run: Any, text: str) -> Iterator[ColumnElement[bool]]:
    for name in _NAMES:
        yield filters.holds(run, name, text)
    digits = _digits(text)
    if digits:
        yield func.replace(cast(run.id, Text()), "-", "").startswith(digits)


def _digits(text: str) -> str | None:
    """Those of a UUID that the text may be the beginning of, with or without dashes."""
    digits = text.lower().replace("-", "")
    if not re.fullmatch(rf"[0-9a-f]{{{_FEWEST_DIGITS},32}}", digits):
        return None
    dashed = "-".join(digits[first:last] for first, last in _GROUPS if digits[first:last])
    return digits if text.lower().rstrip("-") in (digits, dashed) else None


def _with_id(entity: type[Any], project_id: uuid.UUID, text: str) -> list[Any]:
    key = as_uuid_or_none(text)
    if key is None:
        return []
    return list(db.session.scalars(select(entity).where(entity.id == key, entity.project_id == project_id)))
