"""Artifacts over HTTP."""

import hashlib
from uuid import uuid4

import pytest
from fixtures.constants import MISSING_ID

from ibutsu_server.db import db
from ibutsu_server.db.models import Artifact
from ibutsu_server.settings import MEBIBYTE

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30
LIMIT = 5 * MEBIBYTE
GERMAN_AND_JAPANESE = (
    "attachment; filename=\"Groe .log\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E6%97%A5%E6%9C%AC.log"
)


@pytest.fixture
def client(flask_app, auth_headers):
    """A client that is the superadmin, with the database at hand."""
    client, token = flask_app
    with client.application.app_context():
        yield _Caller(client, auth_headers(token))


class _Caller:
    def __init__(self, client, headers):
        self._client = client
        self._headers = headers

    def get(self, path, headers=None, **more):
        return self._client.get(path, headers={**self._headers, **(headers or {})}, **more)

    def head(self, path, **more):
        return self._client.head(path, headers=self._headers, **more)

    def delete(self, path):
        return self._client.delete(path, headers=self._headers)

    def post(self, path, headers=None, **more):
        return self._client.post(path, headers={**self._headers, **(headers or {})}, **more)

    def upload(self, content=b"content", name="a.log", **fields):
        files = {"file": ("file", content)}
        return self.post("/api/artifact", data={"filename": name, **fields}, files=files)


@pytest.fixture
def outsider(flask_app, make_user, headers_of):
    """A client that is a member of no project."""
    client, _token = flask_app
    user = make_user()
    caller = _Caller(client, headers_of(user))
    caller.user = user
    return caller


@pytest.fixture
def result_id(artifact_test_hierarchy):
    return str(artifact_test_hierarchy["result"].id)


@pytest.fixture
def run_id(artifact_test_hierarchy):
    return str(artifact_test_hierarchy["run"].id)


@pytest.fixture
def uploaded(client, result_id):
    """Uploads a file to a result and returns its path."""

    def upload(content=b"content", name="a.log"):
        response = client.upload(content, name, resultId=result_id)
        assert response.status_code == 201, response.text
        return f"/api/artifact/{response.json()['id']}"

    return upload


@pytest.mark.integration
class TestUpload:
    @pytest.mark.parametrize("field", ["resultId", "result_id"])
    def test_an_artifact_of_a_result_also_carries_its_run_and_project(
        self, client, artifact_test_hierarchy, field
    ):
        result = artifact_test_hierarchy["result"]
        body = client.upload(b"Traceback", "traceback.log", **{field: str(result.id)}).json()
        assert (body["result_id"], body["run_id"]) == (str(result.id), str(result.run_id))
        assert (body["filename"], body["size"]) == ("traceback.log", 9)
        assert body["content_type"] == "text/plain; charset=utf-8"
        assert db.session.query(Artifact).one().project_id == result.project_id

    @pytest.mark.parametrize("field", ["runId", "run_id"])
    def test_an_artifact_of_a_run_has_no_result(self, client, run_id, field):
        response = client.upload(PNG, "screenshot.png", **{field: run_id})
        assert response.status_code == 201
        assert (response.json()["result_id"], response.json()["run_id"]) == (None, run_id)
        assert response.json()["content_type"] == "image/png"

    @pytest.mark.parametrize("field", ["additionalMetadata", "additional_metadata"])
    def test_metadata_is_stored(self, client, result_id, field):
        body = client.upload(resultId=result_id, **{field: '{"phase": "setup", "n": [1]}'}).json()
        assert body["additional_metadata"] == {"phase": "setup", "n": [1]}

    def test_an_empty_file_is_accepted(self, client, uploaded):
        path = uploaded(b"")
        assert client.get(path).json()["size"] == 0
        assert client.get(f"{path}/download").content == b""

    def test_the_bytes_and_their_digest_are_kept(self, client, uploaded):
        content = bytes(range(256)) * 5000
        path = uploaded(content, "data.bin")
        assert client.get(f"{path}/download").content == content
        assert db.session.query(Artifact.digest).scalar() == hashlib.sha256(content).digest()

    def test_exactly_the_limit_is_accepted(self, client, uploaded):
        assert client.get(uploaded(b"x" * LIMIT)).json()["size"] == LIMIT

    def test_the_same_file_twice_without_id_makes_two_artifacts(self, uploaded):
        assert uploaded() != uploaded()

    def test_the_same_upload_under_its_id_is_a_replay(self, client, result_id):
        id_ = str(uuid4())
        first = client.upload(resultId=result_id, id=id_)
        again = client.upload(resultId=result_id, id=id_)
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"
        assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
        assert client.get("/api/artifact").json()["pagination"]["totalItems"] == 1

    @pytest.mark.parametrize(
        "change", [{"content": b"other"}, {"name": "b.log"}, {"additionalMetadata": "{}"}]
    )
    def test_something_else_under_a_taken_id_is_a_conflict_and_harms_nothing(self, client, result_id, change):
        id_ = str(uuid4())
        client.upload(resultId=result_id, id=id_)
        response = client.upload(**{"resultId": result_id, "id": id_, **change})
        assert response.status_code == 409
        assert "already exist" in response.text
        assert client.get(f"/api/artifact/{id_}/download").content == b"content"

    def test_chunked_uploads_arrive_whole(self, client, result_id):
        form = (
            b'--B\r\nContent-Disposition: form-data; name="resultId"\r\n\r\n' + result_id.encode() + b"\r\n"
            b'--B\r\nContent-Disposition: form-data; name="filename"\r\n\r\na.log\r\n'
            b'--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nabc\r\n--B--\r\n'
        )
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        response = client.post("/api/artifact", content=iter([form[:50], form[50:]]), headers=headers)
        assert (response.status_code, response.json()["size"]) == (201, 3)


