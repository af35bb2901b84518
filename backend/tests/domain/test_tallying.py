"""Counted values are those that a recount finds, whatever happens to results and in whatever order."""

import itertools
import threading
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from freezegun import freeze_time
from helpers import db_builders
from helpers.life import DAY, Life
from sqlalchemy import func, select

from ibutsu_server import tallies
from ibutsu_server.db import db
from ibutsu_server.db.models import DailyTally, Project, Result, Run, RunTally, TalliedField
from ibutsu_server.db.types import new_id, now
from ibutsu_server.domain import deletion, projects, results, retention_batches, runs, tallying
from ibutsu_server.domain.intake import Intake
from ibutsu_server.storage import Storage

pytestmark = pytest.mark.integration

SEEDS = 6
STEPS = 60
AT_ONCE = timedelta(0)
FIELDS = ("result", "component", "env", "metadata.owner", "metadata.jenkins.job", "metadata.build")


@pytest.fixture
def storage(flask_app):
    return Storage.open("memory://")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(deletion, "SIZE", 2)
    monkeypatch.setattr(retention_batches, "BATCH", 2)
    monkeypatch.setattr(tallying, "RUNS", 3)


class TalliedLife(Life):
    """With results that differ, and counting in between."""

    def deeds(self):
        return [*super().deeds(), *[self.post_batch] * 3, *[self.change_result] * 4, *[self.tally] * 6]

    def told(self):
        pick = self.random.choice
        metadata = {
            "owner": pick(["ann", "bob", None]),
            "jenkins": {"job": pick(["nightly", "weekly"])},
            "build": pick([1, 2, True, "1"]),
            "tags": ["x"],
        }
        return {
            "result": pick(["passed", "failed", "skipped", None]),
            "component": pick(["web", "api", None]),
            "env": "qa",
            "metadata": metadata,
        }

    def post_batch(self):
        run = self.any(Run)
        if run is None:
            return
        rows = []
        for _ in range(self.random.randrange(1, 5)):
            body = {"id": str(new_id()), "test_id": "t", "start_time": self.age(), **self.told()}
            row = results.from_report({**body, "run_id": str(run.id)})
            rows.append({**row, "project_id": run.project_id})
        intake = Intake()
        intake.add(rows)
        intake.finish()
        self.posted += len(rows)

    def change_result(self):
        result = self.any(Result)
        if result is not None:
            results.change(result, self.told(), project_id=None)

    def tally(self):
        tallying.tally(self.random.choice([AT_ONCE, DAY]))


def _recount(project_id, field, since):
    """In plain Python, one result after the other."""
    found = defaultdict(Counter)
    for result in db.session.scalars(select(Result).where(Result.project_id == project_id)):
        value = _value(result, field)
        if value is not None and (since is None or result.start_time > since):
            found[value][result.result or ""] += 1
    return dict(found)


def _value(result, field):
    prefix, *keys = field.split(".")
    if not keys:
        return getattr(result, field)
    value = result.data or {}
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return str(value).lower() if isinstance(value, int) else value


def _assert_right(project_id, field, since):
    counted = tallies.of_field(project_id, field, since)
    assert counted in (None, _recount(project_id, field, since)), (field, since)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_counts_are_those_of_a_recount_after_whatever_happens(storage, make_user, seed):
    life = TalliedLife(storage, make_user(), seed)
    moment = now()
    windows = [None, moment - 1000 * DAY, moment - 50 * DAY, moment - 7 * DAY - timedelta(hours=3)]
    for _ in range(STEPS):
        life.step()
        for project_id in life.projects:
            _assert_right(project_id, life.random.choice(FIELDS), life.random.choice(windows))
    tallying.tally(AT_ONCE)
    assert db.session.scalar(select(func.count()).where(~Run.is_tallied)) == 0
    for project_id, field, since in itertools.product(life.projects, FIELDS, windows):
        _assert_right(project_id, field, since)


