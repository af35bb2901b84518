"""Imports over HTTP: a file goes in, a run with results comes out, once, or a reason why not."""

import gzip
from uuid import UUID

import pytest
from fixtures.constants import MISSING_ID
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from helpers.reports import JUNIT, archive, result_json, run_json
from sqlalchemy import func, select

from ibutsu_server.db.models import Artifact, Import, Result, Run
from ibutsu_server.domain import projects
from ibutsu_server.storage import Storage
from ibutsu_server.tasks.run_import import run_import

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def storage(application, monkeypatch, tmp_path):
    """A folder that requests and tasks share: what is in memory belongs to one of them."""
    celery = application.app.extensions["celery"]
    celery.set_default()
    storage = Storage.open(tmp_path.as_uri())
    monkeypatch.setitem(application.app.config, "STORAGE", storage)
    monkeypatch.setitem(celery.conf, "artifacts_url", tmp_path.as_uri())
    return storage


@pytest.fixture(autouse=True)
def project(make_project):
    return make_project(name="shop")


def _keys(storage, folder):
    return [found.key for page in storage.list(folder) for found in page]


def _upload(client, content=JUNIT, name="junit.xml", **fields):
    return client.post("/api/import", files={"importFile": (name, content)}, data=fields)


def _import(client, *args, **fields):
    """Upload, work off, and look at it again."""
    uploaded = _upload(client, *args, **fields)
    assert uploaded.status_code == 201, uploaded.text
    run_import.apply([uploaded.json()["id"]], throw=True)
    return client.get(f"/api/import/{uploaded.json()['id']}").json()


def _results(client, run_id):
    project = client.get(f"/api/run/{run_id}").json()["project_id"]
    clauses = [f"project_id={project}", f"run_id={run_id}"]
    found = client.get("/api/result", params={"filter": clauses})
    return {result["test_id"]: result for result in found.json()["results"]}


