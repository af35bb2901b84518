"""The page on threats names measures and tests that are there."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

TESTS = Path(__file__).parent
PRODUCT = TESTS.parent / "ibutsu_server"
PAGE = (TESTS.parents[1] / "docs" / "developer-guide" / "threat-model.md").read_text()


def test_named_tests_exist():
    sources = [path.read_text() for path in TESTS.rglob("test_*.py")]
    there = {name for source in sources for name in re.findall(r"def (test_\w+)\(", source)}
    assert set(re.findall(r"`(test_\w+)`", PAGE)) - there == set()


def test_named_files_exist():
    named = set(re.findall(r"`([\w/]+\.py)`", PAGE))
    there = {path.relative_to(PRODUCT).as_posix() for path in PRODUCT.rglob("*.py")}
    there |= {path.name for folder in (PRODUCT / "importers", TESTS) for path in folder.rglob("*.py")}
    assert named - there == set()
