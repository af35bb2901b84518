"""Entities as the JSON that clients know, one function each."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from ibutsu_server.db.models import (
    Artifact,
    AuditEntry,
    Dashboard,
    Group,
    Import,
    Project,
    Result,
    Run,
    SavedFilter,
    ScheduledTask,
    Task,
    Token,
    User,
    UserSession,
    WidgetConfig,
    Worker,
)
from ibutsu_server.domain.counts import OUTCOME_COLUMNS
from ibutsu_server.domain.policies import Policy
from ibutsu_server.domain.retention_preview import Preview
from ibutsu_server.domain.search import Found
from ibutsu_server.domain.usage_reports import Month, Stored
from ibutsu_server.domain.users import Joined
from ibutsu_server.pages import Page
from ibutsu_server.widgets import declared, shapes
from ibutsu_server.widgets.shapes import time

JSON = dict[str, Any]


def _id(value: Any) -> str | None:
    return str(value) if value else None


def page(plural: str, found: Page[Any], one: Callable[[Any], JSON]) -> JSON:
    """The envelope of every list."""
    pagination = {
        "page": found.page,
        "pageSize": found.page_size,
        "totalItems": found.total,
        "totalPages": -(-found.total // found.page_size),
    }
    if found.estimated:
        pagination["estimated"] = True
    return {plural: [one(item) for item in found.items], "pagination": pagination}


def result(result: Result) -> JSON:
    return shapes.result(result)


def run(run: Run) -> JSON:
    """`duration` is the sum over the results, `wall_time` from first start to last end; both in seconds."""
    covered = run.last_end - run.first_start if run.first_start and run.last_end else None
    return {
        "id": str(run.id),
        "created": time(run.created),
        "start_time": time(run.start_time),
        "duration": run.duration,
        "wall_time": covered.total_seconds() if covered is not None else None,
        "source": run.source,
        "component": run.component,
        "env": run.env,
        "project_id": str(run.project_id),
        "summary": summary(run),
        "metadata": run.data or {},
        "is_kept": run.is_kept,
    }


def summary(run: Run) -> JSON:
    counted = {column: getattr(run, column) for column in OUTCOME_COLUMNS}
    return {
        **(run.summary_extra or {}),
        **counted,
        "tests": run.tests,
        "collected": run.collected or 0,
        "not_run": max((run.collected or 0) - run.tests, 0),
        "pass_percent": 100 * run.passes // run.tests if run.tests else 0,
    }


def artifact(artifact: Artifact) -> JSON:
    return {
        "id": str(artifact.id),
        "result_id": _id(artifact.result_id),
        "run_id": _id(artifact.run_id),
        "filename": artifact.filename,
        "content_type": artifact.content_type,
        "size": artifact.size,
        "upload_date": time(artifact.upload_date),
        "additional_metadata": artifact.data or {},
    }


def import_(import_: Import) -> JSON:
    return {
        "id": str(import_.id),
        "filename": import_.filename,
        "format": import_.format,
        "status": import_.status,
        "created": time(import_.created),
        "run_id": _id(import_.run_id),
        "error": import_.error,
        "progress": {"seen": import_.rows_seen, "done": import_.rows_done},
        "metadata": import_.data or {},
    }


def project(project: Project) -> JSON:
    body: JSON = {
        "id": str(project.id),
        "name": project.name,
        "title": project.title,
        "owner_id": _id(project.owner_id),
        "group_id": _id(project.group_id),
        "default_dashboard_id": _id(project.default_dashboard_id),
        "users": [user(member) for member in project.users],
    }
    if project.default_dashboard:
        body["defaultDashboard"] = dashboard(project.default_dashboard)
    return body


def owned_project(found: Project) -> JSON:
    """A project as administrators see it."""
    return {**project(found), "owner": user(found.owner) if found.owner else None}


def dashboard(dashboard: Dashboard) -> JSON:
    return {
        "id": str(dashboard.id),
        "title": dashboard.title,
        "description": dashboard.description,
        "filters": dashboard.filters,
        "project_id": _id(dashboard.project_id),
        "user_id": _id(dashboard.user_id),
        "days": dashboard.days,
        "refresh_seconds": dashboard.refresh_seconds,
    }


def widget_config(config: WidgetConfig) -> JSON:
    """What was stored before a parameter got its name, or before it was given up, is left as it is."""
    return {
        "navigable": config.navigable,
        "params": declared(config.widget, config.params),
        "project_id": _id(config.project_id),
        "dashboard_id": _id(config.dashboard_id),
        "title": config.title,
        "type": config.type,
        "weight": config.weight,
        "widget": config.widget,
        "id": str(config.id),
        "width": config.width,
    }


def found(found: Found) -> JSON:
    return {
        "tests": [{"test_id": test.test_id, "last_seen": time(test.last_seen)} for test in found.tests],
        "runs": [run(one) for one in found.runs],
        "results": [result(one) for one in found.results],
    }


def saved_filter(saved: SavedFilter) -> JSON:
    return {
        "id": str(saved.id),
        "project_id": str(saved.project_id),
        "user_id": _id(saved.user_id),
        "name": saved.name,
        "entity": saved.entity,
        "filters": saved.filters,
        "sort": saved.sort,
        "is_shared": saved.is_shared,
        "created": time(saved.created),
    }


def group(group: Group) -> JSON:
    return {"id": str(group.id), "name": group.name, "metadata": group.data or {}}


def user(user: User) -> JSON:
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "is_superadmin": user.is_superadmin,
        "is_active": user.is_active,
        "group_id": _id(user.group_id),
    }


def account(found: User, projects: list[Joined]) -> JSON:
    """A user as administrators see them."""
    return {
        **user(found),
        "is_pending": found.is_pending,
        "projects": [_joined(project, role) for project, role in projects],
    }


def _joined(project: Project, role: str) -> JSON:
    return {
        "id": str(project.id),
        "name": project.name,
        "title": project.title,
        "owner_id": _id(project.owner_id),
        "group_id": _id(project.group_id),
        "role": role,
    }


def member(found: User, role: str) -> JSON:
    return {"user": user(found), "role": role}


def token(token: Token, *, jwt: str | None = None) -> JSON:
    """The JWT is shown once, when it is made; later only its last four characters."""
    return {
        "id": str(token.id),
        "name": token.name,
        "token": jwt or token.last_four,
        "created": time(token.created),
        "expires": time(token.expires),
        "user_id": str(token.user_id),
        "project_id": _id(token.project_id),
        "role": token.role,
    }


def session(session: UserSession, *, is_current: bool) -> JSON:
    return {
        "id": str(session.id),
        "current": is_current,
        "created": time(session.created),
        "used": time(session.used),
        "expires": time(session.expires),
        "address": session.address,
        "user_agent": session.user_agent,
    }


def audit_entry(entry: AuditEntry) -> JSON:
    return {
        "id": str(entry.id),
        "time": time(entry.time),
        "user_id": _id(entry.user_id),
        "user_email": entry.user_email,
        "token_id": _id(entry.token_id),
        "token_name": entry.token_name,
        "address": entry.address,
        "action": entry.action,
        "entity": entry.entity,
        "entity_id": _id(entry.entity_id),
        "name": entry.name,
        "project_id": _id(entry.project_id),
        "changes": entry.changes or {},
    }


def task(task: Task, message: str) -> JSON:
    error = {"error": task.error.splitlines()} if task.error else {}
    return {"state": task.state, "message": message, **error, **(task.result or {})}


def retention(project_id: UUID, stored: JSON, effective: Policy) -> JSON:
    """What a project says itself, and what holds for it."""
    return {"project_id": str(project_id), **stored, "effective": asdict(effective)}


def preview(found: Preview) -> JSON:
    return {
        kind: {"count": doomed.count, "bytes": doomed.bytes, "oldest": time(doomed.oldest)}
        for kind, doomed in found._asdict().items()
    }


def usage(now: Stored, months: list[Month], effective: Policy) -> JSON:
    quota = {"max_bytes": effective.max_bytes, "max_results": effective.max_results}
    return {**stored(now), **quota, "months": [month._asdict() for month in months]}


def stored(found: Stored) -> JSON:
    return {
        "project_id": str(found.id),
        "name": found.name,
        "stored_bytes": found.stored_bytes,
        "results": found.results,
    }


def worker(found: Worker) -> JSON:
    return {
        "id": str(found.id),
        "kind": found.kind,
        "hostname": found.hostname,
        "pid": found.pid,
        "queues": found.queues,
        "concurrency": found.concurrency,
        "started": time(found.started),
        "seen": time(found.seen),
        "doing": found.doing,
    }


def scheduled_task(found: ScheduledTask) -> JSON:
    return {
        "name": found.name,
        "started": time(found.started),
        "ended": time(found.ended),
        "error": found.error,
        "failing_since": time(found.failing_since),
    }
