"""Outcomes in numbers."""

from typing import ClassVar

from pydantic import Field
from sqlalchemy import func

from ibutsu_server.access import Scope
from ibutsu_server.db import db
from ibutsu_server.db.models import Run
from ibutsu_server.filters import Clause
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.jenkins_jobs import JOB_NAME
from ibutsu_server.widgets.parameters import Filters, OptionalText, Project
from ibutsu_server.widgets.widget import Answer, Widget

COUNTS = {
    "error": Run.errors,
    "skipped": Run.skips,
    "failed": Run.failures,
    "passed": Run.passes,
    "total": Run.tests,
    "xfailed": Run.xfailures,
    "xpassed": Run.xpasses,
}


class ResultSummary(Widget):
    """How many results there are of each outcome, over all runs."""

    id: ClassVar[str] = "result-summary"
    title: ClassVar[str] = "Result Summary"

    source: OptionalText = Field(None, description="Only runs from this source")
    env: OptionalText = Field(None, description="Only runs in this environment")
    job_name: OptionalText = Field(None, description="Only runs of this Jenkins job")
    project: Project = None
    additional_filters: Filters = None

    def data(self, scope: Scope) -> Answer:
        """Sums of what the runs count; `total` also has the manual and the blocked ones."""
        asked = {"source": self.source, "env": self.env, JOB_NAME: self.job_name}
        clauses = [Clause(field, "=", value) for field, value in asked.items() if value]
        found = rows(scope, Run, project=self.project, texts=[self.additional_filters], clauses=clauses)
        sums = [func.coalesce(func.sum(column), 0).label(name) for name, column in COUNTS.items()]
        summary = db.session.execute(found.statement.with_only_columns(*sums)).one()
        return Answer(dict(summary._mapping), found.warnings)  # noqa: SLF001 - SQLAlchemy's public name
