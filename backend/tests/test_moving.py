"""Moving in from an Ibutsu 3 server: by the real command, from a real PostgreSQL, seen through our API."""

import json
import os
import signal
import subprocess
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import bcrypt
import jwt
import pytest
from click.testing import CliRunner
from filelock import FileLock
from helpers import deployment
from helpers.old_server import OldServer
from helpers.processes import COMMAND, READY_SECONDS, Server, environment, run
from sqlalchemy import create_engine, text
from sqlalchemy.exc import InternalError

from ibutsu_server import moving
from ibutsu_server.cli import main
from ibutsu_server.moving.progress import Progress
from ibutsu_server.moving.source import Source

pytestmark = [pytest.mark.integration, pytest.mark.slow]

SECRET = "the secret of the old server, long enough"
PASSWORD = "what I always used"
NAMES = ("first", "second")
DEEP = 150
MEBIBYTE = 1024 * 1024


def _hash(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def _jwt(user, secret=SECRET, days=30, **claims):
    made = datetime.now(UTC)
    end = (made + timedelta(days=days)).timestamp() + 0.5  # a float, as the old server makes them
    whole = {"iss": "org.ibutsu-project.server", "iat": int(made.timestamp()), "exp": end, "sub": user}
    return jwt.encode(whole | claims, secret, algorithm="HS256")


class Target:
    """Where it goes: the variables of our server, and what is in its database."""

    def __init__(self, kind, folder, stack):
        self.folder = folder
        self.variables = {"IBUTSU_DATA_DIR": str(folder), "JWT_SECRET": SECRET}
        self.url = f"sqlite:///{folder / 'ibutsu.db'}"
        if kind == "postgresql":
            self.url = stack.enter_context(deployment.database())
            broker = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:1/0")
            self.variables |= {"SQLALCHEMY_DATABASE_URI": self.url, "CELERY_BROKER_URL": broker}
            assert run("db", "upgrade", **self.variables).returncode == 0
        self.report = folder / "report.jsonl"

    def command(self, old, *arguments):
        return ["migrate-from-ibutsu", "--source", old.url, "--report", str(self.report), *arguments]

    def move(self, old, *arguments):
        return run(*self.command(old, *arguments), **self.variables)

    def rows(self, statement, **values):
        engine = create_engine(self.url)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(statement), values)]
        engine.dispose()
        return found

    def fates(self):
        """By what and id: the reasons that the report tells."""
        told = {}
        for line in map(json.loads, self.report.read_text().splitlines()):
            if "what" in line:
                told.setdefault((line["what"], line["id"]), []).append((line["fate"], line["reason"]))
        return told


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    with ExitStack() as stack:
        yield Target(request.param, tmp_path, stack)


@pytest.fixture
def old():
    with deployment.database() as url:
        server = OldServer(url)
        yield server
        server.close()


def _people(old):
    group = old.add("groups", name="quality", data={"floor": 3})
    boss = old.add(
        "users", email="boss@example.com", _password=_hash(PASSWORD), is_active=True, is_superadmin=True
    )
    jo = old.add(
        "users", email="jo@example.com", _password=_hash(PASSWORD), is_active=True, name="Jo", group_id=group
    )
    second = old.add("users", email="Jo@Example.com", _password=_hash("other"))
    closed = old.add("users", email="out@example.com", _password=_hash(PASSWORD), activation_code="abc")
    hub = old.add("users", email="hub@example.com", _password="1234567", is_active=True)
    token = _jwt(jo)
    old.add("tokens", name="login-token", token=_jwt(jo, of="a browser"), user_id=jo)
    tokens = {
        "good": old.add("tokens", name="ci", token=token, user_id=jo, expires="2099-01-01"),
        "over": old.add("tokens", name="over", token=_jwt(jo, days=-1), user_id=jo, expires="2020-01-01"),
        "foreign": old.add("tokens", name="foreign", token=_jwt(jo, "x" * 40), user_id=jo),
        "not theirs": old.add("tokens", name="stolen", token=_jwt(boss), user_id=jo),
        "endless": old.add("tokens", name="endless", token=jwt.encode({"sub": jo}, SECRET), user_id=jo),
    }
    return SimpleNamespace(
        group=group,
        boss=boss,
        jo=jo,
        second=second,
        closed=closed,
        hub=hub,
        tokens=tokens,
        token=token,
    )


