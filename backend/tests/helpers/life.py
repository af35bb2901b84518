"""Random things that happen to projects, for tests of what must be right whatever happens."""

import random
from datetime import timedelta

from sqlalchemy import select, update

from helpers import db_builders
from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.db.types import now
from ibutsu_server.domain import artifacts, imports, results, retention, runs
from ibutsu_server.domain.policies import Policy

DAY = timedelta(days=1)


class Life:
    """Random things that people and tasks do with two projects."""

    def __init__(self, storage, user, seed):
        self.random = random.Random(seed)
        self.storage = storage
        self.user_id = user.id
        self.projects = [db_builders.project().id, db_builders.project().id]
        self.posted = 0

    def step(self):
        self.random.choice(self.deeds())()
        db.session.commit()
        db.session.expunge_all()

    def deeds(self):
        return [
            *[self.post_run] * 3,
            *[self.post_result] * 8,
            *[self.attach] * 8,
            *[self.upload] * 3,
            self.delete,
            self.delete,
            self.move_run,
            self.move_result,
            self.keep_run,
            self.clear_file,
            self.retain,
            self.change_their_mind,
        ]

    def any(self, entity):
        return self.random.choice(db.session.scalars(select(entity).order_by(entity.id)).all() or [None])

    def project(self):
        return self.random.choice(self.projects)

    def age(self):
        return (now() - self.random.randrange(100) * DAY).isoformat()

    def post_run(self):
        runs.add(self.project(), {"metadata": {}, "start_time": self.age()})

    def post_result(self):
        run = self.any(Run)
        body = {"test_id": "t", "start_time": self.age(), "result": "passed", "duration": 1, **self.told()}
        if run is not None and self.random.random() < 0.8:
            results.add(run.project_id, {**body, "run_id": str(run.id)})
        else:
            results.add(self.project(), body)
        self.posted += 1

    def told(self):
        """What else is said of a result."""
        return {}

    def attach(self):
        parent = self.any(self.random.choice([Run, Result]))
        if parent is not None:
            content = [b"x" * self.random.randrange(1, 1000)]
            made, _ = artifacts.receive(self.storage, parent, artifacts.Upload(content, "a.log"), limit=1000)
            uploaded = now() - self.random.randrange(100) * DAY
            db.session.execute(update(Artifact).where(Artifact.id == made.id).values(upload_date=uploaded))

    def upload(self):
        content = [b"x" * self.random.randrange(1, 1000)]
        place = self.random.choice([None, self.project()])
        sent = imports.Upload(content, "a.xml", "junit", project_id=place)
        made, is_there = imports.receive(self.storage, self.user_id, sent, limit=1000)
        if not is_there:
            made.created = now() - self.random.randrange(100) * DAY
            made.status = self.random.choice(["done", "error", "pending"])

    def delete(self):
        entity, verb = self.random.choice(
            [(Run, runs), (Result, results), (Artifact, artifacts), (Import, imports)]
        )
        thing = self.any(entity)
        if thing is not None:
            verb.remove(thing)

    def move_run(self):
        run = self.any(Run)
        if run is not None:
            runs.change(run, {}, project_id=self.project())

    def move_result(self):
        result = self.any(Result)
        run = self.any(Run)
        if result is not None and run is not None:
            results.change(result, {"run_id": str(run.id)}, project_id=run.project_id)

    def keep_run(self):
        run = self.any(Run)
        if run is not None:
            run.is_kept = not run.is_kept

    def clear_file(self):
        import_ = self.any(Import)
        if import_ is not None:
            retention.clear_import_file(self.storage, import_.id)

    def retain(self):
        ages = sorted(self.random.randrange(30, 100) for _ in range(3))
        names = ("keep_artifacts_days", "keep_results_days", "keep_runs_days")
        retention.apply(
            self.storage, Policy(**dict(zip(names, ages, strict=True)), keep_imports_days=ages[0])
        )

    def change_their_mind(self):
        posted = self.posted
        for deed in (self.attach, self.upload, self.delete, self.post_result):
            deed()
        db.session.rollback()
        self.posted = posted
