"""The Helm chart: rendered by Helm with several sets of values, read by Kubernetes' schemas and our own."""

import base64
import re
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from helpers.helm import Chart, RefusedError
from helpers.settings_of_containers import is_known
from helpers.web_server import WebServer

from ibutsu_server.cli import main

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "helm" / "ibutsu-server"
SETS = sorted((FOLDER / "ci").glob("*-values.yaml"))
REQUIRED = FOLDER / "ci" / "required-values.yaml"
VERSIONS = ("1.28", "1.37")
CUSTOM = {"ServiceMonitor"}
"""Kinds that Kubernetes itself does not know."""

pytestmark = [pytest.mark.integration, pytest.mark.slow]


@pytest.fixture(scope="module")
def chart():
    return Chart(FOLDER)


@pytest.fixture(scope="module")
def rendered(chart):
    """The manifests by the name of the set of values."""
    return {path.name: _manifests(chart.render("--values", str(path))) for path in SETS}


@pytest.fixture(params=SETS, ids=lambda path: path.name.removesuffix("-values.yaml"))
def manifests(request, rendered):
    return rendered[request.param.name]


def _manifests(text):
    return [manifest for manifest in yaml.safe_load_all(text) if manifest]


def _of(manifests, *kinds):
    return [manifest for manifest in manifests if manifest["kind"] in kinds]


def _pods(manifests):
    return [manifest["spec"]["template"] for manifest in _of(manifests, "Deployment", "Job")]


def _containers(manifests):
    return [container for pod in _pods(manifests) for container in pod["spec"]["containers"]]


def _named(manifests, kind, name):
    (found,) = [one for one in _of(manifests, kind) if one["metadata"]["name"] == name]
    return found


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.name)
def test_helm_finds_nothing_to_complain_about(chart, path):
    chart.lint(path)


@pytest.mark.parametrize("version", VERSIONS)
def test_kubernetes_knows_every_field(manifests, version):
    for manifest in manifests:
        if manifest["kind"] not in CUSTOM:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_nothing_is_made_twice(manifests):
    names = [(one["kind"], one["metadata"]["name"]) for one in manifests]
    assert len(names) == len(set(names))


def test_every_variable_is_a_setting(manifests):
    given = [name for one in _of(manifests, "ConfigMap", "Secret") for name in _data(one)]
    given += [entry["name"] for container in _containers(manifests) for entry in container.get("env", [])]
    assert given
    assert [name for name in given if not is_known(name)] == []


def _data(manifest):
    return manifest.get("data", {}) | manifest.get("stringData", {})


def test_secrets_are_nowhere_else(manifests):
    elsewhere = [one for one in manifests if one["kind"] != "Secret"]
    assert "from-elsewhere" not in yaml.safe_dump(elsewhere)
    assert not re.search(
        r"PASSWORD|SECRET", " ".join(name for one in _of(elsewhere, "ConfigMap") for name in _data(one))
    )


def test_containers_find_the_settings_that_they_name(manifests):
    made = {(one["kind"], one["metadata"]["name"]) for one in manifests}
    for pod in _pods(manifests):
        for source in pod["spec"]["containers"][0]["envFrom"]:
            for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
                if key in source and source[key]["name"] != "ibutsu-mail":
                    assert (kind, source[key]["name"]) in made


def test_pods_keep_to_the_restricted_profile(manifests):
    for pod in _pods(manifests):
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in _containers(manifests):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["requests"]


def test_commands_are_those_of_the_server(manifests):
    commands = {container["args"][0] for container in _containers(manifests)}
    assert commands >= {"serve", "worker", "beat"}
    probes = [
        probe for one in _containers(manifests) for name, probe in one.items() if name.endswith("Probe")
    ]
    commands |= {probe["exec"]["command"][1] for probe in probes if "exec" in probe}
    assert commands <= set(main.commands)