def _projects(old, people):
    add = lambda **values: old.add("projects", **values)  # noqa: E731
    shop = add(name="shop", title="The shop", owner_id=people.jo, group_id=people.group)
    found = SimpleNamespace(
        shop=shop,
        twin=add(name="SHOP", owner_id=people.boss),
        nameless=add(),
        lookalike=add(name=str(uuid4())),
    )
    for user, project in ((people.jo, shop), (people.closed, shop), (people.jo, found.twin)):
        old.add("users_projects", user_id=user, project_id=project)
    return found


def _runs(old, projects):
    add = lambda **values: old.add("runs", **{"start_time": "2026-03-01 10:00", **values})  # noqa: E731
    nested = "1"
    for _ in range(DEEP):
        nested = f'{{"a": {nested}}}'
    return SimpleNamespace(
        plain=add(
            project_id=projects.shop,
            component="cart",
            summary={"tests": 99, "collected": 5, "note": "x"},
            data={"jenkins": {"job_name": "nightly"}},
            duration=1.5,
        ),
        reported=add(project_id=projects.shop, summary={"tests": "7", "failures": 2, "skips": "many"}),
        adopted=add(),
        lost=add(),
        older=add(project_id=projects.twin, start_time="2020-01-01"),
        odd=add(
            project_id=projects.shop,
            data=[1, 2],
            summary='"none"',
            component="c" * 300,
            start_time="infinity",
            duration=float("nan"),
        ),
        deep=add(project_id=projects.shop, data=nested),
    )


def _results(old, projects, runs):
    def add(**values):
        said = {"run_id": runs.plain, "project_id": projects.shop, "start_time": "2026-03-01 10:00"}
        return old.add("results", **{**said, "test_id": "test_a", "duration": 2.0, **values})

    return SimpleNamespace(
        passed=add(result="passed", data={"tags": ["x"]}, params={"browser": "firefox"}, env="qa"),
        failed=add(result="failed", start_time="2026-03-01 10:00:05.25"),
        manual=add(result="manual", test_id="test_b"),
        odd=add(result="PASS", data={"result": 1}, duration=float("inf")),
        long=add(result="passed", test_id="é" * 2000, component="x" * 1000, data=["list"]),
        timeless=add(start_time="-infinity", result="error"),
        alone=add(run_id=None, result="passed"),
        nowhere=add(run_id=None, project_id=None),
        unplaced=add(project_id=None, result="skipped"),
        elsewhere=add(project_id=projects.twin, result="passed"),
        adopted=add(run_id=runs.adopted, result="passed"),
        lost=add(run_id=runs.lost, project_id=None),
    )


def _artifacts(old, runs, results):
    add = lambda **values: old.add("artifacts", **{"filename": "a.log", "content": b"text\n", **values})  # noqa: E731
    return SimpleNamespace(
        small=add(result_id=results.passed, data={"k": "v"}, upload_date="2026-03-01 11:00"),
        large=add(result_id=results.failed, filename="core", content=os.urandom(300) * 10_000),
        of_run=add(run_id=runs.plain, filename="run.txt", content=b"of the run"),
        alone=add(result_id=results.alone, content=b"alone"),
        empty=add(result_id=results.passed, content=b"", filename=None),
        without=add(result_id=results.passed, content=None),
        lost=add(result_id=results.nowhere),
        dangling=add(result_id=str(uuid4())),
        fallen=add(result_id=str(uuid4()), run_id=runs.plain, content=b"fallen"),
    )


