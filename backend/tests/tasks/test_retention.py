"""What is old goes, with all that belongs to it; what is young, and what was counted, stays."""

from datetime import timedelta

import pytest
from helpers import db_builders

from ibutsu_server.db.models import (
    AccountCode,
    Artifact,
    IdempotencyKey,
    Import,
    Result,
    Run,
    Token,
    UserSession,
)
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes, deletion, retention, sessions
from ibutsu_server.domain.sessions import Lifetimes, Visitor
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.clear_import_file_content import clear_import_file_content
from ibutsu_server.tasks.forget_expired import forget_expired
from ibutsu_server.tasks.prune_old_files import prune_old_files
from ibutsu_server.tasks.prune_old_import_files import prune_old_import_files
from ibutsu_server.tasks.prune_old_results import prune_old_results
from ibutsu_server.tasks.prune_old_runs import prune_old_runs

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
MONTH = 30 * DAY


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    """So that a handful of rows takes several of them."""
    monkeypatch.setattr(deletion, "SIZE", 2)
    monkeypatch.setattr(retention, "BATCH", 2)


@pytest.fixture
def done(db_session):
    """Has a task done, twice: the second time must not change anything."""

    def done(task, *args):
        task.apply(args, throw=True)
        db_session.expire_all()
        before = [kind.query.count() for kind in (Run, Result, Artifact, Import)]
        task.apply(args, throw=True)
        db_session.expire_all()
        assert [kind.query.count() for kind in (Run, Result, Artifact, Import)] == before

    return done


@pytest.fixture
def storage(celery, tmp_path, monkeypatch):
    monkeypatch.setitem(celery.conf, "artifacts_url", tmp_path.as_uri())
    return Storage.open(tmp_path.as_uri())


def _keys(storage):
    return {found.key for page in storage.list("imports") for found in page}


def _results(run, ages, **values):
    return [
        db_builders.result(run_id=run.id, project_id=run.project_id, start_time=now() - age, **values)
        for age in ages
    ]


def _numbers(run_id):
    run = Run.query.filter_by(id=run_id).one()
    return run.tests, run.failures, run.result_count


def test_old_artifacts_go(done, make_artifact):
    for _ in range(5):
        make_artifact(upload_date=now() - 3 * MONTH - DAY)
    young = make_artifact(upload_date=now() - 3 * MONTH + DAY)
    done(prune_old_files, 3)
    assert [one.id for one in Artifact.query] == [young.id]


def test_old_results_go_with_their_artifacts_however_young(done, make_run, make_result, make_artifact):
    old = [make_result(start_time=now() - 6 * MONTH) for _ in range(3)]
    for result in old:
        make_artifact(result_id=result.id)
    young = make_result(start_time=now() - 4 * MONTH)
    kept = make_artifact(result_id=young.id)
    done(prune_old_results, 5)
    assert [one.id for one in Result.query] == [young.id]
    assert [one.id for one in Artifact.query] == [kept.id]


def test_run_keeps_its_counts_when_all_of_its_results_are_forgotten(done, api, make_run):
    run = make_run()
    _results(run, [6 * MONTH] * 5, result="failed")
    done(prune_old_results, 5)
    assert _numbers(run.id) == (5, 5, 0)
    assert api.get(f"/api/run/{run.id}").json()["summary"]["failures"] == 5
    listed = api.get("/api/result", params={"filter": f"project_id={run.project_id}"}).json()
    assert listed["pagination"]["totalItems"] == 0


def test_run_that_goes_on_is_counted_again(done, make_run):
    run = make_run()
    _results(run, [6 * MONTH] * 3, result="failed")
    _results(run, [DAY])
    done(prune_old_results, 5)
    assert _numbers(run.id) == (1, 0, 1)


def test_results_without_a_run_go_as_well(done, make_project, make_result):
    project = make_project()
    for _ in range(3):
        make_result(project_id=project.id, run_id=None, start_time=now() - 6 * MONTH)
    done(prune_old_results, 5)
    assert Result.query.count() == 0


