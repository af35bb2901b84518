"""A client that a generator makes of the served specification talks to the server that serves it."""

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from http import HTTPStatus
from io import BytesIO
from uuid import uuid4

import pytest
from helpers.processes import Server

from ibutsu_server import openapi

pytestmark = [pytest.mark.integration, pytest.mark.slow]

NAME = "generated_client"
ACCOUNT = {"IBUTSU_SUPERADMIN_EMAIL": "me@example.com", "IBUTSU_SUPERADMIN_PASSWORD": "given at the start"}


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    with Server("--data-dir", str(tmp_path_factory.mktemp("server") / "data"), **ACCOUNT) as started:
        yield started


CONFIGURATION = {
    "post_hooks": [],
    "content_type_overrides": {"application/x-ndjson": "application/octet-stream"},
}


@pytest.fixture(scope="module")
def generated(server, tmp_path_factory) -> Iterator[object]:
    """The package, generated without a single warning about anything left out."""
    folder = tmp_path_factory.mktemp("generated")
    configuration = folder / "configuration.json"
    configuration.write_text(json.dumps(CONFIGURATION))
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--fail-on-warning",
        "--meta",
        "none",
    ]
    source = ["--url", f"{server.url}/api/openapi.json", "--config", str(configuration)]
    target = ["--output-path", str(folder / NAME)]
    made = subprocess.run([*command, *source, *target], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == NAME]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def call(generated):
    """`call("run.add_run", client, body=...)` is the answer of that operation with status and headers."""

    def send(operation, client, *arguments, **keywords):
        module = importlib.import_module(f"{NAME}.api.{operation}")
        return module.sync_detailed(*arguments, client=client, **keywords)

    return send


@pytest.fixture(scope="module")
def models(generated):
    return importlib.import_module(f"{NAME}.models")


@pytest.fixture(scope="module")
def anonymous(generated, server) -> Iterator[object]:
    with generated.Client(f"{server.url}/api") as client:
        yield client


@pytest.fixture(scope="module")
def client(generated, server, anonymous, call, models) -> Iterator[object]:
    credentials = {
        "email": ACCOUNT["IBUTSU_SUPERADMIN_EMAIL"],
        "password": ACCOUNT["IBUTSU_SUPERADMIN_PASSWORD"],
    }
    answer = call("login.login", anonymous, body=models.Credentials.from_dict(credentials))
    assert answer.status_code == HTTPStatus.OK
    with generated.AuthenticatedClient(f"{server.url}/api", token=answer.parsed.token) as client:
        yield client


def test_every_operation_has_its_function(generated):
    packages = importlib.import_module(f"{NAME}.api")
    modules = pkgutil.walk_packages(packages.__path__, f"{NAME}.api.")
    functions = {
        name.rpartition(".")[2]
        for _, name, is_package in modules
        if not is_package and importlib.import_module(name).sync_detailed
    }
    assert functions == {
        operation["operationId"]
        for item in openapi.document()["paths"].values()
        for operation in item.values()
        if "operationId" in operation
    }


def test_run_with_results_is_reported_and_read_back(client, call, models):
    project = call("project.add_project", client, body=models.NewProject.from_dict({"name": f"p-{uuid4()}x"}))
    assert project.status_code == HTTPStatus.CREATED
    run = {"metadata": {"project": project.parsed.name, "tags": ["nightly"]}, "source": "generated"}
    stored = call("run.add_run", client, body=models.NewRun.from_dict(run)).parsed
    for outcome in ("passed", "passed", "failed"):
        result = {"test_id": "t", "result": outcome, "metadata": {"run": str(stored.id)}, "duration": 1.5}
        result["project_id"] = str(project.parsed.id)
        answer = call("result.add_result", client, body=models.NewResult.from_dict(result))
        assert answer.parsed.run_id == stored.id
    read = call("run.get_run", client, str(stored.id)).parsed
    assert (read.summary.tests, read.summary.passes, read.summary.failures) == (3, 2, 1)
    assert (read.duration, read.metadata["tags"]) == (4.5, ["nightly"])
    filters = [f"run_id={stored.id}", f"project_id={project.parsed.id}", "result=failed"]
    found = call("result.get_result_list", client, filter_=filters).parsed
    assert [str(one.result) for one in found.results] == ["failed"]
    assert found.pagination.total_items == 1


def test_file_is_uploaded_and_downloaded(client, call, models):
    project = call(
        "project.add_project", client, body=models.NewProject.from_dict({"name": f"p-{uuid4()}x"})
    ).parsed
    run = call("run.add_run", client, body=models.NewRun.from_dict({"metadata": {"project": project.name}}))
    file = importlib.import_module(f"{NAME}.types").File(BytesIO(b"bytes"), "a.log")
    form = models.NewArtifact(filename="a.log", file=file, run_id=str(run.parsed.id))
    artifact = call("artifact.upload_artifact", client, body=form).parsed
    downloaded = call("artifact.download_artifact", client, str(artifact.id))
    assert downloaded.parsed.payload.read() == b"bytes"


def test_repeated_request_is_recognised(client, call, models):
    body = models.NewProject.from_dict({"name": f"p-{uuid4()}x"})
    first, second = (
        call("project.add_project", client, body=body, idempotency_key=body.name) for _ in range(2)
    )
    assert first.parsed == second.parsed
    assert second.headers["Idempotency-Replayed"] == "true"


def test_refusal_is_read_as_a_problem_that_names_the_field(client, call, models):
    answer = call("run.add_run", client, body=models.NewRun.from_dict({"metadata": {"project": "nowhere"}}))
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert isinstance(answer.parsed, models.Problem)
    assert (answer.parsed.detail, answer.parsed.errors[0].field) == ("Invalid project", "project")


def test_refused_sign_in_says_why(anonymous, call, models):
    wrong = models.Credentials.from_dict({"email": "me@example.com", "password": "wrong"})
    answer = call("login.login", anonymous, body=wrong)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert str(answer.parsed.code) == "INVALID"
