"""How the server is."""

from ibutsu_server.controllers.answers import JSON
from ibutsu_server.controllers.current import scope, settings
from ibutsu_server.domain import health


def get_health() -> JSON:
    return {"status": "OK", "message": "Service is running"}


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