def test_selectors_find_the_pods_they_mean(manifests):
    pods = {pod["metadata"]["labels"]["app.kubernetes.io/component"]: pod for pod in _pods(manifests)}
    for deployment in _of(manifests, "Deployment"):
        wanted = deployment["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= deployment["spec"]["template"]["metadata"]["labels"].items()
    for budget in _of(manifests, "PodDisruptionBudget"):
        wanted = budget["spec"]["selector"]["matchLabels"]
        assert wanted.items() <= pods[wanted["app.kubernetes.io/component"]]["metadata"]["labels"].items()
    deployments = {one["metadata"]["name"] for one in _of(manifests, "Deployment")}
    assert {
        one["spec"]["scaleTargetRef"]["name"] for one in _of(manifests, "HorizontalPodAutoscaler")
    } <= deployments


def test_service_leads_to_the_api_and_nowhere_else(manifests):
    (service,) = [
        one for one in _of(manifests, "Service") if not one["metadata"]["name"].endswith("-metrics")
    ]
    wanted = service["spec"]["selector"].items()
    assert [wanted <= pod["metadata"]["labels"].items() for pod in _pods(manifests)].count(True) == 1
    for ingress in _of(manifests, "Ingress"):
        (path,) = ingress["spec"]["rules"][0]["http"]["paths"]
        assert path["backend"]["service"]["name"] == service["metadata"]["name"]
        assert ingress["spec"]["rules"][0]["host"] == "results.example.com"


def test_processes_have_the_time_that_they_are_promised(manifests):
    for pod in _pods(manifests):
        env = {entry["name"]: entry.get("value") for entry in pod["spec"]["containers"][0].get("env", [])}
        wanted = sum(int(env.get(f"IBUTSU_{name}_SECONDS", 0)) for name in ("DRAIN", "SHUTDOWN"))
        assert pod["spec"].get("terminationGracePeriodSeconds", 30) > wanted


def test_replicas_are_left_to_the_autoscaler(rendered):
    for name, manifests in rendered.items():
        scaled = {one["spec"]["scaleTargetRef"]["name"] for one in _of(manifests, "HorizontalPodAutoscaler")}
        fixed = {one["metadata"]["name"] for one in _of(manifests, "Deployment") if "replicas" in one["spec"]}
        assert scaled & fixed == set()
        assert bool(scaled) is (name != "fixed-values.yaml")


def test_migration_comes_before_everything_and_brings_its_settings(rendered):
    manifests = rendered["everything-values.yaml"]
    hooks = [one for one in manifests if "helm.sh/hook" in one["metadata"].get("annotations", {})]
    assert {one["kind"] for one in hooks} == {"ConfigMap", "Secret", "Job"}
    assert {one["metadata"]["annotations"]["helm.sh/hook"] for one in hooks} == {"pre-install,pre-upgrade"}
    (job,) = _of(hooks, "Job")
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["db", "upgrade"]
    assert "serviceAccountName" not in job["spec"]["template"]["spec"]
    for kind in ("ConfigMap", "Secret"):
        assert _data(_named(hooks, kind, "results-migration")) == _data(_named(manifests, kind, "results"))


def test_workers_of_their_own_take_the_imports(rendered):
    manifests = rendered["everything-values.yaml"]
    queues = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]["containers"][0]["args"][-1]
        for one in _of(manifests, "Deployment")
        if "worker" in one["metadata"]["name"]
    }
    assert queues == {"results-worker": "celery,upkeep", "results-import-worker": "imports"}


def test_secrets_of_others_are_used_in_place_of_our_own(rendered):
    manifests = rendered["existing-secrets-values.yaml"]
    assert [_data(one) for one in _of(manifests, "Secret")] == [{}, {}]
    for container in _containers(manifests):
        sources = {
            entry["name"]: entry["valueFrom"]["secretKeyRef"]
            for entry in container["env"]
            if "valueFrom" in entry
        }
        assert sources == {
            "SQLALCHEMY_DATABASE_URI": {"name": "postgresql-app", "key": "uri"},
            "CELERY_BROKER_URL": {"name": "redis", "key": "url"},
            "AWS_ACCESS_KEY_ID": {"name": "s3", "key": "AWS_ACCESS_KEY_ID"},
            "AWS_SECRET_ACCESS_KEY": {"name": "s3", "key": "AWS_SECRET_ACCESS_KEY"},
            "JWT_SECRET": {"name": "ibutsu-jwt", "key": "JWT_SECRET"},
            "IBUTSU_SUPERADMIN_PASSWORD": {"name": "ibutsu-superadmin", "key": "IBUTSU_SUPERADMIN_PASSWORD"},
        }
        assert container["envFrom"][-1] == {"secretRef": {"name": "ibutsu-mail"}}
        assert "@sha256:" in container["image"]


def test_changed_settings_replace_the_pods(chart):
    def sums(*options):
        manifests = _manifests(
            chart.render("--values", str(REQUIRED), "--set", "jwt.secret=" + "x" * 40, *options)
        )
        return {
            pod["metadata"]["annotations"]["checksum/settings"] for pod in _pods(_of(manifests, "Deployment"))
        }

    assert sums() == sums()
    assert sums("--set", "settings.MAIL_SERVER=mail").isdisjoint(sums())
    assert sums("--set", "database.password=another").isdisjoint(sums())


def test_only_the_api_can_be_reached(rendered):
    manifests = rendered["required-values.yaml"]
    everything = _named(manifests, "NetworkPolicy", "rel-ibutsu-server")["spec"]
    assert everything["policyTypes"] == ["Ingress"]
    assert "ingress" not in everything
    (rule,) = _named(manifests, "NetworkPolicy", "rel-ibutsu-server-api")["spec"]["ingress"]
    assert rule == {"ports": [{"port": 8080, "protocol": "TCP"}]}


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("url", "url must be set"),
        ("image", "image.repository must be set"),
        ("database", "database.host must be set"),
        ("broker", "broker.url must be set"),
        ("storage", "storage.url must be set"),
    ],
)
def test_what_is_missing_is_said(chart, tmp_path, missing, sentence):
    values = yaml.safe_load(REQUIRED.read_text())
    del values[missing]
    (tmp_path / "values.yaml").write_text(yaml.safe_dump(values))
    with pytest.raises(RefusedError, match=re.escape(sentence)):
        chart.render("--values", str(tmp_path / "values.yaml"))


