"""The trace viewer of Playwright, as a browser asks for it."""

from importlib.machinery import ModuleSpec

import pytest
from helpers.assertions import assert_problem
from starlette.testclient import TestClient

from ibutsu_server.app import create_app
from ibutsu_server.controllers import trace_viewer

FILES = {
    "index.html": b"<!doctype html><title>Traces</title>",
    "sw.bundle.js": b"self.addEventListener('fetch', answer)",
    "assets/viewer-1a2b.js": b"console.log('it works')",
    "icons.ttf": b"font",
    "uiMode.html": b"runs tests",
}

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """What the package of Playwright has, in small."""
    package = tmp_path_factory.mktemp("playwright")
    for name, content in FILES.items():
        file = package / trace_viewer.IN_PACKAGE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (package / "driver/secret").write_text("outside")
    return package


def found(package):
    spec = ModuleSpec("playwright", None, is_package=True)
    spec.submodule_search_locations = [str(package)]
    return spec


@pytest.fixture(scope="module")
def browser(settings, package):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace_viewer, "find_spec", {"playwright": found(package)}.get)
        with TestClient(create_app(settings), follow_redirects=False) as client:
            yield client


@pytest.fixture(scope="module")
def without(settings, tmp_path_factory):
    """A server that has pages, but neither the package nor a clone."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "index.html").write_text("a page")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trace_viewer, "find_spec", lambda _: None)
        patch.setattr(trace_viewer, "IN_CLONE", folder / "nothing")
        app = create_app(settings.model_copy(update={"web_dir": folder}))
        with TestClient(app, follow_redirects=False) as client:
            yield client


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/trace/index.html", "text/html; charset=utf-8"),
        ("/trace/assets/viewer-1a2b.js", "text/javascript; charset=utf-8"),
        ("/trace/icons.ttf", "font/ttf"),
    ],
)
def test_files_of_the_viewer_are_served(browser, path, media_type):
    response = browser.get(path, headers={"X-Request-ID": "same"})
    assert (response.status_code, response.content) == (200, FILES[path.removeprefix("/trace/")])
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Cache-Control"] == "no-cache"
    assert browser.head(path, headers={"X-Request-ID": "same"}).headers == response.headers
    assert browser.get(path, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_viewer_may_use_only_what_is_ours(browser):
    for name in ("index.html", "sw.bundle.js", "assets/viewer-1a2b.js"):
        headers = browser.get(f"/trace/{name}").headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy == trace_viewer.POLICY
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"


def test_service_worker_begins_with_the_guard_and_stays_below_its_path(browser):
    response = browser.get("/trace/sw.bundle.js")
    assert response.content == trace_viewer.GUARD.read_bytes() + FILES["sw.bundle.js"]
    assert b"respondWith" in trace_viewer.GUARD.read_bytes()
    assert "Service-Worker-Allowed" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/trace",
        "/trace/",
        "/trace/nothing.js",
        "/trace/uiMode.html",
        "/trace/snapshot/1",
        "/trace/../../../../secret",
        "/trace/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret",
    ],
)
def test_nothing_else_is_served(browser, path):
    response = browser.get(path)
    assert b"outside" not in response.content
    if response.request.url.path.startswith("/trace"):
        assert_problem(response, 404, "no such file")
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/trace", "/trace/", "/trace/index.html", "/trace/sw.bundle.js"])
def test_without_the_package_the_viewer_is_not_found(without, path):
    response = without.get(path)
    assert_problem(response, 404, "not installed")
    assert response.headers["Cache-Control"] == "no-store"


def test_pages_beside_the_viewer_stay_pages(without):
    assert without.get("/traces").text == "a page"
    assert_problem(without.post("/trace/index.html"), 404)


def test_package_without_a_viewer_is_none(settings, tmp_path, monkeypatch):
    monkeypatch.setattr(trace_viewer, "find_spec", lambda _: found(tmp_path))
    monkeypatch.setattr(trace_viewer, "IN_CLONE", tmp_path)
    with TestClient(create_app(settings)) as client:
        assert_problem(client.get("/trace/index.html"), 404, "not installed")
