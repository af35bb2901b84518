"""The trace viewer of Playwright below /trace/, where its package is installed."""

from importlib.util import find_spec
from pathlib import Path, PurePath

from connexion import FlaskApp
from connexion.middleware import MiddlewarePosition
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from ibutsu_server.controllers import web

ADDRESS = "/trace/"
WORKER = "sw.bundle.js"
RUNS_TESTS = "uiMode.html"
GUARD = Path(__file__).with_name("trace_guard.js")

IN_PACKAGE = PurePath("driver/package/lib/vite/traceViewer")
IN_CLONE = Path(__file__).parents[3] / "frontend/node_modules/playwright-core/lib/vite/traceViewer"

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # its editor sets styles of elements
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self'",
    "connect-src": "'self'",  # of its service worker too: no trace from elsewhere, no word to elsewhere
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "frame-src": "'self' data:",  # snapshots, and what stands in their place
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}

HEADERS = {
    **web.SECURITY,
    "Content-Security-Policy": "; ".join(f"{kind} {sources}" for kind, sources in POLICY.items()),
    "Cache-Control": "no-cache",
}


class TraceViewer:
    """Answers GET and HEAD of every path below /trace/.

    Never with a page, so that pages can ask whether the viewer is there.
    """

    def __init__(self, app: ASGIApp, folder: Path | None) -> None:
        self.app = app
        self.files = read(folder) if folder else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_for_viewer(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
        else:
            await web.answer(scope, self._find(scope["path"]))(scope, receive, send)

    def _find(self, path: str) -> dict[str, web.Variant]:
        if path not in self.files:
            detail = "There is no such file of the trace viewer"
            if not self.files:
                detail = "The trace viewer is not installed: pip install 'ibutsu-server[trace]'"
            raise HTTPException(404, detail, headers={"Cache-Control": "no-store"})
        return self.files[path]


def serve(app: FlaskApp) -> None:
    folders = [folder for folder in (_installed(), IN_CLONE) if folder and (folder / WORKER).is_file()]
    folder = folders[0] if folders else None
    app.add_middleware(TraceViewer, position=MiddlewarePosition.BEFORE_SWAGGER, folder=folder)


def read(folder: Path) -> web.Files:
    """All but the page that runs tests."""
    return {
        ADDRESS + path.relative_to(folder).as_posix(): {"identity": _read(path)}
        for path in folder.rglob("*")
        if path.is_file() and path.name != RUNS_TESTS
    }


def _read(path: Path) -> web.Variant:
    guard = GUARD.read_bytes() if path.name == WORKER else b""
    return web.variant(path.name, guard + path.read_bytes(), HEADERS)


def _installed() -> Path | None:
    """Where the package is, without importing it."""
    spec = find_spec("playwright")
    places = (spec and spec.submodule_search_locations) or []
    return next((Path(place) / IN_PACKAGE for place in places), None)


def _is_for_viewer(method: str, path: str) -> bool:
    return method in {"GET", "HEAD"} and f"{path}/".startswith(ADDRESS)