class TestUpload:
    def test_answer_comes_before_the_work(self, api, project):
        response = _upload(api, project="shop", source="ci", metadata='{"env": "qa"}')
        assert response.status_code == 201
        body = response.json()
        assert (body["status"], body["run_id"], body["error"]) == ("pending", None, None)
        assert (body["filename"], body["format"]) == ("junit.xml", "junit")
        assert body["metadata"] == {
            "project_id": str(project.id), "source": "ci", "metadata": {"env": "qa"}, "run_id": []
        }  # fmt: skip

    def test_project_may_be_named_by_its_id(self, api, project):
        assert _upload(api, project=str(project.id)).json()["metadata"]["project_id"] == str(project.id)

    @pytest.mark.validation
    @pytest.mark.parametrize("name", ["nobody", "a\0b", MISSING_ID])
    def test_unknown_project_is_400(self, api, storage, name):
        assert_problem(_upload(api, project=name), 400, f"Project {name} doesn't exist", field="project")
        assert _keys(storage, "imports") == []

    @pytest.mark.validation
    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"not an archive", "notes.txt"),
            (b"not an archive", "notes.tar.gz"),
            (b"", "empty.xml"),
            (b"<html><body/></html>", "page.xml"),
            (b'{"tests": []}', "report.json"),
            (gzip.compress(b"<testsuites/>", mtime=0), "junit.xml.gz"),
        ],
    )
    def test_file_that_nobody_can_read_is_415_and_not_stored(self, api, storage, content, name):
        assert_problem(_upload(api, content, name, project="shop"), 415, "Unsupported Media Type")
        assert api.get("/api/import").json()["imports"] == []
        assert _keys(storage, "imports") == []

    def test_content_decides_and_not_the_name(self, api):
        assert _upload(api, JUNIT, "report", project="shop").json()["format"] == "junit"
        assert _upload(api, archive(run_json()), "run.tgz", project="shop").json()["format"] == "archive"

    @pytest.mark.validation
    def test_file_is_required(self, api):
        missing = api.post("/api/import", files={"other": b"x"}, data={"project": "shop"})
        assert_problem(missing, 400, "'importFile' is a required property", field="importFile")
        as_text = api.post("/api/import", files={"other": b"x"}, data={"importFile": "x"})
        assert_problem(as_text, 400, "no file uploaded", field="importFile")
        assert_problem(api.post("/api/import", data={"project": "shop"}), 400, "importFile")

    @pytest.mark.validation
    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "5", '"x"', "null", '{"a": "\\u0000"}', '{"env": 5}', '{"user_properties": 1}'],
    )
    def test_metadata_that_cannot_be_stored_is_400(self, api, storage, text):
        assert_problem(_upload(api, project="shop", metadata=text), 400)
        assert _keys(storage, "imports") == []

    @pytest.mark.validation
    def test_endless_source_or_name_is_400(self, api):
        assert_problem(_upload(api, project="shop", source="s" * 1025), 400, field="source")
        assert_problem(_upload(api, JUNIT, "n" * 1025, project="shop"), 400, field="importFile")

    @pytest.mark.validation
    def test_json_is_415(self, api):
        assert_problem(api.post("/api/import", json={}), 415)

    @pytest.mark.validation
    def test_file_above_the_limit_is_413_and_not_stored(self, api, storage, settings, monkeypatch):
        small = settings.model_copy(update={"import_max_bytes": len(JUNIT) - 1})
        monkeypatch.setitem(api.application.config, "SETTINGS", small)
        assert_problem(_upload(api, project="shop"), 413, "file size exceeds", field="importFile")
        assert _keys(storage, "imports") == []

    def test_files_may_be_larger_than_artifacts(self, api, settings):
        big = JUNIT + b"<!--" + b"x" * (settings.artifact_max_bytes + 2 * 2**20) + b"-->"
        assert _import(api, big, project="shop")["status"] == "done"

    def test_same_upload_again_changes_nothing(self, api, storage, db_session):
        first = _import(api, project="shop")
        again = _upload(api, project="shop")
        assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
        assert again.json() == first
        assert db_session.scalar(select(func.count()).select_from(Run)) == 1
        assert _keys(storage, "imports") == []

    def test_same_upload_while_it_waits_is_recognised(self, api):
        first = _upload(api, project="shop").json()
        assert _upload(api, project="shop").json()["id"] == first["id"]

    @pytest.mark.parametrize("change", [{"metadata": '{"a": 1}'}, {"source": "x"}, {"project": "other"}])
    def test_same_file_with_other_words_is_another_import(self, api, make_project, change):
        make_project(name="other")
        first, second = (_import(api, **{"project": "shop", **more}) for more in ({}, change))
        assert first["run_id"] != second["run_id"]

    def test_import_whose_run_was_deleted_can_be_repeated(self, api):
        first = _import(api, project="shop")
        api.delete(f"/api/run/{first['run_id']}")
        again = _import(api, project="shop")
        assert again["id"] != first["id"]
        assert api.get(f"/api/run/{again['run_id']}").json()["summary"]["tests"] == 3

    def test_import_that_failed_can_be_repeated(self, api):
        first, second = (_import(api, b"<testsuites>", project="shop") for _ in range(2))
        assert (first["status"], second["status"]) == ("error", "error")
        assert first["id"] != second["id"]


