"""The pages of the web UI, as a browser asks for them."""

import gzip

import pytest
from helpers.assertions import assert_problem
from starlette.testclient import TestClient

from ibutsu_server.app import create_app
from ibutsu_server.controllers import web

INDEX = b"<!doctype html><title>Ibutsu</title>" + b" " * 200
SCRIPT = b"console.log('it works')" + b" " * 200
FOREVER = "public, max-age=31536000, immutable"

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """What the build leaves behind, in small; `.br` holds no Brotli, which nobody unpacks here."""
    folder = tmp_path_factory.mktemp("around") / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_bytes(INDEX)
    (folder / "index.html.gz").write_bytes(gzip.compress(INDEX))
    (folder / "assets" / "main-1a2b.js").write_bytes(SCRIPT)
    (folder / "assets" / "main-1a2b.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "main-1a2b.js.br").write_bytes(b"brotli")
    (folder / "assets" / "text-3c4d.woff2").write_bytes(b"font")
    (folder / "assets" / "backup-5e6f.gz").write_bytes(b"nobody's sibling")
    (folder / "favicon.svg").write_bytes(b"<svg/>")
    (folder / ".sources").write_text("a digest")
    (folder.parent / "secret").write_text("outside")
    return folder


@pytest.fixture(scope="module")
def browser(settings, built):
    with TestClient(
        create_app(settings.model_copy(update={"web_dir": built})), follow_redirects=False
    ) as client:
        client.headers["Accept-Encoding"] = "identity"
        yield client


@pytest.fixture(scope="module")
def bare(settings, tmp_path_factory):
    """A server without built pages."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("PACKAGED", "BUILT"):
            patch.setattr(web, place, tmp_path_factory.mktemp("empty"))
        with TestClient(create_app(settings), follow_redirects=False) as client:
            yield client


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/project/1/runs", "/admin/users", "/run/a.b.c", "/apis", "/assets", "/.sources"],
)
def test_pages_know_their_addresses_themselves(browser, path):
    response = browser.get(path)
    assert (response.status_code, response.content) == (200, INDEX)
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "media_type", "lifetime"),
    [
        ("/favicon.svg", "image/svg+xml", "no-cache"),
        ("/assets/main-1a2b.js", "text/javascript; charset=utf-8", FOREVER),
        ("/assets/text-3c4d.woff2", "font/woff2", FOREVER),
        ("/assets/backup-5e6f.gz", "application/octet-stream", FOREVER),
    ],
)
def test_file_has_its_media_type_and_lifetime(browser, built, path, media_type, lifetime):
    response = browser.get(path)
    assert response.content == (built / path[1:]).read_bytes()
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Cache-Control"] == lifetime


@pytest.mark.parametrize(
    "path",
    ["/assets/old-9z.js", "/assets/", "/assets/main-1a2b.js.gz", "http://testserver//assets/old-9z.js"],
)
def test_no_page_takes_the_place_of_a_missing_asset(browser, path):
    response = browser.get(path)
    assert_problem(response, 404, "another version")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret",
        "/%2e%2e/secret",
        "/..%2fsecret",
        "/assets/..%2f..%2fsecret",
        "http://testserver//../secret",
        "/%00",
    ],
)
def test_nothing_outside_the_folder_is_served(browser, path):
    response = browser.get(path)
    assert b"outside" not in response.content
    assert response.status_code in (200, 404)


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("deflate", None),
        ("identity", None),
        ("", None),
        ("br;q=0, gzip;q=0", None),
        ("br;q=rubbish", None),
    ],
)
def test_encoding_is_what_the_browser_likes_best(browser, built, accepted, encoding):
    with browser.stream("GET", "/assets/main-1a2b.js", headers={"Accept-Encoding": accepted}) as response:
        content = b"".join(response.iter_raw())
    assert response.headers.get("Content-Encoding") == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    ending = web.ENCODINGS.get(encoding, "")
    assert content == (built / f"assets/main-1a2b.js{ending}").read_bytes()


def test_encodings_have_etags_of_their_own(browser):
    accepted = ("br", "gzip", "identity")
    etags = {
        browser.head("/assets/main-1a2b.js", headers={"Accept-Encoding": one}).headers["ETag"]
        for one in accepted
    }
    assert len(etags) == 3


@pytest.mark.parametrize("wanted", ["{}", "W/{}", '"other", {}', "*"])
def test_page_that_the_browser_has_is_not_sent_again(browser, wanted):
    etag = browser.get("/").headers["ETag"]
    response = browser.get("/project/1", headers={"If-None-Match": wanted.format(etag)})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["ETag"] == etag
    assert response.headers["Cache-Control"] == "no-cache"


def test_other_page_is_sent(browser):
    assert browser.get("/", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/assets/main-1a2b.js"])
def test_head_tells_what_get_would(browser, path):
    told = browser.head(path, headers={"X-Request-ID": "same"})
    assert told.content == b""
    assert told.headers == browser.get(path, headers={"X-Request-ID": "same"}).headers


@pytest.mark.parametrize("path", ["/", "/login", "/favicon.svg", "/assets/main-1a2b.js"])
def test_page_may_use_only_what_is_ours(browser, path):
    headers = browser.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == web.POLICY
    assert policy["script-src"] == policy["default-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/api/", "/api/nothing", "/api/run/1/nothing"])
def test_unknown_path_of_the_api_stays_unknown(browser, path):
    assert_problem(browser.get(path), 404)


def test_api_is_not_hidden_by_pages(browser):
    assert browser.get("/api/run").status_code == 401
    assert browser.get("/api/openapi.json").status_code == 200
    assert browser.get("/api/ui/").status_code == 200
    assert_problem(browser.get("http://testserver//api/run"), 404)
    assert_problem(browser.get("/admin/run-task"), 405)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_pages_take_nothing(browser, method):
    assert_problem(browser.request(method, "/project/1"), 404)


def test_without_pages_the_server_says_how_to_build_them(bare):
    response = bare.get("/")
    assert response.status_code == 200
    assert "hatch run web-build" in response.text
    assert 'href="/api/ui/"' in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert bare.head("/").content == b""


@pytest.mark.parametrize("path", ["/project/1", "/assets/x.js"])
def test_without_pages_nothing_is_found(bare, path):
    assert bare.get(path).status_code == 404
    assert_problem(bare.get("/api/nothing"), 404)


def test_artifact_may_be_shown_in_a_frame_of_a_page(api, make_artifact):
    artifact = make_artifact(filename="report.html", content=b"<!doctype html><p>Hello</p>")
    headers = api.get(f"/api/artifact/{artifact.id}/view").headers
    assert "frame-ancestors" not in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers
