"""A bucket that report files are put into: each version of each is imported once."""

import logging
import os
import time
from datetime import timedelta
from uuid import UUID

import pytest
from helpers.reports import JUNIT, archive, result_json, run_json

from ibutsu_server.app import create_app
from ibutsu_server.db.models import Import, Run, ScannedObject
from ibutsu_server.domain import bucket, imports
from ibutsu_server.errors import SettingsError, Unavailable
from ibutsu_server.settings import Settings
from ibutsu_server.storage import Storage
from ibutsu_server.tasks import scan_bucket as task
from ibutsu_server.tasks.run_import import run_import
from ibutsu_server.tasks.scan_bucket import scan_bucket

pytestmark = pytest.mark.integration

LIMIT = 10**6


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.slow)])
def url(request, tmp_path):
    if request.param == "folder":
        return (tmp_path / "inbox").as_uri()
    return request.getfixturevalue("s3_bucket")


@pytest.fixture
def user(make_user):
    return make_user(email="jo@example.com")


@pytest.fixture
def inbox(celery, url, user, tmp_path, monkeypatch):
    """The bucket, which is imported for the user."""
    monkeypatch.setitem(celery.conf, "artifacts_url", (tmp_path / "artifacts").as_uri())
    monkeypatch.setitem(celery.conf, "import_bucket", bucket.Source(url, "Jo@example.com", LIMIT))
    return Storage.open(url)


@pytest.fixture
def enqueued(monkeypatch):
    sent = []
    monkeypatch.setattr(run_import, "apply_async", lambda args: sent.append(*args))
    return sent


@pytest.fixture
def scan(db_session, enqueued):
    """Scans the bucket; says which files were imported by it."""

    def scan():
        before = len(enqueued)
        scan_bucket.apply((0,), throw=True)
        db_session.expire_all()
        found = [db_session.get(Import, UUID(id_)) for id_ in enqueued[before:]]
        return sorted(one.filename for one in found)

    return scan


def test_what_is_in_the_bucket_is_imported_for_the_user(inbox, scan, user):
    inbox.put("0197c0f6.tar.gz", [archive(run_json())])
    inbox.put("nightly/junit.xml", [JUNIT])
    assert scan() == ["0197c0f6.tar.gz", "junit.xml"]
    found = {(one.format, one.status, one.user_id, one.project_id) for one in Import.query}
    assert found == {("archive", "pending", user.id, None), ("junit", "pending", user.id, None)}


def test_archive_of_the_plugin_becomes_the_run_of_the_project_that_it_names(
    inbox, scan, enqueued, user, make_project
):
    project = make_project(name="shop", users=[user])
    run = run_json(metadata={"project": "shop"})
    inbox.put(f"{run['id']}.tar.gz", [archive(run, (result_json(), {"a.log": b"text"}))])
    scan()
    run_import.apply((enqueued[0],), throw=True)
    assert [(str(one.id), one.project_id, one.tests) for one in Run.query] == [(run["id"], project.id, 1)]


def test_nothing_is_imported_twice(inbox, scan):
    inbox.put("a.xml", [JUNIT])
    assert (scan(), scan()) == (["a.xml"], [])


def test_what_has_changed_is_imported_again(inbox, scan):
    inbox.put("a.xml", [JUNIT])
    scan()
    inbox.put("a.xml", [JUNIT.replace(b"</testsuite>", b" </testsuite>")])
    assert scan() == ["a.xml"]


def test_a_copy_that_says_the_same_is_not_imported_again(inbox, scan):
    inbox.put("a.xml", [JUNIT])
    scan()
    inbox.put("copy/a.xml", [JUNIT])
    assert scan() == []
    assert ScannedObject.query.count() == 2


def test_what_nobody_can_read_is_told_once(inbox, scan, caplog):
    inbox.put("notes.txt", [b"text"])
    inbox.put("empty", [])
    assert (scan(), scan()) == ([], [])
    assert sorted(record.getMessage() for record in caplog.records) == [
        "empty in the import bucket is not imported: it is no report that can be read",
        "notes.txt in the import bucket is not imported: it is no report that can be read",
    ]


def test_what_is_too_large_is_told_once_and_does_not_hinder_others(inbox, scan, caplog):
    inbox.put("a.xml", [JUNIT, b" " * LIMIT])
    inbox.put("b.xml", [JUNIT])
    assert (scan(), scan()) == (["b.xml"], [])
    (record,) = caplog.records
    assert record.getMessage().startswith("a.xml in the import bucket is not imported:")


def test_of_very_many_the_rest_has_its_turn_the_next_time(inbox, scan, monkeypatch):
    monkeypatch.setattr(task, "MOST", 2)
    for name in "abc":
        inbox.put(f"{name}.xml", [JUNIT])
    assert (len(scan()), len(scan()), len(scan())) == (2, 1, 0)


def test_what_is_taken_away_meanwhile_does_not_matter(inbox, scan, monkeypatch):
    inbox.put("a.xml", [JUNIT])
    (found,) = bucket.unseen(inbox, timedelta(0))
    inbox.delete(["a.xml"])
    monkeypatch.setattr(bucket, "unseen", lambda *_: [found])
    assert scan() == []


def test_what_somebody_else_imports_meanwhile_is_imported_once(inbox, scan, db_session, monkeypatch):
    inbox.put("a.xml", [JUNIT])
    (found,) = bucket.unseen(inbox, timedelta(0))
    receive = imports.receive

    def be_slow(*args, **options):
        made = receive(*args, **options)
        db_session.add(ScannedObject(key=found.key, size=found.size, modified=found.modified))
        db_session.flush()
        return made

    monkeypatch.setattr(imports, "receive", be_slow)
    assert scan() == []
    assert Import.query.count() == 0


def test_a_store_that_does_not_answer_any_more_is_read_on_the_next_time(inbox, scan, monkeypatch, caplog):
    for name in "abc":
        inbox.put(f"{name}.xml", [JUNIT])
    read, asked = Storage.read, []

    def fail_at_the_second(storage, key, *places):
        asked.append(key)
        if len(asked) == 2:
            raise Unavailable("The storage does not answer")
        return read(storage, key, *places)

    monkeypatch.setattr(Storage, "read", fail_at_the_second)
    assert len(scan()) == 1
    assert "not read to its end: The storage does not answer" in caplog.text
    assert len(scan()) == 2


def test_an_account_that_is_no_longer_active_imports_nothing(inbox, scan, user, db_session, caplog):
    inbox.put("a.xml", [JUNIT])
    user.is_active = False
    db_session.commit()
    assert scan() == []
    assert "no active account Jo@example.com" in caplog.text


@pytest.mark.parametrize("url", ["folder"], indirect=True)
def test_a_file_that_may_still_grow_is_left_for_later(inbox, enqueued, tmp_path):
    inbox.put("a.xml", [JUNIT])
    scan_bucket.apply(throw=True)
    assert enqueued == []
    before = time.time() - 61
    os.utime(tmp_path / "inbox" / "a.xml", (before, before))
    scan_bucket.apply(throw=True)
    assert len(enqueued) == 1


def test_without_a_bucket_nothing_is_done(celery, scan, monkeypatch, caplog):
    monkeypatch.setitem(celery.conf, "import_bucket", None)
    caplog.set_level(logging.WARNING)
    assert scan() == []
    assert caplog.records == []


def test_a_bucket_that_cannot_be_used_stops_the_start(tmp_path):
    (tmp_path / "taken").touch()
    settings = Settings(
        data_dir=tmp_path,
        jwt_secret="s" * 32,
        import_bucket_url=(tmp_path / "taken").as_uri(),
        import_bucket_user="jo@example.com",
    )
    with pytest.raises(SettingsError, match=r"IBUTSU_IMPORT_BUCKET_URL: .* cannot be used"):
        create_app(settings)