@pytest.mark.validation
class TestRefusedUpload:
    @pytest.mark.parametrize(
        ("fields", "status", "text"),
        [
            ({}, 400, "resultid or runid"),
            ({"resultId": "", "runId": ""}, 400, "resultid or runid"),
            ({"resultId": MISSING_ID, "runId": MISSING_ID}, 400, "cannot provide both"),
            ({"resultId": "garbage"}, 400, "result id garbage is not in uuid format"),
            ({"run_id": "garbage"}, 400, "run id garbage is not in uuid format"),
            ({"resultId": MISSING_ID}, 404, "not found"),
            ({"runId": MISSING_ID}, 404, "not found"),
        ],
    )
    def test_tells_what_is_wrong_with_the_parent(self, client, fields, status, text):
        response = client.upload(**fields)
        assert response.status_code == status
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert text in response.text.lower()

    @pytest.mark.parametrize(
        ("fields", "text"),
        [
            ({"name": ""}, "filename is required"),
            ({"name": "x" * 1025}, "filename"),
            ({"name": "a\0b"}, "filename"),
            ({"id": "garbage"}, "is not a valid uuid"),
            ({"additionalMetadata": ""}, "not valid json"),
            ({"additionalMetadata": "{oops"}, "not valid json"),
            ({"additional_metadata": '{"a": NaN}'}, "not valid json"),
            ({"additionalMetadata": "[1]"}, "json object"),
            ({"additionalMetadata": "null"}, "json object"),
            ({"additionalMetadata": '{"a": "\\u0000"}'}, "nul"),
            ({"additionalMetadata": '{"a": "\\ud800"}'}, "not valid json"),
            ({"additionalMetadata": '{"a":' * 150 + "1" + "}" * 150}, "deep"),
        ],
    )
    def test_tells_which_field_is_wrong(self, client, result_id, fields, text):
        response = client.upload(resultId=result_id, **fields)
        assert response.status_code == 400
        assert text in response.text.lower()
        assert response.json()["errors"][0]["field"]
        assert client.get("/api/artifact").json()["artifacts"] == []

    def test_a_plain_field_is_no_file(self, client, result_id):
        data = {"resultId": result_id, "filename": "a.log", "file": "text"}
        response = client.post("/api/artifact", data=data, files={"other": ("x", b"")})
        assert (response.status_code, "no file uploaded" in response.text) == (400, True)

    @pytest.mark.parametrize("size", [LIMIT + 1, LIMIT + 2 * MEBIBYTE])
    def test_one_byte_above_the_limit_is_413_and_stores_nothing(self, client, result_id, size):
        response = client.upload(b"x" * size, resultId=result_id)
        assert response.status_code == 413
        assert "file size exceeds maximum allowed size of 5MB" in response.json()["detail"]
        assert client.get("/api/artifact").json()["artifacts"] == []

    def test_a_chunked_upload_without_end_is_413(self, client):
        def endless():
            yield b'--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
            for _ in range(10):
                yield b"x" * MEBIBYTE

        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        assert client.post("/api/artifact", content=endless(), headers=headers).status_code == 413

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Content-Type": "application/json"}, 415),
            ({"Content-Type": "text/plain"}, 415),
            ({"Content-Type": "multipart/form-data"}, 400),
            ({"Content-Type": "multipart/form-data; boundary=B"}, 400),
            ({}, 400),
        ],
    )
    def test_a_body_that_is_no_form_is_refused(self, client, headers, status):
        assert client.post("/api/artifact", content=b"{}", headers=headers).status_code == status

    def test_a_form_that_breaks_off_stores_nothing(self, client):
        form = b'--B\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nabc'
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        assert client.post("/api/artifact", content=form, headers=headers).status_code == 400

    def test_outsider_gets_403(self, outsider, result_id):
        assert outsider.upload(resultId=result_id).status_code == 403

    @pytest.mark.parametrize(
        ("data", "text"), [({"resultId": "not-a-uuid"}, "uuid format"), ({}, "no file uploaded")]
    )
    def test_the_path_of_the_testing_guide_takes_plain_forms(self, client, data, text):
        response = client.post("/api/artifact/upload", data=data)
        assert (response.status_code, text in response.text.lower()) == (400, True)


