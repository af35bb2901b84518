"""The contract as it was agreed: the specification and one answer of each operation, compared word by word.

A difference that was meant is accepted and read in the review like code:
`hatch run pytest backend/tests/test_snapshots.py --snapshot-update`.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from controllers.test_access import OPERATIONS, ROWS, _send, world  # noqa: F401 - a fixture
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from ibutsu_server import openapi
from ibutsu_server.tasks import vital_signs

pytestmark = pytest.mark.integration

CALLERS = ("maintainer", "owner", "superadmin")
"""The first of them who may; where none of them can, what is kept is the answer to who has no token."""

SECRETS = {"token", "refresh_token"}
NUMBERS = {"queued"}
"""How much waits: other tests leave work in the queues of this process."""

LEFT_OUT = {"content-length", "date", "x-request-id"}
PLACEHOLDERS = {
    "<jwt>": r"eyJ[\w-]+\.[\w-]+\.[\w-]+",
    '"<digest of what has ids>"': r'"[0-9a-f]{32}"',
    "<time>": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
    r"|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT",
}
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FOLDER = Path(__file__).parent / "__snapshots__" / Path(__file__).stem


class YAMLText(SingleFileSnapshotExtension):
    """A text in a file of its own that editors know how to show."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"


def _plain(value: Any, ids: dict[str, str]) -> Any:
    """What an answer says but for what differs each time; the same id has the same number all through it."""
    if isinstance(value, dict):
        return {
            key: "<secret>" if key in SECRETS and inner else _plain(inner, ids)
            for key, inner in value.items()
            if key not in NUMBERS
        }
    if isinstance(value, list):
        return [_plain(inner, ids) for inner in value]
    if not isinstance(value, str):
        return value
    for placeholder, pattern in PLACEHOLDERS.items():
        value = re.sub(pattern, placeholder, value)
    return UUID.sub(lambda found: ids.setdefault(found[0], f"<id {len(ids) + 1}>"), value)


def _shown(response: Any) -> dict[str, Any]:
    is_json = response.headers.get("content-type", "").partition(";")[0].endswith("json")
    headers = sorted((name, value) for name, value in response.headers.multi_items() if name not in LEFT_OUT)
    answer = {
        "status": response.status_code,
        "headers": [f"{name}: {value}" for name, value in headers],
        "body": response.json() if is_json else response.text,
    }
    plain: dict[str, Any] = _plain(answer, {})
    return plain


@pytest.mark.unit
def test_specification(snapshot):
    document = json.loads(json.dumps(openapi.document()))  # without what is shared: YAML would refer to it
    text = yaml.safe_dump(document, allow_unicode=True, width=110)
    assert text == snapshot(extension_class=YAMLText)


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_answer(flask_app, world, snapshot, operation, monkeypatch):  # noqa: F811
    monkeypatch.setattr(vital_signs, "FRESH_SECONDS", 0)
    caller = next((name for name in CALLERS if ROWS[operation][name] < 400), "anonymous")
    shown = _shown(_send(flask_app[0], operation, world, caller))
    assert shown == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.unit
def test_every_snapshot_belongs_to_something_and_the_other_way_round():
    stored = {path.stem for path in FOLDER.iterdir()}
    assert stored == {f"test_answer[{name}]" for name in OPERATIONS} | {"test_specification"}