def _dashboards(old, people, projects):
    board = old.add("dashboards", title="Board", project_id=projects.shop, filters="env=qa", description=None)
    private = old.add("dashboards", title="Mine", user_id=people.jo)
    foreign = old.add("dashboards", title="Theirs", project_id=projects.twin)
    old.run("UPDATE projects SET default_dashboard_id = %s WHERE id = %s", board, projects.shop)
    old.run("UPDATE projects SET default_dashboard_id = %s WHERE id = %s", board, projects.twin)
    place = {"project_id": projects.shop, "dashboard_id": board, "type": "widget"}
    params = {"jenkins_job_name": "nightly", "builds": "several", "colour": "red"}
    widgets = SimpleNamespace(
        heatmap=old.add("widget_configs", **place, widget="jenkins-heatmap", params=params, weight=3),
        unknown=old.add("widget_configs", **place, widget="weather", params={"town": "Brno"}),
        none=old.add("widget_configs", **place),
        view=old.add("widget_configs", widget="jenkins-job-view", type="view", project_id=projects.shop),
    )
    return SimpleNamespace(board=board, private=private, foreign=foreign, widgets=widgets)


@pytest.fixture(scope="module", params=[("sqlite", "uuid", True), ("postgresql", "varchar", False)], ids=str)
def moved(request, tmp_path_factory):
    """A server with everything odd, moved, and ours running on it."""
    kind, ids, sound = request.param
    with ExitStack() as stack:
        old = OldServer(stack.enter_context(deployment.database()), ids=ids, sound=sound)
        stack.callback(old.close)
        target = Target(kind, tmp_path_factory.mktemp("moved"), stack)
        people = _people(old)
        projects = _projects(old, people)
        runs = _runs(old, projects)
        results = _results(old, projects, runs)
        artifacts = _artifacts(old, runs, results)
        dashboards = _dashboards(old, people, projects)
        if not sound:
            results.dangling = old.add(
                "results", run_id=str(uuid4()), project_id=projects.shop, result="passed"
            )
            results.strange = old.add("results", id="no-uuid", run_id=runs.older, project_id=projects.twin)
        imports = [old.add("imports", status=status, filename="a.xml") for status in ("done", "running")]
        dry = target.move(old, "--dry-run")
        dry_users = target.rows("SELECT count(*) FROM users")
        target.report.unlink()
        done = target.move(old)
        server = stack.enter_context(Server(**target.variables))
        client = stack.enter_context(server.client(people.token))
        boss = stack.enter_context(server.client("none"))
        login = boss.post("/login", json={"email": "boss@example.com", "password": PASSWORD})
        assert login.status_code == 200, done.stdout + done.stderr
        boss.headers["Authorization"] = f"Bearer {login.json()['token']}"
        yield SimpleNamespace(**locals())


def _get(client, path, **query):
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_it_ends_well_and_tells_where_things_are(moved):
    assert moved.done.returncode == 0, moved.done.stdout + moved.done.stderr
    assert "Nothing is missing without a reason" in moved.done.stdout
    assert str(moved.target.report) in moved.done.stdout


def test_dry_run_copies_nothing_and_tells_what_is_wrong(moved):
    assert moved.dry.returncode == 0, moved.dry.stderr
    assert moved.dry_users == [(0,)]
    assert "4 projects would be copied" in moved.dry.stdout
    assert "1 result: result is no outcome that there is" in moved.dry.stdout


def test_table_has_a_line_for_each_project(moved):
    lines = [line.split() for line in moved.done.stdout.splitlines()]
    shop = next(line for line in lines if line[:3] == ["artifacts", "of", "shop"])
    assert shop[3:] == ["7", "6", "1", "0"]
    assert ["runs", "of", "(no", "project)", "2", "1", "1", "0"] in lines


@pytest.mark.parametrize("name", ["jo", "boss"])
def test_people_sign_in_with_their_old_password(moved, name):
    asked = {"email": f"{name}@example.com", "password": PASSWORD}
    assert moved.boss.post("/login", json=asked).status_code == 200
    assert moved.boss.post("/login", json=asked | {"password": "wrong"}).status_code == 401


