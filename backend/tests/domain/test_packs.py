"""Small files that share an object: read alone, and gone when the last of them is."""

import uuid
from datetime import timedelta

import pytest

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Artifact
from ibutsu_server.db.types import now
from ibutsu_server.domain import packs
from ibutsu_server.domain.artifacts import Upload
from ibutsu_server.errors import TooLarge
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration

AT_ONCE = timedelta(0)


@pytest.fixture
def storage(tmp_path, db_session):
    return Storage.open(tmp_path.as_uri())


@pytest.fixture
def stored(storage, make_run):
    """Stores files with these contents, each as an artifact of a run."""
    run = make_run()

    def stored(*contents):
        with packs.Pack(storage, str(uuid.uuid4()), limit=10**6) as pack:
            ids = [uuid.uuid4() for _ in contents]
            rows = [
                {"id": id_, "project_id": run.project_id, "run_id": run.id, "result_id": None, "data": None}
                | {"upload_date": now(), **pack.add(id_, Upload([content], "a.log"))}
                for id_, content in zip(ids, contents, strict=True)
            ]
            pack.store()
        bulk.insert_new(Artifact, rows)
        db.session.commit()
        return [db.session.get_one(Artifact, id_) for id_ in ids]

    return stored


def _bytes(storage, artifact):
    start = artifact.storage_offset or 0
    return b"".join(storage.read(artifact.storage_key, start, start + artifact.size))


def test_each_file_is_read_alone(storage, stored):
    contents = [b"first", b"", b"third" * 1000, b"x" * (packs.SMALL_BYTES + 1), b"last"]
    assert [_bytes(storage, one) for one in stored(*contents)] == contents


def test_small_files_are_one_object_and_large_ones_are_their_own(stored):
    first, large, last = stored(b"a", b"x" * (packs.SMALL_BYTES + 1), b"b")
    assert first.storage_key == last.storage_key != large.storage_key
    assert (first.storage_offset, large.storage_offset, last.storage_offset) == (0, None, 1)


def test_object_stays_as_long_as_one_of_its_files(storage, stored):
    first, last = stored(b"a", b"b")
    db.session.delete(first)
    db.session.commit()
    assert packs.clean_up(storage, AT_ONCE) == 0
    assert _bytes(storage, last) == b"b"
    db.session.delete(last)
    db.session.commit()
    assert packs.clean_up(storage, AT_ONCE) == 1


def test_young_objects_are_left_alone(storage, stored):
    (only,) = stored(b"a")
    db.session.delete(only)
    db.session.commit()
    assert packs.clean_up(storage) == 0


def test_file_above_the_limit_is_refused(storage):
    with packs.Pack(storage, str(uuid.uuid4()), limit=10) as pack, pytest.raises(TooLarge):
        pack.add(uuid.uuid4(), Upload([b"x" * 11], "a.log"))


def test_nothing_is_stored_for_no_files(storage):
    with packs.Pack(storage, str(uuid.uuid4()), limit=10) as pack:
        pack.store()
    assert list(storage.list("packs")) == []
