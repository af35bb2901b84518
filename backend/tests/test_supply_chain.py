""".ci/audit.py, leaks.py and sbom.py: what a release is made of, and what may not be in it."""

import json
import subprocess
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from helpers.web_server import WebServer

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 21)

pytestmark = [pytest.mark.unit, pytest.mark.slow]


def _load(name):
    spec = spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


leaks, audit, sbom = _load("leaks"), _load("audit"), _load("sbom")


def _weak(package="flask", version="3.1.3", names=("GHSA-1",)):
    return audit.Weakness(package, version, frozenset(names), "")


def _allowed(until, package="flask", id_="GHSA-1"):
    return audit.Accepted(id_, package, "not reachable here", until)


def test_weakness_that_nobody_allows_is_told():
    assert list(audit.told([_weak()], [], TODAY)) == ["flask 3.1.3: GHSA-1"]


def test_weakness_may_be_allowed_under_any_of_its_names():
    weak = _weak(names=("PYSEC-7", "GHSA-1", "CVE-2026-1"))
    assert list(audit.told([weak], [_allowed(TODAY)], TODAY)) == []


def test_what_is_allowed_for_one_package_is_not_for_another():
    told = list(audit.told([_weak("jinja2")], [_allowed(TODAY)], TODAY))
    assert told[0] == "jinja2 3.1.3: GHSA-1"


def test_what_was_allowed_ends_with_its_day():
    [told] = audit.told([_weak()], [_allowed(date(2026, 11, 20))], TODAY)
    assert told.endswith("(was allowed until 2026-11-20: not reachable here)")


def test_what_is_allowed_for_nothing_has_to_go():
    [told] = audit.told([], [_allowed(TODAY)], TODAY)
    assert told == "flask: GHSA-1 is allowed, but not found any more: take it out of audit-allowed.toml"


def test_allowing_takes_a_reason_and_an_end():
    with pytest.raises(TypeError, match="until"):
        audit.exceptions('[[weakness]]\nid = "GHSA-1"\npackage = "flask"\nreason = "none"')