def test_who_was_inactive_stays_so(moved):
    answer = moved.boss.post("/login", json={"email": "out@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (401, "INACTIVE")


def test_who_came_by_a_provider_has_no_password(moved):
    answer = moved.boss.post("/login", json={"email": "hub@example.com", "password": "1234567"})
    assert answer.status_code == 401
    assert moved.target.rows("SELECT password_hash FROM users WHERE email = 'hub@example.com'") == [(None,)]


def test_second_account_of_a_mailbox_stays_apart(moved):
    second = _get(moved.boss, f"/admin/user/{moved.people.second}")
    assert second["email"] == f"Jo+{UUID(moved.people.second).hex[:8]}@Example.com"
    assert second["is_active"] is False
    assert ("user", moved.people.second) in moved.target.fates()


def test_old_token_of_a_program_goes_on_working(moved):
    assert _get(moved.client, "/user")["id"] == moved.people.jo


def test_old_token_opens_nothing_as_a_cookie(moved):
    cookies = {"Cookie": f"ibutsu_access={moved.people.token}", "Authorization": ""}
    posted = moved.client.post("/project", json={"name": "forged"}, headers=cookies)
    assert posted.status_code in (401, 403)


@pytest.mark.parametrize("which", ["over", "foreign", "not theirs", "endless"])
def test_other_tokens_are_told_of(moved, which):
    id_ = moved.people.tokens[which]
    assert moved.target.fates()["token", id_][0][0] == "left out"
    assert id_ not in {token["id"] for token in _get(moved.client, "/user/token")["tokens"]}


def test_no_secret_is_in_the_report(moved):
    assert "eyJ" not in moved.target.report.read_text()
    assert moved.target.report.stat().st_mode & 0o077 == 0


def test_projects_keep_their_ids_and_have_names_of_their_own(moved):
    names = {project["id"]: project["name"] for project in _get(moved.boss, "/admin/project")["projects"]}
    assert names[moved.projects.shop] == "shop"
    assert names[moved.projects.twin] == f"SHOP-{UUID(moved.projects.twin).hex[:8]}"
    assert names[moved.projects.nameless] == f"project-{UUID(moved.projects.nameless).hex[:8]}"
    assert names[moved.projects.lookalike].startswith("project-")


def test_owner_group_and_members_stay(moved):
    shop = _get(moved.boss, f"/admin/project/{moved.projects.shop}")
    assert (shop["owner_id"], shop["group_id"]) == (moved.people.jo, moved.people.group)
    assert {user["id"] for user in shop["users"]} == {moved.people.jo, moved.people.closed}


def test_run_is_counted_from_its_results(moved):
    run = _get(moved.client, f"/run/{moved.runs.plain}")
    counts = {key: run["summary"][key] for key in ("tests", "passes", "failures", "manual", "collected")}
    assert counts == {"tests": 8, "passes": 3, "failures": 1, "manual": 1, "collected": 5}
    assert run["summary"]["note"] == "x"
    assert run["metadata"] == {"jenkins": {"job_name": "nightly"}}
    assert run["duration"] == 14


def test_run_without_results_keeps_what_was_said(moved):
    summary = _get(moved.client, f"/run/{moved.runs.reported}")["summary"]
    assert (summary["tests"], summary["failures"], summary["skips"]) == (7, 2, 0)


def test_run_without_project_is_in_that_of_its_results(moved):
    assert _get(moved.client, f"/run/{moved.runs.adopted}")["project_id"] == moved.projects.shop
    assert moved.boss.get(f"/run/{moved.runs.lost}").status_code == 404
    assert moved.target.fates()["run", moved.runs.lost] == [("left out", "it belongs to no project")]


def test_odd_run_is_kept_as_far_as_it_can_be(moved):
    run = _get(moved.client, f"/run/{moved.runs.odd}")
    assert run["metadata"] == {"component": "c" * 300, "metadata": [1, 2]}
    assert run["component"] == "c" * 255
    assert run["duration"] is None
    assert len(moved.target.fates()["run", moved.runs.odd]) == 5


def test_metadata_that_is_too_deep_is_kept_as_text(moved):
    metadata = _get(moved.client, f"/run/{moved.runs.deep}")["metadata"]
    assert metadata["metadata"].count("{") == DEEP


def test_result_is_as_it_was(moved):
    result = _get(moved.client, f"/result/{moved.results.passed}")
    assert result == {
        **result,
        "id": moved.results.passed,
        "test_id": "test_a",
        "start_time": "2026-03-01T10:00:00Z",
        "duration": 2.0,
        "result": "passed",
        "env": "qa",
        "run_id": moved.runs.plain,
        "project_id": moved.projects.shop,
        "metadata": {"tags": ["x"]},
        "params": {"browser": "firefox"},
    }


def test_odd_results_are_kept_as_far_as_they_can_be(moved):
    odd, long, timeless = (
        _get(moved.client, f"/result/{id_}")
        for id_ in (moved.results.odd, moved.results.long, moved.results.timeless)
    )
    assert (odd["result"], odd["duration"], odd["metadata"]) == (None, None, {"result": 1})
    assert long["test_id"] == "é" * 1300
    assert long["metadata"]["test_id"] == "é" * 2000
    assert long["metadata"]["metadata"] == ["list"]
    assert timeless["start_time"] > "2026"


def test_results_are_where_their_run_is(moved):
    for id_ in (moved.results.unplaced, moved.results.elsewhere):
        result = _get(moved.client, f"/result/{id_}")
        assert (result["run_id"], result["project_id"]) == (moved.runs.plain, moved.projects.shop)
        assert moved.target.fates()["result", id_][0][0] == "changed"
    assert _get(moved.client, f"/result/{moved.results.alone}")["run_id"] is None


def test_results_of_no_project_are_told_of(moved):
    for id_ in (moved.results.nowhere, moved.results.lost):
        assert moved.boss.get(f"/result/{id_}").status_code == 404
        assert moved.target.fates()["result", id_] == [("left out", "it belongs to no project")]


def test_result_whose_run_is_gone_has_none(moved):
    if moved.sound:
        assert not hasattr(moved.results, "dangling")
        return
    assert _get(moved.client, f"/result/{moved.results.dangling}")["run_id"] is None
    assert moved.target.fates()["result", "no-uuid"][0][0] == "changed"


@pytest.mark.parametrize("name", ["small", "large", "of_run", "alone", "fallen", "empty"])
def test_artifacts_have_their_bytes(moved, name):
    id_ = getattr(moved.artifacts, name)
    stored = moved.old.run("SELECT content FROM artifacts WHERE id = %s", id_)[0][0]
    answer = moved.client.get(f"/artifact/{id_}/download")
    assert (answer.status_code, answer.content) == (200, bytes(stored))


def test_artifacts_say_what_they_said(moved):
    small = _get(moved.client, f"/artifact/{moved.artifacts.small}")
    assert small["additional_metadata"] == {"k": "v"}
    assert small["upload_date"] == "2026-03-01T11:00:00Z"
    assert small["result_id"] == moved.results.passed
    fallen = _get(moved.client, f"/artifact/{moved.artifacts.fallen}")
    assert (fallen["result_id"], fallen["run_id"]) == (None, moved.runs.plain)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("without", "it has no content"),
        ("lost", "its run or result is not here"),
        ("dangling", "its run or result is not here"),
    ],
)
def test_artifacts_that_cannot_be_are_told_of(moved, name, reason):
    assert moved.target.fates()["artifact", getattr(moved.artifacts, name)] == [("left out", reason)]


