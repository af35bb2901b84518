"""Containerfile, compose.yaml and what lies beside them, read by schemas, by programs and by our settings."""

import json
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from helpers.settings_of_containers import is_known

from ibutsu_server.cli import main
from ibutsu_server.settings import check_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONCE = {"migrate", "bucket"}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yaml"))
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")

pytestmark = pytest.mark.unit


def _schema(name):
    return json.loads((files("check_jsonschema") / "builtin_schemas" / "vendor" / name).read_text())


def _example():
    """The values of .env.example: an empty one is a secret that has to be made."""
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"\w+=", line))


def _filled(text, values):
    return VARIABLE.sub(lambda found: values.get(found[1]) or found[3], text)


def test_compose_file_keeps_to_the_schema_of_compose():
    wrong = jsonschema_rs.validator_for(_schema("compose-spec.json")).iter_errors(COMPOSE)
    assert [(list(error.instance_path), error.message) for error in wrong] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_keeps_to_the_schema_of_github(path):
    """YAML 1.1 takes `on` for a boolean, GitHub does not."""
    workflow = {
        "on" if name is True else name: value for name, value in yaml.safe_load(path.read_text()).items()
    }
    wrong = jsonschema_rs.validator_for(_schema("github-workflows.json")).iter_errors(workflow)
    assert [(list(error.instance_path), error.message) for error in wrong] == []


def test_only_the_balancer_publishes_a_port():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["balancer"]


def test_there_are_two_of_what_does_the_work():
    replicas = {name: SERVICES[name]["deploy"].get("replicas", 1) for name in ("api", "worker", "beat")}
    assert replicas == {"api": 2, "worker": 2, "beat": 1}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_limited_and_comes_back(name):
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory"}
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["restart"] == ("no" if name in ONCE else "unless-stopped")
    assert name in ONCE or "test" in service["healthcheck"]


@pytest.mark.parametrize("name", OURS)
def test_our_processes_write_nowhere_but_where_they_should(name):
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["command"][0] in main.commands
    if "test" in service["healthcheck"] and service["healthcheck"]["test"][1] == "ibutsu-server":
        assert service["healthcheck"]["test"][2] in main.commands


@pytest.mark.parametrize("name", OURS)
def test_every_variable_of_our_processes_is_a_setting(name):
    assert [variable for variable in OURS[name]["environment"] if not is_known(variable)] == []


def test_dependencies_wait_for_what_ends_and_for_what_is_healthy():
    for service in SERVICES.values():
        for name, wanted in service.get("depends_on", {}).items():
            ends = "completed_successfully" if name in ONCE else "healthy"
            assert wanted == {"condition": f"service_{ends}"}


def test_nothing_starts_before_the_secrets_are_made():
    text = (DEPLOY / "compose.yaml").read_text()
    demanded = {name for name, operator, _ in VARIABLE.findall(text) if operator == ":?"}
    example = _example()
    secrets = {name for name, value in example.items() if not value}
    assert demanded == secrets | {"IBUTSU_URL", "IBUTSU_SUPERADMIN_EMAIL"}
    assert secrets == {name for name in example if name.endswith(("_PASSWORD", "_SECRET", "_KEY", "_KEY_ID"))}


def test_command_of_the_example_makes_a_secret_for_each_and_the_server_takes_them(tmp_path, monkeypatch):
    if shutil.which("openssl") is None or shutil.which("awk") is None:
        pytest.skip("awk and openssl are not installed")
    shutil.copy(DEPLOY / ".env.example", tmp_path)
    (line,) = re.findall(r"^# +(awk .+)$", (DEPLOY / ".env.example").read_text(), re.MULTILINE)
    subprocess.run(line, shell=True, cwd=tmp_path, check=True)
    lines = (tmp_path / ".env").read_text().splitlines()
    values = dict(entry.split("=", 1) for entry in lines if re.match(r"\w+=", entry))
    assert len({value for name, value in values.items() if not _example()[name]}) == 6
    for name, value in SERVICES["api"]["environment"].items():
        monkeypatch.setenv(name, _filled(value, values))

    settings = check_settings()

    assert settings.postgresql_password == values["POSTGRESQL_PASSWORD"]
    assert not settings.is_embedded


@pytest.mark.parametrize("tls", ["no", "outside"])
def test_haproxy_understands_its_configuration(tls, tmp_path):
    program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if program is None:
        pytest.skip("haproxy is not installed")
    text = (DEPLOY / "balancer" / "haproxy.cfg").read_text()
    here = text.replace("/usr/local/etc/haproxy", str(DEPLOY / "balancer"))
    (tmp_path / "haproxy.cfg").write_text(here)
    command = [program, "-c", "-f", str(tmp_path / "haproxy.cfg")]
    done = subprocess.run(command, env={"BALANCER_TLS": tls}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_balancer_says_when_to_come_again():
    head, _, body = (DEPLOY / "balancer" / "away.http").read_bytes().partition(b"\r\n\r\n")
    fields = dict(line.split(": ") for line in head.decode().splitlines()[1:])
    assert fields["retry-after"] == "1"
    assert json.loads(body)["status"] == 503
    assert int(fields["content-length"]) == len(body)


def test_hadolint_finds_nothing_in_the_containerfile():
    command = ["hadolint", "--failure-threshold", "style", str(DEPLOY / "Containerfile")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_image_takes_nothing_that_is_not_named():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    wanted = {path for line in copied for path in line.split()}
    allowed = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert wanted == allowed
    assert all((ROOT / path).exists() for path in wanted)
