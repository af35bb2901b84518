"""How the server is."""

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import readiness, scope, settings, vital_signs
from ibutsu_server.domain import health
from ibutsu_server.errors import NotReady


def get_health() -> JSON:
    """This process is asked whether it answers: that others do not is no reason to replace it."""
    work, queued = vital_signs().look()
    return {
        "status": "OK",
        "message": "Service is running",
        "workers": work and work.workers,
        "queued": queued,
        "imports": work and work.imports,
    }


def get_health_ready() -> JSON:
    """This process is asked whether it should get requests."""
    ready = readiness()
    if ready.is_stopping:
        raise NotReady("The server is stopping", {"server": "stopping"})
    found = {name: "OK" if is_fine else "failing" for name, is_fine in ready.look().items()}
    failing = [name for name, state in found.items() if state != "OK"]
    if failing:
        raise NotReady(f"The server is not ready: {', '.join(failing)}", found)
    return {"status": "OK", "checks": found}


def get_database_health() -> JSON:
    scope()
    health.check_database()
    return {"status": "OK", "message": "Service is running"}


def get_health_info() -> JSON:
    scope()
    configured = settings()
    return {
        "frontend": configured.frontend_url,
        "backend": configured.backend_url,
        "api_ui": f"{configured.backend_url.rstrip('/')}/api/ui/",
    }
