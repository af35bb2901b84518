"""What is old goes, with all that belongs to it; what is young, and what was counted, stays."""

from datetime import timedelta

import pytest
from helpers import db_builders

from ibutsu_server.db import db
from ibutsu_server.db.models import (
    AccountCode,
    Artifact,
    IdempotencyKey,
    Import,
    ProjectPolicy,
    Result,
    Run,
    Token,
    UserSession,
)
from ibutsu_server.db.types import now
from ibutsu_server.domain import account_codes, deletion, imports, retention_batches, runs, sessions
from ibutsu_server.domain.policies import Policy
from ibutsu_server.domain.sessions import Lifetimes, Visitor
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.apply_retention import apply_retention
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
    monkeypatch.setattr(retention_batches, "BATCH", 2)


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


@pytest.fixture
def meanwhile(monkeypatch):
    """Does something with a thing between looking for what is old and deleting it, once."""
    find = retention_batches._batches

    def do(work, thing):
        waiting = [(type(thing), thing.id)]

        def interrupted(*args, **more):
            for batch in find(*args, **more):
                if waiting:
                    work(db.session.get_one(*waiting.pop()))
                    db.session.commit()
                yield batch

        monkeypatch.setattr(retention_batches, "_batches", interrupted)

    return do


def test_import_that_is_tried_again_meanwhile_stays_with_its_file(
    storage, make_import, meanwhile, db_session
):
    storage.put("imports/old", [b"x"])
    old = make_import(status="error", created=now() - 8 * DAY, storage_key="imports/old")
    meanwhile(imports.retry, old)
    prune_old_import_files.apply((7,), throw=True)
    db_session.expire_all()
    assert [one.status for one in Import.query] == ["pending"]
    assert _keys(storage) == {"imports/old"}


def test_artifacts_of_a_run_that_is_marked_to_be_kept_meanwhile_stay(make_run, make_artifact, meanwhile):
    run = make_run()
    make_artifact(run_id=run.id, upload_date=now() - 3 * MONTH)
    meanwhile(lambda run: runs.change(run, {"is_kept": True}, project_id=None), run)
    prune_old_files.apply((2,), throw=True)
    assert Artifact.query.count() == 1


def test_run_that_is_deleted_meanwhile_hinders_nobody(make_run, meanwhile, db_session):
    gone, other = make_run(), make_run()
    for run in (gone, other):
        _results(run, [5 * MONTH])
    db_session.commit()
    meanwhile(runs.remove, gone)
    prune_old_results.apply((4,), throw=True)
    assert (Result.query.count(), [run.id for run in Run.query]) == (0, [other.id])


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
    delete_rows, runs = deletion.delete_rows, []

    def fail_later(*what):
        runs.append(what)
        if len(runs) > 2:
            raise ZeroDivisionError
        return delete_rows(*what)

    with monkeypatch.context() as patched:
        patched.setattr(deletion, "delete_rows", fail_later)
        assert prune_old_files.apply([3]).failed()
    db_session.rollback()
    assert Artifact.query.count() == 2
    done(prune_old_files, 3)
    assert Artifact.query.count() == 0


@pytest.fixture
def policy(celery, monkeypatch):
    """What holds for projects that say nothing themselves."""

    def set_policy(**said):
        monkeypatch.setitem(celery.conf, "policy", Policy(**said))

    return set_policy


def _much_of(make_run, make_artifact, **values):
    """A run with results that have artifacts, and with artifacts of its own."""
    run = make_run(start_time=now() - 400 * DAY, **values)
    for result in _results(run, [400 * DAY] * 3, result="failed"):
        make_artifact(result_id=result.id, upload_date=now() - 400 * DAY)
    make_artifact(run_id=run.id, upload_date=now() - 400 * DAY)
    return run


@pytest.mark.parametrize(
    ("task", "args"),
    [(prune_old_files, (2,)), (prune_old_results, (4,)), (prune_old_runs, (10,)), (apply_retention, ())],
    ids=lambda value: getattr(value, "name", ""),
)
def test_run_that_is_kept_stays_with_all_that_it_has(
    done, storage, policy, make_run, make_artifact, task, args
):
    policy(keep_artifacts_days=1, keep_results_days=1, keep_runs_days=1)
    kept = [_much_of(make_run, make_artifact, is_kept=True) for _ in range(2)]
    other_id = _much_of(make_run, make_artifact, project_id=kept[0].project_id).id
    done(task, *args)
    for run in kept:
        assert (_numbers(run.id), Artifact.query.filter_by(run_id=run.id).count()) == ((3, 3, 3), 4)
    assert Artifact.query.filter_by(run_id=other_id).count() < 4


def test_what_a_project_says_holds_for_it_alone(done, storage, policy, make_run, make_artifact, db_session):
    policy(keep_runs_days=30)
    forever, shorter, default = [_much_of(make_run, make_artifact) for _ in range(3)]
    db_session.add(ProjectPolicy(project_id=forever.project_id, keep_runs_days=0))
    db_session.add(ProjectPolicy(project_id=shorter.project_id, keep_runs_days=500, keep_results_days=300))
    db_session.commit()
    done(apply_retention)
    assert {run.id for run in Run.query} == {forever.id, shorter.id}
    assert {result.run_id for result in Result.query} == {forever.id}
    assert _numbers(shorter.id) == (3, 3, 0)


def test_imports_that_are_under_way_or_left_half_a_run_stay(done, storage, policy, make_import):
    policy(keep_imports_days=7)
    old = {"created": now() - 8 * DAY}
    stay = [
        make_import(status="running", **old),
        make_import(status="pending", **old),
        make_import(status="error", is_run_new=True, **old),
    ]
    make_import(status="done", is_run_new=True, **old)
    make_import(status="error", **old)
    done(apply_retention)
    assert {one.id for one in Import.query} == {one.id for one in stay}


def test_server_that_is_set_up_to_keep_everything_does(
    done, storage, policy, make_run, make_artifact, make_import
):
    policy()
    _much_of(make_run, make_artifact)
    make_import(created=now() - 400 * DAY)
    done(apply_retention)
    assert [kind.query.count() for kind in (Run, Result, Artifact, Import)] == [1, 3, 4, 1]


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
