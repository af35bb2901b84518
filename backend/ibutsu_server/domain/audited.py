"""What the audit log keeps of each kind of thing, and how it shows what has changed."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, NamedTuple

import orjson
from sqlalchemy import LargeBinary, inspect
from sqlalchemy.orm import ColumnProperty, InstanceState

from ibutsu_server.db.models import (
    Artifact,
    Dashboard,
    Group,
    Identity,
    Import,
    Membership,
    Project,
    ProjectPolicy,
    Result,
    Run,
    SavedFilter,
    Token,
    User,
    UserSession,
    WidgetConfig,
)
from ibutsu_server.domain.counts import OUTCOME_COLUMNS

Action = Literal["create", "update", "delete"]
Changes = dict[str, tuple[Any, Any]]
"""What each column was and is."""

LONGEST = 500
"""Characters of one value."""

MOST = 100
"""Fields of one entry."""

MASK = "***"

_SUMMARY = ("tests", "collected", "summary_extra", *OUTCOME_COLUMNS)
_SHOWN_AS = {
    "data": "metadata",
    "password_hash": "password",
    "summary_extra": "summary",
    **{name: f"summary.{name}" for name in _SUMMARY if name != "summary_extra"},
}
_SECRET = frozenset({"password_hash"})


@dataclass(frozen=True)
class Kind:
    """`name` is the column that people call such a thing by, none where that is its user's e-mail address.

    `left_out` are columns that the server keeps by itself.
    """

    noun: str
    name: str | None
    actions: frozenset[Action] = frozenset({"create", "update", "delete"})
    left_out: frozenset[str] = frozenset()
    id: str = "id"


_REPORTED: frozenset[Action] = frozenset({"update", "delete"})
_KINDS: dict[type[Any], Kind] = {
    Project: Kind("project", "name"),
    ProjectPolicy: Kind("retention", None, id="project_id"),
    Membership: Kind("member", None, id="user_id"),
    Group: Kind("group", "name"),
    Dashboard: Kind("dashboard", "title"),
    WidgetConfig: Kind("widget_config", "title"),
    SavedFilter: Kind("saved_filter", "name", left_out=frozenset({"project_id", "created"})),
    User: Kind("user", "email"),
    Identity: Kind("identity", "provider", left_out=frozenset({"created"}), id="user_id"),
    Token: Kind("token", "name", left_out=frozenset({"session_id", "last_four", "created"})),
    UserSession: Kind(
        "session",
        None,
        actions=frozenset({"create", "delete"}),
        left_out=frozenset({"created", "used", "expires"}),
    ),
    Run: Kind(
        "run",
        "source",
        actions=_REPORTED,
        left_out=frozenset(
            {"reporter_id", "created", "duration", "result_count", "first_start", "last_end"}
            | {"is_tallied", "changes", "changed"}
        ),
    ),
    Result: Kind("result", "test_id", actions=_REPORTED),
    Artifact: Kind(
        "artifact",
        "filename",
        actions=_REPORTED,
        left_out=frozenset({"size", "storage_key", "upload_date"}),
    ),
    Import: Kind(
        "import",
        "filename",
        actions=frozenset({"delete"}),
        left_out=frozenset(
            {"format", "status", "error", "storage_key", "created", "heartbeat", "attempts", "data"}
            | {"heartbeat", "attempts", "fingerprint"}
        ),
    ),
}


class About(NamedTuple):
    """What an entry is about; `user_id` is whose e-mail address is its name where it has none."""

    kind: Kind
    key: tuple[Any, ...]
    id: uuid.UUID | None
    project_id: uuid.UUID | None
    name: str | None
    user_id: uuid.UUID | None


def about(thing: object) -> About | None:
    """None for what nobody asks about: mails, codes, tasks, and the passing tokens of a sign-in."""
    kind = _KINDS.get(type(thing))
    if kind is None or (isinstance(thing, Token) and thing.session_id is not None):
        return None
    state: InstanceState[Any] = inspect(thing)
    known = state.dict
    return About(
        kind,
        (kind.noun, *state.mapper.primary_key_from_instance(thing)),
        known.get(kind.id),
        None if _is_private(thing) else known.get("id" if kind.noun == "project" else "project_id"),
        known.get(kind.name) if kind.name else None,
        None if kind.name else known.get("user_id"),
    )


def _is_private(thing: object) -> bool:
    """What somebody keeps for themselves is nothing that the owners of its project read about."""
    if not isinstance(thing, SavedFilter):
        return False
    return not (thing.is_shared or True in inspect(thing).attrs.is_shared.history.deleted)


def event(noun: str, name: str, project_id: uuid.UUID | None) -> About:
    """What is about no row; each is one of its own."""
    return About(Kind(noun, None), (noun, object()), None, project_id, name, None)


def contents(thing: object, action: Action) -> Changes:
    """The columns that came or went with a thing; only what is loaded, for what is gone cannot be asked."""
    known = inspect(thing).dict
    values = {column: known[column] for column in _columns(thing) if known.get(column) is not None}
    if action == "create":
        return {column: (None, value) for column, value in values.items()}
    if isinstance(thing, Run):
        values["results"] = known.get("result_count")
    return {column: (value, None) for column, value in values.items()}


def changes_of(thing: object) -> Changes:
    """What is different from what is stored; nothing for what is not audited."""
    if type(thing) not in _KINDS:
        return {}
    attributes = inspect(thing).attrs
    histories = {column: attributes[column].history for column in _columns(thing)}
    return {
        column: (_first(history.deleted), _first(history.added))
        for column, history in histories.items()
        if history.has_changes()
    }


def _first(values: Any) -> Any:
    return values[0] if values else None


def _columns(thing: Any) -> tuple[str, ...]:
    entity: Any = type(thing)
    columns = _columns_of(entity)
    if isinstance(thing, Run) and _is_counted(thing):
        return tuple(column for column in columns if column not in _SUMMARY)
    return columns


@cache
def _columns_of(entity: type[Any]) -> tuple[str, ...]:
    kind = _KINDS[entity]
    return tuple(
        attribute.key
        for attribute in inspect(entity).column_attrs
        if attribute.key not in {*kind.left_out, kind.id} and not _is_binary(attribute)
    )


def _is_binary(attribute: ColumnProperty[Any]) -> bool:
    """Digests tell nobody anything, or too much."""
    return isinstance(attribute.columns[0].type, LargeBinary)


def _is_counted(run: Run) -> bool:
    """The server counts the results of a run; without any, the counts are what somebody says."""
    return bool(run.result_count) or inspect(run).attrs.result_count.history.has_changes()


def shown(changes: Changes) -> dict[str, list[Any]]:
    """The changes as JSON: documents by the paths of their keys, secrets masked, long values cut."""
    paths = dict(path for column, (old, new) in changes.items() for path in _paths(column, old, new))
    if len(paths) <= MOST:
        return paths
    some = dict(list(paths.items())[:MOST])
    return {**some, "…": [None, f"and {len(paths) - MOST} more"]}


def _paths(column: str, old: Any, new: Any) -> Iterator[tuple[str, list[Any]]]:
    if column in _SECRET:
        yield _SHOWN_AS[column], [value and MASK for value in (old, new)]
    else:
        yield from _differences(_SHOWN_AS.get(column, column), old, new)


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, list[Any]]]:
    if old == new:
        return
    if isinstance(old, dict | None) and isinstance(new, dict | None):
        old, new = old or {}, new or {}
        for key in {**old, **new}:
            yield from _differences(f"{path}.{key}", old.get(key), new.get(key))
    else:
        yield path, [_plain(old), _plain(new)]


def _plain(value: Any) -> Any:
    match value:
        case uuid.UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        case str():
            return _cut(value)
        case dict() | list():
            text = orjson.dumps(value).decode()
            return value if len(text) <= LONGEST else _cut(text)
    return value


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
