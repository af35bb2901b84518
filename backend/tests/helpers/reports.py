"""Report files as their writers make them, small."""

import io
import tarfile
import zipfile
from typing import Any
from uuid import uuid4

import orjson

JUNIT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuite name="S" tests="9" failures="9" timestamp="2024-01-15T10:30:00">
<properties><property name="browser" value="firefox"/></properties>
<testcase classname="tests.mod.T" name="ok" time="1"/>
<testcase classname="tests.mod.T" name="bad[a.b]" time="2"><failure type="ValueError" message="m">line 1
ValueError</failure><system-out>printed &lt;this&gt;</system-out></testcase>
<testcase classname="tests.mod.T" name="later" time="0.5"><skipped message="not yet"/></testcase>
</testsuite>
"""


def run_json(**values: Any) -> dict[str, Any]:
    """A run.json of the pytest plugin."""
    return {
        "component": None,
        "env": None,
        "id": str(uuid4()),
        "metadata": {"project": None},
        "source": "local",
        "start_time": "2026-11-01T10:00:00+00:00",
        "duration": 12.5,
        "summary": {"failures": 0, "errors": 0, "tests": 1, "collected": 1, "not_run": 0},
        **values,
    }


def result_json(**values: Any) -> dict[str, Any]:
    """A result.json of the pytest plugin."""
    return {
        "test_id": "test_shop",
        "component": None,
        "env": None,
        "result": "passed",
        "id": str(uuid4()),
        "metadata": {"user_properties": {"browser": "firefox"}, "markers": []},
        "params": {},
        "source": "local",
        "start_time": "2026-11-01T10:00:01+00:00",
        "duration": 0.5,
        **values,
    }


Files = dict[str, bytes]


def archive(run: dict[str, Any], *parts: Any, folder: str | None = None) -> bytes:
    """An archive; a part is the files of the run, or a result with its files."""
    folder = folder or run["id"]
    members = {f"{folder}/run.json": orjson.dumps(run)}
    for part in parts:
        result, files = part if isinstance(part, tuple) else (None, part)
        place = f"{folder}/{result['id']}" if result else folder
        if result:
            members[f"{place}/result.json"] = orjson.dumps(result)
        members |= {f"{place}/{name}": content for name, content in files.items()}
    return tar(members)


def tar(members: Files, *, mode: str = "w:gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as opened:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zipped(members: Files, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as opened:
        for name, content in members.items():
            opened.writestr(zipfile.ZipInfo(name), content, compression)
    return packed.getvalue()
