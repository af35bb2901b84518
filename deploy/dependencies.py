"""Prints what a pyproject.toml and some of its extras need, one requirement a line.

python deploy/dependencies.py pyproject.toml [EXTRA ...]
"""

import sys
import tomllib
from pathlib import Path


def dependencies(pyproject: Path, extras: list[str]) -> list[str]:
    project = tomllib.loads(pyproject.read_text())["project"]
    optional = project.get("optional-dependencies", {})
    return project["dependencies"] + [line for extra in extras for line in optional.get(extra, [])]


if __name__ == "__main__":
    sys.stdout.write("\n".join([*dependencies(Path(sys.argv[1]), sys.argv[2:]), ""]))
