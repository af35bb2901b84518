"""Imports that are interrupted, repeated or lost end well: all is stored once, or nothing and the reason."""

import io
import tarfile
from datetime import timedelta

import orjson
import pytest
from helpers.reports import JUNIT, archive, result_json, run_json, tar
from sqlalchemy import func, select, update

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run, Test
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import artifacts, counts, import_stage, import_store, import_work, imports, usage
from ibutsu_server.errors import Conflict, Unavailable
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.resume_imports import resume_imports
from ibutsu_server.tasks.run_import import run_import

pytestmark = pytest.mark.integration

AT_ONCE = timedelta(0)
CASE_IN_AN_ENDLESS_ENV = (
    b"<testcase name='t'><properties><property name='env' value='%s'/></properties></testcase>" % (b"x" * 300)
)
HOUR = timedelta(hours=1)


@pytest.fixture
def storage(tmp_path, application, monkeypatch):
    celery = application.app.extensions["celery"]
    celery.set_default()
    monkeypatch.setitem(celery.conf, "artifacts_url", tmp_path.as_uri())
    return Storage.open(tmp_path.as_uri())


@pytest.fixture
def user(make_user):
    return make_user()


@pytest.fixture
def upload(storage, user, make_project):
    """Uploads a file into a project of the user's."""
    project = make_project(users=[user], role="reporter")

    def receive(content=JUNIT, format_="junit", filename="junit.xml", **values):
        sent = imports.Upload([content], filename, format_, project.id, **values)
        made, _ = imports.receive(storage, user.id, sent, limit=10**9)
        db.session.commit()
        return made.id

    return receive


def _now(id_):
    db.session.expire_all()
    return db.session.get(Import, id_)


def _count(entity):
    return db.session.scalar(select(func.count()).select_from(entity))


def _keys(storage, folder):
    return [found.key for page in storage.list(folder) for found in page]


def _set(id_, **values):
    db.session.execute(update(Import).where(Import.id == id_).values(**values))
    db.session.commit()


def _broken(*_args, **_more):
    raise ZeroDivisionError


def test_done_import_has_no_file_any_more(storage, upload):
    id_ = upload()
    import_work.run(storage, id_)
    done = _now(id_)
    assert (done.status, done.storage_key, done.attempts) == ("done", None, 1)
    assert _keys(storage, "imports") == []


def test_everything_is_counted_once(storage, upload):
    import_work.run(storage, upload())
    run = db.session.scalars(select(Run)).one()
    before = {column: getattr(run, column) for column in (*counts.OUTCOME_COLUMNS, "tests", "duration")}
    span = run.first_start, run.last_end
    counts.recount(run.id)
    assert before == {column: getattr(run, column) for column in before}
    assert (run.result_count, span) == (3, (run.first_start, run.last_end))
    assert _count(Test) == 3


def test_who_uploaded_is_the_reporter_of_the_run(storage, upload, user):
    import_work.run(storage, upload())
    assert db.session.scalar(select(Run.reporter_id)) == user.id


def test_run_lacks_nothing_that_its_results_tell(storage, upload):
    result = result_json(metadata={"env": "qa", "component": "cart"})
    import_work.run(storage, upload(archive(run_json(source=None), (result, {})), "archive"))
    run = db.session.scalars(select(Run)).one()
    assert (run.env, run.component, run.source) == ("qa", "cart", "local")


def test_running_import_is_not_run_again(storage, upload):
    id_ = upload()
    _set(id_, status="running", heartbeat=now())
    import_work.run(storage, id_)
    assert (_now(id_).status, _count(Run)) == ("running", 0)


def test_import_of_a_lost_worker_is_done_after_a_while(storage, upload):
    id_ = upload()
    _set(id_, status="running", heartbeat=now() - HOUR, attempts=1)
    resume_imports.apply(throw=True)
    run_import.apply([str(id_)], throw=True)
    assert (_now(id_).status, _count(Result)) == ("done", 3)


def test_import_that_was_not_begun_for_long_is_enqueued_again(storage, upload, monkeypatch):
    lost, young = upload(), upload(source="another")
    _set(lost, heartbeat=now() - HOUR)
    sent = []
    monkeypatch.setattr(run_import, "apply_async", sent.append)
    for _ in range(2):
        resume_imports.apply(throw=True)
    assert sent == [(str(lost),)]
    assert _now(young).status == "pending"