def test_old_runs_go_with_everything_in_them(done, make_run, make_artifact):
    old = [make_run(start_time=now() - 13 * MONTH) for _ in range(3)]
    for run in old:
        for result in _results(run, [DAY] * 3):
            make_artifact(result_id=result.id)
        make_artifact(run_id=run.id)
    young = make_run(start_time=now() - 11 * MONTH)
    done(prune_old_runs, 12)
    assert [one.id for one in Run.query] == [young.id]
    assert (Result.query.count(), Artifact.query.count()) == (0, 0)


def test_old_imports_go_with_their_files(done, storage, make_import, make_run):
    run = make_run()
    for number in range(3):
        storage.put(f"imports/old-{number}", [b"x"])
        old = {"created": now() - 8 * DAY, "storage_key": f"imports/old-{number}", "run_id": run.id}
        make_import(**old)
    make_import(created=now() - 8 * DAY)
    storage.put("imports/young", [b"x"])
    young = make_import(created=now() - 6 * DAY, storage_key="imports/young")
    done(prune_old_import_files, 7)
    assert [one.id for one in Import.query] == [young.id]
    assert (_keys(storage), Run.query.count()) == ({"imports/young"}, 1)


@pytest.mark.parametrize(
    ("task", "too_little", "enough"),
    [
        (prune_old_files, 1, 2),
        (prune_old_results, 3, 4),
        (prune_old_runs, 9, 10),
        (prune_old_import_files, 0, 1),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_who_asks_for_too_little_deletes_nothing(
    done, storage, task, too_little, enough, make_artifact, make_result, make_run, make_import
):
    long_ago = now() - 50 * MONTH
    run = make_run(start_time=long_ago)
    result = make_result(run_id=run.id, project_id=run.project_id, start_time=long_ago)
    make_artifact(result_id=result.id, upload_date=long_ago)
    make_import(created=long_ago)
    everything = [kind.query.count() for kind in (Run, Result, Artifact, Import)]
    done(task, too_little)
    assert [kind.query.count() for kind in (Run, Result, Artifact, Import)] == everything
    done(task, enough)
    assert [kind.query.count() for kind in (Run, Result, Artifact, Import)] != everything


def test_work_that_was_interrupted_is_not_lost(done, make_run, make_artifact, monkeypatch, db_session):
    run = make_run()
    for _ in range(6):
        make_artifact(run_id=run.id, upload_date=now() - 6 * MONTH)
    run_statement, runs = deletion._run, []

    def fail_later(statement):
        runs.append(statement)
        if len(runs) > 2:
            raise ZeroDivisionError
        return run_statement(statement)

    with monkeypatch.context() as patched:
        patched.setattr(deletion, "_run", fail_later)
        assert prune_old_files.apply([3]).failed()
    db_session.rollback()
    assert Artifact.query.count() == 2
    done(prune_old_files, 3)
    assert Artifact.query.count() == 0


@pytest.mark.parametrize(
    ("status", "is_cleared"), [("done", True), ("error", True), ("pending", False), ("running", False)]
)
def test_file_of_an_import_is_cleared_when_it_is_done(storage, make_import, db_session, status, is_cleared):
    storage.put("imports/a", [b"x"])
    import_ = make_import(status=status, storage_key="imports/a")
    for _ in range(2):
        clear_import_file_content.apply([str(import_.id)], throw=True)
    db_session.refresh(import_)
    assert (_keys(storage) == set(), import_.storage_key is None) == (is_cleared, is_cleared)


def test_what_is_over_is_forgotten_and_api_tokens_are_not(make_user, db_session):
    user = make_user()
    for lifetime in (-DAY, DAY):
        sessions.open_session(user, Visitor(), Lifetimes(access=lifetime, session=lifetime))
        account_codes.issue(user, "reset").strip()
        age = DAY + lifetime
        key = IdempotencyKey(digest=bytes([age.days]), fingerprint=b"x", created=now() - age - DAY / 2)
        db_session.add(key)
        db_builders.token(user, lifetime=lifetime)
    AccountCode.query.limit(1).one().expires = now() - DAY
    db_session.commit()
    forget_expired.apply(throw=True)
    db_session.expire_all()
    assert UserSession.query.count() == 1
    assert Token.query.filter(Token.session_id.is_not(None), Token.user_id == user.id).count() == 1
    assert Token.query.filter_by(session_id=None, user_id=user.id).count() == 2
    assert (AccountCode.query.count(), IdempotencyKey.query.count()) == (1, 1)