class TestJUnit:
    def test_becomes_a_run_with_results(self, api, project):
        done = _import(api, project="shop", source="ci", metadata='{"env": "qa", "build": {"n": 5}}')
        assert (done["status"], done["metadata"]["run_id"]) == ("done", [done["run_id"]])
        run = api.get(f"/api/run/{done['run_id']}").json()
        assert (run["source"], run["env"], run["project_id"]) == ("ci", "qa", str(project.id))
        assert run["start_time"] == "2024-01-15T10:30:00Z"
        assert (run["duration"], run["metadata"]["build"]) == (3.5, {"n": 5})
        summary = {"tests": 3, "passes": 1, "failures": 1, "skips": 1, "errors": 0, "pass_percent": 33}
        assert summary.items() <= run["summary"].items()

    def test_results_say_what_the_cases_said(self, api):
        done = _import(api, project="shop", metadata='{"env": "qa"}')
        results = _results(api, done["run_id"])
        assert set(results) == {"T.ok", "T.bad[a.b]", "T.later"}
        bad = results["T.bad[a.b]"]
        assert (bad["result"], bad["duration"], bad["source"], bad["env"]) == ("failed", 2.0, "S", "qa")
        assert bad["metadata"]["exception_name"] == "ValueError"
        assert bad["metadata"]["run"] == done["run_id"]
        assert (bad["metadata"]["browser"], bad["metadata"]["fspath"]) == ("firefox", "tests/mod")
        assert results["T.later"]["metadata"]["skip_reason"] == "not yet"

    def test_texts_become_artifacts_once(self, api):
        bad = _results(api, _import(api, project="shop")["run_id"])["T.bad[a.b]"]
        listed = api.get("/api/artifact", params={"resultId": bad["id"]}).json()["artifacts"]
        assert sorted(one["filename"] for one in listed) == ["system-out.log", "traceback.log"]
        contents = {one["filename"]: api.get(f"/api/artifact/{one['id']}/download").text for one in listed}
        assert contents == {"traceback.log": "line 1\nValueError", "system-out.log": "printed <this>"}

    def test_tests_can_be_found_by_their_project(self, api, project):
        run_id = _import(api, project="shop")["run_id"]
        found = api.get("/api/result", params={"filter": ["project_id=" + str(project.id), "test_id=T.ok"]})
        assert [result["run_id"] for result in found.json()["results"]] == [run_id]

    def test_id_in_the_name_is_that_of_the_run(self, api):
        id_ = "8c1f7c1e-6f0a-4a3e-9c55-3a1c2b9f0d11"
        assert _import(api, JUNIT, f"report-{id_}.xml", project="shop")["run_id"] == id_

    def test_run_that_exists_is_never_overwritten(self, api, project, make_run):
        run = make_run(id=UUID("8c1f7c1e-6f0a-4a3e-9c55-3a1c2b9f0d11"), project_id=project.id, source="old")
        failed = _import(api, JUNIT, f"{run.id}.xml", project="shop", source="new")
        assert (failed["status"], "already exist" in failed["error"]) == ("error", True)
        assert api.get(f"/api/run/{run.id}").json()["source"] == "old"

    @pytest.mark.validation
    def test_broken_file_tells_the_line_and_stores_nothing(self, api, db_session, storage):
        failed = _import(api, JUNIT.replace(b"</failure>", b"</oops>"), project="shop")
        assert failed["status"] == "error"
        assert "line 6: the XML is broken, mismatched tag" in failed["error"]
        assert db_session.scalar(select(func.count()).select_from(Run)) == 0
        assert len(_keys(storage, "imports")) == 1

    @pytest.mark.validation
    def test_case_that_cannot_be_stored_is_left_out_with_a_warning(self, api):
        bad = b"<properties><property name='env' value='%s'/></properties>" % (b"x" * 300)
        done = _import(api, JUNIT.replace(b'time="1"/>', b'time="1">%s</testcase>' % bad), project="shop")
        assert done["status"] == "done"
        assert [text.partition(" (")[0] for text in done["metadata"]["warnings"]] == ["case 1"]
        assert api.get(f"/api/run/{done['run_id']}").json()["summary"]["tests"] == 2

    def test_file_without_a_case_becomes_an_empty_run(self, api):
        done = _import(api, b"<testsuites/>", project="shop")
        assert api.get(f"/api/run/{done['run_id']}").json()["summary"]["tests"] == 0


class TestProjectOfTheFile:
    FILE = JUNIT.replace(b'name="browser" value="firefox"', b'name="project" value="shop"')

    @pytest.fixture
    def reporter(self, make_user, project):
        user = make_user()
        projects.join(project.id, user.id, role="reporter")
        return user

    def _import_as(self, send, content):
        uploaded = send("POST", "/api/import", files={"importFile": ("junit.xml", content)})
        run_import.apply([uploaded.json()["id"]], throw=True)
        return send("GET", f"/api/import/{uploaded.json()['id']}")

    def test_reporter_is_followed_there(self, db_session, api_of, reporter, project):
        db_session.commit()
        done = self._import_as(api_of(reporter), self.FILE).json()
        assert (done["status"], done["metadata"]["project_id"]) == ("done", str(project.id))

    def test_outsider_is_not(self, api_of, make_user, db_session):
        failed = self._import_as(api_of(make_user()), self.FILE).json()
        assert failed["error"] == "Project shop: Forbidden: this needs the role reporter in the project"
        assert db_session.scalar(select(func.count()).select_from(Run)) == 0

    def test_unknown_project_is_an_error(self, api_of, make_user):
        content = self.FILE.replace(b'value="shop"', b'value="nobody"')
        failed = self._import_as(api_of(make_user()), content).json()
        assert failed["error"] == "Project nobody doesn't exist"

    def test_no_project_at_all_is_an_error(self, api_of, make_user):
        failed = self._import_as(api_of(make_user()), JUNIT).json()
        assert failed["error"] == "Neither the upload nor the file names a project"

    def test_project_of_the_upload_wins(self, api, make_project):
        other = make_project(name="other")
        done = _import(api, self.FILE, project="other")
        assert api.get(f"/api/run/{done['run_id']}").json()["project_id"] == str(other.id)

    def test_reporter_who_is_none_any_more_stores_nothing(self, api_of, reporter, db_session):
        send = api_of(reporter)
        files = {"importFile": ("junit.xml", JUNIT)}
        id_ = send("POST", "/api/import", files=files, data={"project": "shop"}).json()["id"]
        db_session.delete(reporter)
        db_session.commit()
        run_import.apply([id_], throw=True)
        db_session.expire_all()
        assert "no longer active" in db_session.get(Import, Import.query.one().id).error

    def test_limited_token_must_name_its_project(self, flask_app, auth_headers, reporter, project):
        client, _ = flask_app
        headers = auth_headers(db_builders.token(reporter, project_id=project.id, role="reporter"))
        files = {"importFile": ("junit.xml", self.FILE)}
        assert_problem(client.post("/api/import", files=files, headers=headers), 403, "limited")
        named = client.post("/api/import", files=files, headers=headers, data={"project": "shop"})
        assert named.status_code == 201


