"""The layers and contracts of docs/developer-guide/architecture.md."""

import ast
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "backend" / "ibutsu_server"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.integration
def test_import_contracts_are_kept():
    found = subprocess.run(
        ["lint-imports", "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.unit
def test_no_layer_below_controllers_is_left_out_of_the_http_contract():
    layers = CONTRACTS["layers"]["layers"]
    below = [name for line in layers[layers.index("controllers") + 1 :] for name in line.split(" | ")]
    there = {f"ibutsu_server.{name}" for name in below if not name.startswith("(")}
    assert set(CONTRACTS["http"]["source_modules"]) == there


@pytest.mark.unit
@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_module_says_first_what_lives_there(path):
    assert path.stat().st_size == 0 or ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.unit
@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name != "cli"], ids=_name)
def test_no_import_hides_in_a_function(path):
    functions = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    hidden = [
        ast.unparse(node)
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