def test_dashboards_and_their_widgets_are_there(moved):
    boards = _get(moved.client, "/dashboard", project_id=moved.projects.shop)["dashboards"]
    assert [(board["id"], board["filters"], board["description"]) for board in boards] == [
        (moved.dashboards.board, "env=qa", "")
    ]
    project = _get(moved.client, f"/project/{moved.projects.shop}")
    assert project["default_dashboard_id"] == moved.dashboards.board
    twin = _get(moved.boss, f"/project/{moved.projects.twin}")
    assert twin["default_dashboard_id"] is None


def test_widgets_have_the_parameters_of_today(moved):
    heatmap, unknown, view = (
        _get(moved.client, f"/widget-config/{getattr(moved.dashboards.widgets, name)}")
        for name in ("heatmap", "unknown", "view")
    )
    assert heatmap["params"] == {"job_name": "nightly", "builds": "several"}
    assert heatmap["weight"] == 3
    assert unknown["widget"] == "weather"
    assert (view["navigable"], view["weight"]) == (True, 10)
    reasons = [reason for _, reason in moved.target.fates()["widget config", heatmap["id"]]]
    assert len(reasons) == 2
    assert ("widget config", moved.dashboards.widgets.none) in moved.target.fates()


def test_unfinished_imports_are_told_of(moved):
    assert [id_ for what, id_ in moved.target.fates() if what == "import"] == [moved.imports[1]]