@pytest.mark.parametrize("seed", range(4))
def test_the_counts_of_a_day_are_the_sum_of_those_of_its_runs(storage, make_user, seed):
    life = TalliedLife(storage, make_user(), seed + 100)
    for _ in range(STEPS):
        life.step()
    tallying.tally(AT_ONCE)
    summed = defaultdict(lambda: defaultdict(Counter))
    for tally in db.session.scalars(select(RunTally)):
        assert tally.run_id is not None
        tallies.add(summed[tally.project_id, tally.field, tally.day], tally.counts, 1)
    for day in db.session.scalars(select(DailyTally)):
        assert day.counts == summed[day.project_id, day.field, day.day]


@pytest.fixture
def project(make_project):
    return make_project()


@pytest.fixture
def report(project, make_run, make_result):
    """`report(outcome, start, run, **metadata)` makes a result."""
    default = make_run(project_id=project.id)

    def make(outcome="passed", start=None, run=default, **metadata):
        own = {"project_id": project.id, "run_id": run and run.id}
        return make_result(**own, result=outcome, start_time=start or now(), metadata=metadata)

    return make


def test_values_are_counted_by_outcome(report, project):
    report("passed", owner="ann")
    report("failed", owner="ann")
    report(None, owner="bob")
    report("passed")
    assert tallying.tally(AT_ONCE) == 1
    assert tallies.of_field(project.id, "metadata.owner") == {
        "ann": {"passed": 1, "failed": 1},
        "bob": {"": 1},
    }
    assert tallies.of_field(project.id, "data.owner") == tallies.of_field(project.id, "metadata.owner")
    assert tallies.of_field(project.id, "result") == {"passed": {"passed": 2}, "failed": {"failed": 1}}


def test_what_is_counted_is_not_read_again(report, project, count_statements):
    project_id = project.id
    report(owner="ann")
    tallying.tally(AT_ONCE)
    db.session.execute(Result.__table__.delete())  # behind everybody's back
    with count_statements() as statements:
        assert tallies.of_field(project_id, "metadata.owner") == {"ann": {"passed": 1}}
    assert len(statements) == 1


def test_runs_that_still_change_are_counted_from_their_results(report, project):
    report(owner="ann")
    tallying.tally(AT_ONCE)
    report(owner="ann")
    assert tallying.tally(DAY) == 0
    assert tallies.of_field(project.id, "metadata.owner") == {"ann": {"passed": 2}}


def test_results_without_a_run_count(report, project):
    report(owner="ann")
    tallying.tally(AT_ONCE)
    report(run=None, owner="ann")
    assert tallies.of_field(project.id, "metadata.owner") == {"ann": {"passed": 2}}


def test_a_run_that_changes_while_it_is_read_is_not_counted(report, project, monkeypatch):
    report(owner="ann")
    read = tallying._read

    def change_meanwhile(*args):
        days = read(*args)
        report(owner="bob")
        return days

    monkeypatch.setattr(tallying, "_read", change_meanwhile)
    assert tallying.tally(AT_ONCE) == 0
    monkeypatch.undo()
    assert tallying.tally(AT_ONCE) == 1
    assert tallies.of_field(project.id, "metadata.owner") == {"ann": {"passed": 1}, "bob": {"passed": 1}}


@freeze_time("2026-03-10 12:00:00", ignore=["celery"])
def test_the_window_begins_within_a_day_and_within_a_run(report, project, make_run):
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    across, later = make_run(project_id=project.id), make_run(project_id=project.id)
    for hour in (-1, 0, 1, 24):
        report(start=noon + timedelta(hours=hour), run=across, owner="across")
    report(start=noon + timedelta(hours=2), run=later, owner="later")
    tallying.tally(AT_ONCE)
    found = tallies.of_field(project.id, "metadata.owner", noon)
    assert found == {"across": {"passed": 2}, "later": {"passed": 1}}


