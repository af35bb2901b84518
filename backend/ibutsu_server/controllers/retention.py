"""How long a project keeps what it was sent, over HTTP."""

from ibutsu_server import serialize
from ibutsu_server.controllers import current
from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope
from ibutsu_server.db.models import Project
from ibutsu_server.domain import policies, quotas, retention_preview


def get_retention(id_: str) -> JSON:
    return _answer(scope().get(Project, id_))


def update_retention(id_: str, body: JSON) -> JSON:
    caller = scope("owner")
    project = caller.get(Project, id_, lock=True)
    policies.change(project, body, may_set_quotas=caller.is_superadmin)
    quotas.forget()
    return _answer(project)


def get_retention_preview(
    id_: str,
    keep_imports_days: int | None = None,
    keep_artifacts_days: int | None = None,
    keep_results_days: int | None = None,
    keep_runs_days: int | None = None,
) -> JSON:
    """Of the policy that is stored, or with other ages in its place."""
    project = scope("owner").get(Project, id_)
    ages = {
        "keep_imports_days": keep_imports_days,
        "keep_artifacts_days": keep_artifacts_days,
        "keep_results_days": keep_results_days,
        "keep_runs_days": keep_runs_days,
    }
    wanted = policies.stored(project.id) | {name: age for name, age in ages.items() if age is not None}
    policies.require_order(wanted)
    return serialize.preview(retention_preview.of(project.id, current.policy().overlaid(wanted)))


def _answer(project: Project) -> JSON:
    stored = policies.stored(project.id)
    return serialize.retention(project.id, stored, current.policy().overlaid(stored))
