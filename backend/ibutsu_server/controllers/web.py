"""The built pages: files in memory, and index.html wherever the pages themselves know what to show."""

import hashlib
from pathlib import Path, PurePath
from typing import NamedTuple

from connexion import FlaskApp
from connexion.middleware import MiddlewarePosition
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.http import parse_accept_header, parse_etags

PACKAGED = Path(__file__).parents[1] / "web"
BUILT = Path(__file__).parents[3] / "frontend" / "dist"

INDEX = "/index.html"
ASSETS = "/assets/"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The smallest first."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # PatternFly and ECharts set styles of elements
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "frame-src": "'self' blob:",  # artifacts are looked at in frames
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

SECURITY = {
    "Content-Security-Policy": "; ".join(f"{kind} {sources}" for kind, sources in POLICY.items()),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every file."""

# What a machine's own tables say differs from machine to machine.
MEDIA_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Ibutsu</title></head>
<body>
<p>The web pages are not built. In a clone of the repository <code>hatch run web-build</code> builds them;
start the server again then.</p>
<p>The API is here: <a href="/api/ui/">/api/ui/</a></p>
</body>
</html>
"""


class Variant(NamedTuple):
    """One encoding of a file, and everything that may be answered with it."""

    etag: str
    get: Response
    head: Response
    unchanged: Response


Files = dict[str, dict[str, Variant]]
"""Path of the address to encoding to variant; the file itself has the encoding "identity"."""


class Pages:
    """Answers GET and HEAD of every path that does not belong to the API; all else goes further in.

    It stands before the routing, on the event loop: what is known when the server starts costs no thread.
    """

    def __init__(self, app: ASGIApp, folder: Path | None) -> None:
        self.app = app
        self.files = read(folder) if folder else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _is_for_pages(scope["method"], scope["path"]):
            await self.app(scope, receive, send)
        elif INDEX not in self.files:
            await _not_built(scope)(scope, receive, send)
        else:
            await answer(scope, self._find(scope["path"]))(scope, receive, send)

    def _find(self, path: str) -> dict[str, Variant]:
        """Pages have addresses that only they know.  In place of a missing script no page helps."""
        path = f"/{path.lstrip('/')}"
        if path in self.files:
            return self.files[path]
        if path.startswith(ASSETS):
            detail = "There is no such file: the page is of another version of the server, load it again"
            raise HTTPException(404, detail, headers={"Cache-Control": "no-store"})
        return self.files[INDEX]


def serve(app: FlaskApp, configured: Path | None) -> None:
    places = [place for place in (configured, PACKAGED, BUILT) if place and (place / "index.html").is_file()]
    folder = places[0] if places else None
    app.add_middleware(Pages, position=MiddlewarePosition.BEFORE_SWAGGER, folder=folder)


def answer(scope: Scope, variants: dict[str, Variant]) -> Response:
    """The file in the encoding that is wanted, unless the browser has it already."""
    headers = Headers(scope=scope)
    variant = _choose(variants, headers.get("Accept-Encoding", ""))
    if parse_etags(headers.get("If-None-Match")).contains_weak(variant.etag):
        return variant.unchanged
    return variant.head if scope["method"] == "HEAD" else variant.get


def read(folder: Path) -> Files:
    """Every file below the folder; hidden ones are notes of the build."""
    found = {
        f"/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    plain = [name for name in found if not _is_encoded(name, found)]
    return {name: _variants(name, found) for name in plain}


def _is_encoded(name: str, found: dict[str, Path]) -> bool:
    return any(name.endswith(ending) and name.removesuffix(ending) in found for ending in ENCODINGS.values())


def _variants(name: str, found: dict[str, Path]) -> dict[str, Variant]:
    encoded = {
        encoding: found[name + ending] for encoding, ending in ENCODINGS.items() if name + ending in found
    }
    headers = {**SECURITY, "Cache-Control": _lifetime(name)}
    if encoded:
        headers["Vary"] = "Accept-Encoding"
    variants = {"identity": variant(name, found[name].read_bytes(), headers)}
    for encoding, path in encoded.items():
        variants[encoding] = variant(name, path.read_bytes(), {**headers, "Content-Encoding": encoding})
    return variants


def _lifetime(name: str) -> str:
    """Names of assets tell their content; everything else is asked for again."""
    return "public, max-age=31536000, immutable" if name.startswith(ASSETS) else "no-cache"


def variant(name: str, content: bytes, headers: dict[str, str]) -> Variant:
    media_type = MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    etag = hashlib.sha256(content).hexdigest()[:32]
    headers = {**headers, "ETag": f'"{etag}"'}
    length = {"Content-Length": str(len(content))}
    return Variant(
        etag,
        get=Response(content, headers=headers, media_type=media_type),
        head=Response(headers={**headers, **length}, media_type=media_type),
        unchanged=Response(status_code=304, headers=headers),
    )


def _is_for_pages(method: str, path: str) -> bool:
    """`//api/run` is no page: a client that has one slash too many is told so."""
    if method not in {"GET", "HEAD"}:
        return False
    return path.lstrip("/").partition("/")[0] != "api" and path != "/admin/run-task"


def _choose(variants: dict[str, Variant], accepted: str) -> Variant:
    """The encoding that the client likes best; of equal ones the smallest."""
    wanted = parse_accept_header(accepted)
    usable = [encoding for encoding in ENCODINGS if encoding in variants and wanted.quality(encoding) > 0]
    return variants[max(usable, key=wanted.quality, default="identity")]


def _not_built(scope: Scope) -> Response:
    status = 200 if scope["path"] == "/" else 404
    headers = {**SECURITY, "Cache-Control": "no-store"}
    response = Response(NOT_BUILT, status, headers, media_type="text/html")
    if scope["method"] == "HEAD":
        response.body = b""
    return response