@pytest.mark.integration
class TestList:
    def test_of_a_result_oldest_first(self, client, uploaded, result_id):
        paths = [uploaded(name=name) for name in ("a", "b", "c")]
        for field in ("resultId", "result_id"):
            found = client.get("/api/artifact", params={field: result_id}).json()["artifacts"]
            assert [f"/api/artifact/{one['id']}" for one in found] == paths

    def test_of_a_run_are_only_those_of_the_run_itself(self, client, uploaded, run_id):
        uploaded()
        own = client.upload(runId=run_id).json()
        for field in ("runId", "run_id"):
            assert client.get("/api/artifact", params={field: run_id}).json()["artifacts"] == [own]

    def test_pages(self, client, uploaded):
        for _ in range(3):
            uploaded()
        body = client.get("/api/artifact", params={"page": 2, "pageSize": 2}).json()
        assert len(body["artifacts"]) == 1
        assert body["pagination"] == {"page": 2, "pageSize": 2, "totalItems": 3, "totalPages": 2}

    def test_an_empty_id_counts_as_absent(self, client, uploaded):
        uploaded()
        assert len(client.get("/api/artifact?resultId=&runId=").json()["artifacts"]) == 1

    @pytest.mark.parametrize("field", ["resultId", "result_id", "runId", "run_id"])
    def test_a_garbage_id_is_400(self, client, field):
        assert client.get("/api/artifact", params={field: "garbage"}).status_code == 400

    def test_shows_only_projects_of_the_caller(self, outsider, make_artifact, make_project, make_run):
        project = make_project(users=[outsider.user])
        mine = make_artifact(run_id=make_run(project_id=project.id).id)
        make_artifact()
        found = outsider.get("/api/artifact").json()["artifacts"]
        assert [one["id"] for one in found] == [str(mine.id)]


@pytest.mark.integration
class TestOne:
    @pytest.mark.parametrize("suffix", ["", "/view", "/download"])
    @pytest.mark.parametrize(("id_", "status"), [(MISSING_ID, 404), ("garbage", 400)])
    def test_unknown_is_404_and_garbage_400(self, client, suffix, id_, status):
        response = client.get(f"/api/artifact/{id_}{suffix}")
        assert response.status_code == status
        assert response.headers["Content-Type"].startswith("application/problem+json")

    @pytest.mark.parametrize("suffix", ["", "/view", "/download"])
    def test_outsider_gets_403(self, outsider, make_artifact, suffix):
        assert outsider.get(f"/api/artifact/{make_artifact().id}{suffix}").status_code == 403

    def test_outsider_cannot_delete(self, outsider, make_artifact):
        assert outsider.delete(f"/api/artifact/{make_artifact().id}").status_code == 403

    def test_deleted_is_gone(self, client, uploaded):
        path = uploaded()
        response = client.delete(path)
        assert (response.status_code, response.json()) == (200, "OK")
        assert client.get(path).status_code == 404
        assert client.get(f"{path}/view").status_code == 404
        assert client.delete(path).status_code == 404

    def test_an_artifact_of_a_run_can_be_read_and_deleted(self, client, run_id):
        path = f"/api/artifact/{client.upload(runId=run_id).json()['id']}"
        assert [client.get(path + suffix).status_code for suffix in ("", "/view", "/download")] == [200] * 3
        assert client.delete(path).status_code == 200

    def test_lost_bytes_are_404(self, client, uploaded):
        path = uploaded()
        key = db.session.query(Artifact.storage_key).scalar()
        client._client.application.config["STORAGE"].delete([key])
        assert client.get(f"{path}/download").status_code == 404


