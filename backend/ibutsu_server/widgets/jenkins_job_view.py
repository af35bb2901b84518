"""The page of the builds of Jenkins jobs."""

from collections.abc import Iterator
from typing import Any, ClassVar

from pydantic import AliasChoices, Field

from ibutsu_server import filters
from ibutsu_server.access import Scope
from ibutsu_server.db.models import Run
from ibutsu_server.filters.grouping import as_json
from ibutsu_server.widgets.conditions import rows
from ibutsu_server.widgets.jenkins_jobs import duration, page_of_builds
from ibutsu_server.widgets.parameters import UNSAID, Project, Text
from ibutsu_server.widgets.widget import Answer, Widget

PAGE_SIZE = 25

SUMMARY = ("xfailures", "xpasses", "errors", "failures", "skips", "tests", "passes")


class JenkinsJobView(Widget):
    id: ClassVar[str] = "jenkins-job-view"
    title: ClassVar[str] = "Jenkins Job View"
    type: ClassVar[str] = "view"

    additional_filters: list[Text] | None = Field(
        None,
        description="Conditions that the runs of the builds fulfil",
        validation_alias=AliasChoices("additional_filters", "filter"),
        json_schema_extra=UNSAID,
    )
    page: int | None = Field(None, ge=1, le=2**31, description="Which page", json_schema_extra=UNSAID)
    page_size: int | None = Field(
        None, ge=1, le=500, description="Builds on one page", json_schema_extra=UNSAID
    )
    run_limit: int | None = Field(
        None, ge=1, le=2**31, description="Only so many of the newest runs", json_schema_extra=UNSAID
    )
    project: Project = None

    def data(self, scope: Scope) -> Answer:
        """The builds whose last run started last come first."""
        page, page_size = self.page or 1, self.page_size or PAGE_SIZE
        found = rows(scope, Run, project=self.project, texts=self._filters())
        builds = page_of_builds(found, page=page, page_size=page_size, run_limit=self.run_limit)
        pagination = {
            "page": page,
            "pageSize": page_size,
            "totalItems": builds.total,
            "totalPages": -(-builds.total // page_size),
        }
        jobs = [_job(build) for build in builds.builds]
        return Answer({"jobs": jobs, "pagination": pagination}, builds.warnings)

    def _filters(self) -> Iterator[str]:
        """Fields of Jenkins may be named alone: `job_name=nightly`."""
        for field, operator, value in filters.parse(self.additional_filters):
            prefix = "metadata.jenkins." if field in ("job_name", "build_number") else ""
            quote = "" if '"' in value else '"'
            yield f"{prefix}{field}{operator}{quote}{value}{quote}"


def _job(build: Any) -> dict[str, Any]:
    return {
        "_id": f"{build.job}-{build.build}",
        "build_number": build.build,
        "build_url": build.build_url,
        "duration": duration(build),
        "env": build.env,
        "job_name": build.job,
        "source": build.source,
        "start_time": as_json(build.first),
        "summary": {count: getattr(build, count) for count in SUMMARY},
        "total_execution_time": build.seconds,
    }
