"""One CycloneDX document of everything that a release holds: Python packages, and those of the web pages.

python .ci/sbom.py [FILE]    default: dist/sbom.cdx.json
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = ROOT / "pyproject.toml"
VERSION = "1.5"
"""Of CycloneDX: the one that npm writes."""

Document = dict[str, Any]


def document() -> Document:
    """With the versions that are installed here, and those of the lock file of the pages."""
    python, pages = _of_python(), _of_pages()
    product = python["metadata"]["component"]
    product |= {"version": distribution("ibutsu-server").version, "type": "application"}
    shipped = _refs(python, runtime_packages())
    parts = [one for one in python["components"] if one["bom-ref"] in shipped]
    needs = {one["ref"]: one.get("dependsOn", []) for one in python["dependencies"]}
    direct = _refs(python, {_name(one.name) for one in _requirements()})
    inner = [{"ref": ref, "dependsOn": sorted(shipped & set(needs.get(ref, [])))} for ref in sorted(shipped)]
    web = pages["metadata"]["component"]
    own = {"ref": product["bom-ref"], "dependsOn": [*sorted(direct), web["bom-ref"]]}
    return python | {
        "components": [*parts, web, *pages["components"]],
        "dependencies": [own, *inner, *pages["dependencies"]],
    }


def _refs(python: Document, names: set[str]) -> set[str]:
    return {one["bom-ref"] for one in python["components"] if _name(one["name"]) in names}


def runtime_packages() -> set[str]:
    """Everything that the product needs, here, with the extras that it asks for."""
    found: set[tuple[str, str]] = set()
    waiting = [(one, "") for one in _requirements()]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker and not wanted.marker.evaluate({"extra": extra}):
            continue
        for chosen in {"", *wanted.extras}:
            if (key := (_name(wanted.name), chosen)) not in found:
                found.add(key)
                waiting += [(Requirement(text), chosen) for text in distribution(wanted.name).requires or ()]
    return {name for name, _ in found}


def _requirements() -> list[Requirement]:
    return [Requirement(text) for text in tomllib.loads(PROJECT.read_text())["project"]["dependencies"]]


def _name(written: str) -> str:
    """A package is the same however its name is written."""
    return re.sub(r"[-_.]+", "-", written).lower()


def _of_python() -> Document:
    """Of the whole environment, with the tools for development in it."""
    program = [str(Path(sys.executable).with_name("cyclonedx-py")), "environment", "--sv", VERSION]
    return _asked([*program, "--output-reproducible", "--pyproject", str(PROJECT), sys.executable], ROOT)


def _of_pages() -> Document:
    """Without what only builds and tests them: npm's own `--omit=dev` leaves out React, too."""
    whole = _as_npm_says()
    shipped = [one for one in whole["components"] if ONLY_TO_BUILD not in one.get("properties", ())]
    refs = {one["bom-ref"] for one in shipped}
    needs = [
        {"ref": one["ref"], "dependsOn": sorted(refs & set(one["dependsOn"]))}
        for one in whole["dependencies"]
        if one["ref"] in refs | {whole["metadata"]["component"]["bom-ref"]}
    ]
    return whole | {"components": shipped, "dependencies": needs}


ONLY_TO_BUILD = {"name": "cdx:npm:package:development", "value": "true"}


def _as_npm_says() -> Document:
    """Npm wants a version of the pages, which have none of their own, and names them after their folder."""
    frontend = ROOT / "frontend"
    npm = [sys.executable, str(frontend / "build.py"), "npm", "sbom", "--sbom-format=cyclonedx"]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "ibutsu-web")
        folder.mkdir()
        for name in ("package.json", "package-lock.json"):
            described = json.loads((frontend / name).read_text()) | {"version": "0.0.0"}
            if "packages" in described:
                described["packages"][""]["version"] = "0.0.0"
            Path(folder, name).write_text(json.dumps(described))
        return _asked([*npm, "--package-lock-only"], folder)


def _asked(command: Sequence[str], folder: Path) -> Document:
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 - ours
    answer: Document = json.loads(done.stdout)
    return answer


def fault(text: str) -> str | None:
    """What is wrong with it by CycloneDX's own schema."""
    error = JsonStrictValidator(SchemaVersion.from_version(VERSION)).validate_str(text)
    return None if error is None else str(error)


def main(arguments: Sequence[str]) -> int:
    file = Path(arguments[0]) if arguments else ROOT / "dist" / "sbom.cdx.json"
    made = document()
    text = json.dumps(made, indent=1)
    if wrong := fault(text):
        sys.stderr.write(f"{wrong}\n")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    print(f"{file}: {len(made['components'])} components")  # noqa: T201 - its answer
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
