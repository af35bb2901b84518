"""How the server is."""

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope, settings, vital_signs
from ibutsu_server.domain import health


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