def _require_right_counts(target):
    """Of runs, tests, tallies and stored bytes: as a recount finds them."""
    counted = target.rows("SELECT id, result_count, passes, failures FROM runs WHERE result_count > 0")
    recounted = target.rows(
        "SELECT run_id, count(*), sum(CASE WHEN result = 'passed' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN result = 'failed' THEN 1 ELSE 0 END) FROM results WHERE run_id IS NOT NULL"
        " GROUP BY run_id"
    )
    assert sorted(counted, key=str) == sorted(recounted, key=str)
    known = "FROM results WHERE test_id IS NOT NULL GROUP BY project_id"
    tests = f"SELECT count(DISTINCT test_id), project_id {known}"
    listed = "SELECT count(*), project_id FROM tests GROUP BY project_id"
    assert sorted(target.rows(tests), key=str) == sorted(target.rows(listed), key=str)
    used = "SELECT project_id, sum(stored_bytes) FROM usages GROUP BY project_id HAVING sum(stored_bytes) > 0"
    stored = "SELECT project_id, sum(size) FROM artifacts GROUP BY project_id HAVING sum(size) > 0"
    assert sorted(target.rows(used), key=str) == sorted(target.rows(stored), key=str)
    assert target.rows("SELECT count(*) FROM runs WHERE NOT is_tallied") == [(0,)]


def test_everything_that_is_counted_is_right(moved):
    _require_right_counts(moved.target)


def test_audit_log_tells_of_the_move(moved):
    found = moved.target.rows(
        "SELECT entity, count(*) FROM audit_log WHERE user_email = :who GROUP BY entity", who=moving.ACTOR
    )
    assert dict(found)["move"] == 1
    assert dict(found)["project"] == 4


def _numbers(target):
    return {
        table: target.rows(f"SELECT count(*) FROM {table}")[0][0]
        for table in ("runs", "results", "artifacts")
    }