class TestWideFields:
    def test_too_many_values_are_not_counted(self, report, project, monkeypatch):
        monkeypatch.setattr(tallying, "VALUES", 2)
        for owner in "abc":
            report(owner=owner, job="nightly")
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.owner") is None
        assert tallies.of_field(project.id, "metadata.job") == {"nightly": {"passed": 3}}

    def test_nor_are_those_of_several_runs_of_a_day(self, report, project, make_run, monkeypatch):
        monkeypatch.setattr(tallying, "VALUES", 2)
        for owner in "abc":
            report(run=make_run(project_id=project.id), owner=owner)
            tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.owner") is None
        assert db.session.scalars(select(RunTally).filter_by(field="metadata.owner")).all() == []

    @pytest.mark.parametrize("value", [1.5, ["x"], {"deep": {"deeper": {"deepest": "x"}}}, "x" * 256])
    def test_values_that_are_no_names_are_not_counted(self, report, project, value):
        report(odd=value)
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.odd") is None
        assert tallies.of_field(project.id, "metadata.odd.deep.deeper.deepest") is None

    def test_one_odd_value_is_enough(self, report, project, make_run):
        report(build=1)
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.build") == {"1": {"passed": 1}}
        report(run=make_run(project_id=project.id), build=1.5)
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.build") is None

    def test_a_field_that_nobody_uses_is_not_counted(self, report, project):
        report()
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.nothing") is None

    def test_the_fields_of_a_project_are_bounded(self, report, monkeypatch):
        monkeypatch.setattr(tallying, "FIELDS", 5)
        monkeypatch.setattr(tallying, "KNOWN_FIELDS", 8)
        report(**{f"key{i}": "x" for i in range(20)})
        tallying.tally(AT_ONCE)
        assert db.session.scalar(select(func.count()).select_from(TalliedField)) == 8
        assert db.session.scalar(select(func.count()).where(~TalliedField.is_wide)) == 5

    def test_a_run_of_too_many_days_is_not_counted(self, report, monkeypatch):
        monkeypatch.setattr(tallying, "DAYS", 2)
        for day in range(3):
            report(start=now() - day * DAY, owner="ann")
        assert tallying.tally(AT_ONCE) == 0


def test_every_object_is_looked_into_however_many_there_are(report, project, make_run, monkeypatch):
    report(zone={"name": "eu"})
    tallying.tally(AT_ONCE)
    monkeypatch.setattr(tallying, "KNOWN_FIELDS", 3)
    report(run=make_run(project_id=project.id), **{f"object{i}": {} for i in range(9)}, zone={"name": "eu"})
    tallying.tally(AT_ONCE)
    assert tallies.of_field(project.id, "metadata.zone.name") == {"eu": {"passed": 2}}


def test_a_project_takes_its_counts_along(report, project):
    report(owner="ann")
    tallying.tally(AT_ONCE)
    projects.remove(db.session.get_one(Project, project.id))
    db.session.commit()
    for entity in (RunTally, DailyTally, TalliedField):
        assert db.session.scalars(select(entity)).all() == []


def test_a_moved_run_is_counted_where_it_is(report, project, make_project):
    result = report(owner="ann")
    other = make_project()
    tallying.tally(AT_ONCE)
    for _ in range(2):
        runs.change(db.session.get_one(Run, result.run_id), {}, project_id=other.id)
        db.session.commit()
        tallying.tally(AT_ONCE)
        assert tallies.of_field(project.id, "metadata.owner") == {}
        assert tallies.of_field(other.id, "metadata.owner") == {"ann": {"passed": 1}}


def test_counting_beside_reporting_and_deleting_loses_nothing(flask_app, make_project):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("a database in memory has one connection")
    app, project_id = flask_app[0].application, make_project().id
    made = [db_builders.run(project_id=project_id).id for _ in range(13)]
    for run_id in made[3:]:
        db_builders.result(run_id=run_id, project_id=project_id, metadata={"owner": "ann"})

    def report(place):
        body = {"test_id": "t", "result": "passed", "metadata": {"owner": "ann"}}
        results.add(project_id, {**body, "run_id": str(made[place % 3])})

    def remove(place):
        runs.remove(db.session.get_one(Run, made[3 + place]))

    def count(_):
        tallying.tally(AT_ONCE)

    def work(deed, times):
        with app.app_context():
            for place in range(times):
                deed(place)
                db.session.commit()

    tallying.tally(AT_ONCE)
    deeds = [(report, 30), (report, 30), (remove, 10), (count, 30), (count, 30)]
    threads = [threading.Thread(target=work, args=deed) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tallies.of_field(project_id, "metadata.owner") == {"ann": {"passed": 60}}
    tallying.tally(AT_ONCE)
    assert tallies.of_field(project_id, "metadata.owner") == {"ann": {"passed": 60}}
