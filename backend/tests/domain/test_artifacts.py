"""Artifacts: bytes and rows belong together, whatever happens in between."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact
from ibutsu_server.db.types import new_id
from ibutsu_server.domain import artifacts
from ibutsu_server.domain.artifacts import Upload, clean_up, receive, remove
from ibutsu_server.domain.media_types import media_type
from ibutsu_server.errors import Conflict, TooLarge
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration

AT_ONCE = timedelta(0)


@pytest.fixture(params=["memory", "folder"])
def storage(request, tmp_path):
    return Storage.open("memory://" if request.param == "memory" else tmp_path.as_uri())


@pytest.fixture
def result(db_session, artifact_test_hierarchy):
    return artifact_test_hierarchy["result"]


def _keys(storage):
    return {found.key for page in storage.list("artifacts") for found in page}


def _receive(storage, parent, content=b"content", **more):
    return receive(storage, parent, Upload([content], "a.log", **more), limit=100)


def test_an_upload_above_the_limit_stores_nothing(storage, result):
    with pytest.raises(TooLarge, match="5MB"):
        receive(storage, result, Upload(iter([b"x" * 2**20] * 6), "a.log"), limit=5 * 2**20)
    assert _keys(storage) == set()
    assert db.session.scalar(select(func.count()).select_from(Artifact)) == 0


@pytest.mark.parametrize(("limit", "text"), [(5 * 2**20, "5MB"), (2**30, "1024MB"), (2**19, "0.5MB")])
def test_the_limit_is_told_in_megabytes(limit, text):
    assert artifacts.too_large(limit).message.endswith(f" {text}")


def test_a_replay_leaves_one_copy_of_the_bytes(storage, result):
    id_ = new_id()
    first, was_there = _receive(storage, result, id=id_)
    again, is_there = _receive(storage, result, id=id_)
    assert (was_there, is_there, again.storage_key) == (False, True, first.storage_key)
    assert _keys(storage) == {first.storage_key}


def test_the_id_of_another_project_is_a_conflict(storage, result, make_result):
    taken, _ = _receive(storage, make_result())
    with pytest.raises(Conflict, match="already exist"):
        _receive(storage, result, id=taken.id)
    assert _keys(storage) == {taken.storage_key}


def test_the_same_file_for_another_result_of_the_run_is_a_conflict(storage, result, make_result):
    first, _ = _receive(storage, result, id=new_id())
    with pytest.raises(Conflict):
        _receive(storage, make_result(run_id=result.run_id), id=first.id)


def test_the_same_file_for_another_run_is_a_conflict(storage, make_run, make_project):
    project = make_project()
    first, _ = _receive(storage, make_run(project_id=project.id), id=new_id())
    with pytest.raises(Conflict):
        _receive(storage, make_run(project_id=project.id), id=first.id)


def test_bytes_of_a_removed_artifact_stay_until_the_clean_up(storage, result):
    _receive(storage, result)
    stored = db.session.scalars(select(Artifact)).one()
    remove(stored)
    db.session.rollback()
    _receive(storage, result)
    remove(db.session.scalars(select(Artifact)).first())
    assert len(_keys(storage)) == 2
    assert clean_up(storage, AT_ONCE) == 2


def test_a_request_that_failed_after_its_upload_leaves_bytes_that_the_clean_up_finds(storage, result):
    _receive(storage, result)
    db.session.rollback()
    assert (clean_up(storage, AT_ONCE), _keys(storage)) == (1, set())


def test_the_clean_up_keeps_what_has_a_row(storage, result, make_result):
    kept = {_receive(storage, parent)[0].storage_key for parent in (result, make_result())}
    db.session.commit()
    assert (clean_up(storage, AT_ONCE), _keys(storage)) == (0, kept)


def test_the_clean_up_follows_a_deleted_project(storage, artifact_test_hierarchy):
    for parent in ("run", "result"):
        _receive(storage, artifact_test_hierarchy[parent])
    db.session.commit()
    db.session.delete(artifact_test_hierarchy["project"])
    db.session.commit()
    assert clean_up(storage, AT_ONCE) == 2


def test_the_clean_up_leaves_young_bytes_to_their_upload(storage, result):
    storage.put(f"artifacts/{result.project_id}/{new_id()}-00ff", [b"x"])
    assert clean_up(storage) == 0
    assert len(_keys(storage)) == 1


def test_the_clean_up_in_the_middle_of_an_upload_does_it_no_harm(storage, result):
    def content():
        yield b"first "
        assert clean_up(storage) == 0
        yield b"second"

    artifact, _ = receive(storage, result, Upload(content(), "a.log"), limit=100)
    assert clean_up(storage) == 0
    assert b"".join(storage.read(artifact.storage_key, 0, 100)) == b"first second"


def test_the_clean_up_removes_what_a_killed_upload_left_beside_a_whole_one(storage, result):
    artifact, _ = _receive(storage, result)
    storage.put(f"{artifact.storage_key}.part", [b"half"])
    assert (clean_up(storage, AT_ONCE), _keys(storage)) == (1, {artifact.storage_key})


def test_files_of_others_are_left_alone(storage, result):
    for key in ("artifacts/readme.txt", f"artifacts/{result.project_id}/notes", f"elsewhere/p/{new_id()}"):
        storage.put(key, [b"x"])
    assert clean_up(storage, AT_ONCE) == 0


def test_the_clean_up_goes_on_page_by_page(storage, result, monkeypatch):
    monkeypatch.setattr("ibutsu_server.storage.PAGE", 2)
    for _ in range(5):
        storage.put(f"artifacts/{result.project_id}/{new_id()}-00ff", [b"x"])
    kept, _ = _receive(storage, result)
    assert (clean_up(storage, AT_ONCE), _keys(storage)) == (5, {kept.storage_key})


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
HTML = b"<!DOCTYPE html><html></html>"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("name", "head", "type_"),
    [
        ("traceback.log", b"Traceback (most recent call last):", "text/plain; charset=utf-8"),
        ("traceback.log", "schön \x1b[31mrot\x1b[0m".encode(), "text/plain; charset=utf-8"),
        ("traceback.log", "schön".encode("latin-1"), "text/plain"),
        ("cut.log", "x€".encode()[:-1], "text/plain; charset=utf-8"),
        ("noname", b"text", "text/plain; charset=utf-8"),
        ("empty.log", b"", "text/plain; charset=utf-8"),
        ("run.json", b'{"a": 1}', "application/json"),
        ("axe_run_data.yaml", b"passes: 1", "application/yaml"),
        ("report.html", HTML, "text/html; charset=utf-8"),
        ("noname", HTML, "text/html; charset=utf-8"),
        ("junit.xml", b"<?xml version='1.0'?>", "text/xml; charset=utf-8"),
        ("drawing.svg", b"<svg/>", "image/svg+xml"),
        ("screenshot.png", PNG, "image/png"),
        ("file", PNG, "image/png"),
        ("lie.html", PNG, "image/png"),
        ("lie.png", b"only text", "text/plain; charset=utf-8"),
        ("trace.zip", b"PK\x03\x04\x14\0\0\0", "application/zip"),
        ("log.txt.gz", b"\x1f\x8b\x08\0", "application/x-gzip"),
        ("unknown.bin", b"\0\1\2\3", "application/octet-stream"),
        ("core.log", b"\0\1\2\3", "application/octet-stream"),
        ("noname", b"\xff\1\2\3", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_follows_from_its_bytes_and_its_name(name, head, type_):
    assert media_type(head, name) == type_