@pytest.mark.integration
class TestBytes:
    def test_download_is_an_attachment_and_view_is_not(self, client, uploaded):
        path = uploaded(PNG, "screenshot.png")
        attachment = client.get(f"{path}/download").headers["Content-Disposition"]
        assert "attachment" in attachment
        assert "screenshot.png" in attachment
        assert client.get(f"{path}/view").headers["Content-Disposition"].startswith("inline")

    @pytest.mark.parametrize(
        ("name", "disposition"),
        [
            ("plain.log", "attachment; filename=plain.log"),
            ('a "b" \\c.log', 'attachment; filename="a \\"b\\" \\\\c.log"'),
            (
                "Größe 日本.log",
                GERMAN_AND_JAPANESE,
            ),
            ("日本", "attachment; filename=artifact; filename*=UTF-8''%E6%97%A5%E6%9C%AC"),
            ("a\r\nSet-Cookie: x=1", 'attachment; filename="a__Set-Cookie: x=1"'),
        ],
    )
    def test_any_name_makes_one_valid_header(self, client, make_artifact, name, disposition):
        response = client.get(f"/api/artifact/{make_artifact(filename=name).id}/download")
        assert response.headers["Content-Disposition"] == disposition
        assert "Set-Cookie" not in response.headers

    @pytest.mark.parametrize(
        ("name", "content", "type_"),
        [
            ("evil.html", b"<!DOCTYPE html><script>alert(1)</script>", "text/html; charset=utf-8"),
            ("evil.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
            ("evil", b"<html><script>alert(1)</script></html>", "text/html; charset=utf-8"),
        ],
    )
    def test_pages_cannot_run_scripts_in_our_origin(self, client, uploaded, name, content, type_):
        response = client.get(f"{uploaded(content, name)}/view")
        policy = response.headers["Content-Security-Policy"].split("; ")
        assert response.headers["Content-Type"] == type_
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert {"sandbox", "default-src 'none'"} <= set(policy)
        assert not any(directive.startswith("script-src") for directive in policy)

    def test_answers_are_kept_by_the_caller_alone_and_always_checked(self, client, uploaded):
        assert client.get(f"{uploaded()}/view").headers["Cache-Control"] == "private, no-cache"

    def test_head_tells_everything_but_the_bytes(self, client, uploaded):
        response = client.head(f"{uploaded(b'0123456789')}/download")
        assert (response.status_code, response.content) == (200, b"")
        assert response.headers["Content-Length"] == "10"
        assert response.headers["Accept-Ranges"] == "bytes"

    @pytest.mark.parametrize(
        ("range_", "content", "content_range"),
        [
            ("bytes=2-4", b"234", "bytes 2-4/10"),
            ("bytes=7-", b"789", "bytes 7-9/10"),
            ("bytes=-2", b"89", "bytes 8-9/10"),
            ("bytes=8-100", b"89", "bytes 8-9/10"),
        ],
    )
    def test_a_range_is_answered_alone(self, client, uploaded, range_, content, content_range):
        response = client.get(f"{uploaded(b'0123456789')}/download", headers={"Range": range_})
        assert (response.status_code, response.content) == (206, content)
        assert response.headers["Content-Range"] == content_range
        assert response.headers["Content-Length"] == str(len(content))

    def test_a_range_behind_the_end_is_416(self, client, uploaded):
        response = client.get(f"{uploaded(b'0123456789')}/download", headers={"Range": "bytes=10-"})
        assert response.status_code == 416
        assert response.headers["Content-Range"] == "bytes */10"

    @pytest.mark.parametrize("range_", ["bytes=0-1,4-5", "bytes", "items=1-2", "garbage", "bytes=5-2"])
    def test_other_ranges_are_answered_with_everything(self, client, uploaded, range_):
        response = client.get(f"{uploaded(b'0123456789')}/download", headers={"Range": range_})
        assert (response.status_code, response.content) == (200, b"0123456789")

    def test_known_bytes_are_not_sent_again(self, client, uploaded):
        path = f"{uploaded()}/view"
        first = client.get(path).headers
        for condition in ({"If-None-Match": first["ETag"]}, {"If-Modified-Since": first["Last-Modified"]}):
            response = client.get(path, headers=condition)
            assert (response.status_code, response.content) == (304, b"")
        assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_if_range_continues_only_the_same_bytes(self, client, uploaded):
        path = f"{uploaded(b'0123456789')}/download"
        etag = client.get(path).headers["ETag"]
        same = client.get(path, headers={"Range": "bytes=5-", "If-Range": etag})
        other = client.get(path, headers={"Range": "bytes=5-", "If-Range": '"other"'})
        assert (same.status_code, same.content) == (206, b"56789")
        assert (other.status_code, other.content) == (200, b"0123456789")