@pytest.mark.parametrize(
    "value",
    [
        "databse.host=x",
        "api.replicas=many",
        "api.resource.limits.cpu=1",
        "url=results.example.com",
        "storage.url=file:///srv/artifacts",
        "broker.url=amqp://rabbit",
        "jwt.secret=short",
        "image.digest=sha256:12",
        "settings.mailServer=x",
        "metrics.port=99999",
        "service.type=Public",
    ],
)
def test_wrong_values_are_refused(chart, value):
    with pytest.raises(RefusedError, match="values don't meet the specifications of the schema"):
        chart.render("--values", str(REQUIRED), "--set", value)


def test_example_of_the_guide_is_all_that_is_needed(chart, tmp_path):
    guide = (ROOT / "docs" / "user-guide" / "deploying.md").read_text()
    (example,) = re.findall(r"^```yaml\n(.+?)^```", guide, re.MULTILINE | re.DOTALL)
    (tmp_path / "values.yaml").write_text(example)
    manifests = _manifests(chart.render("--values", str(tmp_path / "values.yaml")))
    keys = {
        entry["valueFrom"]["secretKeyRef"]["key"]
        for container in _containers(manifests)
        for entry in container["env"]
        if "valueFrom" in entry
    }
    assert keys == set(re.findall(r"--from-literal (\w+)=", guide))


KINDS = {
    "v1": ("Secret", "ConfigMap", "ServiceAccount", "Service"),
    "apps/v1": ("Deployment",),
    "autoscaling/v2": ("HorizontalPodAutoscaler",),
    "batch/v1": ("Job",),
    "networking.k8s.io/v1": ("NetworkPolicy", "Ingress"),
    "policy/v1": ("PodDisruptionBudget",),
}


@pytest.fixture
def cluster():
    """An API of Kubernetes, as far as Helm asks it while it renders."""
    with WebServer() as server:
        groups = [
            {
                "name": name.partition("/")[0],
                "versions": [{"groupVersion": name, "version": name.partition("/")[2]}],
            }
            for name in KINDS
            if "/" in name
        ]
        known = {
            "/version": {"major": "1", "minor": "34", "gitVersion": "v1.34.0"},
            "/api": {"kind": "APIVersions", "versions": ["v1"]},
            "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups},
        }
        for group, kinds in KINDS.items():
            resources = [
                {"name": f"{kind.lower()}s", "namespaced": True, "kind": kind, "verbs": ["get", "list"]}
                for kind in kinds
            ]
            path = f"/apis/{group}" if "/" in group else f"/api/{group}"
            known[path] = {"kind": "APIResourceList", "groupVersion": group, "resources": resources}
        for path, answer in known.items():
            server.pages[path] = lambda _, answer=answer: (200, answer)
        yield server


def _secret(value):
    metadata = {
        "name": "rel-ibutsu-server",
        "namespace": "default",
        "labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "rel", "meta.helm.sh/release-namespace": "default"},
    }
    data = {"JWT_SECRET": base64.b64encode(value.encode()).decode()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}


def _jwt_secrets(chart, cluster):
    asked = ["--dry-run=server", "--disable-openapi-validation", "--kube-apiserver", cluster.url]
    manifests = _manifests(chart.render("--values", str(REQUIRED), *asked))
    return {_data(one)["JWT_SECRET"] for one in _of(manifests, "Secret")}


def test_signing_key_is_made_once_and_kept_over_upgrades(chart, cluster):
    (made,) = _jwt_secrets(chart, cluster)
    assert len(made) == 48
    cluster.pages["/api/v1/namespaces/default/secrets/rel-ibutsu-server"] = lambda _: (200, _secret(made))
    assert _jwt_secrets(chart, cluster) == {made}


def test_values_are_explained_and_no_others():
    def names(values, prefix=""):
        for name, value in values.items():
            if isinstance(value, dict) and value and not prefix.endswith("ecurityContext."):
                yield from names(value, f"{prefix}{name}.")
            else:
                yield prefix + name

    values = yaml.safe_load((FOLDER / "values.yaml").read_text())
    told = set(re.findall(r"^\| `([\w.]+)` \|", (FOLDER / "README.md").read_text(), re.MULTILINE))
    ours = {re.sub(r"^importWorker\.(?!enabled)", "worker.", name) for name in names(values)}
    whole = {"api.resources", "worker.resources", "beat.resources", "migration.resources"}
    wanted = {next((part for part in whole if name.startswith(part)), name) for name in ours}
    wanted = {re.sub(r"^(pod|container)SecurityContext\..+", r"\1SecurityContext", name) for name in wanted}
    assert told == wanted
