"""Many rows at once: all that are new are stored, and what is there stays as it is."""

import uuid

import pytest

from ibutsu_server.db import bulk, db
from ibutsu_server.db.models import Result
from ibutsu_server.domain import results
from ibutsu_server.errors import Conflict, Unavailable

pytestmark = pytest.mark.integration


@pytest.fixture
def row(make_project):
    project = make_project()

    def row(id_=None, run_id=None, **values):
        body = {"id": str(id_ or uuid.uuid4()), "run_id": run_id and str(run_id), **values}
        return {**results.from_report(body), "project_id": project.id}

    return row


def test_every_column_comes_back_as_it_went_in(row):
    values = row(
        test_id="a\tb\\n'\"\n", duration=0.1, result="passed", params={"x": [1, None]}, source="ä",
        start_time="2026-11-01T10:00:00.123456+02:00", metadata={"env": "qa", "text": "\\N\t{}"},
        attempts=[{"result": "failed"}],
    )  # fmt: skip
    assert bulk.insert_new(Result, [values]) == set()
    stored = db.session.get_one(Result, values["id"])
    assert {name: getattr(stored, name) for name in values} == values


def test_ids_that_were_there_are_told_and_stay_as_they_are(row):
    old, new = row(test_id="old"), row(test_id="new")
    bulk.insert_new(Result, [old])
    assert bulk.insert_new(Result, [{**old, "test_id": "other"}, new]) == {old["id"]}
    assert db.session.get_one(Result, old["id"]).test_id == "old"
    assert Result.query.count() == 2


def test_nothing_new_stores_nothing(row):
    old = row()
    bulk.insert_new(Result, [old])
    assert bulk.insert_new(Result, [old]) == {old["id"]}
    assert bulk.insert_new(Result, []) == set()


def test_of_several_with_one_id_the_first_is_stored(row):
    id_ = uuid.uuid4()
    assert bulk.insert_new(Result, [row(id_, test_id="first"), row(id_, test_id="second")]) == set()
    assert Result.query.one().test_id == "first"


def test_row_that_refers_to_nothing_is_a_conflict(row):
    with pytest.raises(Conflict, match="was deleted meanwhile"):
        bulk.insert_new(Result, [row(run_id=uuid.uuid4())])


def test_id_that_somebody_else_stores_at_this_moment_may_be_tried_again(row, monkeypatch):
    if db.engine.dialect.name != "postgresql":
        pytest.skip("On SQLite there is only one who writes")
    old = row()
    bulk.insert_new(Result, [old])
    monkeypatch.setattr(bulk.months, "there", lambda *_: [])
    with pytest.raises(Unavailable, match="by another request"):
        bulk.insert_new(Result, [old])
