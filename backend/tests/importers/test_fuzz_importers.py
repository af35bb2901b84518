"""Whatever happens to a report file on its way: it is read, or refused in words for who has uploaded it.

Here a few examples, always the same; `hatch run fuzz importers` tries more, and others with FUZZ_SEED.
"""

import io
import os
import random
import signal
import uuid
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from helpers.hostile_reports import mutated
from helpers.reports import tar, zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ibutsu_server import importers
from ibutsu_server.db import db
from ibutsu_server.db.models import Import, Result, Run
from ibutsu_server.domain import import_work, imports, repairs
from ibutsu_server.errors import Invalid
from ibutsu_server.importers import report
from ibutsu_server.storage import Storage

pytestmark = [pytest.mark.unit, pytest.mark.slow]

SAMPLES = sorted(
    path
    for path in (Path(__file__).parent / "samples").glob("*/*")
    if path.is_file() and path.suffix != ".md" and not path.name.endswith(".expected.json")
)
TIMES = int(os.environ.get("FUZZ_TIMES", "1"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
EXAMPLES = 2500 * TIMES
"""Of damaged samples, together."""

MUTATIONS = 4 * TIMES
IMPORTS = TIMES
"""Of each sample: how many are read, and how many go all the way to the database."""

CPU_SECONDS = 20
"""What no file of this size can honestly need."""

PARTS = 20_000
"""More than any sample could honestly hold."""

bounded = settings(
    max_examples=max(4, EXAMPLES // max(1, len(SAMPLES))),
    deadline=None,
    derandomize="FUZZ_SEED" not in os.environ,
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


@contextmanager
def _soon():
    """Ends what does not end, regular expressions as well, by the processor time that it takes."""

    def give_up(*_):
        raise AssertionError(f"not done after {CPU_SECONDS} seconds of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


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
        with _soon():
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


def _mutations(path, count):
    """Each is made of a seed that its failure names."""
    content = path.read_bytes()
    for number in range(count):
        seed = f"{SEED}/{number}/{path.name}"
        yield seed, mutated(content, random.Random(seed))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_hostile_document_is_read_or_refused(path):
    original = importers.recognise(path.read_bytes()[: importers.HEAD_BYTES], path.name)
    for _seed, content in _mutations(path, MUTATIONS):
        _survives(content, path.name, original)


@pytest.mark.integration
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_is_read_of_a_hostile_document_can_be_stored(path, make_project, make_user, db_session):
    """All the way: an import is done and counted right, or says what is wrong with the file."""
    storage, owner = Storage.open("memory://"), make_user(is_superadmin=True)
    for seed, content in _mutations(path, IMPORTS):
        name = importers.recognise(content[: importers.HEAD_BYTES], path.name)
        if name is None:
            continue
        project = make_project()
        upload = imports.Upload([content], path.name, name, project.id)
        made, _ = imports.receive(storage, owner.id, upload, limit=2**30)
        db_session.commit()
        with _soon():
            import_work.run(storage, made.id)
        done = db_session.get(Import, made.id, populate_existing=True)
        assert (done.status, "mistake" in (done.error or "")) in {("done", False), ("error", False)}, seed
        _require_readable(project.id, seed)


def _require_readable(project_id, seed):
    """What is stored comes back, and is counted as it is."""
    results = db.session.scalars(db.select(Result).where(Result.project_id == project_id)).all()
    runs = db.session.scalars(db.select(Run).where(Run.project_id == project_id)).all()
    assert sum(run.result_count or 0 for run in runs) == len(results), seed
    repairs.sync_runs(timedelta(days=10_000))
    for row in (*results, *runs):
        db.session.delete(row)
    db.session.commit()
