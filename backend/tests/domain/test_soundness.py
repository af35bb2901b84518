"""What `ibutsu-server check-data` finds."""

import pytest

from ibutsu_server.db.models import Artifact
from ibutsu_server.domain import artifacts, packs, soundness
from ibutsu_server.domain.artifacts import Upload
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration


@pytest.fixture
def storage(tmp_path):
    return Storage.open(tmp_path.as_uri())


@pytest.fixture
def faults(db_session, storage):
    def found(*, read=False):
        db_session.commit()
        return [fault for _, rows in soundness.checks(storage, read=read) for row in rows for fault in row]

    return found


@pytest.fixture
def stored(db_session, storage, make_result):
    """An artifact with its bytes."""
    made, _ = artifacts.receive(storage, make_result(), Upload([b"content"], "a.log"), limit=100)
    db_session.commit()
    return db_session.get(Artifact, made.id)


def test_all_is_there(stored, faults, make_import):
    make_import(status="done")
    assert faults(read=True) == []


def test_missing_object_is_named(stored, storage, faults):
    storage.delete([stored.storage_key])
    assert faults() == [f"artifact {stored.id} (a.log): {stored.storage_key} is not in the storage"]


def test_short_object_is_named(stored, storage, faults):
    storage.put(stored.storage_key, [b"cont"])
    assert faults() == [f"artifact {stored.id} (a.log): {stored.storage_key} has 4 bytes of 7"]


def test_other_bytes_are_found_by_reading(stored, storage, faults):
    storage.put(stored.storage_key, [b"CONTENT"])
    assert faults() == []
    assert faults(read=True) == [f"artifact {stored.id} (a.log): its bytes are not those that were uploaded"]


def test_small_files_are_looked_for_in_their_pack(stored, storage, faults):
    with packs.Pack(storage, "00000000-0000-0000-0000-000000000007", limit=100) as pack:
        pack.add(stored.id, Upload([b"before "], "b.log"))
        said = pack.add(stored.id, Upload([b"content"], "a.log"))
        pack.store()
    stored.storage_key, stored.storage_offset = said["storage_key"], said["storage_offset"]
    assert faults(read=True) == []
    storage.put(said["storage_key"], [b"before con"])
    assert faults() == [f"artifact {stored.id} (a.log): {stored.storage_key} has 10 bytes of 14"]


def test_run_with_wrong_counts_is_named(make_run, make_result, faults, db_session):
    run = make_run()
    make_result(run_id=run.id, project_id=run.project_id, result="failed")
    db_session.refresh(run)
    assert faults() == []
    run.passes, run.failures = 1, 0
    [fault] = faults()
    assert fault.startswith(f"run {run.id}: its counts are [1, 1, 1, 0, ")


def test_run_that_lost_its_results_is_named(make_run, faults):
    run = make_run()
    run.result_count = 3
    [fault] = faults()
    assert fault.startswith(f"run {run.id}: its counts are [3, ")


def test_run_keeps_what_its_client_said(make_run, faults):
    run = make_run()
    run.tests = run.passes = 5
    assert faults() == []


def test_file_that_waits_for_its_import_is_looked_for(make_import, faults):
    waiting = make_import(status="pending", filename="a.xml", storage_key="imports/none")
    make_import(status="error", storage_key="imports/other")
    assert faults() == [f"import {waiting.id} (a.xml): imports/none is not in the storage"]


def test_more_than_one_batch(monkeypatch, stored, make_run, storage, faults):
    monkeypatch.setattr(soundness, "BATCH", 2)
    for _ in range(5):
        make_run()
    storage.delete([stored.storage_key])
    assert [len(list(rows)) for _, rows in soundness.checks(storage)] == [6, 1, 0]