def test_import_that_kills_its_workers_is_given_up(storage, upload):
    id_ = upload()
    _set(id_, attempts=import_work.ATTEMPTS)
    import_work.run(storage, id_)
    assert _now(id_).error == "It was begun 5 times and never came to an end"


def test_failure_after_the_last_row_leaves_nothing(storage, upload, monkeypatch):
    id_ = upload()
    monkeypatch.setattr(counts, "add_all", _broken)
    import_work.run(storage, id_)
    assert (_now(id_).status, "logged" in _now(id_).error) == ("error", True)
    assert [_count(entity) for entity in (Run, Result, Artifact, Test)] == [0, 0, 0, 0]


def test_storage_that_is_away_is_asked_again(storage, upload, monkeypatch):
    id_ = upload()
    answers = iter([Unavailable("away"), Unavailable("away")])
    read = Storage.read

    def sometimes(self, *args):
        for error in answers:
            raise error
        return read(self, *args)

    monkeypatch.setattr(Storage, "read", sometimes)
    run_import.apply([str(id_)])
    assert (_now(id_).status, _now(id_).attempts, _count(Result)) == ("done", 1, 3)


def test_import_whose_file_is_gone_says_so(storage, upload):
    id_ = upload()
    storage.delete(_keys(storage, "imports"))
    import_work.run(storage, id_)
    assert _now(id_).error == "The uploaded file is no longer stored; please upload it again"


@pytest.fixture
def before_results(monkeypatch):
    """Does something when the run of an import is there and none of its results."""
    rows = import_store._rows

    def do(work):
        def interrupted(*args):
            work()
            db.session.commit()
            return rows(*args)

        monkeypatch.setattr(import_store, "_rows", interrupted)

    return do


def test_import_that_is_deleted_while_it_runs_stores_nothing(storage, upload, before_results):
    id_ = upload()
    before_results(lambda: imports.remove(_now(id_)))
    import_work.run(storage, id_)
    assert (_count(Run), _count(Result), _count(Import)) == (0, 0, 0)


def test_import_that_is_cancelled_while_it_runs_stores_nothing(storage, upload, before_results):
    id_ = upload()
    before_results(lambda: imports.cancel(_now(id_), "jo@example.com"))
    import_work.run(storage, id_)
    assert (_count(Run), _count(Result)) == (0, 0)
    cancelled = _now(id_)
    assert (cancelled.status, cancelled.error) == ("error", "It was cancelled by jo@example.com")
    assert (cancelled.run_id, cancelled.is_run_new) == (None, False)


def test_import_that_waits_can_be_cancelled(storage, upload):
    id_ = upload()
    imports.cancel(_now(id_), "jo@example.com")
    import_work.run(storage, id_)
    assert (_now(id_).status, _count(Run)) == ("error", 0)


def test_import_that_is_done_cannot_be_cancelled(storage, upload):
    id_ = upload()
    import_work.run(storage, id_)
    with pytest.raises(Conflict, match="its status is done"):
        imports.cancel(_now(id_), "jo@example.com")


def test_cancelled_import_leaves_a_run_that_was_there_before(storage, upload, before_results):
    run = run_json()
    import_work.run(storage, upload(archive(run, (result_json(), {})), "archive"))
    id_ = upload(archive(run, (result_json(), {})), "archive", "again.tar.gz")
    before_results(lambda: imports.cancel(_now(id_), "jo@example.com"))
    import_work.run(storage, id_)
    assert (_count(Run), _count(Result)) == (1, 1)


def test_what_a_lost_worker_stored_of_a_cancelled_import_is_deleted_later(storage, upload, before_results):
    id_ = upload()
    before_results(lambda: imports.cancel(_now(id_), "jo@example.com"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_work, "discard", lambda _id: None)
        import_work.run(storage, id_)
    assert _count(Run) == 1
    resume_imports()
    assert (_count(Run), _now(id_).is_run_new) == (0, False)


def test_import_that_failed_can_be_tried_again(storage, upload):
    id_ = upload()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_work, "store", _broken)
        import_work.run(storage, id_)
    assert _now(id_).status == "error"
    imports.retry(_now(id_))
    db.session.commit()
    import_work.run(storage, id_)
    assert (_now(id_).status, _now(id_).error, _count(Result)) == ("done", None, 3)


