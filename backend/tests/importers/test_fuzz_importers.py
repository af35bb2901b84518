"""Whatever happens to a report file on its way: it is read, or refused in words for who has uploaded it."""

import io
import uuid
from pathlib import Path

import pytest
from helpers.reports import tar, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibutsu_server import importers
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report

pytestmark = [pytest.mark.unit, pytest.mark.slow]

SAMPLES = sorted(
    path
    for path in (Path(__file__).parent / "samples").glob("*/*")
    if path.is_file() and path.suffix != ".md" and not path.name.endswith(".expected.json")
)
EXAMPLES = 2500
"""Of damaged samples, together."""

PARTS = 20_000
"""More than any sample could honestly hold."""

bounded = settings(
    max_examples=max(4, EXAMPLES // max(1, len(SAMPLES))),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

SPANS = st.tuples(st.floats(0, 1), st.integers(0, 64))
"""A place in a file, as a part of its length, and a number of bytes there."""

PIECES = st.one_of(
    st.binary(max_size=16),
    st.sampled_from(
        [b"<", b">", b'"', b"{", b"}", b"[", b"]", b"\0", b"\n", b"null", b"-1", b"1e999", b"\xff"]
    ),
)
DAMAGES = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), SPANS, st.none()),
        st.tuples(st.just("flip"), SPANS, st.integers(0, 7)),
        st.tuples(st.just("replace"), SPANS, PIECES),
        st.tuples(st.just("repeat"), SPANS, st.integers(1, 200)),
    ),
    min_size=1,
    max_size=4,
)

ID = str(uuid.UUID(int=7, version=4))
NAMES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            f"{ID}/run.json",
            f"{ID}/{ID}/result.json",
            f"{ID}/{ID}/a.log",
            f"{ID}-result.json",
            "a.xml",
            "../a",
            "/a",
        ]
    ),
)
CONTENTS = st.one_of(
    st.binary(max_size=2000),
    st.sampled_from(
        [b"{}", b"[]", b"null", b'{"id": 1}', b'{"uuid": [], "steps": {}}', b"<testsuite/>", b"TAP"]
    ),
)


def _damaged(content, damages):
    for kind, (part, size), value in damages:
        at = min(int(part * len(content)), max(len(content) - 1, 0))
        before, there, after = content[:at], content[at : at + size], content[at + size :]
        match kind:
            case "cut":
                content = before
            case "flip" if there:
                content = before + bytes([there[0] ^ (1 << value)]) + there[1:] + after
            case "replace":
                content = before + value + after
            case "repeat":
                content = before + there * value + after
    return content


def _read(name, content, filename):
    """Reads all of it as an import does; says how many parts there are."""
    file, count = io.BytesIO(content), 0
    try:
        for part in importers.format_of(name, file, filename).parse(file, filename):
            count += 1
            if isinstance(part, report.File):
                assert all(isinstance(piece, bytes) for piece in part.content)
    except Invalid:
        pass
    return count


def _survives(content, filename, original=None):
    """Read as what it seems to be now, and as what it was before."""
    found = importers.recognise(content[: importers.HEAD_BYTES], filename)
    for name in {found, original} - {None}:
        assert _read(name, content, filename) < PARTS


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_damaged_sample_is_read_or_refused(path):
    content = path.read_bytes()
    original = importers.recognise(content[: importers.HEAD_BYTES], path.name)

    @bounded
    @given(DAMAGES)
    def survives(damages):
        _survives(_damaged(content, damages), path.name, original)

    survives()


@pytest.mark.parametrize("pack", [tar, zipped], ids=["tar", "zip"])
def test_archive_of_anything_is_read_or_refused(pack):
    @settings(bounded, max_examples=200)
    @given(st.dictionaries(NAMES, CONTENTS, max_size=5), st.one_of(st.just([]), DAMAGES))
    def survives(members, damages):
        _survives(_damaged(_packed(pack, members), damages), "x", "archive")

    survives()


def _packed(pack, members):
    """Without those names that the packer itself does not take."""
    try:
        return pack(members)
    except (ValueError, UnicodeError):
        return pack({})


@pytest.mark.parametrize("name", sorted(importers.FORMATS))
def test_bytes_of_any_kind_are_read_or_refused(name):
    @settings(bounded, max_examples=50)
    @given(CONTENTS)
    def survives(content):
        _survives(content, "x", name)

    survives()