def _kill_when(target, old, is_time):
    with subprocess.Popen(
        [*COMMAND, *target.command(old)],
        env=environment(**target.variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        end = time.monotonic() + 10 * READY_SECONDS
        while time.monotonic() < end and process.poll() is None and not is_time():
            time.sleep(0.005)
        was_running = process.poll() is None
        process.send_signal(signal.SIGKILL)
    return was_running


def test_killed_move_goes_on_where_it_was(old, target):
    owner = old.add("users", email="a@example.com")
    for name in NAMES:
        old.fill(
            old.add("projects", name=name, owner_id=owner), runs=60, results=80, artifacts=4, size=100_000
        )
    if target.url.startswith("sqlite"):
        assert run("db", "upgrade", **target.variables).returncode == 0
    moments = (("results", 1000), ("artifacts", 1), ("results", 6000), ("artifacts", 400))
    for table, count in moments:
        assert _kill_when(target, old, lambda: _numbers(target)[table] >= count)  # noqa: B023
    done = target.move(old)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _numbers(target) == {"runs": 120, "results": 9600, "artifacts": 480}
    _require_right_counts(target)


def test_second_move_copies_what_is_new_and_changes_nothing(old, target):
    user = old.add("users", email="a@example.com", _password=_hash(PASSWORD))
    project = old.add("projects", name="shop", owner_id=user)
    old.fill(project, runs=3, results=5)
    assert target.move(old).returncode == 0
    before = target.rows("SELECT id, name FROM projects")
    old.run("UPDATE projects SET name = 'renamed'")
    first = old.run("SELECT id::text FROM runs LIMIT 1")[0][0]
    more = old.add("results", run_id=first, project_id=project, result="failed", test_id="new")
    old.add("artifacts", result_id=more, filename="b", content=b"12345")
    old.fill(project, runs=2, results=5)
    done = target.move(old)
    assert done.returncode == 0, done.stdout
    assert _numbers(target) == {"runs": 5, "results": 26, "artifacts": 6}
    assert target.rows("SELECT id, name FROM projects") == before
    _require_right_counts(target)


def test_only_the_projects_that_are_named(old, target):
    user = old.add("users", email="a@example.com")
    for name in NAMES:
        project = old.add("projects", name=name, owner_id=user)
        old.fill(project, runs=2, results=3)
        old.add("dashboards", title=name, project_id=project)
    done = target.move(old, "--project", "First")
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.rows("SELECT name FROM projects") == [("first",)]
    assert _numbers(target) == {"runs": 2, "results": 6, "artifacts": 2}
    assert target.rows("SELECT title FROM dashboards") == [("first",)]
    assert "second" not in done.stdout
    refused = target.move(old, "--project", "third")
    assert "no project called third" in refused.stderr


def test_what_the_database_refuses_is_found_among_the_others(old, tmp_path):
    with ExitStack() as stack:
        target = Target("postgresql", tmp_path, stack)
        groups = [old.add("groups", name=name) for name in ("a", os.urandom(4000).hex(), "b", "c")]
        user = old.add("users", email="a@example.com", group_id=groups[1])
        done = target.move(old)
        assert done.returncode == 0, done.stderr
        assert target.rows("SELECT name FROM groups ORDER BY name") == [("a",), ("b",), ("c",)]
        assert "the database refuses it" in target.fates()["group", groups[1]][0][1]
        assert target.fates()["user", user] == [("changed", "its group is gone: it has none")]


@pytest.fixture
def in_process(old, tmp_path):
    """The command in this process, for what no real run would do."""

    def invoke():
        arguments = ["migrate-from-ibutsu", "--source", old.url, "--report", str(tmp_path / "r.jsonl")]
        return CliRunner().invoke(main, [*arguments, "--data-dir", str(tmp_path)])

    return invoke


def test_what_is_missing_without_a_reason_is_a_failure(old, in_process, monkeypatch):
    old.fill(old.add("projects", name="shop"), runs=1, results=3)
    statement = text("DELETE FROM results WHERE test_id = 'test_2'")
    monkeypatch.setattr(moving.tallying, "tally", lambda _rest: moving.move.db.session.execute(statement))
    done = in_process()
    assert done.exit_code == 1
    assert "1 results of shop are missing without a reason: run it again" in done.output


def test_source_cannot_be_written(old):
    old.add("users", email="a@example.com")
    with (
        closing(Source(old.url)) as source,
        source._engine.connect() as connection,
        pytest.raises(InternalError, match="read-only transaction"),
    ):
        connection.execute(text("DELETE FROM users"))
    assert old.run("SELECT count(*) FROM users") == [(1,)]


def test_running_server_is_not_disturbed(old, tmp_path):
    with FileLock(tmp_path / "server.lock"):
        refused = run("migrate-from-ibutsu", "--source", old.url, "--data-dir", str(tmp_path))
    assert refused.returncode == 1
    assert "Another server is running" in refused.stderr


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("sqlite:///a.db", "must begin with postgresql://"),
        ("nonsense", "no database URL"),
        ("postgresql://me:hush@127.0.0.1:1/old", "The source does not answer"),
    ],
)
def test_source_that_cannot_be_read_is_refused(tmp_path, source, sentence):
    arguments = ["--source", source, "--data-dir", str(tmp_path), "--report", str(tmp_path / "r")]
    refused = CliRunner().invoke(main, ["migrate-from-ibutsu", *arguments])
    assert refused.exit_code == 1
    assert sentence in refused.output
    assert "hush" not in refused.output


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DROP TABLE tokens", "it has no table tokens"),
        ("ALTER TABLE users DROP COLUMN _password", "users has no column _password"),
    ],
)
def test_other_databases_are_refused(old, in_process, change, sentence):
    old.run(change)
    done = in_process()
    assert done.exit_code == 1
    assert sentence in done.output


@pytest.mark.unit
def test_progress_tells_rate_and_rest():
    progress = Progress(40_000)
    progress.add(12_000, 8_000)
    assert progress.line(3.0) == "12,000 of 40,000 rows (30 %), 2,667 copied a second, about 0:00:07 left"