class TestArchive:
    def test_ids_are_kept(self, api):
        run, result = run_json(), result_json()
        done = _import(
            api, archive(run, {"run.log": b"r"}, (result, {"a.log": b"a"})), "x.tar.gz", project="shop"
        )
        assert (done["status"], done["run_id"], done["format"]) == ("done", run["id"], "archive")
        stored = api.get(f"/api/result/{result['id']}").json()
        assert (stored["run_id"], stored["source"], stored["result"]) == (run["id"], "local", "passed")
        assert stored["metadata"]["browser"] == "firefox"
        assert "user_properties" not in stored["metadata"]

    def test_files_become_artifacts_of_run_and_result(self, api):
        run, result = run_json(), result_json()
        _import(api, archive(run, {"run.log": b"r"}, (result, {"a.log": b"a"})), "x.tar.gz", project="shop")
        for query, filename in (({"runId": run["id"]}, "run.log"), ({"resultId": result["id"]}, "a.log")):
            listed = api.get("/api/artifact", params=query).json()["artifacts"]
            assert [one["filename"] for one in listed] == [filename]
            assert api.get(f"/api/artifact/{listed[0]['id']}/view").text == filename[0]

    def test_words_of_the_upload_are_laid_over_run_and_results(self, api):
        run, result = run_json(metadata={"a": {"x": 1}, "build": 1}), result_json()
        _import(
            api,
            archive(run, (result, {})),
            "x.tar.gz",
            project="shop",
            source="ci",
            metadata='{"a": {"y": 2}}',
        )
        stored = api.get(f"/api/run/{run['id']}").json()
        assert (stored["source"], stored["metadata"]) == ("ci", {"a": {"x": 1, "y": 2}, "build": 1})
        assert api.get(f"/api/result/{result['id']}").json()["metadata"]["a"] == {"y": 2}
        assert api.get(f"/api/result/{result['id']}").json()["source"] == "local"

    @pytest.mark.parametrize(("role", "source"), [("reporter", "theirs"), ("maintainer", "local")])
    def test_run_of_others_is_changed_by_tokens_that_may(
        self, api_of, flask_app, jo, make_project, role, source
    ):
        """Jo is a maintainer, whatever the token is limited to."""
        project = make_project(users=[jo])
        run = run_json()
        db_builders.run(id=UUID(run["id"]), project_id=project.id, source="theirs")
        asked = {"name": "ci", "expires": None, "project": str(project.id), "role": role}
        token = api_of(jo)("POST", "/api/user/token", json=asked).json()["token"]
        sent = flask_app[0].post(
            "/api/import",
            files={"importFile": ("x.tar.gz", archive(run, (result_json(), {})))},
            data={"project": str(project.id)},
            headers={"Authorization": f"Bearer {token}"},
        )
        run_import.apply([sent.json()["id"]], throw=True)
        assert api_of(jo)("GET", f"/api/run/{run['id']}").json()["source"] == source

    def test_archive_again_under_another_name_doubles_nothing(self, api, project, db_session):
        content = archive(run_json(), {"run.log": b"r"}, (result_json(), {"a.log": b"a"}))
        for name in ("x.tar.gz", "y.tar.gz"):
            assert _import(api, content, name, project="shop")["status"] == "done"
        for entity, count in ((Run, 1), (Result, 1), (Artifact, 2)):
            assert db_session.scalar(select(func.count()).select_from(entity)) == count
        run = api.get("/api/run", params={"filter": f"project_id={project.id}"}).json()["runs"][0]
        assert (run["summary"]["tests"], run["duration"]) == (1, 0.5)

    def test_what_was_posted_already_is_not_doubled(self, api):
        run, result = run_json(metadata={"project": "shop"}), result_json(metadata={"project": "shop"})
        assert api.post("/api/run", json=run).status_code == 201
        assert api.post("/api/result", json={**result, "run_id": run["id"]}).status_code == 201
        form = {"filename": "a.log", "resultId": result["id"]}
        assert api.post("/api/artifact", files={"file": ("a.log", b"a")}, data=form).status_code == 201
        _import(api, archive(run, (result, {"a.log": b"a"})), "x.tar.gz", project="shop")
        assert api.get(f"/api/run/{run['id']}").json()["summary"]["tests"] == 1
        listed = api.get("/api/artifact", params={"resultId": result["id"]}).json()["artifacts"]
        assert len(listed) == 1

    def test_later_session_of_a_run_adds_to_it(self, api):
        run, first, second = run_json(), result_json(), result_json(result="failed", test_id="test_other")
        _import(api, archive(run, (first, {})), "x.tar.gz", project="shop")
        later = {**run, "source": "later"}
        assert (
            _import(api, archive(later, (first, {}), (second, {})), "x.tar.gz", project="shop")["status"]
            == "done"
        )
        stored = api.get(f"/api/run/{run['id']}").json()
        assert (stored["source"], stored["summary"]["tests"], stored["summary"]["failures"]) == (
            "later",
            2,
            1,
        )

    def test_run_of_another_project_is_never_touched(self, api, make_run):
        theirs = make_run(source="theirs")
        content = archive(run_json(id=str(theirs.id)), (result_json(), {}))
        failed = _import(api, content, "x.tar.gz", project="shop")
        assert (failed["status"], failed["run_id"]) == ("error", None)
        assert "already exist" in failed["error"]
        assert str(theirs.project_id) not in str(failed)
        assert api.get(f"/api/run/{theirs.id}").json()["summary"]["tests"] == 0

    def test_result_of_another_project_is_never_touched(self, api, make_result):
        theirs = make_result(result="failed")
        done = _import(
            api, archive(run_json(), (result_json(id=str(theirs.id)), {})), "x.tar.gz", project="shop"
        )
        assert "already exist outside" in done["metadata"]["warnings"][0]
        stored = api.get(f"/api/result/{theirs.id}").json()
        assert (stored["result"], stored["project_id"]) == ("failed", str(theirs.project_id))
        assert _results(api, done["run_id"]) == {}

    def test_run_of_a_colleague_gets_results_and_stays_as_it_is(self, api, api_of, make_user, project):
        run = run_json()
        _import(api, archive(run), "x.tar.gz", project="shop")
        user = make_user()
        projects.join(project.id, user.id, role="reporter")
        content = archive({**run, "source": "mine"}, (result_json(), {}))
        send = api_of(user)
        files = {"importFile": ("x.tar.gz", content)}
        id_ = send("POST", "/api/import", files=files, data={"project": "shop"}).json()["id"]
        run_import.apply([id_], throw=True)
        assert "somebody else" in send("GET", f"/api/import/{id_}").json()["metadata"]["warnings"][0]
        stored = api.get(f"/api/run/{run['id']}").json()
        assert (stored["source"], stored["summary"]["tests"]) == ("local", 1)

    @pytest.mark.validation
    def test_truncated_archive_is_an_error_and_stores_nothing(self, api, db_session):
        content = archive(run_json(), (result_json(), {"a.bin": bytes(range(256)) * 40}))
        failed = _import(api, content[: len(content) - 20], "x.tar.gz", project="shop")
        assert (failed["status"], failed["error"]) == ("error", "The archive is damaged or cut off")
        assert db_session.scalar(select(func.count()).select_from(Run)) == 0

    @pytest.mark.validation
    def test_result_that_breaks_the_rules_is_left_out_with_a_warning(self, api):
        content = archive(run_json(), (result_json(result="great"), {"a.log": b"a"}), (result_json(), {}))
        done = _import(api, content, "x.tar.gz", project="shop")
        first, second = done["metadata"]["warnings"]
        assert "result.json" in first
        assert "great" in first
        assert second == "a.log: belongs to no result, and was left out"
        assert api.get(f"/api/run/{done['run_id']}").json()["summary"]["tests"] == 1

    @pytest.mark.validation
    def test_archive_of_which_no_result_can_be_stored_is_an_error(self, api):
        failed = _import(
            api, archive(run_json(), (result_json(result="great"), {})), "x.tar.gz", project="shop"
        )
        assert failed["error"].startswith("None of its 1 results can be stored")


