"""What every request passes first: proxies that are believed, headers for browsers, other origins."""

import pytest
from flask import jsonify, make_response, request
from helpers.assertions import assert_problem
from starlette.testclient import TestClient

from ibutsu_server.app import create_app

pytestmark = pytest.mark.integration

NOTHING = "default-src 'none'; frame-ancestors 'none'"
ORIGIN = "https://pages.example.com"


@pytest.fixture(scope="module")
def server(settings):
    """A server of certain settings, built once, and who asks it."""
    built = {}

    def start(peer="127.0.0.1", **changes):
        key = tuple(sorted(changes.items()))
        if key not in built:
            built[key] = create_app(settings.model_copy(update=changes))
            for view in (_echo, _give_cookies, _break):
                built[key].app.add_url_rule(f"/api/{view.__name__}", view_func=view)
        peer = (peer, 50_000)
        return TestClient(built[key], client=peer, follow_redirects=False, raise_server_exceptions=False)

    return start


def _echo():
    """Where a request came from, and which way."""
    return jsonify(address=request.remote_addr, scheme=request.scheme)


def _break():
    raise RuntimeError


def _give_cookies():
    answer = make_response("")
    answer.set_cookie("plain", "1")
    answer.set_cookie("closed", "1", secure=True)
    return answer


def _forwarded(client, addresses, **headers):
    return client.get("/api/_echo", headers={"X-Forwarded-For": addresses, **headers}).json()


def test_trusted_proxy_tells_who_asks_and_over_which_way(server):
    told = _forwarded(server(), "203.0.113.7", **{"X-Forwarded-Proto": "https"})
    assert told == {"address": "203.0.113.7", "scheme": "https"}


def test_what_a_stranger_tells_of_others_does_not_count(server):
    client = server(peer="198.51.100.9")
    told = _forwarded(client, "203.0.113.7", **{"X-Forwarded-Proto": "https"})
    assert told == {"address": "198.51.100.9", "scheme": "http"}


def test_client_cannot_hide_behind_an_address_that_it_sent_itself(server):
    assert _forwarded(server(), "1.2.3.4, 203.0.113.7")["address"] == "203.0.113.7"


def test_of_several_proxies_in_a_row_the_trusted_ones_are_left_out(server):
    client = server(peer="10.0.0.3", trusted_proxies=("10.0.0.0/24", "192.0.2.1"))
    assert _forwarded(client, "1.2.3.4, 203.0.113.7, 192.0.2.1, 10.0.0.2")["address"] == "203.0.113.7"


def test_nobody_is_believed_when_nobody_is_named(server):
    assert _forwarded(server(trusted_proxies=()), "203.0.113.7")["address"] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/api/health", "/api/nothing", "/api/run", "/api/openapi.json", "/api/ui/"])
def test_every_answer_says_what_browsers_may_do_with_it(server, path):
    headers = server().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert ("script-src 'self' 'unsafe-inline'" in policy) if "/ui/" in path else (policy == NOTHING)
    assert headers.get_list("Content-Security-Policy") == [policy]


def test_unforeseen_error_has_them_too(server):
    response = server().get("/api/_break")
    assert (response.status_code, response.headers["X-Frame-Options"]) == (500, "DENY")


def test_artifact_keeps_its_own_policy_and_may_stand_in_a_frame(api, artifact_test_hierarchy, make_artifact):
    artifact = make_artifact(
        result_id=artifact_test_hierarchy["result"].id, filename="page.html", content=b"<p>found</p>"
    )
    headers = api.get(f"/api/artifact/{artifact.id}/view").headers
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'; style-src")
    assert "X-Frame-Options" not in headers
    assert "frame-ancestors" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("sent", "changes", "expected"),
    [
        ({}, {}, None),
        ({"X-Forwarded-Proto": "https"}, {}, "max-age=31536000"),
        ({}, {"frontend_url": "https://results.example.com"}, "max-age=31536000"),
        ({"X-Forwarded-Proto": "https"}, {"hsts_seconds": 60}, "max-age=60"),
        ({"X-Forwarded-Proto": "https"}, {"hsts_seconds": 0}, None),
    ],
    ids=["plain http", "by https", "pages by https", "as long as wanted", "not wanted"],
)
def test_browser_that_came_by_https_is_told_to_keep_to_it(server, sent, changes, expected):
    headers = server(**changes).get("/api/health", headers=sent).headers
    assert headers.get("Strict-Transport-Security") == expected


def test_cookies_that_came_by_https_go_no_other_way(server):
    by_https = server().get("/api/_give_cookies", headers={"X-Forwarded-Proto": "https"})
    assert [cookie.count("Secure") for cookie in by_https.headers.get_list("Set-Cookie")] == [1, 1]
    by_http = server().get("/api/_give_cookies")
    assert [cookie.count("Secure") for cookie in by_http.headers.get_list("Set-Cookie")] == [0, 1]


@pytest.mark.parametrize("path", ["/api/health/", "/api/run/", "/api"])
def test_name_that_a_client_calls_us_leads_nobody_away(server, path):
    response = server().get(path, headers={"Host": "evil.example"})
    assert response.status_code == 307
    assert response.headers["Location"].startswith("/api")
    assert "evil.example" not in str(response.headers) + response.text


def _preflight(client, origin=ORIGIN, method="PUT", headers="authorization, idempotency-key, x-csrf-token"):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options("/api/run", headers={"Origin": origin, **asked})


def test_page_of_a_listed_origin_may_use_the_api(server):
    client = server(cors_origins=(ORIGIN,))
    for method in ("PUT", "DELETE", "POST"):
        allowed = _preflight(client, method=method)
        assert (allowed.status_code, allowed.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    headers = client.get("/api/health", headers={"Origin": ORIGIN}).headers
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert headers["Vary"] == "Origin"
    exposed = headers["Access-Control-Expose-Headers"].split(", ")
    assert {"Content-Disposition", "ETag", "Retry-After", "Idempotency-Replayed"} <= set(exposed)


def test_page_of_a_listed_origin_reads_why_it_was_refused(server):
    response = server(cors_origins=(ORIGIN,)).get("/api/run", headers={"Origin": ORIGIN})
    assert_problem(response, 401)
    assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("origins", [(), (ORIGIN,)], ids=["none is listed", "another one is listed"])
@pytest.mark.parametrize("origin", ["https://evil.example", "https://pages.example.com.evil.example", "null"])
def test_pages_elsewhere_read_nothing(server, origins, origin):
    client = server(cors_origins=origins)
    assert _preflight(client, origin).status_code != 200
    answer = client.get("/api/health", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origins", [(ORIGIN,), ("*",)])
def test_cookies_are_for_our_own_pages_whoever_is_listed(server, origins):
    client = server(cors_origins=origins)
    for answer in (_preflight(client), client.get("/api/health", headers={"Origin": ORIGIN})):
        assert answer.headers["Access-Control-Allow-Origin"] in (ORIGIN, "*")
        assert "Access-Control-Allow-Credentials" not in answer.headers
