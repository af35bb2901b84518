"""How long projects keep what they were sent, and how much they may have, over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from helpers import db_builders
from helpers.assertions import assert_page, assert_problem
from helpers.factories import result_body, run_body

from ibutsu_server.db.models import Run
from ibutsu_server.db.types import now
from ibutsu_server.domain import artifacts, policies, quotas, retention
from ibutsu_server.tasks.apply_retention import apply_retention

pytestmark = pytest.mark.integration

DAY = timedelta(days=1)
NOTHING = dict.fromkeys((*policies.AGES, *policies.QUOTAS))
NONE = {"count": 0, "bytes": 0, "oldest": None}


@pytest.fixture(autouse=True)
def fresh(flask_app):
    """Nothing is known of quotas that other tests have set."""
    with flask_app[0].application.app_context():
        quotas.forget()


@pytest.fixture
def owner(make_user):
    return make_user(email="owner@example.com")


@pytest.fixture
def shop(make_project, owner, jo):
    return make_project(name="shop", owner_id=owner.id, users=[jo])


@pytest.fixture
def send(api_of, owner):
    return api_of(owner)


@pytest.fixture
def url(shop):
    return f"/api/project/{shop.id}/retention"


@pytest.fixture
def allow(api, url):
    """What a superadmin allows the project."""

    def allow(**quota):
        response = api.put(url, json=quota)
        assert response.status_code == 200, response.text

    return allow


@pytest.fixture
def upload(send):
    def upload(parent, content, **form):
        name = "runId" if isinstance(parent, Run) else "resultId"
        files = {"file": ("a.log", content)}
        return send(
            "POST", "/api/artifact", files=files, data={"filename": "a.log", name: str(parent.id), **form}
        )

    return upload


class TestPolicy:
    def test_project_that_says_nothing_has_what_the_server_is_set_up_for(self, send, url, shop):
        effective = {**NOTHING, "keep_imports_days": 7}
        assert send("GET", url).json() == {"project_id": str(shop.id), **NOTHING, "effective": effective}

    def test_what_is_named_changes_and_the_rest_stays(self, send, url):
        send("PUT", url, json={"keep_results_days": 90, "keep_imports_days": 3})
        send("PUT", url, json={"keep_results_days": 60, "keep_runs_days": 0})
        found = send("GET", url).json()
        said = {"keep_imports_days": 3, "keep_results_days": 60}
        assert {**found, "effective": None} == {
            **NOTHING,
            **said,
            "project_id": found["project_id"],
            "keep_runs_days": 0,
            "effective": None,
        }
        assert found["effective"] == {**NOTHING, **said}

    def test_null_goes_back_to_what_the_server_is_set_up_for_and_zero_is_for_ever(self, send, url):
        send("PUT", url, json={"keep_imports_days": 3})
        assert (
            send("PUT", url, json={"keep_imports_days": 0}).json()["effective"]["keep_imports_days"] is None
        )
        assert (
            send("PUT", url, json={"keep_imports_days": None}).json()["effective"]["keep_imports_days"] == 7
        )

    def test_what_was_answered_can_be_sent_back(self, send, url, allow):
        allow(max_bytes=10**9)
        found = send("PUT", url, json={"keep_results_days": 90}).json()
        response = send("PUT", url, json=found)
        assert (response.status_code, response.json()) == (200, found)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"keep_artifacts_days": 91, "keep_results_days": 90}, "keep_artifacts_days"),
            ({"keep_results_days": 91, "keep_runs_days": 90}, "keep_results_days"),
            ({"keep_results_days": 0, "keep_runs_days": 90}, "keep_results_days"),
            ({"keep_artifacts_days": 91, "keep_runs_days": 90}, "keep_artifacts_days"),
            ({"keep_runs_days": -1}, "keep_runs_days"),
            ({"keep_runs_days": 1.5}, "keep_runs_days"),
            ({"keep_runs_days": "90"}, "keep_runs_days"),
            ({"keep_runs_days": 36501}, "keep_runs_days"),
            ({"keep_days": 90}, None),
        ],
        ids=str,
    )
    def test_policy_that_cannot_be_is_400_and_names_the_field(self, send, url, body, field):
        assert_problem(send("PUT", url, json=body), 400, field=field)
        assert send("GET", url).json()["keep_runs_days"] is None

    def test_order_is_checked_against_what_is_stored_already(self, send, url):
        send("PUT", url, json={"keep_runs_days": 90})
        text = "keep_results_days (100 days) is more than keep_runs_days (90 days): results go with their run"
        assert_problem(
            send("PUT", url, json={"keep_results_days": 100}), 400, text, field="keep_results_days"
        )

    @pytest.mark.parametrize("quota", [{"max_bytes": 1}, {"max_results": 1}], ids=str)
    def test_owner_does_not_give_the_project_more_room(self, send, url, quota):
        (name,) = quota
        assert_problem(send("PUT", url, json=quota), 403, "only superadmins", field=name)


class TestPreview:
    @pytest.fixture
    def old_things(self, shop, make_run, make_result, make_artifact):
        """Three runs of a hundred days ago, with two results each, one of them is kept."""
        for is_kept in (True, False, False):
            at = {"project_id": shop.id, "start_time": now() - 100 * DAY}
            run = make_run(is_kept=is_kept, **at)
            for _ in range(2):
                result = make_result(run_id=run.id, **at)
                make_artifact(result_id=result.id, content=b"12345", upload_date=now() - 100 * DAY)
            make_artifact(run_id=run.id, content=b"1234567", upload_date=now() - 10 * DAY)
        make_result(run_id=None, project_id=shop.id, start_time=now() - 200 * DAY)
        db_builders.import_(project_id=shop.id, created=now() - 8 * DAY, storage_key="imports/a", size=9)

    def _counts(self, response):
        return {kind: found["count"] for kind, found in response.json().items()}

    @pytest.mark.usefixtures("old_things")
    def test_nothing_but_imports_goes_where_nobody_has_said_anything(self, send, url):
        found = send("GET", f"{url}/preview").json()
        assert (found["imports"]["count"], found["imports"]["bytes"]) == (1, 9)
        assert found["artifacts"] == found["results"] == found["runs"] == NONE

    @pytest.mark.parametrize(
        ("ages", "expected"),
        [
            ({"keep_artifacts_days": 50}, (4, 20, 0, 0)),
            ({"keep_artifacts_days": 5}, (6, 34, 0, 0)),
            ({"keep_results_days": 50}, (4, 20, 5, 0)),
            ({"keep_results_days": 150}, (0, 0, 1, 0)),
            ({"keep_runs_days": 50}, (6, 34, 4, 2)),
            ({"keep_runs_days": 50, "keep_results_days": 40, "keep_artifacts_days": 30}, (6, 34, 5, 2)),
            ({"keep_runs_days": 300, "keep_results_days": 40, "keep_artifacts_days": 5}, (6, 34, 5, 0)),
        ],
        ids=str,
    )
    @pytest.mark.usefixtures("old_things")
    def test_ages_that_are_asked_for_are_looked_at_and_what_is_told_is_what_goes(
        self, send, url, ages, expected, celery_of
    ):
        found = send("GET", f"{url}/preview", params=ages).json()
        told = found["artifacts"]["count"], found["artifacts"]["bytes"]
        assert (*told, found["results"]["count"], found["runs"]["count"]) == expected
        before = self._stored(send)
        send("PUT", url, json=ages)
        celery_of(apply_retention)
        gone = [was - is_ for was, is_ in zip(before, self._stored(send), strict=True)]
        assert gone == [expected[0], expected[2], expected[3]]
        assert self._counts(send("GET", f"{url}/preview")) == dict.fromkeys(found, 0)

    @pytest.fixture
    def celery_of(self, application, db_session, tmp_path, monkeypatch):
        celery = application.app.extensions["celery"]
        monkeypatch.setitem(celery.conf, "artifacts_url", tmp_path.as_uri())
        celery.set_default()

        def apply(task):
            task.apply(throw=True)
            db_session.expire_all()

        return apply

    def _stored(self, send):
        return [
            send("GET", f"/api/{noun}").json()["pagination"]["totalItems"]
            for noun in ("artifact", "result", "run")
        ]

    @pytest.mark.usefixtures("old_things")
    def test_oldest_is_told(self, send, url):
        found = send("GET", f"{url}/preview", params={"keep_results_days": 50}).json()
        assert found["results"]["oldest"] < found["artifacts"]["oldest"] < found["imports"]["oldest"]

    def test_wrong_age_is_400(self, send, url):
        for age in ("-1", "x", "36501"):
            response = send("GET", f"{url}/preview", params={"keep_runs_days": age})
            assert_problem(response, 400, field="keep_runs_days")
        ages = {"keep_runs_days": 1, "keep_results_days": 2}
        assert_problem(send("GET", f"{url}/preview", params=ages), 400, field="keep_results_days")


class TestKeptRun:
    def test_maintainer_marks_a_run_and_finds_it_by_that(self, api_of, jo, shop, make_run):
        run, send = make_run(project_id=shop.id), api_of(jo)
        make_run(project_id=shop.id)
        response = send("PUT", f"/api/run/{run.id}", json={"is_kept": True})
        assert (response.status_code, response.json()["is_kept"]) == (200, True)
        assert_page(send("GET", "/api/run", params={"filter": "is_kept=true"}), "runs", [run.id])
        assert send("PUT", f"/api/run/{run.id}", json={"is_kept": None}).json()["is_kept"] is True
        assert send("PUT", f"/api/run/{run.id}", json={"is_kept": False}).json()["is_kept"] is False

    def test_reporter_cannot_but_sends_back_what_was_answered(self, api_of, make_user, shop):
        reporter = make_user()
        db_builders.projects.join(shop.id, reporter.id, role="reporter")
        db_builders.db.session.commit()
        send = api_of(reporter)
        run = send("POST", "/api/run", json=run_body("shop", is_kept=True)).json()
        assert run["is_kept"] is False
        assert send("PUT", f"/api/run/{run['id']}", json=run).status_code == 200
        assert_problem(send("PUT", f"/api/run/{run['id']}", json={"is_kept": True}), 403, "maintainer")


class TestQuotaOfBytes:
    @pytest.fixture
    def run(self, shop, make_run):
        return make_run(project_id=shop.id)

    def test_file_that_does_not_fit_any_more_is_507_until_something_goes(self, allow, upload, run, send):
        allow(max_bytes=3000)
        first = upload(run, b"x" * 2000).json()
        text = (
            "Project shop stores 2.0 KiB of 2.9 KiB, and 1001 bytes more do not fit: delete what is not "
            "needed any more, or ask an administrator for a larger quota"
        )
        assert_problem(upload(run, b"x" * 1001), 507, text)
        assert upload(run, b"x" * 1000).status_code == 201
        send("DELETE", f"/api/artifact/{first['id']}")
        assert upload(run, b"x" * 2000).status_code == 201

    def test_file_larger_than_all_of_it_is_413(self, allow, upload, run):
        allow(max_bytes=3000)
        text = "The file has 2.9 KiB, and the quota of the whole project is 2.9 KiB"
        assert_problem(upload(run, b"x" * 3001), 413, text, field="file")

    def test_upload_that_is_repeated_is_answered_as_before_however_full(self, allow, upload, run):
        allow(max_bytes=3000)
        id_ = str(uuid4())
        for _ in range(2):
            assert upload(run, b"x" * 3000, id=id_).status_code == 201
        assert_problem(upload(run, b"x"), 507)

    def test_import_that_does_not_fit_is_507_and_leaves_nothing(self, allow, send, flask_app):
        storage = flask_app[0].application.config["STORAGE"]
        before = [found.key for page in storage.list("imports") for found in page]
        allow(max_bytes=100)
        for content, status in ((b"<testsuites>" + b" " * 90, 413), (b"<testsuites/>", 201)):
            files = {"importFile": ("a.xml", content)}
            response = send("POST", "/api/import", files=files, data={"project": "shop"})
            assert response.status_code == status, response.text
        allow(max_bytes=20)
        files = {"importFile": ("b.xml", b"<testsuites />")}
        assert_problem(
            send("POST", "/api/import", files=files, data={"project": "shop"}), 507, "Project shop"
        )
        assert send("GET", "/api/import").json()["pagination"]["totalItems"] == 1
        assert len([found.key for page in storage.list("imports") for found in page]) == len(before) + 1

    def test_other_projects_have_their_own_room(self, allow, upload, make_run, owner, make_project):
        allow(max_bytes=1)
        elsewhere = make_run(project_id=make_project(owner_id=owner.id).id)
        assert upload(elsewhere, b"x" * 100).status_code == 201

    def test_quota_that_is_taken_back_lets_everything_in_again(self, allow, upload, run):
        allow(max_bytes=1)
        assert upload(run, b"xx").status_code == 413
        allow(max_bytes=None)
        assert upload(run, b"xx").status_code == 201


class TestQuotaOfResults:
    def test_result_too_many_is_507_until_one_goes(self, allow, send, monkeypatch):
        allow(max_results=3)
        bodies = [result_body("shop", id=str(uuid4())) for _ in range(4)]
        for body in bodies[:3]:
            assert send("POST", "/api/result", json=body).status_code == 201
        text = "Project shop has 3 of 3 results, and 1 more do not fit"
        assert_problem(send("POST", "/api/result", json=bodies[3]), 507, text)
        assert send("POST", "/api/result", json=bodies[0]).status_code == 201
        monkeypatch.setattr(quotas, "FULL_SECONDS", 0)
        send("DELETE", f"/api/result/{bodies[1]['id']}")
        assert send("POST", "/api/result", json=bodies[3]).status_code == 201

    @pytest.mark.usefixtures("shop")
    def test_nobody_pays_a_statement_where_no_quota_is_set(self, send, count_statements):
        send("POST", "/api/result", json=result_body("shop"))
        with count_statements() as statements:
            assert send("POST", "/api/result", json=result_body("shop")).status_code == 201
        assert [text for text in statements if "project_policies" in text or "usages" in text] == []
        assert [text for text in statements if "sum(" in text] == []

    def test_room_is_not_counted_with_every_result(self, allow, send, count_statements):
        allow(max_results=100)
        send("POST", "/api/result", json=result_body("shop"))
        with count_statements() as statements:
            for _ in range(5):
                send("POST", "/api/result", json=result_body("shop"))
        assert [text for text in statements if "sum(" in text] == []


def test_files_are_really_gone_after_retention_and_clean_up(
    send, url, upload, shop, make_run, make_result, application, flask_app, db_session
):
    old = now() - 100 * DAY
    kept = make_run(project_id=shop.id, start_time=old, is_kept=True)
    run = make_run(project_id=shop.id, start_time=old)
    results = [make_result(run_id=one.id, project_id=shop.id, start_time=old) for one in (run, run, kept)]
    for parent in (run, *results):
        assert upload(parent, b"x" * 1000).status_code == 201
    send("PUT", url, json={"keep_results_days": 50, "keep_runs_days": 90})
    storage = flask_app[0].application.config["STORAGE"]
    retention.apply(storage, policies.UNLIMITED)
    artifacts.clean_up(storage, older_than=timedelta(0))
    files = [found for page in storage.list(f"artifacts/{shop.id}") for found in page]
    assert [found.size for found in files] == [1000]
    assert send("GET", f"/api/project/{shop.id}/usage").json()["stored_bytes"] == 1000


class TestUsage:
    def test_owner_sees_what_is_stored_and_what_was_sent(self, send, shop, upload, make_run, allow):
        allow(max_bytes=10**6)
        run = make_run(project_id=shop.id)
        send("POST", "/api/result", json=result_body("shop", str(run.id)))
        upload(run, b"12345")
        found = send("GET", f"/api/project/{shop.id}/usage").json()
        months = found.pop("months")
        assert found == {
            "project_id": str(shop.id),
            "name": "shop",
            "stored_bytes": 5,
            "results": 1,
            "max_bytes": 10**6,
            "max_results": None,
        }
        this = {"month": f"{now():%Y-%m}", "results": 1, "artifact_bytes": 5, "import_bytes": 0, "imports": 0}
        assert (len(months), months[0]) == (12, this)
        assert months[1]["results"] == 0

    @pytest.mark.parametrize(("months", "status"), [(1, 200), (120, 200), (0, 400), (121, 400), ("x", 400)])
    def test_as_many_months_as_asked_for(self, send, shop, months, status):
        response = send("GET", f"/api/project/{shop.id}/usage", params={"months": months})
        assert response.status_code == status
        assert status == 400 or len(response.json()["months"]) == months

    def test_last_moment_of_all_time_is_in_no_month(self, send, shop, make_run, make_result):
        end = datetime.max.replace(tzinfo=UTC)
        make_run(project_id=shop.id, start_time=end)
        make_result(run_id=None, project_id=shop.id, start_time=end)
        response = send("GET", f"/api/project/{shop.id}/usage")
        assert response.status_code == 200
        assert {month["results"] for month in response.json()["months"]} == {0}

    def test_superadmin_sees_every_project_the_largest_first(self, api, make_artifact, make_project):
        small, large = (make_artifact(content=b"x" * size) for size in (10, 20))
        empty = make_project(name="zzz")
        response = api.get("/api/admin/usage").json()
        assert [one["project_id"] for one in response["projects"]] == [
            str(large.project_id),
            str(small.project_id),
            str(empty.id),
        ]
        assert [(one["stored_bytes"], one["results"]) for one in response["projects"]] == [
            (20, 1),
            (10, 1),
            (0, 0),
        ]
        page = api.get("/api/admin/usage", params={"page": 2, "pageSize": 1}).json()
        assert page["projects"][0]["stored_bytes"] == 10
        assert page["pagination"]["totalItems"] == 3