def test_only_what_failed_can_be_tried_again(storage, upload):
    id_ = upload()
    with pytest.raises(Conflict, match="the status is pending"):
        imports.retry(_now(id_))


def test_import_whose_file_is_deleted_cannot_be_tried_again(upload):
    id_ = upload()
    _set(id_, status="error", storage_key=None)
    with pytest.raises(Conflict, match="no longer stored"):
        imports.retry(_now(id_))


def test_worker_of_an_attempt_that_was_given_up_stores_nothing(storage, upload, before_results):
    """Cancelled and tried again at once: the old worker must not meet the new one."""
    id_ = upload()

    def again():
        imports.cancel(_now(id_), "jo@example.com")
        import_work.discard(id_)
        imports.retry(_now(id_))

    before_results(again)
    import_work.run(storage, id_)
    assert (_now(id_).status, _count(Run), _count(Result)) == ("pending", 0, 0)


def test_progress_tells_what_was_read_and_what_is_stored(storage, upload):
    id_ = upload()
    import_work.run(storage, id_)
    assert (_now(id_).rows_seen, _now(id_).rows_done) == (3, 3)


def test_worker_that_was_given_up_cannot_spoil_what_its_successor_did(storage, upload, monkeypatch):
    id_ = upload()
    store = import_work.store

    def slow(*args):
        made = store(*args)
        db.session.rollback()
        _set(id_, heartbeat=now() - HOUR)
        monkeypatch.setattr(import_work, "store", store)
        import_work.run(storage, id_)
        return made

    monkeypatch.setattr(import_work, "store", slow)
    import_work.run(storage, id_)
    assert (_now(id_).status, _now(id_).attempts, _count(Result)) == ("done", 2, 3)


def test_long_work_shows_that_it_goes_on(storage, upload, monkeypatch):
    id_ = upload()
    _set(id_, heartbeat=now() - HOUR)
    monkeypatch.setattr(import_work, "BEAT_SECONDS", -1)
    beats = []
    monkeypatch.setattr(import_work, "now", lambda: beats.append(1) or now())
    import_work.run(storage, id_)
    assert len(beats) > 5
    assert _now(id_).heartbeat > now() - HOUR


def test_many_results_are_written_in_batches(storage, upload, count_statements, monkeypatch):
    monkeypatch.setattr(import_stage, "BATCH", 100)
    cases = b"".join(b"<testcase classname='T' name='t%d' time='0.5'/>" % i for i in range(350))
    id_ = upload(b"<testsuite>%s</testsuite>" % cases)
    with count_statements() as statements:
        import_work.run(storage, id_)
    assert len(statements) < 40
    run = db.session.scalars(select(Run)).one()
    assert (run.tests, run.passes, run.duration, _count(Test)) == (350, 350, 175, 350)


def test_warnings_are_bounded(storage, upload):
    bad = b"".join(CASE_IN_AN_ENDLESS_ENV for _ in range(150))
    id_ = upload(b"<testsuite><testcase name='good'/>%s</testsuite>" % bad)
    import_work.run(storage, id_)
    told = _now(id_).data["warnings"]
    assert (len(told), told[-1]) == (101, "and 50 more")
    assert max(map(len, told)) <= 500


def test_same_result_twice_in_one_file_is_stored_and_counted_once(storage, upload):
    result = result_json()
    import_work.run(storage, upload(archive(run_json(), (result, {}), (result, {})), "archive"))
    assert (_count(Result), db.session.scalar(select(Run.tests))) == (1, 1)


def test_clean_up_leaves_the_bytes_of_an_import_under_way(storage, upload):
    id_ = upload()
    storage.put(f"artifacts/{id_}/{new_id()}-00ff", [b"x"])
    assert artifacts.clean_up(storage, AT_ONCE) == 0
    _set(id_, status="error")
    assert artifacts.clean_up(storage, AT_ONCE) == 1


def test_clean_up_deletes_uploads_without_an_import(storage, upload):
    id_ = upload()
    kept = _now(id_).storage_key
    storage.put(f"imports/{new_id()}-0123456789abcdef", [b"left behind"])
    storage.put("imports/readme.txt", [b"somebody else's"])
    assert imports.clean_up(storage, HOUR) == 0
    assert imports.clean_up(storage, AT_ONCE) == 1
    assert kept in _keys(storage, "imports")
    imports.remove(_now(id_))
    db.session.commit()
    assert imports.clean_up(storage, AT_ONCE) == 1


def _cancelled_half_way(storage, upload, before_results):
    """An import whose worker was lost before it could delete what it had stored."""
    id_ = upload()
    before_results(lambda: imports.cancel(_now(id_), "jo@example.com"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_work, "discard", lambda _id: None)
        import_work.run(storage, id_)
    before_results(lambda: None)
    return id_


def test_file_that_is_uploaded_again_waits_for_the_end_of_the_cancelled_import(
    storage, upload, before_results
):
    cancelled = _cancelled_half_way(storage, upload, before_results)
    again = upload()
    assert again != cancelled
    with pytest.raises(Unavailable):
        import_work.run(storage, again)
    assert (_now(again).status, _now(again).attempts) == ("pending", 0)
    resume_imports()
    import_work.run(storage, again)
    resume_imports()
    assert (_now(again).status, _now(again).run_id, _count(Result)) == ("done", _run_id(), 3)


def _run_id():
    return db.session.scalars(select(Run.id)).one()


@pytest.mark.parametrize("end", ["cancelled", "deleted"])
def test_run_stays_when_another_import_is_in_it_as_well(storage, upload, before_results, end):
    run = run_json()
    first = upload(archive(run, (result_json(), {})), "archive")
    other = upload(archive(run, (result_json(), {})), "archive", "other.tar.gz")

    def interrupt():
        before_results(lambda: None)
        import_work.run(storage, other)
        if end == "cancelled":
            imports.cancel(_now(first), "jo@example.com")
        else:
            imports.remove(_now(first))

    before_results(interrupt)
    import_work.run(storage, first)
    assert (_now(other).status, _now(other).run_id, _count(Result)) == ("done", _run_id(), 1)


def test_run_goes_with_the_last_of_its_imports_that_fails(storage, upload, before_results):
    run, runs_left = run_json(), []
    first = upload(archive(run, (result_json(), {})), "archive")
    other = upload(archive(run, (result_json(), {})), "archive", "other.tar.gz")

    def begin_the_other():
        before_results(cancel_the_first)
        import_work.run(storage, other)

    def cancel_the_first():
        imports.cancel(_now(first), "jo@example.com")
        db.session.commit()
        import_work.discard(first)
        runs_left.append(_count(Run))
        imports.cancel(_now(other), "jo@example.com")

    before_results(begin_the_other)
    import_work.run(storage, first)
    assert [*runs_left, _count(Run)] == [1, 0]
    assert (_now(first).is_run_new, _now(other).is_run_new) == (False, False)


def test_two_files_of_one_name_are_counted_as_the_one_that_is_stored(storage, upload):
    run, result = run_json(), result_json()
    name = f"{run['id']}/{result['id']}"
    members = [(f"{run['id']}/run.json", orjson.dumps(run)), (f"{name}/result.json", orjson.dumps(result))]
    twice = [(f"{name}/a.txt", b"x"), (f"{name}/a.txt", b"yy")]
    id_ = upload(_tar([*members, *twice]), "archive")
    import_work.run(storage, id_)
    stored = db.session.scalar(select(func.sum(Artifact.size)))
    assert (stored, usage.stored_bytes(_now(id_).project_id)) == (1, 1)


def _tar(members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as opened:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_result_that_is_nested_too_deeply_is_left_out(storage, upload):
    deep = result_json(metadata={"deep": "DEEP"})
    run = run_json()
    members = {
        f"{run['id']}/run.json": orjson.dumps(run),
        f"{run['id']}/{deep['id']}/result.json": orjson.dumps(deep).replace(
            b'"DEEP"', b"[" * 500 + b"]" * 500
        ),
    }
    good = result_json()
    members[f"{run['id']}/{good['id']}/result.json"] = orjson.dumps(good)
    id_ = upload(tar(members), "archive")
    import_work.run(storage, id_)
    assert (_now(id_).status, _count(Result)) == ("done", 1)
    assert "Nested more than" in _now(id_).data["warnings"][0]