class TestReadingAndDeleting:
    def test_list_is_newest_first_and_filtered(self, api, project, make_import):
        old, new = (make_import(project_id=project.id, filename=name) for name in ("old.xml", "new.xml"))
        assert_page(api.get("/api/import"), "imports", [new.id, old.id])
        assert_page(api.get("/api/import", params={"filter": "filename=old.xml"}), "imports", [old.id])
        assert_problem(api.get("/api/import", params={"filter": "storage_key@y"}), 400)

    def test_list_shows_own_projects_and_own_uploads(self, api_of, make_user, make_project, make_import):
        user, other = make_user(), make_user()
        seen = make_import(project_id=make_project(users=[user]).id)
        own = make_import(user_id=user.id)
        make_import(project_id=make_project(users=[other]).id)
        make_import(user_id=other.id)
        assert_page(api_of(user)("GET", "/api/import"), "imports", [own.id, seen.id])

    def test_list_needs_as_many_statements_for_many_as_for_one(
        self, api, project, make_import, count_statements
    ):
        counts = []
        for number in (1, 20):
            for _ in range(number):
                make_import(project_id=project.id)
            with count_statements() as statements:
                api.get("/api/import", params={"pageSize": 100})
            counts.append(len(statements))
        assert counts[0] == counts[1]

    @pytest.mark.validation
    def test_unknown_import_is_404(self, api):
        assert_problem(api.get(f"/api/import/{MISSING_ID}"), 404)
        assert_problem(api.delete(f"/api/import/{MISSING_ID}"), 404)
        assert_problem(api.get("/api/import/x"), 400, "is not a valid UUID")

    def test_import_without_project_is_its_uploaders_alone(self, api_of, make_user, make_import):
        user = make_user()
        import_ = make_import(user_id=user.id)
        assert_problem(api_of(make_user())("GET", f"/api/import/{import_.id}"), 403)
        assert_problem(api_of(make_user())("DELETE", f"/api/import/{import_.id}"), 403)
        assert api_of(user)("DELETE", f"/api/import/{import_.id}").json() == "OK"

    def test_run_stays_when_its_import_is_deleted(self, api):
        done = _import(api, project="shop")
        assert api.delete(f"/api/import/{done['id']}").status_code == 200
        assert api.get(f"/api/run/{done['run_id']}").status_code == 200

    def test_import_that_is_deleted_before_its_turn_stores_nothing(self, api, db_session):
        id_ = _upload(api, project="shop").json()["id"]
        api.delete(f"/api/import/{id_}")
        run_import.apply([id_], throw=True)
        assert db_session.scalar(select(func.count()).select_from(Run)) == 0


class TestCancelAndRetry:
    @pytest.fixture
    def failed(self, api):
        return _import(api, b"<testsuite><testcase></testsuite>", project="shop")

    def test_import_that_failed_is_tried_again(self, api, failed):
        answer = api.post(f"/api/import/{failed['id']}/retry")
        assert (answer.status_code, answer.json()["status"]) == (200, "pending")
        run_import.apply([failed["id"]], throw=True)
        assert api.get(f"/api/import/{failed['id']}").json()["error"] == failed["error"]

    def test_waiting_import_is_cancelled(self, api, db_session, failed):
        db_session.get(Import, UUID(failed["id"])).status = "pending"
        db_session.commit()
        answer = api.post(f"/api/import/{failed['id']}/cancel").json()
        assert answer["status"] == "error"
        assert answer["error"].startswith("It was cancelled by ")

    @pytest.mark.validation
    def test_import_that_is_over_can_be_neither_cancelled_nor_tried_again(self, api):
        done = _import(api, JUNIT, project="shop")
        for verb in ("cancel", "retry"):
            assert_problem(api.post(f"/api/import/{done['id']}/{verb}"), 409, "status is done")
