"""Bytes without a row disappear, others stay."""

import os
import time

import pytest

from ibutsu_server.db.types import new_id
from ibutsu_server.tasks.clean_up_artifacts import clean_up_artifacts

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(flask_app, celery, tmp_path, monkeypatch):
    monkeypatch.setitem(celery.conf, "artifacts_url", tmp_path.as_uri())
    return tmp_path


def _bytes_without_a_row(folder, *, age):
    path = folder / "artifacts" / str(new_id()) / f"{new_id()}-0123456789abcdef"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"left behind")
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_old_bytes_without_a_row_are_removed(folder):
    path = _bytes_without_a_row(folder, age=7200)
    clean_up_artifacts.apply(throw=True)
    assert not path.exists()


def test_bytes_of_an_upload_under_way_stay(folder):
    path = _bytes_without_a_row(folder, age=60)
    clean_up_artifacts.apply(throw=True)
    assert path.exists()