def test_packages_that_nobody_knows_are_not_taken_for_good_ones():
    skipped = {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask"}
    with pytest.raises(audit.UnansweredError, match="1 of 1 packages are not known, as flask"):
        audit.python_weaknesses(json.dumps({"dependencies": [skipped]}), "")


def test_audit_that_breaks_off_is_no_answer():
    with pytest.raises(audit.UnansweredError, match="connection refused"):
        audit.python_weaknesses("", "Traceback\nconnection refused\n")


@pytest.mark.slow
def test_weakness_of_an_installed_package_is_found():
    """By pip-audit itself, from a source of weaknesses that knows of one."""
    weak = {
        "id": "GHSA-0000-0000-0001",
        "aliases": ["CVE-2026-0001"],
        "summary": "It leaks",
        "affected": [{"package": {"name": "flask", "ecosystem": "PyPI"}, "versions": [], "ranges": [RANGE]}],
    }
    with WebServer() as osv:
        osv.pages["/v1/query"] = lambda asked: (200, {"vulns": [weak]} if b'"flask"' in asked.body else {})
        found = audit.of_python("--vulnerability-service=osv", f"--osv-url={osv.url}/v1/query")

    assert [one.package for one in found] == ["flask"]
    assert found[0].names == {"GHSA-0000-0000-0001", "CVE-2026-0001"}
    assert found[0].text == "(mended in 99)"


RANGE = {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99"}]}


@pytest.mark.slow
def test_weakness_of_a_package_in_the_pages_is_found(monkeypatch):
    """By npm itself; what only builds the pages counts when it is severe."""
    with WebServer() as registry:
        weak = {
            "zrender": _advisory("zrender", 1, "low"),
            "vite": _advisory("vite", 2, "moderate"),
            "eslint": _advisory("eslint", 3, "critical"),
        }
        registry.pages["/-/npm/v1/security/advisories/bulk"] = lambda _: (200, weak)
        monkeypatch.setenv("NPM_CONFIG_REGISTRY", registry.url)
        found = audit.of_pages()

    assert {str(one) for one in found} == {
        "zrender <99.0.0: GHSA-1 It leaks",
        "eslint <99.0.0: GHSA-3 It leaks",
    }


def _advisory(name, number, severity):
    url = f"https://github.com/advisories/GHSA-{number}"
    told = {"id": number, "url": url, "title": "It leaks", "severity": severity, "name": name}
    return [{**told, "vulnerable_versions": "<99.0.0", "cwe": [], "cvss": {"score": 0, "vectorString": None}}]


def _refused(*_options):
    raise audit.UnansweredError("405 Method Not Allowed")


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--must-answer"], 1)])
def test_source_that_is_away_is_a_warning_unless_it_must_answer(monkeypatch, capsys, arguments, code):
    monkeypatch.setattr(audit, "of_python", _refused)

    assert audit.main(["python", *arguments]) == code
    assert "405 Method Not Allowed" in capsys.readouterr().err


@pytest.fixture
def repository(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)

    def add(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        subprocess.run(["git", "add", name], cwd=tmp_path, check=True)
        return leaks.unknown(tmp_path, "")

    return add


KEY = "AKIA" + "QWERTYUIOPASDFGH"
PRIVATE = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow"
GUESSED = "pass" + 'word = "rX8-gf2kQ_vb31"\n'


@pytest.mark.parametrize("name", ["deploy/values.yaml", "docs/a.md", "backend/tests/test_a.py"])
@pytest.mark.parametrize("secret", [f"key: {KEY}\n", PRIVATE], ids=["cloud", "private"])
def test_planted_key_is_found_everywhere(repository, name, secret):
    [told] = repository(name, secret)
    assert told.startswith(f"{name}:1: ")
    assert KEY not in told


def test_planted_password_is_found_but_in_examples(repository):
    assert repository("docs/a.md", GUESSED) == []
    [told] = repository("backend/a.py", GUESSED)
    assert told.startswith("backend/a.py:1: Secret Keyword; if it is none, list the hash ")


def test_secret_that_was_looked_at_is_harmless(repository, tmp_path):
    [told] = repository("a.py", GUESSED)
    hash_ = told.split()[-3]
    assert leaks.unknown(tmp_path, f'[[harmless]]\nhash = "{hash_}"\nreason = "a test"') == []


def test_harmless_secret_that_is_gone_has_to_go_from_the_list(repository, tmp_path):
    repository("a.py", "a = 1\n")
    assert leaks.unknown(tmp_path, '[[harmless]]\nhash = "1f"\nreason = "a test"') == [
        "1f is listed as harmless, but is not there any more"
    ]


@pytest.mark.slow
def test_bill_of_materials_is_valid_and_names_what_is_shipped(tmp_path, capsys):
    file = tmp_path / "dist" / "sbom.cdx.json"

    assert sbom.main([str(file)]) == 0

    text = file.read_text()
    assert sbom.fault(text) is None
    made = json.loads(text)
    named = {sbom._name(one["name"]) for one in made["components"]}
    python = {sbom._name(one.name) for one in sbom._requirements()}
    pages = set(json.loads((ROOT / "frontend" / "package.json").read_text())["dependencies"])
    assert named >= python | {sbom._name(one) for one in pages}
    assert not named & {"pytest", "ruff", "vite", "eslint"}
    assert capsys.readouterr().out == f"{file}: {len(made['components'])} components\n"


@pytest.mark.slow
def test_every_need_in_the_bill_of_materials_is_a_part_of_it():
    made = sbom.document()
    parts = {one["bom-ref"] for one in [made["metadata"]["component"], *made["components"]]}
    assert {need for one in made["dependencies"] for need in one["dependsOn"]} <= parts


def test_bill_of_materials_that_is_none_is_told():
    assert "bomFormat" in sbom.fault('{"specVersion": "1.5"}')
