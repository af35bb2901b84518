"""Every file in samples/ becomes exactly what the `.expected.json` beside it says.

    hatch run python backend/tests/importers/test_samples.py FILE…

writes that file anew, to be read and compared with what the tool itself told.
"""

import sys
from collections import Counter
from pathlib import Path

import orjson
import pytest

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = ".expected.json"
PLENTY = 40
"""Of more results than that, these are written down."""

FILES = sorted(
    path
    for path in SAMPLES.glob("*/*")
    if path.is_file() and not path.name.endswith(EXPECTED) and path.suffix != ".md"
)


def told(path):
    """What becomes of a file, in words that a person can check."""
    with path.open("rb") as file:
        name = importers.recognise(file.read(importers.HEAD_BYTES), path.name)
        file.seek(0)
        if name is None:
            return {"format": None}
        try:
            found = importers.format_of(name, file, path.name)
            name = found.name
            parts = [_read(part) for part in found.parse(file, path.name)]
        except Invalid as error:
            return {"format": name, "error": error.message}
    return {"format": name, **_summary([part for part, _ in parts], dict(_files(parts)))}


def _read(part):
    return part, b"".join(part.content) if isinstance(part, report.File) else None


def _files(parts):
    for part, content in parts:
        if isinstance(part, report.File):
            yield (part.key, part.name), {"name": part.filename, "bytes": len(content)}


def _summary(parts, files):
    results = [part for part in parts if isinstance(part, report.Result)]
    runs = [part for part in parts if isinstance(part, report.Run)]
    seconds = sum(part.body.get("duration") or 0 for part in results)
    return {
        "run": runs[-1].body,
        "results": len(results),
        "outcomes": dict(sorted(Counter(part.body["result"] for part in results).items())),
        "seconds": round(seconds, 6),
        "warnings": [part.text for part in parts if isinstance(part, report.Warned)],
        "files of the run": [said for (key, _), said in files.items() if key is None],
        "first results": [
            {**part.body, "source": part.body.get("source") or part.source}
            | {"files": [said for (key, _), said in files.items() if key == part.key]}
            for part in results[:PLENTY]
        ],
    }


def _as_stored(value):
    return orjson.loads(orjson.dumps(value))


@pytest.mark.unit
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_sample_becomes_what_is_expected(path):
    expected = orjson.loads(path.with_name(path.name + EXPECTED).read_bytes())
    assert _as_stored(told(path)) == expected


if __name__ == "__main__":
    for name in sys.argv[1:]:
        found = orjson.dumps(told(Path(name)), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        Path(name + EXPECTED).write_bytes(found)
