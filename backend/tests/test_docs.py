"""The documents keep up with the code: settings, operations, links and commands that they name."""

import re
import tomllib
from pathlib import Path
from pkgutil import resolve_name

import pytest

from ibutsu_server import openapi
from ibutsu_server.settings import Settings, shown

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EXPLANATIONS = [page for page in PAGES if page.parent.name in {"decisions", "developer-guide"}]
TOOLS = {"ibutsu-server", "lint-imports", "pre-commit", "pytest"}
"""Commands of the environment that `hatch run` finds without a script."""

pytestmark = pytest.mark.unit


def _page(path: str) -> str:
    return (ROOT / "docs" / path).read_text()


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _rows(page: str) -> list[list[str]]:
    """The cells of every line of a table, without backquotes."""
    lines = [line for line in page.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def _anchors(page: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_settings_page_names_every_setting_and_no_other():
    named = {row[0] for row in _rows(_page("reference/settings.md")) if re.fullmatch(r"[A-Z_]{4,}", row[0])}
    assert named == set(shown(Settings.model_construct()))


def test_settings_page_shows_the_true_defaults():
    told = {row[0]: row[1] for row in _rows(_page("reference/settings.md"))}
    fixed = {
        variable: default
        for variable, default in shown(Settings.model_construct()).items()
        if default and default != "{}"
    }
    assert {name: value for name, value in fixed.items() if not told[name].startswith(value)} == {}


def test_operations_page_lists_every_operation_and_no_other():
    listed = {tuple(row[:3]) for row in _rows(_page("reference/operations.md")) if row[0].isupper()}
    served = {
        (method.upper(), path, operation["operationId"])
        for path, item in openapi.document()["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "operationId" in operation
    }
    assert listed == served


def test_operations_page_names_tests_that_send_such_requests():
    rows = [row for row in _rows(_page("reference/operations.md")) if row[0].isupper()]
    missing = []
    for method, path, *_, file in rows:
        text = (ROOT / "backend/tests/controllers" / file).read_text()
        if f"/api{path.partition('{')[0].rstrip('/')}" not in text:
            missing.append((method, path, file))
    assert missing == []
    assert [row[5] for row in rows].count("yes") == 67


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page):
    broken = []
    for link in re.findall(r"\]\((?!https?://|mailto:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target.read_text())):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_hatch_scripts_exist(page):
    scripts = tomllib.loads((ROOT / "hatch.toml").read_text())["envs"]["default"]["scripts"]
    named = set(re.findall(r"\bhatch run ([a-z][\w-]*)", page.read_text()))
    assert named - TOOLS - set(scripts) == set()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_test_files_that_are_named_exist(page):
    named = re.findall(r"hatch run test (tests/[\w/]+\.py)", page.read_text())
    assert [path for path in named if not (ROOT / "backend" / path).exists()] == []


def test_every_decision_is_in_the_index():
    index = _page("index.md")
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name for path in decisions if path.name not in index] == []


def _is_there(name: str) -> bool:
    """Whether a dotted name below `ibutsu_server` is a module or something in one."""
    try:
        return bool(resolve_name(f"ibutsu_server.{name}"))
    except (ImportError, AttributeError):
        return False


@pytest.mark.parametrize("page", EXPLANATIONS, ids=_name)
def test_code_that_is_explained_exists(page):
    text = page.read_text()
    layers = "access|app|controllers|db|domain|filters|pages|serialize|storage|tasks|totals"
    names = re.findall(rf"(?<![\w./-])(?!db\.se)(?:{layers})(?:\.\w+)+(?![\w/])", text)
    paths = re.findall(r"`(\w+/[\w/]+\.(?:py|yaml))", text)
    roots = (ROOT, ROOT / "backend" / "ibutsu_server", ROOT / "backend" / "tests")
    missing = [name for name in names if not name.endswith((".py", ".yaml")) and not _is_there(name)]
    missing += [path for path in paths if not any((root / path).exists() for root in roots)]
    assert missing == []
